//! `policy test`: cases kept beside the catalog, in short, judged like the real thing.

use crate::project::Project;
use crate::recording::refused;

const HEAD: &str = r#"
author = "ada"
people = { ada = ["developer"], grace = ["release-manager", "qa"], lin = ["qa"] }
bots = { ci = ["ci"] }
"#;

/// Everything that the starter asks for, and what is against it.
const CASES: &str = r#"
[[case]]
name = "everything is there"
expect = "pass"
controls = { TEST-01 = "pass", APPROVE-01 = "pass", SCAN-01 = "pass" }
given = [
    { kind = "plan", by = "ada", change = "CHG-1", age = "2d" },
    { kind = "test", by = "ci", passed = 212, skipped = 3, age = "2h" },
    { kind = "scan", by = "ci", tool = "trivy", medium = 2 },
    { kind = "approval", by = "grace", role = "release-manager" },
]

[[case]]
name = "nothing is there"
expect = "fail"

[[case]]
name = "a failed test"
expect = "fail"
controls = { TEST-01 = "fail", SCAN-01 = "pass" }
given = [
    { kind = "test", by = "ci", passed = 4, failed = 1 },
    { kind = "scan", by = "ci" },
    { kind = "approval", by = "grace", role = "release-manager" },
]

[[case]]
name = "one approves what one wrote"
expect = "fail"
commits = ["lin", "grace"]
controls = { APPROVE-01 = "fail" }
given = [{ kind = "approval", by = "grace", role = "release-manager" }]

[[case]]
name = "a scan that broke off shows nothing, and a rejection holds"
expect = "fail"
controls = { SCAN-01 = "fail", REJECTED = "fail" }
given = [
    { kind = "scan", by = "ci", broke-off = "no database" },
    { kind = "approval", by = "lin", role = "qa", meaning = "rejected" },
]
"#;

fn with_cases(cases: &str) -> Project {
    let project = Project::bare_of_evidence();
    project.by("ada", &["init", "--name", "payments", "--member", "ada"]).ok();
    // In place of what init writes.
    std::fs::remove_file(project.path().join(".qms/cases/example.toml")).expect("was there");
    project.write(".qms/cases/first.toml", cases);
    project
}

#[test]
fn g10_cases_pass_and_say_what_none_of_them_shows() {
    let project = with_cases(&format!("{HEAD}{CASES}"));
    let said = project.unchanged(|| project.qms(&["policy", "test"]).ok());
    let said = said.says("5 of 5 cases as expected").says("ok    .qms/cases/first.toml:6  everything is there: pass");
    said.never_says("no case makes");
    let json = project.qms(&["policy", "test", "--json"]).ok().json();
    assert_eq!((&json["result"], json["cases"].as_array().map(Vec::len)), (&"pass".into(), Some(5)));
    project.write(".qms/cases/first.toml", &format!("{HEAD}[[case]]\nname = \"nothing\"\nexpect = \"fail\"\n"));
    let said = project.qms(&["policy", "test"]).ok();
    said.says("no case makes pass: TEST-01, APPROVE-01, SCAN-01").never_says("no case makes fail");
}

#[test]
fn g10_a_catalog_that_was_weakened_fails_its_cases_with_what_was_expected() {
    let project = with_cases(&format!("{HEAD}{CASES}"));
    let catalog = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    project.write(".qms/policy.toml", &catalog.replace("test.failed == 0", "test.failed <= 1"));
    let said = project.qms(&["policy", "test"]).exit(1).says("4 of 5 cases as expected");
    let said = said.says("FAIL  .qms/cases/first.toml:21  a failed test: expected fail, got pass");
    said.says("TEST-01  expected fail, got pass: 1 of 5 failed (test.failed <= 1)");
    let json = project.qms(&["policy", "test", "--json"]).exit(1).json();
    let control = &json["cases"][2]["controls"][0];
    assert_eq!((&control["expected"], &control["got"]), (&"fail".into(), &"pass".into()), "{json:#}");
}

#[test]
fn g10_a_case_says_when_it_is_judged_by_whose_ages_and_where() {
    // A later run of the same suite counts, whatever its age says; coverage and other environments are told apart.
    let project = with_cases(&format!(
        "{HEAD}{}",
        r#"
[[case]]
name = "the last run counts, and another environment's evidence does not"
expect = "fail"
controls = { TEST-01 = "pass", SCAN-01 = "fail", APPROVE-01 = "fail" }
given = [
    { kind = "test", by = "ci", failed = 1, age = "1h" },
    { kind = "test", by = "ci", passed = 1, line = [163, 200], age = "2h" },
    { kind = "scan", by = "ci", dirty = true },
    { kind = "approval", by = "grace", role = "release-manager", environment = "elsewhere" },
]
"#
    ));
    project.qms(&["policy", "test"]).ok().says("1 of 1 cases as expected");
}

#[test]
fn g10_every_fault_of_a_case_is_told_with_line_column_and_caret() {
    for (cases, place, words) in [
        ("[[case]]\nname = \"x\"\nexpect = \"maybe\"", ":7:10", "pass, fail"),
        (
            "[[case]]\nname = \"x\"\nexpect = \"fail\"\ncontrols = { TEST-09 = \"fail\" }",
            ":8:14",
            "TEST-01, APPROVE-01",
        ),
        ("[[case]]\nname = \"x\"\nexpect = \"fail\"\ncontrols = { TEST-01 = \"no\" }", ":8:24", "not-applicable"),
        (
            "[[case]]\nname = \"x\"\nexpect = \"fail\"\ngiven = [{ kind = \"test\", by = \"eve\" }]",
            ":8:32",
            "ada, grace",
        ),
        ("[[case]]\nname = \"x\"\nexpect = \"fail\"\ngiven = [{ kind = \"tset\", by = \"ci\" }]", ":8:19", "tset"),
        (
            "[[case]]\nname = \"x\"\nexpect = \"fail\"\ngiven = [{ kind = \"checkpoint\", by = \"ci\" }]",
            ":8:19",
            "build, plan, approval",
        ),
        (
            "[[case]]\nname = \"x\"\nexpect = \"fail\"\ngiven = [{ kind = \"test\", by = \"ci\", pased = 1 }]",
            ":8:38",
            "unknown key pased",
        ),
        (
            "[[case]]\nname = \"x\"\nexpect = \"fail\"\ngiven = [{ kind = \"test\", by = \"ci\", passed = -1 }]",
            ":8:47",
            "whole number",
        ),
        (
            "[[case]]\nname = \"x\"\nexpect = \"fail\"\ngiven = [{ kind = \"test\", by = \"ci\", line = [3, 2] }]",
            ":8:45",
            "covered, of all",
        ),
        (
            "[[case]]\nname = \"x\"\nexpect = \"fail\"\ngiven = [{ kind = \"test\", by = \"ci\", commit = 2 }]",
            ":8:47",
            "from 1 to 1",
        ),
        (
            "[[case]]\nname = \"x\"\nexpect = \"fail\"\ngiven = [{ kind = \"test\", by = \"ci\", age = \"2\" }]",
            ":8:44",
            "hours or days",
        ),
        ("[[case]]\nexpect = \"fail\"", ":5:1", "has no name"),
        ("", "", "there is no case"),
        ("[[case]\n", ":5:", "this is not TOML"),
    ] {
        let project = with_cases(&format!("{HEAD}{cases}"));
        let said = project.qms(&["policy", "test"]).exit(2);
        said.says(&format!("cases/first.toml{place}")).says(words).says("^");
    }
}

#[test]
fn g10_a_record_that_could_not_count_is_no_case() {
    let cases = "[[case]]\nname = \"x\"\nexpect = \"fail\"\ngiven = [\n{ kind = \"approval\", by = \"lin\", role = \"release-manager\" }]";
    let project = with_cases(&format!("{HEAD}{cases}"));
    let said = project
        .qms(&["policy", "test"])
        .exit(2)
        .says("first.toml:5: case \"x\"")
        .says("the record on line 9 counts for nothing");
    said.says("release-manager");
}

/// What `init` writes shows each of its controls both ways, and a catalog that is weakened fails it.
#[test]
fn g10_init_writes_cases_beside_the_catalog_which_pass() {
    for (preset, cases, weakened) in
        [("small", 4, ["approvals >= 1", "approvals >= 0"]), ("regulated", 8, ["\"approvals.qa >= 1\",", ""])]
    {
        let project = Project::bare_of_evidence();
        project.by("ada", &["init", "--preset", preset]).ok().says(".qms/policy.toml, .qms/cases/example.toml");
        let said = project.qms(&["policy", "test"]).ok().says(&format!("{cases} of {cases} cases as expected"));
        said.never_says("no case makes");
        let catalog = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
        let [from, to] = weakened;
        assert!(catalog.contains(from), "{preset}");
        project.write(".qms/policy.toml", &catalog.replacen(from, to, 1));
        if preset == "small" {
            project.qms(&["policy", "test"]).exit(1).says("APPROVE-01  expected fail");
        }
        // What is there stays.
        project.write(".qms/cases/example.toml", "author = 1");
        project.by("ada", &["init", "--preset", preset]).ok();
        let kept = std::fs::read_to_string(project.path().join(".qms/cases/example.toml")).expect("cases");
        assert_eq!(kept, "author = 1");
    }
}

#[test]
fn g10_without_a_case_an_example_is_told_that_works() {
    let project = Project::bare_of_evidence();
    project.by("ada", &["init"]).ok();
    std::fs::remove_file(project.path().join(".qms/cases/example.toml")).expect("was there");
    let said = project.qms(&["policy", "test"]).exit(1).says("no case shows what the catalog does");
    let example = said.err.split("for instance:\n").nth(1).expect("an example").to_owned();
    project.write(".qms/cases/first.toml", &example);
    project.qms(&["policy", "test"]).ok().says("2 of 2 cases as expected");
    // A folder of its own, outside of any repository.
    project.write("../rules/policy.toml", "version = 2\n");
    refused(&project, "ada", &["policy", "test", "../rules"], 2, &["rules/policy.toml:1:11"]);
    refused(
        &project,
        "ada",
        &["policy", "test", "../nowhere"],
        2,
        &["cannot read ../nowhere/policy.toml", "name a folder"],
    );
}
