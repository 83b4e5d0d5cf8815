//! What a repository's own configuration says it is, judged before anything relies on it.
//!
//! Source: git's `Documentation/technical/repository-version.txt` and `git-config(1)`, `extensions.*`.
//! gix opens repositories with extensions it does not know, so the list is kept here.

use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice as _;

/// Why a repository is not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none.
    #[error("no git repository at {path} or above: {reason}; run this inside a repository, or name one with -C DIR")]
    NotFound {
        /// Where the search began.
        path: PathBuf,
        /// What the search said.
        reason: String,
    },
    /// It belongs to somebody else.
    #[error(
        "repository {path} belongs to another user, so its configuration is not trusted; \
         if you trust it: git config --global --add safe.directory {path}"
    )]
    Untrusted {
        /// The repository.
        path: PathBuf,
    },
    /// Its configuration cannot be read.
    #[error("cannot read {path}: {reason}")]
    Config {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A format of the future.
    #[error("core.repositoryFormatVersion is {value:?}: this program knows 0 and 1; use a newer git-qms")]
    Version {
        /// The value found.
        value: String,
    },
    /// SHA-256 objects.
    #[error(
        "extensions.objectFormat is {value:?}: git-qms reads SHA-1 repositories only, and nothing of it was tried on others; \
         keep the code in a repository made with: git init --object-format=sha1"
    )]
    ObjectFormat {
        /// The value found.
        value: String,
    },
    /// References in another form than files.
    #[error(
        "extensions.refStorage is {value:?}: git-qms reads references that are files only, as the library that reads them \
         for it does; convert with: git refs migrate --ref-format=files (git 2.46), or clone anew with --ref-format=files"
    )]
    RefStorage {
        /// The value found.
        value: String,
    },
    /// Something unknown that may change what the repository means.
    #[error("extensions.{name} is not known to this program, so it refuses; use a newer git-qms")]
    Extension {
        /// The extension's name.
        name: String,
    },
    /// gix will not open it.
    #[error("cannot open repository {path}: {reason}")]
    Damaged {
        /// The repository.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// What is absent on purpose, so that an incomplete check must not pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Conditions {
    /// A shallow clone: history is cut off.
    pub shallow: bool,
    /// A partial clone: objects are left at a remote. Nothing is fetched on demand.
    pub partial: bool,
}

/// Something that other tools would let change what they show. None of it is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Warning {
    /// `refs/replace/*`.
    ReplaceRefs,
    /// `info/grafts`.
    Grafts,
    /// A commit-graph, which may be forged.
    CommitGraph,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ReplaceRefs => {
                "refs/replace/* exist: git shows other objects than those verified here (git replace -l)"
            }
            Self::Grafts => "info/grafts exists: git shows another history than the one verified here",
            Self::CommitGraph => "a commit-graph exists: it is not read here, and a forged one changes what git shows",
        })
    }
}

/// Judges the configuration of the common directory. Says whether it is a partial clone.
pub(super) fn check_config(common_dir: &Path) -> Result<bool, OpenError> {
    let path = common_dir.join("config");
    let failed = |reason: String| OpenError::Config { path: path.clone(), reason };
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        // git takes a missing file for format 0 without extensions.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed(error.to_string())),
    };
    // Includes are not followed: git reads the format from this file alone.
    let config = gix::config::File::from_bytes_no_includes(
        &bytes,
        gix::config::file::Metadata::from(gix::config::Source::Local),
        gix::config::file::init::Options::default(),
    )
    .map_err(|error| failed(error.to_string()))?;
    let mut partial = false;
    for section in config.sections() {
        let name = section.header().name().to_str_lossy().to_ascii_lowercase();
        let sub = section.header().subsection_name().map(|sub| sub.to_str_lossy().into_owned());
        match (name.as_str(), sub) {
            ("core", None) => check_version(&section.values("repositoryformatversion"))?,
            ("extensions", None) => {
                for key in section.value_names() {
                    partial |= check_extension(&key, &section.values(&key))?;
                }
            }
            ("extensions", Some(sub)) => return Err(OpenError::Extension { name: sub.escape_debug().to_string() }),
            ("remote", Some(_)) => {
                partial |= section.contains_value_name("promisor") && !is_false(&section.values("promisor"));
                partial |= section.contains_value_name("partialclonefilter");
            }
            _ => {}
        }
    }
    Ok(partial)
}

fn is_false(values: &[gix::bstr::BString]) -> bool {
    !values.is_empty() && values.iter().all(|value| matches!(value.as_slice(), b"false" | b"no" | b"off" | b"0" | b""))
}

fn text(value: &gix::bstr::BString) -> String {
    value.to_str_lossy().into_owned()
}

fn check_version(values: &[gix::bstr::BString]) -> Result<(), OpenError> {
    match values.iter().find(|value| !matches!(value.as_slice(), b"0" | b"1")) {
        Some(value) => Err(OpenError::Version { value: text(value) }),
        None => Ok(()),
    }
}

/// Whether the extension says "partial clone"; an error unless it is known.
fn check_extension(name: &str, values: &[gix::bstr::BString]) -> Result<bool, OpenError> {
    let other = |expected: &[u8]| values.iter().find(|value| !value.eq_ignore_ascii_case(expected)).map(text);
    match name.to_ascii_lowercase().as_str() {
        "noop" | "noop-v1" | "preciousobjects" | "worktreeconfig" | "relativeworktrees" => Ok(false),
        "partialclone" => Ok(true),
        "objectformat" => other(b"sha1").map_or(Ok(false), |value| Err(OpenError::ObjectFormat { value })),
        "refstorage" => other(b"files").map_or(Ok(false), |value| Err(OpenError::RefStorage { value })),
        _ => Err(OpenError::Extension { name: name.escape_debug().to_string() }),
    }
}

/// Looks for what is ignored here though other tools honour it.
pub(super) fn warnings(common_dir: &Path, has_replace_refs: bool) -> Vec<Warning> {
    let info = common_dir.join("objects/info");
    let graph = info.join("commit-graph").exists() || info.join("commit-graphs/commit-graph-chain").exists();
    let found = [
        (has_replace_refs, Warning::ReplaceRefs),
        (common_dir.join("info/grafts").exists(), Warning::Grafts),
        (graph, Warning::CommitGraph),
    ];
    found.into_iter().filter(|(there, _)| *there).map(|(_, warning)| warning).collect()
}
