//! A record's place in the ledger: where it was introduced, over which head it was signed, and
//! whether its signer was still allowed to there.

use super::few::Few;
use super::finding::{Code, Finding};
use super::line::{Examined, permits};
use super::next::head_gone;
use super::notes::History;
use super::order::Order;
use super::reading::Lines;
use crate::record::kind::Claim;
use crate::record::kind::checkpoint::Occasion;
use crate::trust::{Chain, Link};

/// For each line, where it was introduced, and whether it was ever removed.
pub(super) struct Introductions {
    pub(super) at: Vec<Few<u32>>,
    pub(super) removed: Vec<bool>,
}

/// A commit introduces a line that none of its parents has, and removes one that a parent has and it has not.
pub(super) fn introductions(history: &History, lines: &Lines) -> Introductions {
    let mut all = Introductions { at: vec![Few::None; lines.entries.len()], removed: vec![false; lines.entries.len()] };
    let (mut now, mut before) = (Vec::new(), Vec::new());
    for (at, commit) in history.commits.iter().enumerate() {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        for change in &commit.changes {
            gather(&mut now, lines.of(change.annotated, change.after));
            gather(&mut before, change.before.iter().flat_map(|note| lines.of(change.annotated, *note)));
            for line in now.iter().filter(|line| before.binary_search(line).is_err()) {
                all.at[*line as usize].push(at);
            }
            for line in before.iter().filter(|line| now.binary_search(line).is_err()) {
                all.removed[*line as usize] = true;
            }
        }
    }
    all
}

/// Each line once, sorted to be searched.
fn gather<'l>(into: &mut Vec<u32>, lines: impl IntoIterator<Item = &'l u32>) {
    into.clear();
    into.extend(lines);
    into.sort_unstable();
    into.dedup();
}

/// The place of the head a record was signed over, or why the record does not count there.
pub(super) fn place_of(
    examined: &Examined,
    introduced: &[u32],
    chain: &Chain,
    order: &Order,
) -> Result<Option<u32>, Finding> {
    let head = head_of(examined, introduced, chain, order)?;
    let record = &examined.record;
    let contains = |head: Option<u32>| head.is_some_and(|head| introduced.iter().any(|at| order.contains(head, *at)));
    let (key, _) = chain
        .holder(examined.key)
        .ok_or_else(|| Finding::new(Code::KeyUnknown, format!("key {} is in no sound trust version", examined.key)))?;
    // The newest version that was written without knowing the record judges it as well as the one it names.
    let governs = |link: &&Link| !contains(link.version.ledger.and_then(|head| order.place(head)));
    // The one it names has let it pass already.
    let governing = chain.links().iter().rev().find(governs);
    if let Some(link) = governing.filter(|link| link.digest != record.header.trust) {
        permits(&link.version, record, key).map_err(|rejection| {
            let text = format!("{rejection}, which was in force when the record was introduced");
            Finding::new(Code::RoleEnded, text)
        })?;
    }
    for limit in chain.limits_of(examined.key) {
        if !contains(order.place(limit)) {
            let text =
                format!("key {} is compromised, and its records count only up to ledger commit {limit}", examined.key);
            return Err(Finding::new(Code::KeyCompromised, text));
        }
    }
    Ok(head)
}

fn head_of(examined: &Examined, introduced: &[u32], chain: &Chain, order: &Order) -> Result<Option<u32>, Finding> {
    let record = &examined.record;
    let Some(head) = record.header.ledger else {
        let first = matches!(&record.claim, Claim::Checkpoint(checkpoint) if checkpoint.occasion == Occasion::Trust)
            && record.header.trust == chain.root()
            && record.commit == chain.first().commit
            && introduced == [0];
        return if first {
            Ok(None)
        } else {
            Err(Finding::new(Code::HeadNotBefore, "signed over no ledger, which only the first checkpoint may be"))
        };
    };
    let fault = match order.place(head) {
        Some(place) if introduced.iter().all(|at| *at != place && order.contains(*at, place)) => {
            return Ok(Some(place));
        }
        Some(_) => {
            let text = format!(
                "signed over ledger commit {head}, which does not come before the place where the record stands"
            );
            Finding::new(Code::HeadNotBefore, text)
        }
        None => {
            let text =
                format!("signed over ledger commit {head}, which is gone: the ledger was rolled back or rewritten");
            head_gone(text, head).at_ref("refs/notes/qms")
        }
    };
    if chain.knows_head(head) {
        // Its own head is lost; it counts where it was introduced.
        return Ok(introduced.first().copied());
    }
    Err(fault.hint(format!(
        "fetch from a clone that has it (git qms sync), or accept the loss: git qms trust known --head {head}"
    )))
}
