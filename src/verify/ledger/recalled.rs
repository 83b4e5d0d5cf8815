//! A ledger that was verified before, recalled.

use std::sync::OnceLock;

use super::{Body, Ledger};
use crate::trust::Chain;
use crate::verify::kept::{Rest, Summary, body_of};

impl Ledger {
    /// The ledger that `summary` tells of. `None` where it was verified against another trust.
    ///
    /// Who recalls one answers for `summary` and `rest`: they have to be what verification handed out.
    pub fn recall(chain: Chain, summary: Summary, rest: Box<dyn Rest>) -> Option<Self> {
        if !summary.is_under(&chain) {
            return None;
        }
        let Summary { tip, counts, findings, commits, .. } = summary;
        let body = OnceLock::new();
        Some(Self {
            chain,
            tip: Some(tip),
            removed: Vec::new(),
            findings,
            counts,
            is_cut: false,
            body,
            rest: Some((rest, commits)),
        })
    }

    /// The records and their order. What cannot be recalled is verified anew, and what cannot be verified either counts
    /// for nothing.
    pub(in crate::verify) fn body(&self) -> &Body {
        self.body.get_or_init(|| {
            let Some((rest, commits)) = &self.rest else { return Body::default() };
            let count = self.counts.valid + self.counts.orphaned + self.counts.by_word;
            let recalled = rest.chunks().and_then(|chunks| body_of(&chunks, *commits, count));
            recalled.or_else(|| rest.anew()?.body.into_inner()).unwrap_or_default()
        })
    }

    /// How many commits the ledger has.
    pub(in crate::verify) fn commits(&self) -> usize {
        self.body().order.commits().len()
    }
}
