//! What one line of the ledger is: a record that counts, a void line, or one that was removed. The only place where
//! [`Verified`] records are made.

use super::ended::Ended;
use super::{Body, Ledger, Removed};
use crate::record::ids::LineDigest;
use crate::record::kind::Kind;
use crate::verify::claims::Entry;
use crate::verify::few::Few;
use crate::verify::finding::{Code, Finding, Severity};
use crate::verify::place::place_of;
use crate::verify::verified::{Seal, Verified};

/// Where a line stands in the history.
pub(super) struct Where {
    pub(super) in_tip: bool,
    pub(super) introduced: Few<u32>,
    pub(super) removed: bool,
    /// Whether another form of its note could not be read.
    pub(super) clouded: bool,
}

impl Ledger {
    /// Decides what one line is; gives it back where it may have counted before a trust version ended it.
    pub(super) fn judge(&mut self, body: &mut Body, entry: Entry, here: Where) -> Option<Ended> {
        let known = self.chain.knows_line(entry.digest);
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
                self.counts.void += 1;
                let text = format!("line {} is void: {rejection}", entry.digest.short());
                self.findings.push(about(Finding::new(code, text).hint(void_hint(code, entry.digest))));
                return None;
            }
            Err(rejection) => {
                if here.removed {
                    let text = format!("a void line was removed: {} ({rejection})", entry.digest.short());
                    self.findings.push(about(Finding::new(Code::VoidRemoved, text)));
                }
                return None;
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
        let mut ended = None;
        let (code, record) = match place_of(&examined, &here.introduced, &self.chain, &body.order) {
            Ok(head) => {
                let seal = Seal { line: entry.digest, key: examined.key, orphaned, introduced: here.introduced, head };
                (None, Some(Verified::admit(examined.record, seal)))
            }
            Err(fault) => {
                if [Code::RoleEnded, Code::KeyCompromised].contains(&fault.code) {
                    let introduced = here.introduced;
                    ended = Some(Ended { record: examined.record, key: examined.key, introduced });
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
            body.lost_releases.extend(record.filter(|record| record.header.kind == Kind::Release));
            return None;
        }
        if here.removed {
            let text = format!("{told} was removed and put back");
            self.findings.push(Finding::new(Code::LineRestored, text).at_commit(entry.on).at_record(id));
        }
        match record {
            Some(record) => {
                if !read {
                    self.counts.unverifiable += 1;
                    self.findings.push(about(unverifiable(kind).at_record(id)));
                    // A policy is read from its commit.
                    if kind == Kind::Policy {
                        return None;
                    }
                    body.by_word.insert(id);
                } else if orphaned {
                    let text = format!(
                        "the commit of this {kind} record is reached by no branch or tag: it counts only by tree"
                    );
                    self.findings.push(Finding::new(Code::Orphaned, text).at_commit(entry.on).at_record(id));
                }
                body.records.push(record);
            }
            None => {
                self.counts.void += 1;
                self.findings.extend(code.map(|fault| about_place(fault.at_record(id))));
            }
        }
        ended
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
        let hint = "fetch the commit from a clone that has it, and keep it by a branch; or ratify the policy anew on one that stays";
        return finding.weighing(Severity::Incomplete).hint(hint);
    }
    finding
}

fn void_hint(code: Code, line: LineDigest) -> String {
    let cause = match code {
        Code::SubjectDiffers => {
            "git copied it (git notes copy, notes.rewriteRef): set notes.rewriteRef to nothing for refs/notes/qms; record the evidence anew"
        }
        Code::RoleMissing => "a root person can grant the role: git qms trust grant; then record anew",
        Code::KeyUnknown => "a root person can add the member: git qms trust add; then record anew",
        _ => "record the evidence anew with git qms",
    };
    format!("{cause}. To accept the line as void: git qms trust known --line {line}")
}
