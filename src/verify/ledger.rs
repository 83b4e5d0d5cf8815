//! The ledger, verified: which records count, in which order, and everything that is wrong with it.

use std::cmp::Ordering;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::claims::Entry;
use super::few::Few;
use super::finding::{Code, Finding, Severity};
use super::index::beginning;
use super::kept::{Rest, Sparse};
use super::next::head_gone;
use super::notes::{History, Notes, Unreadable};
use super::order::Order;
use super::place::introductions;
use super::reading::Lines;
use super::supersede;
use super::tip::Tip;
use crate::envelope::Arithmetic;
use crate::record::ids::{CommitId, LineDigest, RecordId};
use crate::record::kind::checkpoint::Occasion;
use crate::record::kind::{Claim, Kind};
use crate::record::name::MemberId;
use crate::trust::Chain;

mod body;
mod ended;
mod judge;
mod lookup;
mod recalled;
mod voided;

pub(super) use body::Body;
use judge::{Judged, Where};

/// The records that count and the findings about all else.
#[derive(Debug)]
pub struct Ledger {
    chain: Chain,
    tip: Option<CommitId>,
    removed: Vec<Removed>,
    findings: Vec<Finding>,
    counts: Counts,
    is_cut: bool,
    /// The records and their order; of a ledger that was recalled not before somebody asks.
    body: OnceLock<Body>,
    /// Where the body is until then, and how many commits it has.
    rest: Option<(Box<dyn Rest>, u32)>,
    /// Until then each record is read when it is asked for; `None` where that cannot be done.
    sparse: OnceLock<Option<Sparse>>,
}

/// A line that verified once, was removed, and whose loss no trust version accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The commit whose note it was in.
    pub on: CommitId,
    /// Its digest.
    pub line: LineDigest,
    /// The record that it is.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Who signed it.
    pub recorder: MemberId,
}

/// How many lines of the tip are what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Records that count.
    pub valid: u64,
    /// Lines that count for nothing.
    pub void: u64,
    /// Records whose commit nothing reaches any more; they count only by tree.
    pub orphaned: u64,
    /// Lines whose tree could not be checked because their commit cannot be read.
    pub unverifiable: u64,
    /// The records of these: they count by the tree that they state. A policy is none of them.
    pub by_word: u64,
}

impl Counts {
    /// How many records count, by commit or by tree.
    pub(super) fn records(&self) -> u64 {
        self.valid + self.orphaned + self.by_word
    }
}

impl Ledger {
    /// Verifies the whole history: steps 1 to 4 and 7 of `docs/spec/verification.md`.
    pub fn verify(history: &History, notes: &dyn Notes, mut chain: Chain, arithmetic: Arithmetic) -> Self {
        let order = Order::of(history);
        let mut findings = chain_heads(&mut chain, &order);
        findings.extend(chain.fault().map(|fault| {
            Finding::new(Code::TrustFault, fault.to_string()).at_ref("refs/qms/trust").at_commit(fault.commit)
        }));
        findings.extend(reading_faults(history));
        let mut lines = Lines::read(history, notes, &chain, arithmetic);
        findings.append(&mut lines.findings);
        let (tip, mut introduced) = std::thread::scope(|scope| {
            let tip = scope.spawn(|| Tip::of(history, &order, &lines));
            let introduced = introductions(history, &lines);
            (tip.join().expect("a worker does not panic"), introduced)
        });
        findings.extend(tip.disordered.iter().map(|on| {
            let text = "lines of the note are not sorted and unique, or it holds a blank line or no last newline";
            Finding::new(Code::NoteDisordered, text).at_commit(*on)
        }));
        findings.extend(tip.crowds.iter().map(|(on, count)| {
            let text = format!("{count} more lines of the note are void: not one is an envelope");
            let hint = "take the garbage out by a commit of the notes, as git notes edit makes it: that is a warning";
            Finding::new(Code::EnvelopeForm, text).at_commit(*on).hint(hint)
        }));
        let mut ledger = Self {
            chain,
            tip: order.tip().map(|tip| order.id(tip)),
            removed: Vec::new(),
            findings,
            counts: Counts { void: tip.crowds.iter().map(|(_, count)| *count as u64).sum(), ..Counts::default() },
            is_cut: !history.missing.is_empty(),
            body: OnceLock::new(),
            rest: None,
            sparse: OnceLock::new(),
        };
        let in_root = introduced.at.iter().filter(|at| at.contains(&0)).count();
        let places = in_order(&lines.entries, &introduced.at);
        let mut entries: Vec<_> = lines.entries.into_iter().map(Some).collect();
        let judged = places.into_iter().map(|at| {
            let entry = entries[at].take()?;
            let here = Where {
                in_tip: tip.lines[at],
                introduced: std::mem::take(&mut introduced.at[at]),
                removed: introduced.removed[at],
                clouded: lines.unread.contains(&entry.on),
            };
            Some((entry, here))
        });
        let judged = Judged::of(judged.collect(), &ledger.chain, &order);
        ledger.findings.extend(judged.findings);
        ledger.removed = judged.removed;
        ledger.counts.void += judged.void;
        ledger.counts.unverifiable = judged.unverifiable;
        let mut body = Body::of(order);
        (body.records, body.lost_releases) = (judged.records, judged.lost_releases);
        // Asked when every commit was: what it was on is part of what a record says.
        let unread = notes.unread();
        let missing = |unreadable: &Unreadable| matches!(unreadable, Unreadable::Missing(_));
        ledger.is_cut |= !lines.unread.is_empty() || unread.iter().any(missing);
        let by_tree = body.settle();
        ledger.counts.by_word = judged.by_word.len() as u64;
        ledger.counts.orphaned = by_tree - ledger.counts.by_word;
        ledger.counts.valid = body.records.len() as u64 - by_tree;
        let faults = supersede::settle(&mut body);
        ledger.body = OnceLock::from(body);
        ledger.check_root(history, in_root);
        ledger.check_trust_checkpoints();
        ledger.tell_retroactive(&judged.ended);
        ledger.findings.extend(faults);
        ledger.findings.extend(unread.into_iter().map(self::unread));
        ledger.weigh_by_what_is_missing();
        ledger.findings.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.code, finding.commit, finding.record);
            b.severity.cmp(&a.severity).then(key(a).cmp(&key(b))).then_with(|| a.message.cmp(&b.message))
        });
        ledger
    }

    /// The ledger has one root, and in it only the checkpoint of trust version 1.
    fn check_root(&mut self, history: &History, in_root: usize) {
        if self.is_cut {
            return; // Where the history is cut, its root is not known.
        }
        let roots: Vec<_> = history.commits.iter().filter(|commit| commit.parents.is_empty()).collect();
        if roots.is_empty() {
            let finding = Finding::new(Code::LedgerMissing, "there is no ledger: refs/notes/qms is missing or empty");
            self.findings.push(finding.at_ref("refs/notes/qms").hint("fetch it: git qms sync --fetch-only"));
            return;
        }
        let first: Vec<_> = self.records().iter().filter(|record| record.header.ledger.is_none()).collect();
        let [root] = roots[..] else {
            let text =
                format!("the ledger has {} roots, where it has to have one: two ledgers were joined", roots.len());
            self.findings.push(Finding::new(Code::LedgerRoot, text).at_ref("refs/notes/qms").at_commit(roots[1].id));
            return;
        };
        if first.len() != 1 || in_root != 1 {
            let text = "the ledger does not begin with the checkpoint of trust version 1, alone";
            self.findings.push(Finding::new(Code::LedgerRoot, text).at_ref("refs/notes/qms").at_commit(root.id));
        }
    }

    /// Every trust version is pinned by a checkpoint on its commit.
    fn check_trust_checkpoints(&mut self) {
        for link in self.chain.links() {
            let pinned = self.on(link.commit).any(|record| {
                matches!(&record.claim, Claim::Checkpoint(checkpoint) if checkpoint.occasion == Occasion::Trust)
                    && record.header.trust == link.digest
            });
            if !pinned {
                let text = format!("trust version {} has no checkpoint in the ledger", link.version.version);
                let finding =
                    Finding::new(Code::TrustCheckpointMissing, text).at_ref("refs/qms/trust").at_commit(link.commit);
                self.findings.push(
                    finding.hint("a root person finishes it by any writing command, for instance: git qms checkpoint"),
                );
            }
        }
    }

    /// Where the history is cut, what lies beyond is incomplete, and proves nothing wrong.
    fn weigh_by_what_is_missing(&mut self) {
        let beyond =
            [Code::HeadGone, Code::HeadNotBefore, Code::KeyCompromised, Code::RoleEnded, Code::TrustCheckpointMissing];
        for finding in self.findings.iter_mut().filter(|finding| self.is_cut && beyond.contains(&finding.code)) {
            finding.severity = finding.severity.min(Severity::Incomplete);
        }
    }

    /// Whether parts of the history, its notes or their commits could not be read: a shallow, partial or damaged clone.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The trust chain it was verified against.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The tip, unless there is no ledger.
    pub fn tip(&self) -> Option<CommitId> {
        self.tip
    }

    /// Everything that was found, the gravest first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many lines of the tip are what.
    pub fn counts(&self) -> Counts {
        self.counts
    }
}

/// The places of lines in the ledger's own order, which the threads that read it did not keep: by where they were
/// introduced, then by record.
fn in_order(entries: &[Entry], introduced: &[Few<u32>]) -> Vec<usize> {
    // What decides nearly always, where comparing needs no look elsewhere.
    let near = |(at, entry): (usize, &Entry)| {
        let (first, rest) = introduced[at].split_first().map_or((None, 0), |(first, rest)| (Some(*first), rest.len()));
        (first, rest > 0, entry.record_id().map_or(0, |id| beginning(id.as_bytes())), at)
    };
    let whole = |at: usize| (&introduced[at][..], entries[at].record_id(), at);
    let mut places: Vec<_> = entries.iter().enumerate().map(near).collect();
    places.sort_unstable_by(|a, b| {
        let by_id = if a.1 || b.1 { Ordering::Equal } else { a.2.cmp(&b.2) };
        a.0.cmp(&b.0).then(by_id).then_with(|| whole(a.3).cmp(&whole(b.3)))
    });
    places.into_iter().map(|(.., at)| at).collect()
}

/// Every trust version's ledger head is in the ledger, and none is behind the one before.
fn chain_heads(chain: &mut Chain, order: &Order) -> Vec<Finding> {
    let mut findings = Vec::new();
    let heads: Vec<_> = chain.links().iter().map(|link| link.version.ledger).collect();
    let mut before = None;
    for (at, head) in heads.iter().enumerate() {
        let Some(head) = head else { continue };
        let link = &chain.links()[at];
        let Some(place) = order.place(*head) else {
            let text = format!("ledger commit {head}, which trust version {} names, is gone", link.version.version);
            let finding = head_gone(text, *head).at_ref("refs/qms/trust").at_commit(link.commit);
            findings.push(if chain.knows_head(*head) { finding.weighing(Severity::Info) } else { finding });
            continue;
        };
        if before.is_some_and(|before| !order.contains(place, before)) {
            chain.cut(at, format!("its ledger head {head} is behind that of the version before"));
            break;
        }
        before = Some(place);
    }
    findings
}

/// What the reader of the history could not read, or found in odd places.
fn reading_faults(history: &History) -> impl Iterator<Item = Finding> {
    let missing = history.missing.iter().map(|text| {
        Finding::new(Code::ObjectMissing, text).at_ref("refs/notes/qms").hint(
            "fetch the whole ledger: git qms sync --fetch-only; after damage: git fsck, and take it from another clone",
        )
    });
    let odd = history.odd_paths.iter().map(|odd| {
        let text = format!("path {} of the notes tree: {}", odd.path, odd.reason);
        Finding::new(Code::NotesPath, text).at_ref("refs/notes/qms").at_commit(odd.commit)
    });
    let damaged = history.damaged.iter().map(|text| Finding::new(Code::ObjectWrong, text).at_ref("refs/notes/qms"));
    missing.chain(damaged).chain(odd)
}

/// An object that could not be read, as a finding.
pub(super) fn unread(unreadable: Unreadable) -> Finding {
    match unreadable {
        Unreadable::Missing(text) => Finding::new(Code::ObjectMissing, text),
        Unreadable::WrongHash(text) => Finding::new(Code::ObjectWrong, text),
    }
}
