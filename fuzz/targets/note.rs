//! Any bytes as a note. A line that begins with `!` stands for the envelope of the rest, signed by a member, so that
//! what comes after a true signature is reached. Nothing counts that nobody signed, and both ways to check signatures agree.
#![no_main]

use std::sync::LazyLock;

use git_qms::envelope::{Arithmetic, Envelope, Signer as _};
use git_qms::record::{BlobId, CommitId, Kind, TreeId, UtcTime};
use git_qms::trust::version::Thresholds;
use git_qms::trust::{Chain, Known, Member, MemberType, TrustEnvelope, TrustVersion};
use git_qms::verify::{Annotated, Change, History, Ledger, LedgerCommit, Notes, Visit};
use key::Key;
use libfuzzer_sys::fuzz_target;

mod key;

static KEY: LazyLock<Key> = LazyLock::new(|| Key::new(1));
static TRUST: LazyLock<Vec<u8>> = LazyLock::new(trust);

struct Note<'a>(&'a [u8]);

impl Notes for Note<'_> {
    fn for_each(&self, notes: &[BlobId], each: Visit<'_>) {
        for at in 0..notes.len() {
            each(&[(at, Ok(self.0))]);
        }
    }

    fn annotated(&self, _: &CommitId) -> Annotated {
        Annotated::Here(TreeId::from_bytes(&[2; 20]).expect("20 bytes"))
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut signed = 0;
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| match line.strip_prefix(b"!") {
        Some(payload) => {
            signed += 1;
            Envelope::sign(payload.to_vec(), &*KEY).expect("signs").to_line().into_bytes()
        }
        None => line.to_vec(),
    });
    let note = lines.collect::<Vec<_>>().join(&b'\n');
    let [one, other] = [Arithmetic::Library, Arithmetic::Tables].map(|arithmetic| verify(&note, arithmetic));
    assert_eq!(one.records(), other.records());
    assert_eq!(one.findings(), other.findings());
    assert!(one.records().len() <= signed + bytes.windows(4).filter(|four| four == b"sig\"").count());
    if signed == 0 && !bytes.windows(7).any(|word| word == b"payload") {
        assert!(one.records().is_empty());
    }
});

fn verify(note: &[u8], arithmetic: Arithmetic) -> Ledger {
    let id = |byte| CommitId::from_bytes(&[byte; 20]).expect("20 bytes");
    let change = Change { annotated: id(1), before: Vec::new(), after: BlobId::from_bytes(&[3; 20]) };
    let commit = LedgerCommit { id: id(4), parents: Vec::new(), changes: vec![change] };
    let history = History { commits: vec![commit], ..History::default() };
    let chain = Chain::check([(id(1), &TRUST[..])]).expect("a sound chain");
    Ledger::verify(&history, &Note(note), chain, arithmetic)
}

/// The first version, of one member who may sign everything.
fn trust() -> Vec<u8> {
    let root = || "root".parse().expect("a role");
    let ada = Member {
        id: "ada".parse().expect("an id"),
        name: "ada".into(),
        emails: vec!["ada@example.com".into()],
        kind: MemberType::Person,
        roles: [root()].into(),
        keys: vec![KEY.public_key().clone()],
    };
    let version = TrustVersion {
        version: 1,
        previous: None,
        ledger: None,
        name: "till".into(),
        created: UtcTime::from_seconds(1_775_000_000),
        members: vec![ada],
        grants: Kind::ALL.iter().map(|kind| (*kind, [root()].into())).collect(),
        thresholds: Thresholds { root: 1 },
        compromised: [].into(),
        known: Known::default(),
        nonce: Some("00".repeat(16)),
        continues: None,
    };
    let mut envelope = TrustEnvelope::unsigned(version.to_payload().expect("a sound version"));
    envelope.add_signature(&*KEY).expect("signs");
    envelope.to_bytes()
}
