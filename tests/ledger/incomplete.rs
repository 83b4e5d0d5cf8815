//! Where parts cannot be read: incomplete, never an error for what is absent, never a pass.

use git_qms::envelope::Arithmetic;
use git_qms::verify::{Annotated, Code, History, Ledger, Notes, OddPath, Outcome, Severity, Unreadable, Visit};

use crate::world::{World, bare, chain, told};

#[test]
fn a18_a_history_that_is_cut_is_incomplete_and_no_error() {
    let mut world = World::new();
    world.forged("ada", "over what is not here", |header| header.ledger = Some(crate::memory::commit_id("cut off")));
    assert_eq!(world.told(), [(Code::HeadGone, Severity::Error)]);
    let ledger = world.memory.ledger_with_missing(vec!["ledger commit 1234 is not in this clone".into()]);
    assert_eq!(Outcome::of(ledger.findings()), Outcome::Incomplete);
    assert_eq!(told(&ledger), [(Code::HeadGone, Severity::Incomplete), (Code::ObjectMissing, Severity::Incomplete)]);
    assert!(ledger.is_cut());
}

#[test]
fn a_missing_checkpoint_is_incomplete_where_the_history_is_cut() {
    let mut world = World::new();
    let head = world.memory.head();
    world.memory.change_trust(|_| ());
    world.memory.checkout(head);
    let ledger = world.memory.ledger_with_missing(vec!["something".into()]);
    assert_eq!(Outcome::of(ledger.findings()), Outcome::Incomplete);
}

#[test]
fn a_removed_line_is_an_error_even_where_the_history_is_cut() {
    let mut world = World::new();
    world.memory.remove(world.first);
    let ledger = world.memory.ledger_with_missing(vec!["something".into()]);
    assert_eq!(Outcome::of(ledger.findings()), Outcome::Fail);
}

/// Notes of which none can be read, for one reason.
struct Unread(fn(String) -> Unreadable);

impl Notes for Unread {
    fn for_each(&self, notes: &[git_qms::record::BlobId], each: Visit<'_>) {
        for (at, note) in notes.iter().enumerate() {
            each(&[(at, Err((self.0)(note.to_string())))]);
        }
    }

    fn annotated(&self, _: &git_qms::record::CommitId) -> Annotated {
        Annotated::Orphaned(None)
    }

    fn unread(&self) -> Vec<Unreadable> {
        vec![(self.0)("a commit".to_owned())]
    }
}

fn one_note() -> History {
    let mut root = bare("root", &[]);
    let after = git_qms::record::BlobId::from_bytes(&[7; 20]);
    root.changes.push(git_qms::verify::Change {
        annotated: crate::memory::commit_id("one"),
        before: Vec::new(),
        after,
    });
    History { commits: vec![root], ..History::default() }
}

#[test]
fn a17_a_note_with_other_bytes_than_its_id_says_is_an_error_and_a_missing_one_incomplete() {
    let world = World::new();
    let count = |why, code| {
        let ledger = Ledger::verify(&one_note(), &Unread(why), chain(&world), Arithmetic::Tables);
        told(&ledger).into_iter().filter(|(found, _)| *found == code).count()
    };
    assert_eq!(count(Unreadable::Missing, Code::ObjectMissing), 2, "the note, and what it is on");
    assert_eq!(count(Unreadable::WrongHash, Code::ObjectWrong), 2, "the note, and what it is on");
    assert_eq!(count(Unreadable::Missing, Code::ObjectWrong), 0);
    assert_eq!(Code::ObjectMissing.severity(), Severity::Incomplete);
    assert_eq!(Code::ObjectWrong.severity(), Severity::Error);
}

#[test]
fn a19_an_odd_path_and_a_damaged_object_of_the_ledger_are_errors_that_name_them() {
    let world = World::new();
    let odd = OddPath { commit: crate::memory::commit_id("root"), path: "ab/README".into(), reason: "is no note" };
    let history = History { odd_paths: vec![odd], damaged: vec!["tree 1234 is broken".into()], ..one_note() };
    let ledger = Ledger::verify(&history, &Unread(Unreadable::Missing), chain(&world), Arithmetic::Tables);
    let message = |code| {
        let found = ledger.findings().iter().find(|finding| finding.code == code);
        found.map(|finding| (finding.severity, finding.message.clone())).expect("told")
    };
    let (severity, text) = message(Code::NotesPath);
    assert!(severity == Severity::Error && text.contains("ab/README"), "{text}");
    let (severity, text) = message(Code::ObjectWrong);
    assert!(severity == Severity::Error && text.contains("1234"), "{text}");
}

#[test]
fn a_note_that_is_not_sorted_is_a_warning_and_its_lines_count() {
    let world = World::new();
    let lines = [world.line_of(world.first), "~~".to_owned()];
    for (content, disordered) in
        [(lines.join("\n\n") + "\n", true), (lines.join("\n") + "\n", false), (lines.join("\n"), true)]
    {
        let ledger = Ledger::verify(&one_note(), &One(content.clone()), chain(&world), Arithmetic::Tables);
        let found = told(&ledger).contains(&(Code::NoteDisordered, Severity::Warning));
        assert_eq!(found, disordered, "{content}");
        assert!(told(&ledger).contains(&(Code::EnvelopeForm, Severity::Error)), "the line ~~ is read");
    }
}

#[test]
fn a20_a_note_of_too_many_lines_is_flagged_and_read() {
    let world = World::new();
    let lines: Vec<String> = (1_000..2_001).map(|line| line.to_string()).collect();
    let content = lines.join("\n") + "\n";
    let ledger = Ledger::verify(&one_note(), &One(content), chain(&world), Arithmetic::Tables);
    assert!(told(&ledger).contains(&(Code::NoteLarge, Severity::Warning)));
    assert_eq!(ledger.counts().void, 1_001);
    let forms = told(&ledger).into_iter().filter(|told| *told == (Code::EnvelopeForm, Severity::Error)).count();
    assert_eq!(forms, 1_001, "a thousand by themselves, the rest by its number");
}

/// One note, whatever is asked.
struct One(String);

impl Notes for One {
    fn for_each(&self, notes: &[git_qms::record::BlobId], each: Visit<'_>) {
        for at in 0..notes.len() {
            each(&[(at, Ok(self.0.as_bytes()))]);
        }
    }

    fn annotated(&self, _: &git_qms::record::CommitId) -> Annotated {
        Annotated::Here(crate::memory::tree_id("one"))
    }
}

#[test]
fn a18_a_note_of_the_history_that_is_missing_makes_nothing_an_error() {
    let world = World::new();
    let ledger = Ledger::verify(&one_note(), &Unread(Unreadable::Missing), chain(&world), Arithmetic::Tables);
    assert_eq!(Outcome::of(ledger.findings()), Outcome::Incomplete, "{:?}", told(&ledger));
    assert!(ledger.is_cut());
}

#[test]
fn a18_a_line_is_not_called_removed_where_the_tip_of_its_note_is_missing() {
    let world = World::new();
    let line = world.line_of(world.first);
    let mut history = one_note();
    let (annotated, before) = (world.commit, history.commits[0].changes[0].after);
    history.commits[0].changes[0].annotated = annotated;
    let after = git_qms::record::BlobId::from_bytes(&[8; 20]);
    let mut next = bare("next", &[0]);
    next.changes.push(git_qms::verify::Change { annotated, before: vec![before], after });
    history.commits.push(next);
    let notes = Partly(line, before.expect("a note"));
    let ledger = Ledger::verify(&history, &notes, chain(&world), Arithmetic::Tables);
    assert!(told(&ledger).contains(&(Code::LineRemoved, Severity::Incomplete)), "{:?}", told(&ledger));
    assert_eq!(Outcome::of(ledger.findings()), Outcome::Incomplete);
}

/// Of all notes only one can be read.
struct Partly(String, git_qms::record::BlobId);

impl Notes for Partly {
    fn for_each(&self, notes: &[git_qms::record::BlobId], each: Visit<'_>) {
        for (at, note) in notes.iter().enumerate() {
            let missing = Err(Unreadable::Missing(note.to_string()));
            each(&[(at, if *note == self.1 { Ok(self.0.as_bytes()) } else { missing })]);
        }
    }

    fn annotated(&self, _: &git_qms::record::CommitId) -> Annotated {
        Annotated::Here(crate::memory::tree_id("one"))
    }
}

#[test]
fn a18_what_is_before_what_cannot_be_told_where_the_history_is_cut() {
    let mut world = World::new();
    world.plan("grace", "by a key whose last head is not here");
    let key = git_qms::envelope::Signer::public_key(&crate::memory::SeedKey::of("grace")).fingerprint();
    world.memory.change_trust(|version| {
        version.compromised.insert(key, crate::memory::commit_id("cut off"));
    });
    assert_eq!(world.told(), [(Code::KeyCompromised, Severity::Error), (Code::EndedRetroactively, Severity::Info)]);
    let ledger = world.memory.ledger_with_missing(vec!["something".into()]);
    assert_eq!(Outcome::of(ledger.findings()), Outcome::Incomplete, "{:?}", told(&ledger));

    let mut world = World::new();
    world.plan("grace", "before she left, by a head that is not here");
    world.memory.change_trust(|version| {
        version.members.retain(|member| member.id.as_str() != "grace");
        version.ledger = Some(crate::memory::commit_id("cut off"));
    });
    assert!(world.told().contains(&(Code::RoleEnded, Severity::Error)));
    let ledger = world.memory.ledger_with_missing(vec!["something".into()]);
    assert_eq!(Outcome::of(ledger.findings()), Outcome::Incomplete, "{:?}", told(&ledger));
}
