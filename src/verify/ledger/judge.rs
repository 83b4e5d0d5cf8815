//! What one line of the ledger is: a record that counts, a void line, or one that was removed. The only place where
//! [`Verified`] records are made.

use std::collections::HashSet;

use super::Removed;
use super::ended::Ended;
use crate::record::ids::{LineDigest, RecordId};
use crate::record::kind::Kind;
use crate::record::statement::Record;
use crate::trust::Chain;
use crate::verify::claims::Entry;
use crate::verify::few::Few;
use crate::verify::finding::{Code, Finding, Severity};
use crate::verify::order::Order;
use crate::verify::place::place_of;
use crate::verify::verified::{Seal, Verified};

/// Fewer lines are judged sooner than a thread is started.
const WORTH_A_THREAD: usize = 2_000;

/// Where a line stands in the history.
pub(super) struct Where {
    pub(super) in_tip: bool,
    pub(super) introduced: Few<u32>,
    pub(super) removed: bool,
    /// Whether another form of its note could not be read.
    pub(super) clouded: bool,
}

/// What lines of the ledger are, in its order.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) records: Vec<Verified<Record>>,
    pub(super) lost_releases: Vec<Verified<Record>>,
    pub(super) findings: Vec<Finding>,
    /// Lines that count for nothing.
    pub(super) void: u64,
    /// Lines whose commit cannot be read.
    pub(super) unverifiable: u64,
    /// The records of these that count by the tree that they state.
    pub(super) by_word: HashSet<RecordId>,
    /// Lines that the tip does not have any more.
    pub(super) removed: Vec<Removed>,
    /// What may have counted before a trust version ended it.
    pub(super) ended: Vec<Ended>,
}

impl Judged {
    /// Judges lines in the order of the ledger, on all cores.
    pub(super) fn of(mut lines: Vec<Option<(Entry, Where)>>, chain: &Chain, order: &Order) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let share = lines.len().div_ceil(threads).max(WORTH_A_THREAD);
        let judge = |lines: &mut [Option<(Entry, Where)>]| {
            let mut judged = Self::default();
            let lines = lines.iter_mut().filter_map(Option::take);
            lines.for_each(|(entry, here)| judged.judge(entry, here, chain, order));
            judged
        };
        if lines.len() <= share {
            return judge(&mut lines);
        }
        let parts = std::thread::scope(|scope| {
            let workers: Vec<_> = lines.chunks_mut(share).map(|part| scope.spawn(|| judge(part))).collect();
            workers.into_iter().map(|worker| worker.join().expect("a worker does not panic")).collect::<Vec<_>>()
        });
        parts.into_iter().reduce(Self::and).unwrap_or_default()
    }

    /// These, and those after them.
    fn and(mut self, next: Self) -> Self {
        // Every member by name: one that is forgotten here does not compile.
        let Self { records, lost_releases, findings, void, unverifiable, by_word, removed, ended } = next;
        self.records.extend(records);
        self.lost_releases.extend(lost_releases);
        self.findings.extend(findings);
        self.by_word.extend(by_word);
        self.removed.extend(removed);
        self.ended.extend(ended);
        Self { void: self.void + void, unverifiable: self.unverifiable + unverifiable, ..self }
    }

    /// Decides what one line is.
    fn judge(&mut self, entry: Entry, here: Where, chain: &Chain, order: &Order) {
        let known = chain.knows_line(entry.digest);
        let about = |finding: Finding| {
            let finding = finding.at_commit(entry.on);
            if known { finding.weighing(Severity::Info) } else { finding }
        };
        // Where an older or newer form of the note could not be read, it is not known where the line stands.
        let about_place = |finding: Finding| {
            if here.clouded { about(finding.weighing(Severity::Incomplete)) } else { about(finding) }
        };
        let examined = match entry.outcome {
            Ok(examined) => examined,
            Err(rejection) if here.in_tip => {
                let code = rejection.code();
                self.void += 1;
                let text = format!("line {} is void: {rejection}", entry.digest.short());
                self.findings.push(about(Finding::new(code, text).hint(void_hint(code, entry.digest))));
                return;
            }
            Err(rejection) => {
                if here.removed {
                    let text = format!("a void line was removed: {} ({rejection})", entry.digest.short());
                    self.findings.push(about(Finding::new(Code::VoidRemoved, text)));
                }
                return;
            }
        };
        let (id, read, orphaned) = (examined.record.id, examined.read, examined.orphaned);
        let kind = examined.record.header.kind;
        // Needed of few.
        let told = if here.in_tip && !here.removed {
            String::new()
        } else {
            format!("the {kind} record of {}", examined.record.header.recorder)
        };
        let removed = (!here.in_tip && !here.clouded && !known).then(|| Removed {
            on: entry.on,
            line: entry.digest,
            record: id,
            kind,
            recorder: examined.record.header.recorder.clone(),
        });
        let (code, record) = match place_of(&examined, &here.introduced, chain, order) {
            Ok(head) => {
                let seal = Seal { line: entry.digest, key: examined.key, orphaned, introduced: here.introduced, head };
                (None, Some(Verified::admit(examined.record, seal)))
            }
            Err(fault) => {
                if [Code::RoleEnded, Code::KeyCompromised].contains(&fault.code) {
                    let introduced = here.introduced;
                    self.ended.push(Ended { record: examined.record, key: examined.key, introduced });
                }
                (Some(fault), None)
            }
        };
        if !here.in_tip {
            let text = format!("{told} was in the ledger and is not in its tip: it was removed or cut off");
            let hint = format!(
                "put the line back from a clone that has it (git qms sync), or accept the loss: git qms trust known --line {}",
                entry.digest
            );
            self.findings.push(about_place(Finding::new(Code::LineRemoved, text).at_record(id).hint(hint)));
            self.removed.extend(removed);
            // What was released stays bound to its tag, whoever removed the line.
            self.lost_releases.extend(record.filter(|record| record.header.kind == Kind::Release));
            return;
        }
        if here.removed {
            let text = format!("{told} was removed and put back");
            self.findings.push(Finding::new(Code::LineRestored, text).at_commit(entry.on).at_record(id));
        }
        match record {
            Some(record) => {
                if !read {
                    self.unverifiable += 1;
                    self.findings.push(about(unverifiable(kind).at_record(id)));
                    // A policy is read from its commit.
                    if kind == Kind::Policy {
                        return;
                    }
                    self.by_word.insert(id);
                } else if orphaned {
                    let text = format!(
                        "the commit of this {kind} record is reached by no branch or tag: it counts only by tree"
                    );
                    self.findings.push(Finding::new(Code::Orphaned, text).at_commit(entry.on).at_record(id));
                }
                self.records.push(record);
            }
            None => {
                self.void += 1;
                self.findings.extend(code.map(|fault| about_place(fault.at_record(id))));
            }
        }
    }
}

/// A record in order but for its commit, which is not in this clone, as after a squash whose branch is gone: that it has
/// the tree is the signer's word. A policy is in that commit; the one before it must not come back into force by the
/// deletion of a branch.
fn unverifiable(kind: Kind) -> Finding {
    let counts =
        if kind == Kind::Policy { "it counts for nothing" } else { "it counts only by the tree that it states" };
    let text = format!("the commit of this {kind} record is not in this clone: {counts}");
    let finding = Finding::new(Code::Unverifiable, text);
    if kind == Kind::Policy {
        let hint = "fetch the commit from a clone that has it, and keep it by a branch; or ratify the policy anew on one that stays: git qms policy ratify";
        return finding.weighing(Severity::Incomplete).hint(hint);
    }
    finding
}

fn void_hint(code: Code, line: LineDigest) -> String {
    let cause = match code {
        Code::SubjectDiffers => {
            "git copied it (git notes copy, notes.rewriteRef): git config --unset-all notes.rewriteRef; record the evidence anew"
        }
        Code::RoleMissing => "a root person can grant the role: git qms trust grant; then record anew",
        Code::KeyUnknown => "a root person can add the member: git qms trust add; then record anew",
        _ => "record the evidence anew with git qms",
    };
    format!("{cause}. To accept the line as void: git qms trust known --line {line}")
}
