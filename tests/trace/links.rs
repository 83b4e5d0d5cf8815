//! Links of every kind, and what makes them suspect.

use super::*;

const LIST: &str = "id,title,text,revision\nREQ-7,Refund limit,At most the limit.,1\nREQ-8,Receipt,One is printed.,1\n";

fn project() -> Project {
    with_requirements("paths = [\"reqs.csv\"]", &[("reqs.csv", LIST)])
}

#[test]
fn f05_every_kind_of_link_is_shown_with_where_it_comes_from() {
    let project = project();
    project.by("ada", &["record", "plan", "--change", "CHG-1", "--reason", "Limits", "--requirement", "REQ-7"]).ok();
    project.write("till.c", "int limit;\n");
    project.git(&["add", "."]);
    project.git(&["commit", "-q", "-m", "Limit refunds\n\nIt was asked for.\n\nImplements: REQ-7\nRefs: #12"]);
    let id = record(&project, &[("limit", "REQ-7", "passed")]);
    let said = project.qms(&["trace", "REQ-7"]).ok();
    said.says("REQ-7  Refund limit")
        .says("standing    covered")
        .says("written in  reqs.csv (CSV)")
        .says("Implements: Limit refunds")
        .says(&format!("{}  unit: till::limit passed", &id[..12]))
        .never_says("suspect");
    let (standing, links) = traced(&project, "REQ-7");
    assert_eq!(standing, "covered");
    let sound = |kind: &str| (kind.to_owned(), None);
    assert_eq!(links, [sound("plan"), sound("commit"), sound("test")]);
    assert_eq!(project.qms(&["trace", "REQ-7", "--quiet"]).ok().out, "covered\n");
    assert_eq!(traced(&project, "REQ-8"), ("not-covered".to_owned(), Vec::new()));
}

/// F05: what was planned, built and tested was another text.
#[test]
fn f05_a_changed_text_makes_every_older_link_suspect() {
    let project = project();
    let first = project.git(&["rev-parse", "--short=7", "HEAD"]);
    project.by("ada", &["record", "plan", "--change", "CHG-1", "--reason", "Limits", "--requirement", "REQ-7"]).ok();
    record(&project, &[("limit", "REQ-7", "passed"), ("receipt", "REQ-8", "passed")]);
    assert_eq!(traced(&project, "REQ-7").0, "covered");
    project.commit("reqs.csv", &LIST.replace("At most the limit.", "At most twice the limit."));
    let (standing, links) = traced(&project, "REQ-7");
    assert_eq!(standing, "not-covered", "the tests of another tree cover nothing");
    let changed =
        links.iter().all(|(_, why)| why.as_deref().is_some_and(|why| why.starts_with("the text has changed since ")));
    assert!(changed && links.len() == 2, "{links:?}");
    assert!(links[0].1.as_deref().expect("why").contains(&first), "{links:?}");
    let (_, receipt) = traced(&project, "REQ-8");
    assert_eq!(receipt, [("test".to_owned(), None)], "the other one is as it was");
    // As of the commit before, all was well.
    let before = project.qms(&["trace", "REQ-7", "--commit", "HEAD~1", "--quiet"]).ok();
    assert_eq!(before.out, "covered\n");
    let before = project.qms(&["trace", "--requirements", "HEAD~1", "--quiet"]).ok();
    assert_eq!(before.out, "REQ-7 covered\nREQ-8 covered\n");
    record(&project, &[("limit", "REQ-7", "passed")]);
    assert_eq!(traced(&project, "REQ-7").0, "covered", "tested anew");
}

#[test]
fn f05_a_new_revision_makes_older_links_suspect_though_the_text_is_the_same() {
    let project = project();
    record(&project, &[("limit", "REQ-7", "passed")]);
    project.commit("reqs.csv", &LIST.replace("limit.,1", "limit.,2"));
    let (_, links) = traced(&project, "REQ-7");
    assert_eq!(links, [("test".to_owned(), Some("for revision 1, it is now 2".to_owned()))]);
}

#[test]
fn f05_only_passed_tests_that_count_cover() {
    let project = project();
    project.write("app.txt", "changed and not committed\n");
    record(&project, &[("limit", "REQ-7", "passed")]);
    assert_eq!(traced(&project, "REQ-7"), ("not-covered".to_owned(), Vec::new()), "a dirty work tree proves nothing");
    project.git(&["checkout", "-q", "app.txt"]);
    record(&project, &[("limit", "REQ-7", "skipped")]);
    assert_eq!(traced(&project, "REQ-7").0, "not-covered");
    let failed = record(&project, &[("limit", "REQ-7", "failed")]);
    record(&project, &[("limit", "REQ-7", "passed")]);
    assert_eq!(traced(&project, "REQ-7").0, "failing", "results that contradict each other do not cover");
    let report = project.report("again.xml", &cases(&[("limit", "REQ-7", "passed")]));
    let reason = ["--supersedes", &failed, "--reason", "the wrong build was tested"];
    project.by("ci", &[&["record", "test", "--from", &report][..], &reason].concat()).ok();
    assert_eq!(traced(&project, "REQ-7").0, "covered");
}

/// What lies in the work tree is not what was committed.
#[test]
fn f05_requirements_are_those_of_the_commit() {
    let project = project();
    project.write("reqs.csv", "id,title\nREQ-99,Not committed\n");
    assert_eq!(pairs(&matrix(&project)), [("REQ-7", "not-covered"), ("REQ-8", "not-covered")]);
    project.git(&["rm", "-q", "--cached", "reqs.csv"]);
    assert_eq!(matrix(&project).len(), 2);
}

#[test]
fn f05_links_to_what_is_not_there_are_told() {
    let project = project();
    record(&project, &[("limit", "REQ-70", "passed")]);
    project.qms(&["trace", "--requirements"]).ok().says("REQ-70 is no requirement here, and is named by test");
    let json = project.qms(&["trace", "--requirements", "--json"]).ok().json();
    assert_eq!((&json["unknown"][0]["id"], &json["unknown"][0]["kind"]), (&"REQ-70".into(), &"test".into()));
}

/// A22: what a requirement says reaches no terminal raw.
#[test]
fn a22_a_hostile_title_is_escaped() {
    let list = "id,title\nREQ-7,\u{1b}]0;owned\u{7}\u{202e}x\n";
    let project = with_requirements("paths = [\"reqs.csv\"]", &[("reqs.csv", list)]);
    for args in [&["trace", "REQ-7"][..], &["trace", "--requirements"]] {
        let said = project.qms(args).ok();
        assert!(!said.out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", said.out);
    }
}

/// G04: the gate takes no link that the trace calls suspect.
#[test]
fn g04_a_suspect_link_covers_no_requirement_of_the_plan() {
    let project = project();
    let file = project.path().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(&file).expect("a catalog");
    let rules = "require = [\"requirements.uncovered == 0\"]";
    project.commit(".qms/policy.toml", &catalog.replace("require = [\"test.failed == 0\"]", rules));
    project.by("ada", &["policy", "ratify"]).ok();
    let plan = |id: &str| {
        let args = ["record", "plan", "--change", "CHG-1", "--reason", "Limits", "--requirement", id, "--quiet"];
        project.by("ada", &args).ok().id()
    };
    let first = plan("REQ-7");
    let line = |outcome: &str, found: &str| {
        let verdict = project.qms(&["gate", "--json", "--change", "CHG-1"]).json();
        let controls = verdict["controls"].as_array().expect("controls");
        let control = controls.iter().find(|control| control["id"] == "TEST-01").expect("it is judged");
        assert_eq!((control["outcome"].as_str(), control["found"].as_str()), (Some(outcome), Some(found)));
    };
    record(&project, &[("limit", "REQ-7~1", "passed")]);
    line("pass", "0 of 1 requirements not covered");
    // The text is another one, and so is its revision; the test was written for the one before.
    project.commit("reqs.csv", &LIST.replace("At most the limit.,1", "At most twice the limit.,2"));
    record(&project, &[("limit", "REQ-7~1", "passed")]);
    line("fail", "1 of 1 requirements not covered: REQ-7 (suspect: for revision 1, it is now 2)");
    assert_eq!(traced(&project, "REQ-7").0, "suspect", "as the trace says");
    record(&project, &[("limit", "REQ-7~2", "passed")]);
    line("pass", "0 of 1 requirements not covered");
    // What is no requirement is covered by nothing.
    let args = ["record", "plan", "--change", "CHG-1", "--reason", "Limits", "--requirement", "REQ-9"];
    project.by("ada", &[&args[..], &["--commit", "HEAD~1", "--supersedes", &first]].concat()).ok();
    line("fail", "1 of 1 requirements not covered: REQ-9 (is not written)");
    // And where they cannot be read, nothing is known.
    project.commit("reqs.csv", "id,title\nREQ-7,one\nREQ-7,two\n");
    record(&project, &[("limit", "REQ-7", "passed")]);
    let said = project.qms(&["gate", "--change", "CHG-1"]).exit(1);
    said.says("unknown: the requirements at ").says("reqs.csv");
}
