//! Requirements, read from the files of one tree: what is wanted, in which revision, and whether it was reviewed.
//!
//! Nothing here is believed to be met: that is for the trace to say. What cannot be read whole is an error, since a
//! requirement that is passed over would never be missed.

use std::collections::BTreeMap;

use crate::record::{FileDigest, RequirementId};

mod error;
mod format;
mod named;
mod tag;
mod yaml;

pub use error::RequirementError;
pub use format::FORMS;
pub use named::Names;
pub use tag::{SourceTag, source_tags};

/// The largest file of requirements that is read, in bytes.
pub const MAX_FILE: usize = 64 << 20;

/// The most files of requirements, and the most requirements, of one tree.
const MAX_FILES: usize = 50_000;

/// The files of one tree. Whoever has git makes one; the work tree is never read.
pub trait Tree {
    /// Every path from the top, parted by `/`.
    fn paths(&self) -> Result<Vec<String>, String>;

    /// The bytes of a file, up to so many; none if there is no such file.
    fn read(&self, path: &str, max: usize) -> Result<Option<Vec<u8>>, String>;
}

/// What to read of a tree, and how.
#[derive(Clone, Copy)]
pub struct Selection<'a> {
    /// Whether a path is one where requirements are written.
    pub is_wanted: &'a dyn Fn(&str) -> bool,
    /// The types that are requirements, where the form has types; empty for all.
    pub types: &'a [String],
    /// The words of a status that take a requirement out of force.
    pub inactive: &'a [String],
}

/// The requirements of one tree, each id once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirements {
    by_id: BTreeMap<RequirementId, Requirement>,
}

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Its id, without a revision.
    pub id: RequirementId,
    /// In a few words; may be empty.
    pub title: String,
    /// Its type, where the form has types: `req`, `dsn`, `REQUIREMENT`.
    pub kind: Option<String>,
    /// As it is written, where the form has revisions.
    pub revision: Option<String>,
    /// SHA-256 of title and text.
    pub digest: FileDigest,
    /// What it is derived from.
    pub parents: Vec<Parent>,
    /// Whether it is marked as critical.
    pub critical: bool,
    /// As it is written.
    pub status: Option<String>,
    /// Whether it is in force.
    pub active: bool,
    /// Whether its text was reviewed, where the form keeps that.
    pub review: Review,
    /// What a link to it has to carry to be sound, where the form keeps that.
    pub stamp: Option<String>,
    /// Where it is written.
    pub file: String,
    /// What that file was read as: a name of [`FORMS`].
    pub form: &'static str,
}

/// A requirement that another one is derived from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// As it is linked, perhaps with a revision.
    pub id: RequirementId,
    /// What the link carries of the parent's text, where the form keeps that.
    pub stamp: Stamp,
}

/// What a link carries of the text that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stamp {
    /// The form keeps none.
    NotKept,
    /// It should, and does not.
    Missing,
    /// The fingerprint of the text when the link was checked.
    Of(String),
}

/// Whether the text of a requirement was reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// The form keeps no reviews.
    NotKept,
    /// As it is.
    Reviewed,
    /// Never.
    Missing,
    /// Before it was changed.
    Outdated,
    /// Its fingerprint rests on something that cannot be read here.
    Unknown,
}

impl Requirements {
    /// Reads every wanted file of a tree.
    pub fn read(tree: &dyn Tree, selection: Selection<'_>) -> Result<Self, RequirementError> {
        let unreadable = |file: &str| {
            let file = file.to_owned();
            move |reason| RequirementError::Unreadable { file, reason }
        };
        let paths = tree.paths().map_err(unreadable("the tree"))?;
        let wanted: Vec<String> = paths.into_iter().filter(|path| (selection.is_wanted)(path)).collect();
        if wanted.len() > MAX_FILES {
            return Err(RequirementError::TooMany { what: "files", limit: MAX_FILES });
        }
        let mut found = Self::default();
        for path in wanted {
            let bytes = tree.read(&path, MAX_FILE).map_err(unreadable(&path))?;
            // A submodule or symbolic link has a path and is no file.
            let Some(bytes) = bytes else { continue };
            for requirement in format::read(tree, &path, &bytes, selection)? {
                found.add(requirement)?;
            }
        }
        Ok(found)
    }

    fn add(&mut self, requirement: Requirement) -> Result<(), RequirementError> {
        if self.by_id.len() == MAX_FILES {
            return Err(RequirementError::TooMany { what: "requirements", limit: MAX_FILES });
        }
        if let Some(known) = self.by_id.get(&requirement.id) {
            let (id, first, second) = (known.id.clone(), known.file.clone(), requirement.file);
            return Err(RequirementError::Duplicate { id, first, second });
        }
        self.by_id.insert(requirement.id.clone(), requirement);
        Ok(())
    }

    /// All, sorted by id.
    pub fn all(&self) -> impl ExactSizeIterator<Item = &Requirement> {
        self.by_id.values()
    }

    /// The one of this id.
    pub fn get(&self, id: &RequirementId) -> Option<&Requirement> {
        self.by_id.get(id)
    }

    /// The one that a link names, and the revision that it names: `req~limit~2` is revision 2 of `req~limit`, unless
    /// that is an id itself.
    pub fn linked<'a>(&self, link: &'a RequirementId) -> Option<(&Requirement, Option<&'a str>)> {
        if let Some(found) = self.by_id.get(link) {
            return Some((found, None));
        }
        let (id, revision) = link.as_str().rsplit_once('~')?;
        let id: RequirementId = id.parse().ok().filter(|_| revision.bytes().all(|byte| byte.is_ascii_digit()))?;
        Some((self.by_id.get(&id)?, Some(revision)))
    }
}
