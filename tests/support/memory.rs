//! A ledger in memory: people with keys, commits, records, forks and merges, verified like one in git.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ed25519_dalek::{Signer as _, SigningKey};
use git_qms::envelope::{Arithmetic, Envelope, PublicKey, RawSignature, SignError, Signer};
use git_qms::record::kind::checkpoint::{Checkpoint, Occasion};
use git_qms::record::statement;
use git_qms::record::{
    BlobId, Claim, CommitId, FileDigest, Header, Kind, RecordId, Signatory, TreeId, TrustDigest, UtcTime,
};
use git_qms::trust::version::Thresholds;
use git_qms::trust::{Chain, Known, Member, MemberType, TrustEnvelope, TrustVersion};
use git_qms::verify::{Annotated, Change, History, Ledger, LedgerCommit, Notes, Unreadable, Visit};

/// When the first record is written: 2026-04-01T00:00:00Z. Each later one comes a minute after.
pub(crate) const START: i64 = 1_775_001_600;

/// A key that is the same in every run.
pub(crate) struct SeedKey {
    secret: SigningKey,
    public: PublicKey,
}

impl SeedKey {
    pub(crate) fn of(name: &str) -> Self {
        let secret = SigningKey::from_bytes(FileDigest::of(name.as_bytes()).as_bytes());
        let public = PublicKey::from_bytes(secret.verifying_key().as_bytes()).expect("a fresh key is strong");
        Self { secret, public }
    }
}

impl Signer for SeedKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<RawSignature, SignError> {
        Ok(self.secret.sign(message).to_bytes().into())
    }
}

/// A person whose key is made of their name.
pub(crate) fn person(name: &str, roles: &[&str]) -> Member {
    Member {
        id: name.parse().expect("a member id"),
        name: name.to_owned(),
        emails: vec![format!("{name}@example.com")],
        kind: MemberType::Person,
        roles: roles.iter().map(|role| role.parse().expect("a role")).collect(),
        keys: vec![SeedKey::of(name).public_key().clone()],
    }
}

/// A bot whose key is made of its name.
pub(crate) fn bot(name: &str, roles: &[&str]) -> Member {
    Member { kind: MemberType::Bot, ..person(name, roles) }
}

/// A commit id made of a word.
pub(crate) fn commit_id(word: &str) -> CommitId {
    CommitId::from_bytes(&FileDigest::of(format!("commit {word}").as_bytes()).as_bytes()[..20]).expect("20 bytes")
}

/// A tree id made of a word.
pub(crate) fn tree_id(word: &str) -> TreeId {
    TreeId::from_bytes(&FileDigest::of(format!("tree {word}").as_bytes()).as_bytes()[..20]).expect("20 bytes")
}

/// Every kind may be signed by everybody: what is tested is what comes after.
fn grants() -> BTreeMap<Kind, BTreeSet<git_qms::record::Name>> {
    let roles = ["root", "developer", "qa", "release-manager", "ci", "policy-owner"];
    let roles: BTreeSet<_> = roles.iter().map(|role| role.parse().expect("a role")).collect();
    Kind::ALL.iter().map(|kind| (*kind, roles.clone())).collect()
}

pub(crate) type State = BTreeMap<CommitId, BTreeSet<String>>;

/// The ledger while it is written.
pub(crate) struct Memory {
    pub(crate) versions: Vec<(CommitId, Vec<u8>, TrustVersion)>,
    pub(crate) annotated: HashMap<CommitId, Annotated>,
    pub(crate) commits: Vec<(CommitId, Vec<usize>, State)>,
    pub(crate) head: Option<usize>,
    pub(crate) lines: HashMap<RecordId, (CommitId, String)>,
    seconds: i64,
}

impl Memory {
    /// A project whose first member is its root.
    pub(crate) fn of(members: Vec<Member>) -> Self {
        let first = TrustVersion {
            version: 1,
            previous: None,
            ledger: None,
            name: "payments".into(),
            created: UtcTime::from_seconds(START),
            members,
            grants: grants(),
            thresholds: Thresholds { root: 1 },
            compromised: BTreeMap::new(),
            known: Known::default(),
            nonce: Some("00".repeat(16)),
            continues: None,
        };
        let mut memory = Self {
            versions: Vec::new(),
            annotated: HashMap::new(),
            commits: Vec::new(),
            head: None,
            lines: HashMap::new(),
            seconds: START,
        };
        memory.add_version(first);
        memory
    }

    fn add_version(&mut self, version: TrustVersion) {
        let root = version.members[0].id.to_string();
        let mut envelope = TrustEnvelope::unsigned(version.to_payload().expect("a sound version"));
        envelope.add_signature(&SeedKey::of(&root)).expect("signs");
        let commit = commit_id(&format!("trust {}", version.version));
        self.annotated.insert(commit, Annotated::Here(tree_id("trust")));
        self.versions.push((commit, envelope.to_bytes(), version));
        self.record(&root, commit, Claim::Checkpoint(Checkpoint { occasion: Occasion::Trust }), |_| ());
    }

    /// Writes the next trust version and its checkpoint.
    pub(crate) fn change_trust(&mut self, edit: impl FnOnce(&mut TrustVersion)) {
        let (_, _, last) = self.versions.last().expect("there is a first");
        let mut next = TrustVersion {
            version: last.version + 1,
            previous: Some(TrustDigest::of(&last.to_payload().expect("sound"))),
            ledger: self.head.map(|head| self.commits[head].0),
            nonce: None,
            continues: None,
            ..last.clone()
        };
        edit(&mut next);
        self.add_version(next);
    }

    /// Makes a commit with a tree, both named by words.
    pub(crate) fn commit(&mut self, word: &str, tree: &str) -> CommitId {
        let id = commit_id(word);
        self.annotated.insert(id, Annotated::Here(tree_id(tree)));
        id
    }

    /// Deletes the branch that reached the commit.
    pub(crate) fn orphan(&mut self, commit: CommitId) {
        if let Some(Annotated::Here(tree)) = self.annotated.get(&commit).copied() {
            self.annotated.insert(commit, Annotated::Orphaned(Some(tree)));
        }
    }

    /// Signs a record over the head and writes it there. `edit` changes the header before it is signed.
    #[expect(clippy::needless_pass_by_value, reason = "callers make the claim on the spot")]
    pub(crate) fn record(&mut self, by: &str, on: CommitId, claim: Claim, edit: impl FnOnce(&mut Header)) -> RecordId {
        let Some(Annotated::Here(tree) | Annotated::Orphaned(Some(tree))) = self.annotated.get(&on).copied() else {
            panic!("commit {on} was not made")
        };
        self.seconds += 60;
        let moment = UtcTime::from_seconds(self.seconds);
        let digest = |at: usize| TrustDigest::of(&self.versions[at].2.to_payload().expect("sound"));
        let mut header = Header::new(
            claim.kind(),
            tree,
            Signatory {
                project: digest(0),
                recorder: by.parse().expect("a member id"),
                trust: digest(self.versions.len() - 1),
                ledger: self.head.map(|head| self.commits[head].0),
                recorded: moment,
            },
        );
        edit(&mut header);
        let payload = statement::write(on, &header, &[], &claim).expect("a sound record");
        let id = RecordId::of(&payload);
        let line = Envelope::sign(payload, &SeedKey::of(by)).expect("signs").to_line();
        self.lines.insert(id, (on, line.clone()));
        let mut state = self.head.map(|head| self.commits[head].2.clone()).unwrap_or_default();
        state.entry(on).or_default().insert(line);
        self.append(self.head.into_iter().collect(), state);
        id
    }

    pub(crate) fn append(&mut self, parents: Vec<usize>, state: State) {
        let id = commit_id(&format!("ledger {}", self.commits.len()));
        self.commits.push((id, parents, state));
        self.head = Some(self.commits.len() - 1);
    }

    /// Where the ledger stands.
    pub(crate) fn head(&self) -> usize {
        self.head.expect("there is a first record")
    }

    /// Goes on from an earlier place, as another clone would.
    pub(crate) fn checkout(&mut self, head: usize) {
        self.head = Some(head);
    }

    /// Unites another head with this one, as `cat_sort_uniq` does.
    pub(crate) fn merge(&mut self, other: usize) {
        let head = self.head();
        let mut state = self.commits[head].2.clone();
        for (on, lines) in &self.commits[other].2 {
            state.entry(*on).or_default().extend(lines.iter().cloned());
        }
        self.append(vec![head, other], state);
    }

    /// Takes a record out by a new ledger commit.
    pub(crate) fn remove(&mut self, record: RecordId) {
        let (on, line) = self.lines[&record].clone();
        let mut state = self.commits[self.head()].2.clone();
        state.entry(on).or_default().remove(&line);
        self.append(vec![self.head()], state);
    }

    /// The time a minute after the last record.
    pub(crate) fn now(&self) -> UtcTime {
        UtcTime::from_seconds(self.seconds + 60)
    }

    /// Verifies what the head contains.
    pub(crate) fn ledger(&self) -> Ledger {
        self.ledger_with_missing(Vec::new())
    }

    /// The same where something could not be read.
    pub(crate) fn ledger_with_missing(&self, missing: Vec<String>) -> Ledger {
        let chain = Chain::check(self.versions.iter().map(|(commit, bytes, _)| (*commit, &bytes[..])));
        let mut notes = InMemory { blobs: HashMap::new(), annotated: self.annotated.clone() };
        let history = History { missing, ..self.history(&mut notes) };
        Ledger::verify(&history, &notes, chain.expect("a sound first version"), Arithmetic::Tables)
    }

    fn history(&self, notes: &mut InMemory) -> History {
        let mut wanted = BTreeSet::new();
        let mut open: Vec<usize> = self.head.into_iter().collect();
        while let Some(at) = open.pop() {
            if wanted.insert(at) {
                open.extend(&self.commits[at].1);
            }
        }
        let places: HashMap<usize, usize> = wanted.iter().enumerate().map(|(place, at)| (*at, place)).collect();
        let mut history = History::default();
        for at in &wanted {
            let (id, parents, state) = &self.commits[*at];
            let touched: BTreeSet<_> =
                state.keys().chain(parents.iter().flat_map(|parent| self.commits[*parent].2.keys())).collect();
            let mut note = |state: &State, on: &CommitId| state.get(on).and_then(|lines| notes.store(lines));
            let changes = touched.into_iter().filter_map(|on| {
                let before: Vec<_> = parents.iter().map(|parent| note(&self.commits[*parent].2, on)).collect();
                let after = note(state, on);
                let changed = before.is_empty() || before.iter().any(|before| *before != after);
                changed.then_some(Change { annotated: *on, before, after })
            });
            let changes = changes.collect();
            history.commits.push(LedgerCommit {
                id: *id,
                parents: parents.iter().map(|at| places[at]).collect(),
                changes,
            });
        }
        history
    }
}

/// Notes by the digest of their bytes.
struct InMemory {
    blobs: HashMap<BlobId, Vec<u8>>,
    annotated: HashMap<CommitId, Annotated>,
}

impl InMemory {
    fn store(&mut self, lines: &BTreeSet<String>) -> Option<BlobId> {
        if lines.is_empty() {
            return None;
        }
        let bytes = lines.iter().fold(String::new(), |all, line| all + line + "\n").into_bytes();
        let id = BlobId::from_bytes(&FileDigest::of(&bytes).as_bytes()[..20]).expect("20 bytes");
        self.blobs.insert(id, bytes);
        Some(id)
    }
}

impl Notes for InMemory {
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
