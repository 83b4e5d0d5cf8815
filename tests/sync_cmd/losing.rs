//! A remote that lost, moved or forged something is told, and nothing of it is taken over.

use crate::workshop::Workshop;

#[test]
fn a24_a_remote_that_went_back_is_refused_and_explained() {
    let workshop = Workshop::new();
    let before = workshop.tip_in(&workshop.repo(), "refs/notes/qms");
    workshop.at_origin(&["update-ref", "refs/notes/qms", &workshop.made.before_release]);
    for command in [&["sync"][..], &["sync", "--fetch-only"]] {
        workshop.qms(command).exits(1).says("records were taken away there").says(&workshop.made.before_release);
    }
    assert_eq!(workshop.tip_in(&workshop.repo(), "refs/notes/qms"), before);
    // A clone that has it puts it back.
    workshop.qms(&["sync", "--push-only"]).ok().says("1 release by grace");
    workshop.qms(&["sync"]).ok();
    assert_eq!(workshop.tip_in(&workshop.path("origin.git"), "refs/notes/qms"), before);
}

#[test]
fn a24_a_remote_whose_ledger_or_trust_is_gone_is_refused_and_explained() {
    for reference in ["refs/notes/qms", "refs/qms/trust"] {
        let workshop = Workshop::new();
        workshop.at_origin(&["update-ref", "-d", reference]);
        workshop.qms(&["sync"]).exits(1).says(reference).says("gone");
        workshop.verify().passes();
    }
}

#[test]
fn a24_a_remote_whose_ledger_was_rewritten_is_refused_and_explained() {
    let workshop = Workshop::new();
    let tree = workshop.tip_in(&workshop.repo(), "refs/notes/qms^{tree}");
    let origin = workshop.path("origin.git");
    let who = ["-c", "user.name=M", "-c", "user.email=m@example.com", "commit-tree", &tree, "-m", "rewritten"];
    let other = workshop.git_in(&origin, &who).ok().text();
    workshop.at_origin(&["update-ref", "refs/notes/qms", &other]);
    workshop.qms(&["sync"]).exits(1).says("records were taken away there").says(&other);
    workshop.verify().passes();
}

#[test]
fn a16_a_fork_of_the_trust_is_refused() {
    let workshop = Workshop::new();
    let clone = workshop.clone_of_origin("clone");
    workshop.qms(&["trust", "grant", "grace", "--role", "developer"]).ok();
    workshop.qms(&["sync"]).ok();
    workshop.qms_in(&clone, &["trust", "grant", "grace", "--role", "policy-owner"]).ok();
    let before = workshop.tip_in(&clone, "refs/qms/trust");
    let at_origin = workshop.tip_in(&workshop.path("origin.git"), "refs/qms/trust");
    workshop.qms_in(&clone, &["sync"]).exits(1).says("two versions of one number");
    assert_eq!(workshop.tip_in(&clone, "refs/qms/trust"), before);
    assert_eq!(workshop.tip_in(&workshop.path("origin.git"), "refs/qms/trust"), at_origin);
}

#[test]
fn a16_forged_trust_at_the_remote_is_not_taken_over() {
    let workshop = Workshop::new();
    let forged = workshop.forge_trust(&["mallory"], |_| ());
    workshop.git(&["push", "-q", "--no-verify", "origin", &format!("{forged}:refs/qms/trust")]);
    let before = workshop.tip_in(&workshop.repo(), "refs/qms/trust");
    workshop.qms(&["sync"]).exits(1).says("not sound");
    assert_eq!(workshop.tip_in(&workshop.repo(), "refs/qms/trust"), before);
    workshop.verify().passes();
}

#[test]
fn a29_trust_that_went_back_at_the_remote_is_refused_and_explained() {
    let workshop = Workshop::new();
    let back = workshop.tip_in(&workshop.repo(), "refs/qms/trust~1");
    workshop.at_origin(&["update-ref", "refs/qms/trust", &back]);
    workshop.qms(&["sync"]).exits(1).says("refs/qms/trust").says(&back);
}

#[test]
fn a10_a_release_moved_or_deleted_at_the_remote_is_told() {
    let workshop = Workshop::new();
    let tag = workshop.made.tag.clone();
    workshop.qms(&["sync"]).ok();
    let object = workshop.tip_in(&workshop.repo(), &format!("refs/tags/{tag}"));
    let name = format!("refs/tags/{tag}");
    workshop.at_origin(&["update-ref", &name, "refs/heads/main"]);
    workshop.qms(&["sync"]).exits(1).says(&tag).says("was moved");
    let json = workshop.qms(&["sync", "--json"]).exits(1).json();
    assert_eq!((json["result"].as_str(), json["movedTags"][0]["tag"].as_str()), (Some("fail"), Some(&*tag)));
    assert_eq!(json["movedTags"][0]["had"].as_str(), Some(&*object));
    workshop.at_origin(&["update-ref", "-d", &name]);
    workshop.qms(&["sync"]).exits(1).says(&tag).says("was deleted");
    assert_eq!(workshop.tip_in(&workshop.repo(), &name), object, "here it stays");
    // Who has it puts it back.
    workshop.git(&["push", "-q", "origin", &name]);
    workshop.qms(&["sync"]).ok();
    // A clone made while it was moved sees it by the record.
    workshop.at_origin(&["update-ref", &name, "refs/heads/main"]);
    let url = format!("file://{}", workshop.path("origin.git").display());
    workshop.git_in(workshop.dir.path(), &["clone", "-q", &url, "late"]).ok();
    let late = workshop.path("late");
    workshop.qms_in(&late, &["sync", "--fetch-only"]).exits(1).says("tag-moved");
    workshop.verify_in(&late).rejects("tag-moved", &name);
}

#[test]
fn a_tag_of_no_release_that_moved_is_told_and_no_fault() {
    let workshop = Workshop::new();
    workshop.git(&["tag", "nightly"]);
    workshop.git(&["push", "-q", "origin", "nightly"]);
    workshop.qms(&["sync"]).ok();
    workshop.at_origin(&["update-ref", "refs/tags/nightly", "refs/heads/main~1"]);
    workshop.qms(&["sync"]).ok().says("nightly");
}

#[test]
fn a06_a_second_root_pushed_into_the_ledger_is_not_taken_over_and_bricks_no_clone() {
    let workshop = Workshop::new();
    let (clone, before) = (workshop.clone_of_origin("clone"), workshop.git(&["rev-parse", "refs/notes/qms"]));
    let tree = workshop.git(&["rev-parse", "refs/notes/qms^{tree}"]);
    let foreign = workshop.git(&["commit-tree", &tree, "-m", "another beginning"]);
    let joined = workshop.git(&["commit-tree", &tree, "-p", &before, "-p", &foreign, "-m", "joined"]);
    workshop.git(&["push", "-q", "--no-verify", "origin", &format!("{joined}:refs/notes/qms")]);
    workshop.qms_in(&clone, &["sync"]).exits(1).says(&foreign).says("nothing was taken over");
    assert_eq!(workshop.tip_in(&clone, "refs/notes/qms"), before);
    workshop.verify_in(&clone).passes();
    // Who repairs the server by force goes on as before.
    workshop.at_origin(&["update-ref", "refs/notes/qms", &before]);
    workshop.plan_in(&clone, "CHG-2");
    workshop.verify_in(&clone).passes();
}

#[test]
fn a08_the_ledger_of_another_project_without_its_trust_is_not_taken_over() {
    let (workshop, other) = (Workshop::new(), Workshop::new());
    let tree = other.git(&["rev-parse", "refs/notes/qms^{tree}"]);
    let foreign = other.git(&["commit-tree", &tree, "-m", "another beginning"]);
    other.at_origin(&["update-ref", "-d", "refs/qms/trust"]);
    other.git(&["push", "-q", "-f", "--no-verify", "origin", &format!("{foreign}:refs/notes/qms")]);
    let url = format!("file://{}", other.path("origin.git").display());
    workshop.git(&["remote", "add", "other", &url]);
    let before = workshop.git(&["rev-parse", "refs/notes/qms"]);
    workshop.qms(&["sync", "other"]).exits(1).says(&foreign).says("nothing was taken over");
    assert_eq!(workshop.git(&["rev-parse", "refs/notes/qms"]), before);
    workshop.verify().passes();
}

#[test]
fn a_remote_that_does_not_answer_is_told_in_one_line() {
    let workshop = Workshop::new();
    for (name, url, said) in [
        ("gone", "../gone.git", "cannot reach gone: '../gone.git' does not appear to be a git repository"),
        ("closed", "ssh://nobody@127.0.0.1:1/x", "cannot reach closed: "),
    ] {
        workshop.git(&["remote", "add", name, url]);
        for command in [&["sync", name][..], &["sync", "--dry-run", name], &["sync", "--push-only", name]] {
            let run = workshop.qms(command).exits(2).says(said).says(&format!("git ls-remote {name} tries it alone"));
            assert!(run.err.lines().count() <= 2 && !run.err.contains("\\r"), "{}", run.err);
        }
    }
}
