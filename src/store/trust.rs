//! The chain of trust versions as `refs/qms/trust` holds it. Nothing of it has been checked but its shape.

use gix::objs::Kind;

use super::commit::malformed;
use super::reader::{ReadError, commit_id, object_id};
use super::refs::RefError;
use super::repository::Repository;
use crate::record::ids::CommitId;

/// The reference of the trust chain.
pub const TRUST: &str = "refs/qms/trust";

/// The one file in each of its trees.
pub(super) const FILE: &str = "trust.json";

/// No project changes its members more often.
const MOST_VERSIONS: usize = 100_000;

/// Bytes; ten thousand members fit.
const LARGEST: usize = 16 << 20;

/// Why the chain cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TrustReadError {
    /// The reference.
    #[error(transparent)]
    Ref(#[from] RefError),
    /// An object of it.
    #[error("trust chain: {0}")]
    Object(#[from] ReadError),
}

impl Repository {
    /// The commits of `refs/qms/trust` and their `trust.json`, the first version first. Empty without that reference.
    ///
    /// A commit that merges, or holds anything but that one file, has no bytes: no trust version is empty.
    pub fn trust_chain(&self) -> Result<Vec<(CommitId, Vec<u8>)>, TrustReadError> {
        self.trust_chain_at(self.ref_tip(TRUST)?)
    }

    /// As [`Self::trust_chain`], of a given tip.
    pub fn trust_chain_at(&self, tip: Option<CommitId>) -> Result<Vec<(CommitId, Vec<u8>)>, TrustReadError> {
        let mut reader = self.reader();
        let mut chain = Vec::new();
        let mut next = tip.map(|tip| object_id(tip.as_bytes())).transpose()?;
        while let Some(id) = next {
            if chain.len() == MOST_VERSIONS {
                return Err(malformed("commit", id, "is beyond the limit of 100000 trust versions").into());
            }
            let node = reader.node(&id)?;
            next = node.parents.first().copied();
            // Where the shape is wrong the chain ends, for who checks it: what came before is still read and used.
            let data = match &*reader.tree(&node.tree)? {
                [entry] if entry.name == FILE && entry.mode.is_blob() && node.parents.len() < 2 => {
                    let data = reader.find(Kind::Blob, &entry.id)?;
                    if data.len() > LARGEST { Vec::new() } else { data.to_vec() }
                }
                _ => Vec::new(),
            };
            chain.push((commit_id(&id), data));
        }
        chain.reverse();
        Ok(chain)
    }
}
