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
            next = match node.parents[..] {
                [] => None,
                [parent] => Some(parent),
                _ => {
                    return Err(
                        malformed("commit", id, "is a merge: trust versions follow each other in one line").into()
                    );
                }
            };
            let entry = match &*reader.tree(&node.tree)? {
                [entry] if entry.name == FILE && entry.mode.is_blob() => entry.id,
                _ => {
                    return Err(
                        malformed("tree of commit", id, "must hold the file trust.json and nothing else").into()
                    );
                }
            };
            let data = reader.find(Kind::Blob, &entry)?;
            if data.len() > LARGEST {
                return Err(malformed("trust.json of commit", id, "is larger than 16 MiB").into());
            }
            chain.push((commit_id(&id), data.to_vec()));
        }
        chain.reverse();
        Ok(chain)
    }
}
