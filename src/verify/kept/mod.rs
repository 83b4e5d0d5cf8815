//! A verified ledger as it may be kept, so that it is not verified as a whole each time: what was found, and the records
//! that count.
//!
//! Nothing here checks a signature: whoever hands a [`Summary`] or chunks back answers for it that they are the very ones
//! that were handed out, by a code that nobody else can make. What is in doubt is verified anew.

mod bytes;
mod chunk;
mod entry;
mod growth;
mod sparse;

use serde::{Deserialize, Serialize};

pub use chunk::Piece;
pub(super) use entry::names;
pub use growth::{Doubt, Grown};
pub(super) use sparse::{Lost, Sparse};

use super::finding::{Code, Finding};
use super::ledger::{Counts, Ledger};
use crate::record::ids::{CommitId, TrustDigest};
use crate::trust::Chain;

/// What verification of a ledger came to, but for the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The ledger's newest commit.
    pub tip: CommitId,
    /// The newest trust version it was verified against.
    pub trust: TrustDigest,
    /// Where that lies: another commit may hold the same version.
    pub trust_commit: CommitId,
    /// How many commits the ledger has.
    pub commits: u32,
    /// How many lines of the tip are what.
    pub counts: Counts,
    /// Everything that was found, the gravest first.
    pub findings: Vec<Finding>,
}

/// Where the records of a recalled ledger are.
pub trait Rest: std::fmt::Debug + Send + Sync {
    /// The chunks, in order, exactly as they were handed out; `None` where they cannot be had.
    fn chunks(&self) -> Option<Vec<Vec<u8>>>;

    /// A part by its number, as it was handed out: that it is, is checked.
    fn part(&self, number: u32) -> Option<Vec<u8>>;

    /// The same ledger, verified as a whole.
    fn anew(&self) -> Option<Ledger>;
}

impl Summary {
    /// Whether it was verified against this trust.
    pub fn is_under(&self, chain: &Chain) -> bool {
        let newest = chain.newest();
        chain.fault().is_none() && (newest.digest, newest.commit) == (self.trust, self.trust_commit)
    }

    /// Of a ledger that may be kept: all of it was read, and it is bound by nothing that is not in its tip.
    pub fn of(ledger: &Ledger) -> Option<Self> {
        let unread = |finding: &Finding| matches!(finding.code, Code::ObjectMissing | Code::ObjectWrong);
        let is_whole = !ledger.is_cut() && ledger.chain().fault().is_none() && !ledger.findings().iter().any(unread);
        if !is_whole || !ledger.lost_releases().is_empty() || !ledger.removed().is_empty() {
            return None;
        }
        Some(Self {
            tip: ledger.tip()?,
            trust: ledger.chain().newest().digest,
            trust_commit: ledger.chain().newest().commit,
            commits: u32::try_from(ledger.commits()).ok()?,
            counts: ledger.counts(),
            findings: ledger.findings().to_vec(),
        })
    }
}

impl Ledger {
    /// The records and their order as bytes, about `size` a chunk. `each` says whether it wants more.
    pub fn pieces(&self, size: usize, each: &mut dyn FnMut(Piece) -> bool) {
        chunk::pieces_of(self, size, each);
    }
}
