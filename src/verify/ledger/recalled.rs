//! A ledger that was verified before, recalled.

use std::sync::OnceLock;

use super::{Body, Ledger};
use crate::trust::Chain;
use crate::verify::kept::{Rest, Sparse, Summary};

impl Ledger {
    /// The ledger that `summary` tells of. `None` where it was verified against another trust.
    ///
    /// Who recalls one answers for `summary` and `rest`: they have to be what verification handed out.
    pub fn recall(chain: Chain, summary: Summary, rest: Box<dyn Rest>) -> Option<Self> {
        if !summary.is_under(&chain) {
            return None;
        }
        let Summary { tip, counts, findings, commits, .. } = summary;
        Some(Self {
            chain,
            tip: Some(tip),
            removed: Vec::new(),
            findings,
            counts,
            is_cut: false,
            body: OnceLock::new(),
            rest: Some((rest, commits)),
            sparse: OnceLock::new(),
        })
    }

    /// Every record in outline, unless the ledger was verified here, or its records are all read, or cannot be had so.
    pub(super) fn sparse(&self) -> Option<&Sparse> {
        if self.body.get().is_some() {
            return None;
        }
        self.recalled()
    }

    fn recalled(&self) -> Option<&Sparse> {
        let (rest, commits) = self.rest.as_ref()?;
        let sparse = || rest.chunks().and_then(|chunks| Sparse::of(chunks, *commits, self.counts.records()));
        self.sparse.get_or_init(sparse).as_ref()
    }

    /// The records and their order. What cannot be recalled is verified anew, and what cannot be verified either counts
    /// for nothing. Either way a ledger commit has the same place: that of the walk, to whose end growth adds.
    pub(in crate::verify) fn body(&self) -> &Body {
        self.body.get_or_init(|| {
            let Some((rest, _)) = &self.rest else { return Body::default() };
            let recalled = self.recalled().and_then(|sparse| sparse.body(&**rest));
            recalled.or_else(|| rest.anew()?.body.into_inner()).unwrap_or_default()
        })
    }

    /// How many commits the ledger has.
    pub(in crate::verify) fn commits(&self) -> usize {
        self.order().commits().len()
    }
}
