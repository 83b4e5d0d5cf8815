//! A repository that passed the guard.

#![expect(clippy::disallowed_methods, reason = "git's own variables say where its repository is")]

use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice as _;
use gix::discover::upwards;

use super::git::Git;
use super::guard::{self, Conditions, OpenError, Warning};
use super::objects::Objects;
use super::reader::Reader;

/// An opened repository. Can be shared between threads; each reads through a [`Reader`] of its own.
pub struct Repository {
    pub(super) gix: gix::ThreadSafeRepository,
    pub(super) git: Git,
    objects: std::sync::Arc<Objects>,
    /// Whether there are object directories beside the repository's own: those of a push under way.
    quarantined: bool,
    pub(super) generations: std::sync::Mutex<super::walk::Generations>,
    warnings: Vec<Warning>,
    conditions: Conditions,
    git_dir: PathBuf,
    common_dir: PathBuf,
    workdir: Option<PathBuf>,
}

/// As [`super::objects::LARGEST_OBJECT`].
const LARGEST_OBJECT: &str = "gitoxide.objects.allocLimit=1073741824";

/// Opens the repository that holds `dir`, or that `GIT_DIR` names, as git would find it.
///
/// Works in bare repositories and linked worktrees. Relative paths in `GIT_DIR` count from the current directory.
pub fn open(dir: &Path) -> Result<Repository, OpenError> {
    let (git_dir, inferred) = discovered(dir)?;
    let common_dir = match gix::discover::path::from_plain_file_relative_to_file(&git_dir.join("commondir")) {
        Some(path) => path.map_err(|error| OpenError::Damaged { path: git_dir.clone(), reason: error.to_string() })?,
        None => git_dir.clone(),
    };
    let partial = guard::check_config(&common_dir)?;
    let options = |trust| {
        gix::open::Options::default()
            .with(trust)
            .bail_if_untrusted(true)
            .strict_config(false)
            .config_overrides([LARGEST_OBJECT, "core.commitGraph=false"])
    };
    let trust_map =
        gix::sec::trust::Mapping { full: options(gix::sec::Trust::Full), reduced: options(gix::sec::Trust::Reduced) };
    let opened = if std::env::var_os("GIT_DIR").is_some() {
        gix::ThreadSafeRepository::open_with_environment_overrides(dir, trust_map)
    } else {
        gix::ThreadSafeRepository::discover_with_environment_overrides_opts(dir, search(), trust_map)
    };
    // As git wants it in safe.directory.
    let shown = inferred.unwrap_or_else(|| git_dir.clone());
    let shown = std::path::absolute(&shown).unwrap_or(shown);
    let mut gix = opened.map_err(|error| {
        let reason = error.to_string();
        let unsafe_owner =
            error.is_permission_denied() || reason.contains("safe.directory") || reason.contains("trust");
        if unsafe_owner {
            OpenError::Untrusted { path: shown.clone() }
        } else {
            OpenError::Damaged { path: shown.clone(), reason }
        }
    })?;
    let local = gix.to_thread_local();
    if local.git_dir_trust() != gix::sec::Trust::Full {
        return Err(OpenError::Untrusted { path: shown });
    }
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (git_dir, workdir) = (absolute(local.git_dir()), local.workdir().map(absolute));
    let common_dir = absolute(local.common_dir());
    let has_replace_refs = super::refs::exists_below(&gix.refs, "refs/replace/");
    // As the git that is run here has none.
    gix.refs.namespace = None;
    let objects = common_dir.join("objects");
    let quarantine = quarantine(&objects);
    let quarantined = !quarantine.is_empty();
    let shallow = std::fs::metadata(common_dir.join("shallow")).is_ok_and(|file| file.len() > 0);
    Ok(Repository {
        git: Git::new(&git_dir, workdir.as_deref()),
        generations: std::sync::Mutex::default(),
        objects: std::sync::Arc::new(Objects::of(std::iter::once(objects).chain(quarantine).collect())),
        quarantined,
        warnings: guard::warnings(&common_dir, has_replace_refs),
        conditions: Conditions { shallow, partial },
        gix,
        git_dir,
        common_dir,
        workdir,
    })
}

fn search() -> upwards::Options<'static> {
    let mut options =
        upwards::Options { match_ceiling_dir_or_error: false, ..upwards::Options::default() }.apply_environment();
    options.cross_fs = std::env::var_os("GIT_DISCOVERY_ACROSS_FILESYSTEM")
        .is_some_and(|value| matches!(value.to_str(), Some("1" | "true" | "yes" | "on")));
    options
}

/// The private git directory and the work tree that goes with it.
fn discovered(dir: &Path) -> Result<(PathBuf, Option<PathBuf>), OpenError> {
    let not_found = |path: &Path, reason: String| OpenError::NotFound { path: path.to_owned(), reason };
    let path = if let Some(git_dir) = std::env::var_os("GIT_DIR").map(PathBuf::from) {
        let kind = gix::discover::is_git(&git_dir).map_err(|error| not_found(&git_dir, error.to_string()))?;
        let here = std::env::current_dir().map_err(|error| not_found(&git_dir, error.to_string()))?;
        gix::discover::repository::Path::from_dot_git_dir(git_dir.clone(), kind, &here)
            .ok_or_else(|| not_found(&git_dir, "GIT_DIR does not name a repository".to_owned()))?
    } else {
        // What gix says of a search that went all the way up is only the path again.
        let said = |error: String| if error.contains("Could not find") { "there is no .git".to_owned() } else { error };
        let full = std::path::absolute(dir).map_or_else(|_| dir.to_owned(), |full| full.components().collect());
        gix::discover::upwards_opts(dir, search()).map_err(|error| not_found(&full, said(error.to_string())))?.0
    };
    Ok(path.into_repository_and_work_tree_directories())
}

/// The object directories that git names to the hooks of a push, whose objects are not in the repository yet.
fn quarantine(own: &Path) -> Vec<PathBuf> {
    let of = |name: &str| std::env::var_os(name).map(|value| std::env::split_paths(&value).collect::<Vec<_>>());
    let paths = of("GIT_OBJECT_DIRECTORY").into_iter().chain(of("GIT_ALTERNATE_OBJECT_DIRECTORIES")).flatten();
    let same = |path: &Path| std::fs::canonicalize(path).ok() == std::fs::canonicalize(own).ok();
    let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
    paths.filter(|path| path.is_dir() && !same(path)).map(absolute).collect()
}

impl Repository {
    /// The private git directory; that of a linked worktree is below the common one.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The directory that all worktrees share: objects, references, configuration.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The work tree; none in a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.workdir.as_deref()
    }

    /// Whether some of its objects are those of a push that may yet be refused.
    pub fn is_quarantined(&self) -> bool {
        self.quarantined
    }

    /// What is absent on purpose.
    pub fn conditions(&self) -> Conditions {
        self.conditions
    }

    /// What exists though it is never read.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// A reader of objects for one thread.
    pub fn reader(&self) -> Reader {
        Reader::new(self.objects.clone())
    }

    /// A value of git's configuration, from all files and the environment, the last one given.
    pub fn config(&self, key: &str) -> Option<String> {
        let value = self.gix.to_thread_local().config_snapshot().string(key)?;
        value.to_str().ok().map(str::to_owned)
    }
}
