//! A case of the catalog, rehearsed: a project in memory whose records are signed and verified like those in git.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::error::{Error, Result};
use crate::envelope::{Arithmetic, Envelope, Signer as _};
use crate::keys::RehearsalKey;
use crate::policy::case::{Case, Given, NOW, Person};
use crate::policy::evidence::CommitFacts;
use crate::policy::{self, Changes, Evidence, Lineage, Policy, Subject, Verdict};
use crate::record::kind::checkpoint::{Checkpoint, Occasion};
use crate::record::{
    BlobId, Claim, CommitId, FileDigest, Header, Kind, MemberId, Name, RecordId, Signatory, Span, TreeId, TrustDigest,
    UtcTime, statement,
};
use crate::trust::version::{ROOT, Thresholds};
use crate::trust::{Chain, Known, Member, MemberType, TrustEnvelope, TrustVersion};
use crate::verify::{Annotated, Change, History, Ledger, LedgerCommit, Notes, Unreadable, Visit};

/// Whoever founds the project; no case names it.
const FOUNDER: &str = "qms-rehearsal";

/// The verdict on a case.
pub fn verdict(policy: &Policy, people: &[Person], case: &Case) -> Result<Verdict> {
    let mut stage = Stage::of(people)?;
    let commits: Vec<CommitFacts> = (0..).zip(&case.commits).map(|(at, author)| facts(at, author)).collect();
    for commit in &commits {
        stage.annotated.insert(commit.id, Annotated::Here(commit.tree));
    }
    let mut lines = HashMap::new();
    let mut plans = Vec::new();
    for given in &case.given {
        let commit = commits.get(given.commit).ok_or_else(|| Error::new("a record on a commit that is not there"))?;
        let id = stage.given(given, commit, &plans)?;
        lines.insert(id, given.line);
        if matches!(given.what, policy::case::What::Plan(_)) {
            plans.push(id);
        }
    }
    let head = commits.last().cloned().ok_or_else(|| Error::new("a case without a commit"))?;
    let ledger = stage.ledger()?;
    let void = lines.iter().filter(|(id, _)| ledger.record(**id).is_none()).map(|(_, line)| *line).min();
    if let Some(line) = void {
        let why = ledger.findings().iter().find(|finding| finding.code.is_of_void_line());
        let why = why.map_or("it does not verify", |finding| &finding.message);
        return Err(Error::new(format!("the record on line {line} counts for nothing: {why}")));
    }
    let subject = Subject {
        commit: head.id,
        tree: head.tree,
        service: case.service.clone(),
        environment: case.environment.clone(),
        change: case.change.clone(),
        release: None,
        changed: Some(case.paths.clone()),
        own_policy: Some(policy.digest),
    };
    let lineage = Lineage { head, range: commits, twins: Vec::new() };
    let changes = Changes::Known { paths: case.paths.clone(), lines: case.lines };
    let evidence = Evidence::gather(&ledger, subject, lineage, Vec::new()).changing(changes);
    Ok(policy::evaluate(policy, &evidence, UtcTime::from_seconds(NOW)))
}

/// The project while its ledger is written.
struct Stage {
    trust: (CommitId, Vec<u8>, TrustDigest),
    annotated: HashMap<CommitId, Annotated>,
    notes: HashMap<CommitId, BTreeSet<String>>,
    blobs: HashMap<BlobId, Vec<u8>>,
    history: History,
}

/// The first 20 bytes of a digest, as ids of git are long.
fn bytes(of: &[u8]) -> [u8; 20] {
    let mut id = [0; 20];
    id.copy_from_slice(&FileDigest::of(of).as_bytes()[..20]);
    id
}

fn commit_id(word: &str) -> CommitId {
    CommitId::from_bytes(&bytes(format!("commit {word}").as_bytes())).expect("20 bytes are an id")
}

fn tree_id(word: &str) -> TreeId {
    TreeId::from_bytes(&bytes(format!("tree {word}").as_bytes())).expect("20 bytes are an id")
}

fn address(member: &MemberId) -> String {
    format!("{member}@cases.invalid")
}

fn facts(at: usize, author: &MemberId) -> CommitFacts {
    CommitFacts {
        id: commit_id(&at.to_string()),
        tree: tree_id(&at.to_string()),
        parents: Vec::new(),
        author_email: address(author),
        committer_email: address(author),
        co_author_emails: Vec::new(),
        merged: Vec::new(),
    }
}

fn key(member: &str) -> Result<RehearsalKey> {
    RehearsalKey::of(member).ok_or_else(|| Error::new(format!("no key can be made for {member:?}: name it otherwise")))
}

impl Stage {
    fn of(people: &[Person]) -> Result<Self> {
        let founder = Person { id: FOUNDER.parse()?, roles: [ROOT.parse()?].into(), is_bot: false };
        let everybody = || people.iter().chain([&founder]);
        let roles: BTreeSet<Name> = everybody().flat_map(|person| &person.roles).cloned().collect();
        let member = |person: &Person| {
            Ok::<_, Error>(Member {
                id: person.id.clone(),
                name: person.id.to_string(),
                emails: if person.is_bot { Vec::new() } else { vec![address(&person.id)] },
                kind: if person.is_bot { MemberType::Bot } else { MemberType::Person },
                roles: person.roles.clone(),
                keys: vec![key(person.id.as_str())?.public_key().clone()],
            })
        };
        let members: Vec<Member> = everybody().map(member).collect::<Result<_>>()?;
        let version = TrustVersion {
            version: 1,
            previous: None,
            ledger: None,
            name: "case".into(),
            created: UtcTime::from_seconds(0),
            members,
            grants: Kind::ALL.iter().map(|kind| (*kind, roles.clone())).collect(),
            thresholds: Thresholds { root: 1 },
            compromised: BTreeMap::new(),
            known: Known::default(),
            nonce: Some("00".repeat(16)),
        };
        let payload = version.to_payload()?;
        let digest = TrustDigest::of(&payload);
        let mut envelope = TrustEnvelope::unsigned(payload);
        envelope.add_signature(&key(FOUNDER)?)?;
        let commit = commit_id("trust");
        let tree = tree_id("trust");
        let mut stage = Self {
            trust: (commit, envelope.to_bytes(), digest),
            annotated: [(commit, Annotated::Here(tree))].into(),
            notes: HashMap::new(),
            blobs: HashMap::new(),
            history: History::default(),
        };
        let header = stage.header(Kind::Checkpoint, tree, &founder.id, UtcTime::from_seconds(0));
        stage.put(commit, &header, &Claim::Checkpoint(Checkpoint { occasion: Occasion::Trust }))?;
        Ok(stage)
    }

    fn header(&self, kind: Kind, tree: TreeId, recorder: &MemberId, recorded: UtcTime) -> Header {
        let (project, ledger) = (self.trust.2, self.history.commits.last().map(|commit| commit.id));
        Header::new(kind, tree, Signatory { project, recorder: recorder.clone(), trust: project, ledger, recorded })
    }

    fn given(&mut self, given: &Given, on: &CommitFacts, plans: &[RecordId]) -> Result<RecordId> {
        let age = given.age.map_or(0, policy::Interval::seconds);
        let recorded = UtcTime::from_seconds(NOW - age);
        let mut header = self.header(Kind::Plan, on.tree, &given.by, recorded);
        let claim = given.claim(&mut header, plans);
        (header.kind, header.stage) = (claim.kind(), claim.kind().stage());
        header.occurred = Span::at(recorded);
        header.dirty = given.dirty;
        header.service.clone_from(&given.service);
        header.environment.clone_from(&given.environment);
        header.change.clone_from(&given.change);
        self.put(on.id, &header, &claim)
    }

    /// Signs a record over the head and puts it there.
    fn put(&mut self, on: CommitId, header: &Header, claim: &Claim) -> Result<RecordId> {
        let payload = statement::write(on, header, &[], claim)?;
        let id = RecordId::of(&payload);
        let line = Envelope::sign(payload, &key(header.recorder.as_str())?)?.to_line();
        let note = self.notes.entry(on).or_default();
        let stored = |lines: &BTreeSet<String>| {
            let text = lines.iter().fold(String::new(), |all, line| all + line + "\n").into_bytes();
            (BlobId::from_bytes(&bytes(&text)).expect("20 bytes are an id"), text)
        };
        let before = if note.is_empty() { None } else { Some(stored(note).0) };
        note.insert(line);
        let (after, text) = stored(note);
        self.blobs.insert(after, text);
        let place = self.history.commits.len();
        let parents: Vec<usize> = place.checked_sub(1).into_iter().collect();
        let before = parents.iter().map(|_| before).collect();
        let changes = vec![Change { annotated: on, before, after: Some(after) }];
        self.history.commits.push(LedgerCommit { id: commit_id(&format!("ledger {place}")), parents, changes });
        Ok(id)
    }

    fn ledger(&self) -> Result<Ledger> {
        let chain = Chain::check([(self.trust.0, &self.trust.1[..])])?;
        Ok(Ledger::verify(&self.history, self, chain, Arithmetic::Library))
    }
}

impl Notes for Stage {
    fn for_each(&self, notes: &[BlobId], each: Visit<'_>) {
        for (at, note) in notes.iter().enumerate() {
            match self.blobs.get(note) {
                Some(bytes) => each(&[(at, Ok(bytes))]),
                None => each(&[(at, Err(Unreadable::Missing(format!("note {note}"))))]),
            }
        }
    }

    fn annotated(&self, commit: &CommitId) -> Annotated {
        self.annotated.get(commit).copied().unwrap_or(Annotated::Orphaned(None))
    }
}
