//! What references point at.

use std::collections::BTreeMap;

use gix::bstr::ByteSlice as _;
use gix::hash::ObjectId;
use gix::refs::{FullName, Target};

use super::reader::{commit_id, object_id};
use super::repository::Repository;
use crate::record::ids::CommitId;

/// Why a reference cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {name}: {reason}")]
pub struct RefError {
    /// The reference.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// A reference and the object it points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) name: String,
    pub(super) target: ObjectId,
}

fn failed(name: &str, reason: impl std::fmt::Display) -> RefError {
    RefError { name: name.escape_debug().to_string(), reason: reason.to_string() }
}

/// How often references are listed anew before one that cannot be read is taken for damage.
const TRIES: u32 = 20;

/// Whether any reference begins with `prefix`; unreadable ones count.
pub(super) fn exists_below(refs: &gix::RefStore, prefix: &str) -> bool {
    let relative: Result<&gix::path::RelativePath, _> = prefix.try_into();
    relative.is_ok_and(|prefix| {
        refs.iter().is_ok_and(|platform| platform.prefixed(prefix).is_ok_and(|mut found| found.next().is_some()))
    })
}

impl Repository {
    /// The commit or other object that a full reference name, such as `refs/notes/qms`, points at.
    pub fn ref_tip(&self, name: &str) -> Result<Option<CommitId>, RefError> {
        Ok(self.target(name)?.map(|id| commit_id(&id)))
    }

    /// As [`Self::ref_tip`]. Follows symbolic references a few steps.
    pub(super) fn target(&self, name: &str) -> Result<Option<ObjectId>, RefError> {
        let mut name = FullName::try_from(name).map_err(|error| failed(name, error))?;
        for _ in 0..5 {
            match self.target_once(&name)? {
                Some(Target::Symbolic(next)) => name = next,
                Some(Target::Object(id)) => return Ok(Some(id)),
                None => return Ok(None),
            }
        }
        Err(failed(&name.as_bstr().to_str_lossy(), "symbolic references lead on and on"))
    }

    fn target_once(&self, name: &FullName) -> Result<Option<Target>, RefError> {
        let failed = |error: gix::Error| failed(&name.as_bstr().to_str_lossy(), error);
        let refs = &self.gix.refs;
        // The file first, then what is packed, then the file again: so `git pack-refs` cannot slip between.
        let loose = refs.try_find_loose(name.as_ref()).map_err(failed)?;
        if let Some(loose) = loose.filter(|found| found.name == *name) {
            return Ok(Some(loose.target));
        }
        // Read anew each time: gix's shared copy is refreshed by time stamps, which have ticks.
        let packed = refs.open_packed_buffer().map_err(failed)?;
        let found = refs.try_find_packed(name.as_ref(), packed.as_ref()).map_err(failed)?;
        Ok(found.filter(|found| found.name == *name).map(|found| found.target))
    }

    /// Every reference below `prefix`, such as `refs/tags/`, sorted by name.
    pub(super) fn tips_below(&self, prefix: &str) -> Result<Vec<Tip>, RefError> {
        let mut tries = 0;
        loop {
            match self.listed_below(prefix) {
                // git takes files and folders away, as it packs them, in the midst of a walk.
                Err(_) if tries < TRIES => tries += 1,
                done => return done,
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    fn listed_below(&self, prefix: &str) -> Result<Vec<Tip>, RefError> {
        let failed = |error: &dyn std::fmt::Display| failed(prefix, error);
        let relative: &gix::path::RelativePath = prefix.try_into().map_err(|error| failed(&error))?;
        let mut targets = BTreeMap::new();
        // The files first, then what is packed, read anew: so `git pack-refs` cannot slip between.
        for loose in self.gix.refs.loose_iter_prefixed(relative).map_err(|error| failed(&error))? {
            let loose = loose.map_err(|error| failed(&error))?;
            targets.insert(loose.name, loose.target);
        }
        if let Some(packed) = self.gix.refs.open_packed_buffer().map_err(|error| failed(&error))? {
            for packed in packed.iter_prefixed(prefix.into()).map_err(|error| failed(&error))? {
                let packed = packed.map_err(|error| failed(&error))?;
                targets.entry(packed.name.to_owned()).or_insert_with(|| Target::Object(packed.target()));
            }
        }
        let mut tips = Vec::with_capacity(targets.len());
        for (name, target) in targets {
            let target = match target {
                Target::Object(id) => Some(id),
                Target::Symbolic(next) => self.target(&next.as_bstr().to_str_lossy())?,
            };
            tips.extend(target.map(|target| Tip { name: name.as_bstr().to_str_lossy().into_owned(), target }));
        }
        Ok(tips)
    }

    /// The branches and what they point at: `refs/heads/*`, then `refs/remotes/*`, by full name.
    pub fn branches(&self) -> Result<Vec<(String, CommitId)>, RefError> {
        let mut branches = Vec::new();
        for prefix in ["refs/heads/", "refs/remotes/"] {
            branches.extend(self.tips_below(prefix)?.into_iter().map(|tip| (tip.name, commit_id(&tip.target))));
        }
        Ok(branches)
    }

    /// The commit checked out; none on a branch without commits.
    pub fn head(&self) -> Result<Option<CommitId>, RefError> {
        self.ref_tip("HEAD")
    }

    /// The branch checked out, by full name; none when HEAD is detached.
    pub fn head_branch(&self) -> Result<Option<String>, RefError> {
        let name = FullName::try_from("HEAD").map_err(|error| failed("HEAD", error))?;
        Ok(match self.target_once(&name)? {
            Some(Target::Symbolic(branch)) => Some(branch.as_bstr().to_str_lossy().into_owned()),
            _ => None,
        })
    }

    /// Whether an object of this id is there; its bytes are not looked at.
    pub fn has_object(&self, commit: &CommitId) -> bool {
        object_id(commit.as_bytes()).is_ok_and(|id| self.reader().exists(&id))
    }
}
