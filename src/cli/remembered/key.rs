//! The key that authenticates the index: this user's own, outside every repository.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::environment::Environment;
use crate::store::Repository;

/// What there is of a key.
pub(super) enum Look {
    /// One that serves.
    Sound([u8; 32]),
    /// None yet; it is made at the first use.
    Absent,
    /// No place for one, and why.
    Nowhere(String),
    /// A file that is not taken for one, and why.
    Unfit(PathBuf, String),
}

/// Looks for the key, and makes none.
pub(super) fn look(environment: &Environment, repo: &Repository) -> Look {
    let Some(file) = file(environment) else {
        return Look::Nowhere("neither XDG_STATE_HOME nor HOME names a folder for its key".to_owned());
    };
    if is_within(&file, repo) {
        return Look::Nowhere(format!("its key, {}, would lie within this repository", file.display()));
    }
    match (read(&file), file.symlink_metadata()) {
        (Some(key), _) => Look::Sound(key),
        (None, Err(_)) => Look::Absent,
        (None, Ok(_)) => {
            let is_exposed = std::fs::metadata(&file).is_ok_and(|found| found.is_file() && !is_private(&found));
            let why = if is_exposed { "others can read it" } else { "it is no key" };
            Look::Unfit(file, why.to_owned())
        }
    }
}

/// The key, made where there is none. `None` where there is no place for one that nobody else can read.
pub(super) fn key(environment: &Environment, repo: &Repository) -> Option<[u8; 32]> {
    let file = file(environment)?;
    if is_within(&file, repo) {
        return None;
    }
    read(&file).or_else(|| make(&file))
}

/// Source: XDG Base Directory Specification, `XDG_STATE_HOME`. A relative path is not valid there.
fn file(environment: &Environment) -> Option<PathBuf> {
    let state = environment.path("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let state = state.or_else(|| Some(environment.path("HOME")?.join(".local").join("state")));
    let file = state?.join("git-qms").join("index.key");
    file.is_absolute().then_some(file)
}

/// A key that lies in what it should guard would guard nothing.
fn is_within(file: &Path, repo: &Repository) -> bool {
    // The nearest folder that is there says where the file would be.
    let folder = file.ancestors().skip(1).find_map(|folder| std::fs::canonicalize(folder).ok());
    let places = [Some(repo.common_dir()), Some(repo.git_dir()), repo.workdir()];
    let mut places = places.into_iter().flatten().filter_map(|place| std::fs::canonicalize(place).ok());
    folder.is_none_or(|folder| places.any(|place| folder.starts_with(place)))
}

fn read(file: &Path) -> Option<[u8; 32]> {
    let opened = std::fs::File::open(file).ok()?;
    if !is_private(&opened.metadata().ok()?) {
        return None;
    }
    let mut bytes = Vec::new();
    opened.take(33).read_to_end(&mut bytes).ok()?;
    bytes.try_into().ok()
}

/// Written beside and linked into place, so that of two commands that make one, both take the same.
fn make(file: &Path) -> Option<[u8; 32]> {
    if file.symlink_metadata().is_ok() {
        return None; // One that others can read, or that is no key: it is not ours to replace.
    }
    let folder = file.parent()?;
    std::fs::create_dir_all(folder).ok()?;
    let mut key = [0; 32];
    getrandom::fill(&mut key).ok()?;
    let beside = folder.join(format!("index.key.{}.new", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let written = options.open(&beside).and_then(|mut opened| opened.write_all(&key));
    let linked = written.and_then(|()| std::fs::hard_link(&beside, file));
    let _gone = std::fs::remove_file(&beside);
    // Somebody else may have been quicker.
    linked.map_or_else(|_| read(file), |()| Some(key))
}

#[cfg(unix)]
fn is_private(file: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.is_file() && matches!(file.permissions().mode() & 0o777, 0o400 | 0o600)
}

#[cfg(not(unix))]
fn is_private(file: &std::fs::Metadata) -> bool {
    file.is_file()
}
