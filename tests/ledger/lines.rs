//! Step 2 and 4: what a line is, and what became of it.

use git_qms::record::LineDigest;
use git_qms::record::kind::approval::Meaning;
use git_qms::verify::{Annotated, Code, Outcome, Severity};

use crate::claims;
use crate::memory::{SeedKey, commit_id, tree_id};
use crate::world::{World, line, named, signed, told};

const ERROR: Severity = Severity::Error;
const WARNING: Severity = Severity::Warning;
const INFO: Severity = Severity::Info;

#[test]
fn an_honest_ledger_has_nothing_to_tell() {
    let mut world = World::new();
    world.plan("grace", "second");
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), []);
    assert_eq!((ledger.counts().valid, ledger.counts().void), (3, 0));
}

#[test]
fn a01_a_removed_line_is_named() {
    let mut world = World::new();
    world.memory.remove(world.first);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::LineRemoved, ERROR)]);
    assert_eq!(named(&ledger, Code::LineRemoved), [world.first]);
    assert!(ledger.record(world.first).is_none());
}

#[test]
fn a01_a_line_removed_and_put_back_is_a_warning() {
    let mut world = World::new();
    let line = world.line_of(world.first);
    world.memory.remove(world.first);
    world.put(world.commit, &line);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::LineRestored, WARNING)]);
    assert_eq!(named(&ledger, Code::LineRestored), [world.first]);
    assert!(ledger.record(world.first).is_some());
}

#[test]
fn a06_a_void_line_counts_for_nothing_and_makes_nothing_else_fail() {
    let mut world = World::new();
    world.put(world.commit, "garbage");
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::EnvelopeForm, ERROR)]);
    assert!(
        ledger.findings()[0].hint.as_deref().is_some_and(|hint| hint.contains(&LineDigest::of(b"garbage").to_string()))
    );
    assert_eq!((ledger.counts().valid, ledger.counts().void), (2, 1));
    assert!(ledger.record(world.first).is_some());
}

/// So many are judged on several cores: nothing is lost between them, and the order is that of the ledger.
#[test]
fn very_many_lines_are_judged_as_few_are() {
    const EACH: usize = 900;
    let mut world = World::new();
    let early = world.plan("ada", "early");
    let crowded = ["two", "three", "four", "five", "six"].map(|word| world.memory.commit(word, word));
    world.rewrite(|state| {
        for on in crowded {
            state.entry(on).or_default().extend((0..EACH).map(|at| format!("garbage {at}")));
        }
    });
    let late = world.plan("grace", "late");
    world.memory.remove(world.first);
    let ledger = world.memory.ledger();
    let void = told(&ledger).iter().filter(|(code, _)| *code == Code::EnvelopeForm).count();
    assert_eq!((void, ledger.counts().void), (EACH * crowded.len(), (EACH * crowded.len()) as u64));
    let ids: Vec<_> = ledger.records().iter().skip(1).map(|record| record.id).collect();
    assert_eq!((ids, ledger.counts().valid), (vec![early, late], 3));
    assert_eq!(named(&ledger, Code::LineRemoved), [world.first]);
    assert_eq!(ledger.removed().len(), 1);
}

#[test]
fn a06_a_known_void_line_is_told_and_changes_no_exit_code() {
    let mut world = World::new();
    world.put(world.commit, "garbage");
    world.memory.change_trust(|version| {
        version.known.lines.insert(LineDigest::of(b"garbage"));
    });
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::EnvelopeForm, INFO)]);
    assert_eq!((ledger.counts().void, Outcome::of(ledger.findings())), (1, Outcome::Pass));
}

#[test]
fn what_one_version_knows_stays_known_in_later_ones() {
    let mut world = World::new();
    world.put(world.commit, "garbage");
    world.memory.change_trust(|version| {
        version.known.lines.insert(LineDigest::of(b"garbage"));
    });
    world.memory.change_trust(|version| version.known.lines.clear());
    assert_eq!(world.told(), [(Code::EnvelopeForm, INFO)]);
}

#[test]
fn a_known_lost_line_is_told_and_does_not_come_back() {
    let mut world = World::new();
    let line = world.line_of(world.first);
    world.memory.remove(world.first);
    world.memory.change_trust(|version| {
        version.known.lines.insert(LineDigest::of(line.as_bytes()));
    });
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::LineRemoved, INFO)]);
    assert!(ledger.record(world.first).is_none());
}

#[test]
fn a_removed_void_line_is_a_warning() {
    let mut world = World::new();
    world.put(world.commit, "garbage");
    world.drop_line(world.commit, "garbage");
    assert_eq!(world.told(), [(Code::VoidRemoved, WARNING)]);
}

#[test]
fn a05_a_signature_by_another_key_is_void() {
    let mut world = World::new();
    let other = world.line_of(world.first);
    let keyid = |name| git_qms::envelope::Signer::public_key(&SeedKey::of(name)).fingerprint().to_string();
    world.put(world.commit, &other.replace(&keyid("ada"), &keyid("grace")));
    assert_eq!(world.told(), [(Code::SignatureWrong, ERROR)]);
}

#[test]
fn a11_an_unknown_key_is_void() {
    let mut world = World::new();
    let commit = world.commit;
    let line = line(&mut world, "ada", "mallory", commit, &claims::plan("forged"), |_| ());
    world.put(commit, &line);
    assert_eq!(world.told(), [(Code::KeyUnknown, ERROR)]);
}

#[test]
fn nobody_signs_in_the_name_of_another() {
    let mut world = World::new();
    world.forged("grace", "forged", |header| header.recorder = "ada".parse().expect("a member id"));
    assert_eq!(world.told(), [(Code::RecorderDiffers, ERROR)]);
}

#[test]
fn a_payload_that_is_no_record_is_void() {
    let mut world = World::new();
    world.put(world.commit, &signed("{}", "ada"));
    assert_eq!(world.told(), [(Code::StatementMalformed, ERROR)]);
}

#[test]
fn a07_a_record_copied_to_another_commit_is_void() {
    let mut world = World::new();
    let other = world.memory.commit("two", "one");
    let line = world.line_of(world.first);
    world.put(other, &line);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::SubjectDiffers, ERROR)]);
    assert_eq!(ledger.on(other).count(), 0);
}

#[test]
fn a08_a_record_of_another_project_is_void() {
    let mut world = World::new();
    world.forged("ada", "forged", |header| header.project = git_qms::record::TrustDigest::of(b"another"));
    assert_eq!(world.told(), [(Code::ProjectDiffers, ERROR)]);
}

#[test]
fn a_record_that_names_another_tree_is_void() {
    let mut world = World::new();
    world.forged("ada", "forged", |header| header.tree = tree_id("another"));
    assert_eq!(world.told(), [(Code::TreeDiffers, ERROR)]);
}

#[test]
fn a_record_on_an_orphaned_commit_names_its_tree_all_the_same() {
    let mut world = World::new();
    let gone = world.memory.commit("two", "two");
    world.memory.orphan(gone);
    world.memory.record("ada", gone, claims::plan("forged"), |header| header.tree = tree_id("one"));
    assert_eq!(world.told(), [(Code::TreeDiffers, ERROR)]);
}

#[test]
fn a_note_on_something_that_is_not_a_commit_is_void() {
    let mut world = World::new();
    world.memory.annotated.insert(world.commit, Annotated::NotACommit);
    assert_eq!(world.told(), [(Code::NotACommit, ERROR)]);
}

#[test]
fn a_record_on_a_deleted_branch_counts_only_by_tree() {
    let mut world = World::new();
    let gone = world.memory.commit("two", "two");
    let record = world.memory.record("ada", gone, claims::plan("orphaned"), |_| ());
    world.memory.orphan(gone);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::Orphaned, INFO)]);
    assert_eq!((ledger.counts().valid, ledger.counts().orphaned), (2, 1));
    assert!(ledger.record(record).is_some_and(|record| record.seal().orphaned));
    assert!(ledger.by_tree(tree_id("two")).any(|found| found.id == record));
    assert!(ledger.record(world.first).is_some_and(|record| !record.seal().orphaned));
}

#[test]
fn a_record_whose_commit_is_gone_altogether_counts_only_by_the_tree_that_it_states() {
    let mut world = World::new();
    let gone = world.memory.commit("two", "two");
    let record = world.memory.record("ada", gone, claims::plan("gone"), |_| ());
    world.memory.annotated.remove(&gone);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::Unverifiable, INFO)]);
    let counts = ledger.counts();
    assert_eq!((counts.valid, counts.orphaned, counts.unverifiable), (2, 0, 1));
    assert!(ledger.record(record).is_some_and(|record| record.seal().orphaned));
    assert!(ledger.by_tree(tree_id("two")).any(|found| found.id == record));
}

#[test]
fn a32_equal_ids_are_one_record() {
    let mut world = World::new();
    // Ada's second key signs the same payload: another line, the same record.
    world.memory.change_trust(|version| {
        version.members[0].keys.push(git_qms::envelope::Signer::public_key(&SeedKey::of("spare")).clone());
    });
    let second = world.plan("ada", "twice");
    let payload =
        git_qms::envelope::Envelope::parse(world.line_of(second).as_bytes()).expect("a line").payload().to_vec();
    let again = git_qms::envelope::Envelope::sign(payload, &SeedKey::of("spare")).expect("signs").to_line();
    world.put(world.commit, &again);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), []);
    assert_eq!(ledger.records().iter().filter(|record| record.id == second).count(), 1);
    assert_eq!(usize::try_from(ledger.counts().valid), Ok(ledger.records().len()), "counted once");
    assert_eq!(ledger.on(world.commit).filter(|record| record.id == second).count(), 1);
}

#[test]
fn a_trust_version_that_is_not_in_the_chain_is_void() {
    let mut world = World::new();
    world.forged("ada", "forged", |header| header.trust = git_qms::record::TrustDigest::of(b"another"));
    assert_eq!(world.told(), [(Code::TrustUnknown, ERROR)]);
}

#[test]
fn a11_a_member_without_the_role_for_the_kind_is_void() {
    let mut world = World::new();
    world.memory.change_trust(|version| {
        let plans = version.grants.get_mut(&git_qms::record::Kind::Plan).expect("granted");
        plans.retain(|role| role.as_str() == "developer");
    });
    world.plan("grace", "not hers");
    assert_eq!(world.told(), [(Code::RoleMissing, ERROR)]);
}

#[test]
fn a11_nobody_approves_in_a_role_they_do_not_hold() {
    let mut world = World::new();
    world.memory.record("ada", world.commit, claims::approval("qa", Meaning::Approved, &[]), |_| ());
    assert_eq!(world.told(), [(Code::RoleMissing, ERROR)]);
}

#[test]
fn only_root_people_pin_a_trust_change() {
    use git_qms::record::Claim;
    use git_qms::record::kind::checkpoint::{Checkpoint, Occasion};
    let mut world = World::new();
    let claim = Claim::Checkpoint(Checkpoint { occasion: Occasion::Trust });
    world.memory.record("grace", commit_id("trust 1"), claim, |_| ());
    assert_eq!(world.told(), [(Code::RoleMissing, ERROR)]);
}
