//! The project of a case while its ledger is written: who there is, what was signed over what, and what is united.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::cli::error::{Error, Result};
use crate::envelope::{Arithmetic, Envelope, Signer as _};
use crate::keys::RehearsalKey;
use crate::policy;
use crate::policy::case::{Before, Given, NOW, Person, What, address};
use crate::policy::evidence::CommitFacts;
use crate::record::kind::checkpoint::{Checkpoint, Occasion};
use crate::record::{
    Artifact, BlobId, Claim, CommitId, FileDigest, Header, Kind, MemberId, Name, RecordId, Signatory, Span, Supersedes,
    TreeId, TrustDigest, UtcTime, statement,
};
use crate::trust::version::{ROOT, Thresholds};
use crate::trust::{Chain, Known, Member, MemberType, TrustEnvelope, TrustVersion};
use crate::verify::{Annotated, Change, History, Ledger, LedgerCommit, Notes, Unreadable, Visit};

/// Whoever founds the project; no case names it.
const FOUNDER: &str = "qms-rehearsal";

/// The project.
pub(super) struct Stage {
    trust: (CommitId, Vec<u8>, TrustDigest),
    keys: HashMap<MemberId, RehearsalKey>,
    commits: Vec<CommitId>,
    annotated: HashMap<CommitId, Annotated>,
    blobs: HashMap<BlobId, Vec<u8>>,
    history: History,
    /// What each commit of the ledger holds, in the order of the history.
    states: Vec<State>,
    /// Those that nothing was signed over yet.
    open: Vec<usize>,
    /// The records of the case, and what each was signed over.
    given: Vec<(RecordId, usize)>,
}

/// What a commit of the ledger holds.
#[derive(Clone, Default)]
struct State {
    notes: BTreeMap<CommitId, BTreeSet<String>>,
    plans: Vec<RecordId>,
}

/// The first 20 bytes of a digest, as ids of git are long.
fn bytes(of: &[u8]) -> [u8; 20] {
    let mut id = [0; 20];
    id.copy_from_slice(&FileDigest::of(of).as_bytes()[..20]);
    id
}

pub(super) fn commit_id(word: &str) -> CommitId {
    CommitId::from_bytes(&bytes(format!("commit {word}").as_bytes())).expect("20 bytes are an id")
}

pub(super) fn tree_id(word: &str) -> TreeId {
    TreeId::from_bytes(&bytes(format!("tree {word}").as_bytes())).expect("20 bytes are an id")
}

fn key(person: &Person) -> Result<RehearsalKey> {
    let name = person.id.as_str();
    let key = if person.has_hardware { RehearsalKey::of_hardware(name) } else { RehearsalKey::of(name) };
    key.ok_or_else(|| Error::new(format!("no key can be made for {name:?}: name it otherwise")))
}

fn member(person: &Person) -> Result<Member> {
    Ok(Member {
        id: person.id.clone(),
        name: person.id.to_string(),
        emails: if person.is_bot { Vec::new() } else { vec![address(&person.id)] },
        kind: if person.is_bot { MemberType::Bot } else { MemberType::Person },
        roles: person.roles.clone(),
        keys: vec![key(person)?.public_key().clone()],
    })
}

impl Stage {
    /// A project of these people, all of whose roles may sign every kind: what is tested is what comes after.
    pub(super) fn of(people: &[Person]) -> Result<Self> {
        let founder =
            Person { id: FOUNDER.parse()?, roles: [ROOT.parse()?].into(), is_bot: false, has_hardware: false };
        let everybody = || people.iter().chain([&founder]);
        let roles: BTreeSet<Name> = everybody().flat_map(|person| &person.roles).cloned().collect();
        let version = TrustVersion {
            version: 1,
            previous: None,
            ledger: None,
            name: "case".into(),
            created: UtcTime::from_seconds(0),
            members: everybody().map(member).collect::<Result<_>>()?,
            grants: Kind::ALL.iter().map(|kind| (*kind, roles.clone())).collect(),
            thresholds: Thresholds { root: 1 },
            compromised: BTreeMap::new(),
            known: Known::default(),
            nonce: Some("00".repeat(16)),
            continues: None,
        };
        let payload = version.to_payload()?;
        let digest = TrustDigest::of(&payload);
        let mut envelope = TrustEnvelope::unsigned(payload);
        envelope.add_signature(&key(&founder)?)?;
        let (commit, tree) = (commit_id("trust"), tree_id("trust"));
        let mut stage = Self {
            trust: (commit, envelope.to_bytes(), digest),
            keys: everybody().map(|person| Ok((person.id.clone(), key(person)?))).collect::<Result<_>>()?,
            commits: Vec::new(),
            annotated: [(commit, Annotated::Here(tree))].into(),
            blobs: HashMap::new(),
            history: History::default(),
            states: Vec::new(),
            open: Vec::new(),
            given: Vec::new(),
        };
        let header = stage.header(tree, &founder.id, UtcTime::from_seconds(0), None);
        stage.put(None, commit, header, &[], &Claim::Checkpoint(Checkpoint { occasion: Occasion::Trust }))?;
        Ok(stage)
    }

    /// The commits that records may be on.
    pub(super) fn show(&mut self, commits: &[CommitFacts]) {
        self.commits.extend(commits.iter().map(|commit| commit.id));
        self.annotated.extend(commits.iter().map(|commit| (commit.id, Annotated::Here(commit.tree))));
    }

    /// Writes a record of the case.
    pub(super) fn given(&mut self, given: &Given, on: &CommitFacts) -> Result<RecordId> {
        // Whoever did not see a record signed over what that one was signed over.
        let base = match given.beside {
            Some(other) => self.given[other].1,
            None => self.united(),
        };
        let age = given.age.map_or(0, policy::Interval::seconds);
        let recorded = UtcTime::from_seconds(NOW - age);
        let mut header = self.header(on.tree, &given.by, recorded, Some(base));
        let records: Vec<RecordId> = self.given.iter().map(|(id, _)| *id).collect();
        let before = Before { plans: &self.states[base].plans, records: &records, commits: &self.commits };
        let claim = given.claim(&mut header, before);
        header.dirty = given.dirty;
        header.service.clone_from(&given.service);
        header.environment.clone_from(&given.environment);
        header.change.clone_from(&given.change);
        header.release.clone_from(&given.release);
        header.supersedes =
            given.supersedes.map(|other| Supersedes { record: records[other], reason: "a case".to_owned() });
        let id = self.put(Some(base), on.id, header, &given.artifacts(), &claim)?;
        if let (What::Plan(_), Some(state)) = (&given.what, self.states.last_mut()) {
            state.plans.push(id);
        }
        self.given.push((id, base));
        Ok(id)
    }

    fn header(&self, tree: TreeId, recorder: &MemberId, recorded: UtcTime, base: Option<usize>) -> Header {
        let (project, ledger) = (self.trust.2, base.map(|base| self.history.commits[base].id));
        let signatory = Signatory { project, recorder: recorder.clone(), trust: project, ledger, recorded };
        Header { occurred: Span::at(recorded), ..Header::new(Kind::Checkpoint, tree, signatory) }
    }

    /// Signs a record over what a commit of the ledger holds, and puts it there.
    fn put(
        &mut self,
        base: Option<usize>,
        on: CommitId,
        mut header: Header,
        artifacts: &[Artifact],
        claim: &Claim,
    ) -> Result<RecordId> {
        (header.kind, header.stage) = (claim.kind(), claim.kind().stage());
        let payload = statement::write(on, &header, artifacts, claim)?;
        let id = RecordId::of(&payload);
        let key = self.keys.get(&header.recorder).ok_or_else(|| Error::new("a record of nobody"))?;
        let line = Envelope::sign(payload, key)?.to_line();
        let mut state = base.map(|base| self.states[base].clone()).unwrap_or_default();
        state.notes.entry(on).or_default().insert(line);
        self.append(base.into_iter().collect(), state);
        Ok(id)
    }

    /// All that was written so far, united where it was not yet.
    fn united(&mut self) -> usize {
        if let [only] = self.open[..] {
            return only;
        }
        let mut state = State::default();
        for open in &self.open {
            let State { notes, plans } = &self.states[*open];
            for (on, lines) in notes {
                state.notes.entry(*on).or_default().extend(lines.iter().cloned());
            }
            state.plans.extend(plans.iter().filter(|plan| !state.plans.contains(plan)).copied().collect::<Vec<_>>());
        }
        self.append(self.open.clone(), state);
        self.history.commits.len() - 1
    }

    fn append(&mut self, parents: Vec<usize>, state: State) {
        let mut changes = Vec::new();
        for (on, lines) in &state.notes {
            let before: Vec<_> = parents.iter().map(|parent| self.states[*parent].notes.get(on).map(stored)).collect();
            let (after, text) = stored(lines);
            if before.is_empty() || before.iter().any(|before| before.as_ref().is_none_or(|(id, _)| *id != after)) {
                self.blobs.insert(after, text);
                let before = before.into_iter().map(|before| before.map(|(id, _)| id)).collect();
                changes.push(Change { annotated: *on, before, after: Some(after) });
            }
        }
        let place = self.history.commits.len();
        self.open.retain(|open| !parents.contains(open));
        self.open.push(place);
        self.history.commits.push(LedgerCommit { id: commit_id(&format!("ledger {place}")), parents, changes });
        self.states.push(state);
    }

    /// All of it, verified.
    pub(super) fn ledger(&mut self) -> Result<Ledger> {
        self.united();
        let chain = Chain::check([(self.trust.0, &self.trust.1[..])])?;
        Ok(Ledger::verify(&self.history, self, chain, Arithmetic::Library))
    }
}

/// A note as git would store it.
fn stored(lines: &BTreeSet<String>) -> (BlobId, Vec<u8>) {
    let text = lines.iter().fold(String::new(), |all, line| all + line + "\n").into_bytes();
    (BlobId::from_bytes(&bytes(&text)).expect("20 bytes are an id"), text)
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
