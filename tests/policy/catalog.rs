//! The catalog: what is read, what is refused, and how that is said.

use git_qms::policy::{self, rules};
use git_qms::record::CommitId;

const FILE: &str = ".qms/policy.toml";

fn starter() -> String {
    policy::starter(None, &"payments".parse().expect("a name"))
}

fn refusal(text: &str) -> String {
    policy::parse(text, FILE).expect_err("must be refused").to_string()
}

#[test]
fn the_starter_is_a_catalog_of_three_controls() {
    let baseline: CommitId = "4b825dc642cb6eb9a060e54bf8d69288fbee4904".parse().expect("an id");
    let text = policy::starter(Some(baseline), &"payments".parse().expect("a name"));
    let policy = policy::parse(&text, FILE).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(policy.baseline, Some(baseline));
    assert_eq!(
        policy.controls.iter().map(|control| control.id.as_str()).collect::<Vec<_>>(),
        ["TEST-01", "APPROVE-01", "SCAN-01"]
    );
    assert!(policy::parse(&starter(), FILE).expect("without a commit").baseline.is_none());
    assert!(text.lines().all(|line| line.len() <= 120));
}

#[test]
fn g01_every_missing_field_of_a_control_is_refused_with_its_place() {
    for field in [
        "id",
        "title",
        "objective",
        "trigger",
        "enforcement",
        "evidence",
        "require",
        "owner",
        "systems",
        "retention",
        "frameworks",
    ] {
        let text: String = starter()
            .lines()
            .filter(|line| !line.starts_with(&format!("{field} =")))
            .flat_map(|line| [line, "\n"])
            .collect();
        let errors = policy::parse(&text, FILE).expect_err("must be refused");
        let first = &errors.errors()[0];
        assert_eq!(first.found, format!("[[control]] has no {field}"));
        let line = text.lines().nth(first.line - 1).expect("the line is there");
        assert_eq!((line, first.column), ("[[control]]", 1), "{field}");
        assert!(errors.to_string().contains(&format!("--> {FILE}:{}:1", first.line)), "{errors}");
    }
}

#[test]
fn g01_all_faults_are_told_at_once() {
    let text = starter()
        .replace("version = 1", "version = 2\nbaselin = \"4b825dc642cb6eb9a060e54bf8d69288fbee4904\"")
        .replace("outside-contributors = []", "outside-contributors = [\"*\", 7]")
        .replace("production = true", "production = \"yes\"")
        .replace("enforcement = \"block\"             # block", "enforcement = \"maybe\" # block")
        .replace("test.failed == 0", "test.unit.fialed == 0")
        .replace("retention = \"7y\"                  # how", "retention = \"forever\" # how")
        .replace("approvals >= 1\"", "approvals => 1\"")
        .replace("evidence = [\"scan\"]", "evidence = [\"test\", \"scam\"]")
        .replace("id = \"SCAN-01\"", "id = \"LEDGER\"\ntier = []")
        .replace("title = \"The tests pass\"", "title = \" \"");
    insta::assert_snapshot!(refusal(&text));
}

#[test]
fn what_does_not_agree_is_refused() {
    for (before, after, found) in [
        ("id = \"SCAN-01\"", "id = \"TEST-01\"", "control TEST-01 is there twice"),
        ("id = \"SCAN-01\"", "id = \"REJECTED\"", "a control named REJECTED"),
        ("trigger = [\"release\"] ", "trigger = [\"moon\"] ", "trigger moon of TEST-01"),
        ("trigger = [\"release\"] ", "trigger = [] ", "an empty list"),
        ("evidence = [\"scan\"]", "evidence = [\"test\"]", "scan.critical measures records of kind scan"),
        ("name = \"production\"", "name = \"gate\"", "an environment named gate"),
        ("[[environment]]", "[[service]]\nname = \"payments\"\n[[environment]]", "service payments is there twice"),
        ("name = \"payments\"", "name = \"payments\"\ntag = \"{service}\"", "template \"{service}\""),
        ("name = \"payments\"", "name = \"payments\"\ntag = \"{service}@{commit}+x\"", "template"),
        ("name = \"payments\"", "name = \"payments\"\npaths = [\"/src\"]", "\"/src\" cannot stand here"),
        ("version = 1", "version = 0x1", "another version"),
        ("retention = \"7y\" ", "retention = \"0y\" ", "\"0y\" cannot stand here"),
        ("version = 1", "version = 1\nversion = 1", "this is not TOML"),
        ("version = 1", "version = 1\nservice = 1", "this is not TOML"),
    ] {
        let text = starter().replacen(before, after, 1);
        assert_ne!(text, starter(), "{before}");
        let said = refusal(&text);
        assert!(said.contains(found), "{after}: {said}");
    }
}

#[test]
fn a_catalog_without_controls_lets_nothing_pass() {
    assert!(refusal("version = 1\n").contains("the catalog has no control"));
    assert!(refusal("").contains("the catalog has no version"));
    assert!(refusal(&"#".repeat((1 << 20) + 1)).contains("at most 1 MiB"));
}

#[test]
fn a_rule_is_told_at_its_column_inside_the_string() {
    let text = starter().replace("test.failed == 0", "test.failed == -1");
    let errors = policy::parse(&text, FILE).expect_err("must be refused");
    let line = text.lines().nth(errors.errors()[0].line - 1).expect("the line is there");
    assert_eq!(errors.errors()[0].column, line.find("-1").expect("it is there") + 1);
}

#[test]
fn a21_a_hostile_catalog_reaches_no_terminal_raw() {
    let key = r#""\u001b]0;x\u0007\u202e" = 1"#;
    for text in
        [format!("# \u{9b}2J\u{202e} {key}\nx = 1"), key.to_owned(), starter().replace("== 0", r"== \u001b[31m")]
    {
        let said = refusal(&text);
        assert!(!said.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{said:?}");
    }
}

#[test]
fn every_metric_has_its_paragraph_in_the_guide() {
    let guide = include_str!("../../docs/guide/policy.md");
    for metric in rules::metrics() {
        let paragraph = format!("**`{}`** ({}): {}", metric.name, metric.unit, metric.doc);
        assert!(guide.contains(&paragraph), "docs/guide/policy.md lacks:\n\n{paragraph}\n");
    }
}

#[test]
fn the_catalog_in_the_guide_is_one() {
    let guide = include_str!("../../docs/guide/policy.md");
    let text = guide.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    policy::parse(text, FILE).unwrap_or_else(|errors| panic!("{errors}"));
}
