//! Each form, from files in a commit to a requirement that is covered.

use super::*;

#[test]
fn f05_requirements_of_doorstop_are_traced() {
    let paths = [
        "reqs/.doorstop.yml",
        "reqs/REQ001.yml",
        "reqs/REQ002.yml",
        "reqs/REQ003.yml",
        "tests/.doorstop.yml",
        "tests/TST001.yml",
    ];
    let texts: Vec<(&str, String)> = paths.iter().map(|path| (*path, fixture(&format!("doorstop/{path}")))).collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let project = with_requirements("paths = [\"reqs/*.yml\", \"tests/*.yml\"]", &files);
    record(&project, &[("limit", "REQ001", "passed"), ("receipt", "REQ002", "skipped")]);
    let found = matrix(&project);
    assert_eq!(
        pairs(&found),
        [("REQ001", "covered"), ("REQ002", "not-covered"), ("REQ003", "inactive"), ("TST001", "not-covered")]
    );
    // Its text changes, and nobody reviews it: neither its tests nor what is derived from it rest on what it says now.
    project.commit("reqs/REQ001.yml", &texts[1].1.replace("at most the limit", "anything"));
    record(&project, &[("limit", "REQ001", "passed")]);
    let (standing, links) = traced(&project, "REQ001");
    assert_eq!(standing, "suspect");
    let outdated = |kind: &str| (kind.to_owned(), Some("the requirement has changed since it was reviewed".to_owned()));
    let stamp = ("requirement".to_owned(), Some("the text has changed since the link was checked".to_owned()));
    assert_eq!(links, [stamp, outdated("test"), outdated("test")]);
}

#[test]
fn f05_requirements_of_sphinx_needs_are_traced() {
    let needs = fixture("sphinx-needs/needs.json");
    let project = with_requirements("paths = [\"docs/needs.json\"]\ntypes = [\"req\"]", &[("docs/needs.json", &needs)]);
    record(&project, &[("limit", "REQ_7", "passed")]);
    assert_eq!(pairs(&matrix(&project)), [("REQ_7", "covered"), ("REQ_8", "inactive")]);
}

#[test]
fn f05_requirements_of_strictdoc_are_traced() {
    let project = with_requirements("paths = [\"**/*.sdoc\"]", &[("docs/till.sdoc", &fixture("strictdoc/till.sdoc"))]);
    record(&project, &[("limit", "REQ-7", "passed"), ("limit twice", "REQ-7", "failed"), ("cents", "REQ-8", "passed")]);
    assert_eq!(pairs(&matrix(&project)), [("REQ-7", "failing"), ("REQ-8", "covered")]);
    let (_, links) = traced(&project, "REQ-7");
    assert_eq!(links.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["requirement", "test", "test"]);
}

#[test]
fn f05_requirements_of_openfasttrace_are_traced_with_their_revisions_and_tags() {
    let source = "// [impl->req~refund-limit~2]\n// [impl->dsn~limit-in-cents~1]\n// [impl->req~refund-limit~1] [impl->req~gone~1]\n";
    let files = [("spec/till.md", fixture("openfasttrace/till.md")), ("src/till.c", source.to_owned())];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    let project = with_requirements("paths = [\"spec/*.md\"]\ntags = [\"src/**\"]", &files);
    record(&project, &[("limit", "req~refund-limit~1", "passed"), ("cents", "dsn~limit-in-cents~1", "passed")]);
    let found = matrix(&project);
    assert_eq!(
        pairs(&found),
        [("dsn~limit-in-cents", "covered"), ("req~old", "inactive"), ("req~refund-limit", "suspect")]
    );
    let (standing, links) = traced(&project, "req~refund-limit~2");
    let older = || Some("for revision 1, it is now 2".to_owned());
    assert_eq!(standing, "suspect");
    assert_eq!(
        links,
        [
            ("requirement".to_owned(), older()),
            ("tag".to_owned(), None),
            ("tag".to_owned(), older()),
            ("test".to_owned(), older())
        ]
    );
    let said = project.qms(&["trace", "--requirements"]).ok();
    said.says("req~gone~1 is no requirement here, and is named by tag src/till.c:3  impl");
    record(&project, &[("limit", "req~refund-limit~2", "passed")]);
    assert_eq!(traced(&project, "req~refund-limit").0, "covered");
}

#[test]
fn f05_requirements_of_csv_and_yaml_are_traced() {
    let files = [("reqs/till.csv", fixture("list/till.csv")), ("reqs/till.yaml", fixture("list/till.yaml"))];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    let project = with_requirements("paths = [\"reqs/**\"]", &files);
    // By the names of the tests alone.
    record(
        &project,
        &[("test_limit__REQ_7", "", "passed"), ("limit [REQ-17]", "", "passed"), ("test__REQ_1", "", "passed")],
    );
    let found = matrix(&project);
    let expected = [("REQ-17", "covered"), ("REQ-18", "not-covered"), ("REQ-7", "covered"), ("REQ-8", "inactive")];
    assert_eq!(pairs(&found), expected);
    let said = project.qms(&["trace", "--requirements"]).ok();
    said.says("2 of 3 covered, 0 failing, 0 suspect, 1 not covered; 1 not in force")
        .says("REQ-7        covered      1      Refund limit (critical)");
}
