//! What an attacker does to a ledger in memory that no honest writer would.

use git_qms::envelope::Envelope;
use git_qms::record::{Claim, CommitId, Header, RecordId};
use git_qms::trust::{Chain, TrustEnvelope, TrustVersion};
use git_qms::verify::{Code, Ledger, LedgerCommit, Severity};

use crate::claims;
use crate::memory::{Memory, SeedKey, State, commit_id, person};

/// What a test looks for.
pub(crate) type Told = (Code, Severity);

/// A project of Ada, its root, and Grace; with one commit, and one record on it.
pub(crate) struct World {
    pub(crate) memory: Memory,
    pub(crate) commit: CommitId,
    pub(crate) first: RecordId,
}

impl World {
    pub(crate) fn new() -> Self {
        let members = vec![person("ada", &["root", "developer"]), person("grace", &["qa", "release-manager"])];
        let mut memory = Memory::of(members);
        let commit = memory.commit("one", "one");
        let first = memory.record("ada", commit, claims::plan("first"), |_| ());
        Self { memory, commit, first }
    }

    /// Writes one more honest record.
    pub(crate) fn plan(&mut self, by: &str, reason: &str) -> RecordId {
        self.memory.record(by, self.commit, claims::plan(reason), |_| ())
    }

    /// Writes a record whose header is not what it should be.
    pub(crate) fn forged(&mut self, by: &str, reason: &str, edit: impl FnOnce(&mut Header)) -> RecordId {
        self.memory.record(by, self.commit, claims::plan(reason), edit)
    }

    /// The ledger commit at a place.
    pub(crate) fn head_id(&self, at: usize) -> CommitId {
        self.memory.commits[at].0
    }

    /// The tip.
    pub(crate) fn tip_id(&self) -> CommitId {
        self.head_id(self.memory.head())
    }

    /// A ledger commit on the tip with other notes.
    pub(crate) fn rewrite(&mut self, edit: impl FnOnce(&mut State)) {
        let head = self.memory.head();
        let mut state = self.memory.commits[head].2.clone();
        edit(&mut state);
        self.memory.append(vec![head], state);
    }

    /// Puts a line on a commit, whatever it is.
    pub(crate) fn put(&mut self, on: CommitId, line: &str) {
        self.rewrite(|state| {
            state.entry(on).or_default().insert(line.to_owned());
        });
    }

    /// The line of a record.
    pub(crate) fn line_of(&self, record: RecordId) -> String {
        self.memory.lines[&record].1.clone()
    }

    /// Takes the line of a record out of the note it is on, by a ledger commit.
    pub(crate) fn drop_line(&mut self, on: CommitId, line: &str) {
        self.rewrite(|state| {
            state.get_mut(&on).expect("a note").remove(line);
        });
    }

    /// A trust version on top that no command would write: `edit` has the last word.
    pub(crate) fn forge_trust(&mut self, by: &str, edit: impl FnOnce(&mut TrustVersion)) -> CommitId {
        let (_, _, last) = self.memory.versions.last().expect("a first");
        let mut next = TrustVersion {
            version: last.version + 1,
            previous: Some(git_qms::record::TrustDigest::of(&last.to_payload().expect("sound"))),
            ledger: Some(self.tip_id()),
            nonce: None,
            continues: None,
            ..last.clone()
        };
        edit(&mut next);
        let mut envelope = TrustEnvelope::unsigned(next.to_payload().expect("sound"));
        envelope.add_signature(&SeedKey::of(by)).expect("signs");
        let commit = commit_id(&format!("forged trust {}", next.version));
        self.memory.annotated.insert(commit, git_qms::verify::Annotated::Here(crate::memory::tree_id("trust")));
        self.memory.versions.push((commit, envelope.to_bytes(), next));
        commit
    }

    /// Everything said that is worth saying, the gravest first.
    pub(crate) fn told(&self) -> Vec<Told> {
        told(&self.memory.ledger())
    }
}

/// The codes and weights of a ledger's findings.
pub(crate) fn told(ledger: &Ledger) -> Vec<Told> {
    ledger.findings().iter().map(|finding| (finding.code, finding.severity)).collect()
}

/// The records that findings of this code name.
pub(crate) fn named(ledger: &Ledger, code: Code) -> Vec<RecordId> {
    ledger.findings().iter().filter(|finding| finding.code == code).filter_map(|finding| finding.record).collect()
}

/// A line that `key` signs over any payload.
pub(crate) fn signed(payload: &str, key: &str) -> String {
    Envelope::sign(payload.as_bytes().to_vec(), &SeedKey::of(key)).expect("signs").to_line()
}

/// A line like that of an honest record, with another header or subject.
pub(crate) fn line(
    world: &mut World,
    by: &str,
    key: &str,
    on: CommitId,
    claim: &Claim,
    edit: impl FnOnce(&mut Header),
) -> String {
    // Written by the memory on a branch of its own, read back from there, and the branch given up.
    let head = world.memory.head();
    let commits = world.memory.commits.len();
    let id = world.memory.record(by, on, claim.clone(), edit);
    let payload = Envelope::parse(world.line_of(id).as_bytes()).expect("a line").payload().to_vec();
    world.memory.commits.truncate(commits);
    world.memory.checkout(head);
    Envelope::sign(payload, &SeedKey::of(key)).expect("signs").to_line()
}

/// The chain as stored.
pub(crate) fn chain(world: &World) -> Chain {
    let stored = world.memory.versions.iter().map(|(commit, bytes, _)| (*commit, &bytes[..]));
    Chain::check(stored).expect("a sound first version")
}

/// The history of ledger commits by hand.
pub(crate) fn bare(id: &str, parents: &[usize]) -> LedgerCommit {
    LedgerCommit { id: commit_id(id), parents: parents.to_vec(), changes: Vec::new() }
}
