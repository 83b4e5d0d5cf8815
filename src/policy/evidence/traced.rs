//! What the requirements of the judged commit say about links to them. Whoever has git and can read requirements makes it.

use std::collections::BTreeMap;

use crate::record::RequirementId;

/// The requirements of a commit, as far as plans and tests name them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Traced {
    /// The catalog does not say where they are written: links are taken at their word.
    #[default]
    NotWritten,
    /// They cannot be read.
    Unread(String),
    /// What each name stands for; a name that is not here names nothing.
    Known(BTreeMap<RequirementId, Linked>),
}

/// The requirement that a link names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its id as it is written, without a revision.
    pub id: RequirementId,
    /// Whether it is in force.
    pub active: bool,
    /// Why a link by this name is suspect, if so.
    pub doubt: Option<String>,
}

impl Traced {
    /// What a link names.
    pub(in crate::policy) fn linked(&self, name: &RequirementId) -> Option<Linked> {
        match self {
            Self::NotWritten | Self::Unread(_) => Some(Linked { id: name.clone(), active: true, doubt: None }),
            Self::Known(known) => known.get(name).cloned(),
        }
    }
}
