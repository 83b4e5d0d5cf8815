//! Every byte of every signed thing, changed: each line of each note, each trust version, each release tag, each attached
//! file, a checkpoint held outside. None of it may pass.
//!
//! Three changes of each byte stand for its 255: the lowest bit (another digit of base64 and of hex, and the spare bits of
//! base64 among them), the bit of case (another letter that may read the same), and the highest (no ASCII any more).
//! They are made in memory, under the ids that the objects had. That is more than git lets an attacker do, as if SHA-1 were
//! broken: what catches the change is not that some object has another id. A few are then made in git as well, by who
//! rewrites blob, tree, commit and ref, and put to the real program.
//!
//! The only bytes that may change and still pass are none of these files' own: fields of the commits that hold ledger, trust
//! and files (author, date, message), which nothing reads and the ids of which are signed or pinned.

use std::collections::BTreeSet;

use git_qms::envelope::Arithmetic;
use git_qms::record::{BlobId, CommitId, FileDigest, LineDigest};
use git_qms::release::{ReleaseTag, check_releases};
use git_qms::store::{LEDGER, Ledger as Stored, Repository, open};
use git_qms::trust::Chain;
use git_qms::verify::{
    Annotated, Change, FileState, Finding, Ledger, LedgerCommit, Notes, Outcome, OutsideCheckpoint, Severity, TagHere,
    Unreadable, Visit, check_pin,
};

use crate::workshop::Workshop;

const CHANGES: [u8; 3] = [0x01, 0x20, 0x80];

/// Each copy of `bytes` with one byte changed.
fn changed(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len()).flat_map(move |at| {
        CHANGES.into_iter().map(move |change| {
            let mut copy = bytes.to_vec();
            copy[at] ^= change;
            copy
        })
    })
}

/// A project with records of many kinds, a release, three trust versions of which two people signed the last, attached
/// files and a checkpoint.
fn project() -> Workshop {
    let workshop = Workshop::new();
    let log = workshop.path("log.txt");
    std::fs::write(&log, "all is well\n").expect("a file");
    let log = log.display().to_string();
    workshop
        .qms(&[
            "trust",
            "add",
            "root2",
            "--name",
            "Barbara Liskov",
            "--email",
            "barbara@example.com",
            "--role",
            "root",
            "--public-key",
            &(workshop.key("mallory") + ".pub"),
        ])
        .ok();
    let tag = workshop.made.tag.clone();
    workshop
        .qms_as(
            "ci",
            &[
                "record",
                "monitor",
                "--release",
                &tag,
                "--environment",
                "production",
                "--smoke",
                "pass",
                "--attach",
                &log,
            ],
        )
        .ok();
    workshop.qms(&["checkpoint"]).ok();
    workshop
}

/// The repository as verification reads it, once, and what may be read in its place.
struct Reading<'r> {
    repo: &'r Repository,
    stored: Stored<'r>,
    trust: Vec<(CommitId, Vec<u8>)>,
    tags: Vec<ReleaseTag>,
}

impl<'r> Reading<'r> {
    fn of(repo: &'r Repository) -> Self {
        let tags = repo.tags().expect("tags").into_iter().map(|tag| {
            let tag = tag.expect("readable");
            ReleaseTag { name: tag.name, object: tag.annotated.map(|raw| (tag.target, raw)) }
        });
        let tags = tags.collect();
        Self { repo, stored: repo.ledger(LEDGER).expect("a ledger"), trust: repo.trust_chain().expect("trust"), tags }
    }

    fn chain(&self) -> Chain {
        Chain::check(self.trust.iter().map(|(commit, bytes)| (*commit, &bytes[..]))).expect("sound")
    }

    fn ledger(&self, chain: Chain) -> Ledger {
        Ledger::verify(self.stored.history(), &self.stored, chain, Arithmetic::Tables)
    }

    /// Each note of the tip: what it is on, and its bytes.
    fn notes(&self) -> Vec<(CommitId, Vec<u8>)> {
        let mut tip = std::collections::BTreeMap::new();
        for change in self.stored.history().commits.iter().flat_map(|commit| &commit.changes) {
            tip.insert(change.annotated, change.after.expect("no note was removed"));
        }
        let read = |blob: &BlobId| {
            let bytes = std::sync::Mutex::new(Vec::new());
            self.stored.for_each(&[*blob], &|notes| {
                for (_, note) in notes {
                    *bytes.lock().expect("one thread") = note.as_ref().expect("readable").to_vec();
                }
            });
            bytes.into_inner().expect("one thread")
        };
        tip.into_iter().map(|(on, blob)| (on, read(&blob))).collect()
    }

    /// The ledger with one more commit, in which the note on `on` has these bytes.
    fn with_note(&self, on: CommitId, bytes: Vec<u8>) -> Ledger {
        let mut history = self.stored.history().clone();
        let mut changes = history.commits.iter().flat_map(|commit| &commit.changes);
        let before = changes.rfind(|change| change.annotated == on).and_then(|change| change.after);
        let blob = BlobId::from_bytes(&[0xee; 20]).expect("an id");
        let change = Change { annotated: on, before: vec![before], after: Some(blob) };
        let id = CommitId::from_bytes(&[0xdd; 20]).expect("an id");
        let parents = vec![history.commits.len() - 1];
        history.commits.push(LedgerCommit { id, parents, changes: vec![change] });
        let notes = Altered { stored: &self.stored, blob, bytes };
        Ledger::verify(&history, &notes, self.chain(), Arithmetic::Tables)
    }
}

/// The notes of a repository, and one more.
struct Altered<'r> {
    stored: &'r Stored<'r>,
    blob: BlobId,
    bytes: Vec<u8>,
}

impl Notes for Altered<'_> {
    fn for_each(&self, notes: &[BlobId], each: Visit<'_>) {
        for (at, _) in notes.iter().enumerate().filter(|(_, blob)| **blob == self.blob) {
            each(&[(at, Ok(&self.bytes[..]))]);
        }
        let (places, real): (Vec<usize>, Vec<BlobId>) =
            notes.iter().copied().enumerate().filter(|(_, blob)| *blob != self.blob).unzip();
        self.stored.for_each(&real, &|read| {
            let read = read.iter().map(|(at, note)| (places[*at], note.clone()));
            each(&read.collect::<Vec<(usize, Result<&[u8], Unreadable>)>>());
        });
    }

    fn annotated(&self, commit: &CommitId) -> Annotated {
        self.stored.annotated(commit)
    }
}

/// What is wrong with a ledger of which nothing is.
fn sound(ledger: &Ledger) {
    assert_eq!((Outcome::of(ledger.findings()), ledger.counts().void), (Outcome::Pass, 0), "{:#?}", ledger.findings());
}

#[test]
fn t07_no_byte_of_a_line_can_be_changed() {
    let workshop = project();
    let repo = open(&workshop.repo()).expect("a repository");
    let reading = Reading::of(&repo);
    let whole = reading.ledger(reading.chain());
    sound(&whole);
    let (mut lines, mut kinds) = (0, BTreeSet::new());
    kinds.extend(whole.records().iter().map(|record| record.header.kind));
    for (on, note) in reading.notes() {
        for line in note.split_inclusive(|byte| *byte == b'\n').map(|line| &line[..line.len() - 1]) {
            lines += 1;
            // All in one note: what a line counts for does not depend on those beside it.
            let mutants: BTreeSet<Vec<u8>> = changed(line).collect();
            assert_eq!(mutants.len(), line.len() * CHANGES.len());
            let mut altered: Vec<u8> = note.clone();
            for mutant in &mutants {
                assert!(!mutant.contains(&b'\n'));
                altered.extend_from_slice(mutant);
                altered.push(b'\n');
            }
            let ledger = reading.with_note(on, altered);
            let (counts, before) = (ledger.counts(), whole.counts());
            assert_eq!(counts.void, mutants.len() as u64, "{} of {on}: every one is void", LineDigest::of(line));
            assert_eq!((counts.valid, counts.orphaned), (before.valid, before.orphaned), "and none counts");
            assert_eq!(Outcome::of(ledger.findings()), Outcome::Fail);
        }
    }
    assert!(lines >= 12 && kinds.len() >= 9, "{lines} lines of {kinds:?}");
}

#[test]
fn t07_no_newline_of_a_note_can_be_changed() {
    let workshop = project();
    let repo = open(&workshop.repo()).expect("a repository");
    let reading = Reading::of(&repo);
    for (on, note) in reading.notes() {
        for at in (0..note.len()).filter(|at| note[*at] == b'\n') {
            for change in CHANGES {
                let mut altered = note.clone();
                altered[at] ^= change;
                let ledger = reading.with_note(on, altered);
                assert_eq!(Outcome::of(ledger.findings()), Outcome::Fail, "byte {at} of the note on {on}");
            }
        }
    }
}

#[test]
fn t07_no_byte_of_a_trust_version_can_be_changed() {
    let workshop = project();
    let repo = open(&workshop.repo()).expect("a repository");
    let reading = Reading::of(&repo);
    let root = reading.chain().root();
    assert_eq!(reading.trust.len(), 4);
    for (number, (commit, bytes)) in reading.trust.iter().enumerate() {
        for (place, mutant) in changed(bytes).enumerate() {
            let stored = reading.trust.iter().map(|(id, bytes)| (*id, if id == commit { &mutant[..] } else { bytes }));
            // Without a sound first version nothing counts: `trust-fault`.
            let Ok(chain) = Chain::check(stored) else { continue };
            let is_told = chain.fault().is_some()
                || check_pin(chain.root(), Some(root), true).is_some()
                || Outcome::of(reading.ledger(chain).findings()) == Outcome::Fail;
            assert!(is_told, "byte {} of trust version {}", place / CHANGES.len(), number + 1);
        }
    }
}

#[test]
fn t07_no_byte_of_a_release_tag_can_be_changed() {
    let workshop = project();
    let repo = open(&workshop.repo()).expect("a repository");
    let reading = Reading::of(&repo);
    let ledger = reading.ledger(reading.chain());
    let digest = |commit| reading.repo.evtag(&commit).map_err(git_qms::verify::Unreadable::from);
    assert_eq!(check_releases(&ledger, &reading.tags, Some(&digest)), []);
    for tag in reading.tags.iter().filter(|tag| tag.object.is_some()) {
        let (id, raw) = tag.object.clone().expect("annotated");
        for (place, mutant) in changed(&raw).enumerate() {
            let altered = ReleaseTag { name: tag.name.clone(), object: Some((id, mutant)) };
            let findings = check_releases(&ledger, &[altered], None);
            assert!(is_error(&findings), "byte {} of tag {}", place / CHANGES.len(), tag.name);
        }
    }
}

#[test]
fn t07_no_byte_of_a_checkpoint_held_outside_can_be_changed() {
    let workshop = project();
    let file = workshop.path("seen.json");
    workshop.qms(&["checkpoint", "--to", &file.display().to_string()]).ok();
    let repo = open(&workshop.repo()).expect("a repository");
    let reading = Reading::of(&repo);
    let ledger = reading.ledger(reading.chain());
    let here = |name: &git_qms::record::TagName| match repo.tag(name) {
        Ok(Some(tag)) => TagHere::Object(tag.target),
        _ => TagHere::Absent,
    };
    let bytes = std::fs::read(&file).expect("a file");
    assert_eq!(OutsideCheckpoint::parse(&bytes).expect("one").check(&ledger, here, &[]), []);
    for (place, mutant) in changed(&bytes).enumerate() {
        // What is no checkpoint is refused: exit 2.
        let Ok(checkpoint) = OutsideCheckpoint::parse(&mutant) else { continue };
        assert!(is_error(&checkpoint.check(&ledger, here, &[])), "byte {} of the checkpoint", place / CHANGES.len());
    }
}

#[test]
fn t07_no_byte_of_an_attached_file_can_be_changed() {
    let workshop = project();
    let commit = "git-qms <git-qms@localhost> 0 +0000";
    let listing = workshop.git(&["ls-tree", "-r", "refs/qms/files"]);
    let path = listing
        .lines()
        .map(|line| line.split('\t').nth(1).expect("a path"))
        .find(|path| workshop.git(&["cat-file", "blob", &format!("refs/qms/files:{path}")]) == "all is well");
    let path = path.expect("the log is attached");
    let digest: FileDigest = path.replace('/', "").parse().expect("a digest");
    let mutants: Vec<Vec<u8>> = changed(b"all is well\n").collect();
    // One commit for each, by one git.
    let mut stream = Vec::new();
    for (at, mutant) in mutants.iter().enumerate() {
        let head = format!("commit refs/flips/{at}\ncommitter {commit}\ndata 0\nM 100644 inline {path}\n");
        stream.extend_from_slice(format!("{head}data {}\n", mutant.len()).as_bytes());
        stream.extend_from_slice(mutant);
        stream.push(b'\n');
    }
    workshop.git_with(&["fast-import", "--quiet"], &stream);
    let tips = workshop.git(&["for-each-ref", "--format=%(objectname)", "refs/flips"]);
    assert_eq!(tips.lines().count(), mutants.len());
    let repo = open(&workshop.repo()).expect("a repository");
    for tip in tips.lines() {
        let files = repo.files_at(Some(tip.parse().expect("an id"))).expect("files");
        let states = repo.check_files(&files, &[digest]);
        assert!(matches!(states[..], [FileState::Mismatched(_)]), "{tip}: {states:?}");
    }
    workshop.git(&["update-ref", "refs/qms/files", tips.lines().next().expect("one")]);
    workshop.verify().rejects("file-wrong", "refs/qms/files");
}

/// The attacker's own view: whole objects made anew with stock git, so that git finds nothing wrong; the real program.
#[test]
fn t07_bytes_changed_in_git_itself_are_refused_by_the_program() {
    let workshop = project();
    let ledger = workshop.git(&["rev-parse", LEDGER]);
    let refused = |what: &str| {
        let said = workshop.qms(&["verify", "--trust-root", &workshop.made.root, "--quiet"]);
        assert!([1, 2].contains(&said.code), "{what}: {said:?}");
    };
    let commit = workshop.made.commit.clone();
    let note = workshop.lines_on(&commit);
    for (at, line) in note.iter().enumerate() {
        // Somewhere in payload, payload type, keyid and signature.
        for place in [20 + at * 31, line.len() - 330 + at, line.len() - 150 + at, line.len() - 20] {
            let mut altered = note.clone();
            let mut bytes = line.clone().into_bytes();
            bytes[place] ^= 0x01;
            altered[at] = String::from_utf8(bytes).expect("ASCII");
            workshop.set_lines(&commit, altered);
            refused(&format!("byte {place} of line {at}"));
            workshop.git(&["update-ref", LEDGER, &ledger]);
        }
    }
    let name = format!("refs/tags/{}", workshop.made.tag);
    let object = workshop.git(&["rev-parse", &name]);
    let raw = workshop.git(&["cat-file", "tag", &object]) + "\n";
    for place in [60, 200, 500, raw.len() / 2, raw.len() - 100] {
        let mut bytes = raw.clone().into_bytes();
        bytes[place] ^= 0x01;
        let forged = workshop.git_with(&["hash-object", "-t", "tag", "-w", "--stdin", "--literally"], &bytes);
        // Git itself would not name all of these.
        std::fs::write(workshop.repo().join(".git").join(&name), forged + "\n").expect("a ref");
        refused(&format!("byte {place} of the tag"));
    }
    std::fs::write(workshop.repo().join(".git").join(&name), object + "\n").expect("a ref");
    let trust = workshop.git(&["rev-parse", "refs/qms/trust"]);
    let stored = workshop.git(&["cat-file", "blob", "refs/qms/trust:trust.json"]) + "\n";
    for place in [20, 300, stored.len() / 2, stored.len() - 120, stored.len() - 10] {
        let mut bytes = stored.clone().into_bytes();
        bytes[place] ^= 0x01;
        let blob = workshop.git_with(&["hash-object", "-w", "--stdin"], &bytes);
        let tree = workshop.git_with(&["mktree"], format!("100644 blob {blob}\ttrust.json\n").as_bytes());
        let forged = workshop.git(&["commit-tree", &tree, "-p", "refs/qms/trust~1", "-m", "trust"]);
        workshop.git(&["update-ref", "refs/qms/trust", &forged]);
        refused(&format!("byte {place} of the newest trust version"));
        workshop.git(&["update-ref", "refs/qms/trust", &trust]);
    }
    workshop.verify().passes();
}

fn is_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}
