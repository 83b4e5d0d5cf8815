//! The ledger as it was verified before, and what has come since: the index, used.
//!
//! The reasons to rebuild it are in `docs/performance.md`. Where there is any doubt, the whole is verified, as without an
//! index.

mod key;
mod look;
mod lost;
mod memory;

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

pub use look::Health as IndexHealth;
pub use lost::Lost;
pub use memory::{Attached, Memory, Releases};
use memory::{PROGRAM, State};

use super::context::{Context, LEDGER, TRUST, Tips, chain_at, whole};
use super::error::Result;
use crate::envelope::Arithmetic;
use crate::store::{Here, Index, Kept, Parts, Repository, Stamps};
use crate::trust::Chain;
use crate::verify::{Code, Counts, Finding, Ledger, Piece, Rest, Summary};

/// So many new ledger commits are verified on top of what is remembered; more are verified with all the others.
const MOST_NEW: usize = 1_000;

/// Ledgers of fewer records are verified anew each time: that takes no longer.
const WORTH_KEEPING: u64 = 256;

/// About so many bytes of outlines are kept in one chunk.
const CHUNK: usize = 1 << 20;

/// What commits and objects are like at this moment.
struct Present {
    here: Here,
    stamps: Stamps,
    warnings: Vec<String>,
    /// Whether this is what the references say: else it is not remembered.
    is_so: bool,
}

impl Context {
    /// The ledger and trust of these tips, verified, as far as that was not done before; and what is remembered of it.
    pub(super) fn remembered(&self, tips: &Tips, chain: Chain) -> Result<(Ledger, Option<Memory>)> {
        let Some(index) = self.index() else {
            return Ok((whole(&self.repo, tips, chain, Arithmetic::Tables)?, None));
        };
        let present = self.present(tips)?;
        if let Some(recalled) = self.recalled(&index, tips, &chain, &present) {
            return Ok(recalled);
        }
        let ledger = whole(&self.repo, tips, chain, Arithmetic::Tables)?;
        let is_worth_it = present.is_so
            && (ledger.counts().valid >= WORTH_KEEPING || self.repo.config("qms.index").as_deref() == Some("true"));
        let memory = if is_worth_it { learned(index, &ledger, present) } else { None };
        Ok((ledger, memory))
    }

    /// The index of this repository, unless there is to be none.
    fn index(&self) -> Option<Index> {
        let conditions = self.repo.conditions();
        let is_wanted = self.uses_index && self.repo.config("qms.index").is_none_or(|value| value != "false");
        if conditions.shallow || conditions.partial || !is_wanted {
            return None;
        }
        Some(self.repo.index(key::key(&self.environment, &self.repo)?))
    }

    fn present(&self, tips: &Tips) -> Result<Present> {
        // Before anything is read: what is altered meanwhile shows the next time.
        let stamps = self.repo.stamps();
        let here = self.repo.here()?;
        let with = here.and(&tips.also);
        let is_so = !self.repo.is_quarantined()
            && with == here
            && self.repo.ref_tip(LEDGER)? == tips.ledger
            && self.repo.ref_tip(TRUST)? == tips.trust;
        let warnings = self.repo.warnings().iter().map(ToString::to_string).collect();
        Ok(Present { here: with, stamps, warnings, is_so })
    }

    /// What is remembered, with what has come since; `None` where there is any doubt.
    fn recalled(
        &self,
        index: &Index,
        tips: &Tips,
        chain: &Chain,
        present: &Present,
    ) -> Option<(Ledger, Option<Memory>)> {
        let kept = index.read()?;
        let state: State = serde_json::from_slice(&kept.text).ok()?;
        let tip = tips.ledger?;
        let summary = &state.summary;
        let is_same = state.program == PROGRAM
            && state.warnings == present.warnings
            && summary.is_under(chain)
            && Stamps::from_bytes(&kept.stamps)?.still_hold(&present.stamps);
        let (orphaned, absent) = (commits(summary, Code::Orphaned), commits(summary, Code::Unverifiable));
        if !is_same || !self.repo.is_as_here(&state.here, &present.here, summary.tip, &orphaned, &absent) {
            return None;
        }
        let mut memory = Memory::of(index.clone(), kept, state, present.here.clone(), present.stamps.clone());
        if tip != memory.summary().tip {
            let growth = self.repo.growth(memory.summary().tip, tip, &tips.also, MOST_NEW).ok()??;
            let grown = memory.summary().grow(growth.history(), &growth, chain).ok()?;
            memory.grow(grown);
        }
        let summary = memory.summary().clone();
        let (kept, pending) = (memory.kept().clone(), memory.pending().to_vec());
        let (index, repo, counts) = (index.clone(), Arc::clone(&self.repo), summary.counts);
        let rest = Elsewhere {
            index,
            parts: OnceLock::new(),
            kept,
            pending,
            repo,
            tips: tips.clone(),
            counts,
            lost: self.lost.clone(),
        };
        let ledger = Ledger::recall(chain.clone(), summary, Box::new(rest))?;
        Some((ledger, Some(memory).filter(|_| present.is_so)))
    }
}

/// The commits that findings of a code are about.
fn commits(summary: &Summary, code: Code) -> HashSet<crate::record::CommitId> {
    let of = |finding: &&Finding| finding.code == code;
    summary.findings.iter().filter(of).filter_map(|finding| finding.commit).collect()
}

/// Keeps a ledger that was verified as a whole.
fn learned(index: Index, ledger: &Ledger, present: Present) -> Option<Memory> {
    let state = State::of(Summary::of(ledger)?, present.here.clone(), present.warnings);
    let text = serde_json::to_vec(&state).ok()?;
    let kept = index.replace(&text, &present.stamps.to_bytes(), |each| ledger.pieces(CHUNK, each))?;
    Some(Memory::of(index, kept, state, present.here, present.stamps))
}

/// Where the records of a recalled ledger are: in the index, and where that fails, in git.
struct Elsewhere {
    index: Index,
    /// Opened when the first is asked for.
    parts: OnceLock<Option<Parts>>,
    kept: Kept,
    /// What came since.
    pending: Vec<Piece>,
    repo: Arc<Repository>,
    tips: Tips,
    /// How many records there have to be.
    counts: Counts,
    lost: Lost,
}

impl std::fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Elsewhere").field("index", &self.index).finish_non_exhaustive()
    }
}

impl Rest for Elsewhere {
    fn chunks(&self) -> Option<Vec<Vec<u8>>> {
        let mut chunks = self.index.chunks(&self.kept)?;
        let new = self.pending.iter().filter_map(|piece| match piece {
            Piece::Chunk(bytes) => Some(bytes.clone()),
            Piece::Part(..) => None,
        });
        chunks.extend(new);
        Some(chunks)
    }

    fn part(&self, number: u32) -> Option<Vec<u8>> {
        let new = self.pending.iter().find_map(|piece| match piece {
            Piece::Part(other, bytes) if *other == number => Some(bytes.clone()),
            _ => None,
        });
        new.or_else(|| self.parts.get_or_init(|| self.index.parts()).as_ref()?.part(number))
    }

    fn anew(&self) -> Option<Ledger> {
        let chain = chain_at(&self.repo, self.tips.trust);
        let ledger = chain.and_then(|chain| whole(&self.repo, &self.tips, chain, Arithmetic::Tables));
        self.lost.or_told(ledger, self.counts)
    }
}
