//! Requirements: what each form says of the toy project (tests/fixtures/requirements), and what is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use git_qms::ingest::requirement::{
    Names, Requirement, RequirementError, Requirements, Review, Selection, Stamp, Tree, source_tags,
};
use git_qms::record::RequirementId;
use proptest::prelude::*;

use super::*;

/// A tree in memory.
struct Files(BTreeMap<String, Vec<u8>>);

impl Tree for Files {
    fn paths(&self) -> Result<Vec<String>, String> {
        Ok(self.0.keys().cloned().collect())
    }

    fn read(&self, path: &str, max: usize) -> Result<Option<Vec<u8>>, String> {
        let bytes = self.0.get(path);
        if bytes.is_some_and(|bytes| bytes.len() > max) { Err("too large".into()) } else { Ok(bytes.cloned()) }
    }
}

fn files(all: &[(&str, &str)]) -> Files {
    Files(all.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect())
}

/// The files of one folder of fixtures, by their path in it.
fn folder(name: &str) -> Files {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/requirements").join(name);
    let (mut found, mut open) = (BTreeMap::new(), vec![top.clone()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&top).expect("below").to_str().expect("UTF-8").to_owned();
                found.insert(name, std::fs::read(path).expect("a file"));
            }
        }
    }
    Files(found)
}

fn read_with(tree: &Files, types: &[&str]) -> Result<Requirements, RequirementError> {
    let types: Vec<String> = types.iter().map(|one| (*one).to_owned()).collect();
    let inactive = ["rejected".to_owned(), "withdrawn".to_owned()];
    Requirements::read(tree, Selection { is_wanted: &|_| true, types: &types, inactive: &inactive })
}

fn all(tree: &Files) -> Requirements {
    read_with(tree, &[]).unwrap_or_else(|error| panic!("{error}"))
}

fn id(text: &str) -> RequirementId {
    text.parse().expect("an id")
}

fn get<'a>(found: &'a Requirements, name: &str) -> &'a Requirement {
    found.get(&id(name)).unwrap_or_else(|| panic!("{name} in {found:?}"))
}

/// Id, title, revision, critical, active.
fn told(found: &Requirements) -> Vec<(&str, &str, Option<&str>, bool, bool)> {
    found.all().map(|r| (r.id.as_str(), r.title.as_str(), r.revision.as_deref(), r.critical, r.active)).collect()
}

fn refusal_of(all: &[(&str, &str)]) -> String {
    read_with(&files(all), &[]).expect_err("must be refused").to_string()
}

/// The fingerprints that the tool itself wrote are those computed here.
#[test]
fn f05_doorstop() {
    let found = all(&folder("doorstop"));
    assert_eq!(
        told(&found),
        [
            ("REQ001", "Refund limit", None, false, true),
            ("REQ002", "A receipt is printed.", None, false, true),
            ("REQ003", "An old requirement.", None, false, false),
            ("TST001", "Try to get back more than the limit.", None, false, true),
        ]
    );
    assert!(found.all().all(|one| one.review == Review::Reviewed), "{found:?}");
    let parent = &get(&found, "TST001").parents[0];
    assert_eq!(
        (parent.id.as_str(), &parent.stamp),
        ("REQ001", &Stamp::Of(get(&found, "REQ001").stamp.clone().expect("one")))
    );
    assert_eq!(get(&found, "REQ001").form, "Doorstop");
}

#[test]
fn f05_a_doorstop_item_changed_since_its_review_is_outdated_and_so_is_the_stamp_of_its_link() {
    let mut tree = folder("doorstop");
    let change = |tree: &mut Files, path: &str, from: &str, to: &str| {
        let text = String::from_utf8(tree.0[path].clone()).expect("UTF-8");
        assert!(text.contains(from), "{text}");
        tree.0.insert(path.into(), text.replacen(from, to, 1).into_bytes());
    };
    change(&mut tree, "reqs/REQ001.yml", "at most the limit", "whatever is asked for");
    change(&mut tree, "reqs/REQ002.yml", "reviewed: ", "reviewed: null # ");
    change(&mut tree, "reqs/REQ003.yml", "level", "risk: 1.5\nlevel");
    change(&mut tree, "tests/TST001.yml", "REQ001: ", "REQ001 # ");
    let found = all(&tree);
    let reviews = ["REQ001", "REQ002", "REQ003"].map(|name| get(&found, name).review);
    assert_eq!(reviews, [Review::Outdated, Review::Missing, Review::Unknown]);
    assert_eq!(get(&found, "TST001").parents[0].stamp, Stamp::Missing);
    assert_ne!(get(&found, "REQ001").digest, get(&all(&folder("doorstop")), "REQ001").digest);
}

#[test]
fn f05_sphinx_needs() {
    let tree = folder("sphinx-needs");
    let found = all(&tree);
    assert_eq!(
        told(&found),
        [
            ("REQ_7", "Refund limit", None, true, true),
            ("REQ_8", "Receipt", None, false, false),
            ("SPEC_1", "Limit in cents", None, false, true),
        ]
    );
    assert_eq!(get(&found, "SPEC_1").parents[0].id, id("REQ_7"));
    assert_eq!(read_with(&tree, &["req"]).expect("requirements").all().len(), 2, "specifications are none");
    // The version that is current counts.
    let text = String::from_utf8(tree.0["needs.json"].clone()).expect("UTF-8");
    let older = text.replacen("\"current_version\": \"1.1\"", "\"current_version\": \"1.0\"", 1);
    let older = all(&files(&[("needs.json", &older)]));
    assert_ne!(get(&older, "REQ_7").digest, get(&found, "REQ_7").digest);
    let none = text.replacen("\"current_version\": \"1.1\"", "\"current_version\": \"2.0\"", 1);
    let said = refusal_of(&[("needs.json", &none)]);
    assert!(said.contains("the current version \"2.0\" is not among its versions: 1.0, 1.1"), "{said}");
}

#[test]
fn f05_strictdoc() {
    let found = all(&folder("strictdoc"));
    assert_eq!(
        told(&found),
        [("REQ-7", "Refund limit", None, true, true), ("REQ-8", "Limit in cents", None, false, true)]
    );
    assert_eq!(get(&found, "REQ-8").parents[0].id, id("REQ-7"));
    let changed = String::from_utf8(folder("strictdoc").0["till.sdoc"].clone()).expect("UTF-8");
    let changed = all(&files(&[("till.sdoc", &changed.replace("More is refused.", "More is paid."))]));
    assert_ne!(get(&changed, "REQ-7").digest, get(&found, "REQ-7").digest, "every line of the statement counts");
    assert_eq!(get(&changed, "REQ-8").digest, get(&found, "REQ-8").digest);
}

#[test]
fn f05_openfasttrace() {
    let tree = folder("openfasttrace");
    let found = all(&tree);
    assert_eq!(
        told(&found),
        [
            ("dsn~limit-in-cents", "Limit in cents", Some("1"), false, true),
            ("req~old", "Old", Some("1"), false, false),
            ("req~refund-limit", "Refund limit", Some("2"), true, true),
        ]
    );
    let parents: Vec<_> = get(&found, "req~refund-limit").parents.iter().map(|parent| parent.id.as_str()).collect();
    assert_eq!(parents, ["feat~refunds~1", "feat~money~3"]);
    assert_eq!(
        found.linked(&id("req~refund-limit~1")).map(|(one, revision)| (one.id.as_str(), revision)),
        Some(("req~refund-limit", Some("1")))
    );
    assert_eq!(found.linked(&id("req~in-code~1")), None);
    // Why it is wanted is not what is wanted.
    let text = String::from_utf8(tree.0["till.md"].clone()).expect("UTF-8");
    let other = all(&files(&[("till.md", &text.replace("Fraud.", "Law."))]));
    assert_eq!(get(&other, "req~refund-limit").digest, get(&found, "req~refund-limit").digest);
}

#[test]
fn f05_lists() {
    let found = all(&folder("list"));
    assert_eq!(
        told(&found),
        [
            ("REQ-17", "Refund limit", Some("3"), true, true),
            ("REQ-18", "Limit in cents", None, false, true),
            ("REQ-7", "Refund limit", Some("3"), true, true),
            ("REQ-8", "Receipt", None, false, false),
        ]
    );
    assert_eq!(get(&found, "REQ-18").parents[0].id, id("REQ-17"));
}

#[test]
fn f05_what_is_malformed_is_refused_with_its_place() {
    let doorstop = "active: true\nlevel: 1.0\nnormative: true\ntext: x\n";
    let sdoc = "[DOCUMENT]\nTITLE: T\n\n[REQUIREMENT]\nUID: REQ-1\n";
    for (all, said) in [
        (&[("a.csv", "id,title\nREQ-1,a\nREQ-1,b\n")][..], "requirement REQ-1 is written twice: in a.csv and in a.csv"),
        (&[("a.csv", "id,title\nREQ-1,a\n"), ("b.yml", "- id: REQ-1\n")], "twice: in a.csv and in b.yml"),
        (&[("a.csv", "id,title\nREQ-1\n")], "a.csv:2: is not sound CSV"),
        (&[("a.csv", "name,title\nREQ-1,a\n")], "a.csv:1: is not sound CSV: the header has no column id"),
        (&[("a.csv", "id,id\nREQ-1,a\n")], "the column id twice"),
        (&[("a.csv", "id,critical\nREQ-1,maybe\n")], "critical of REQ-1 is \"maybe\", where true or false is expected"),
        (&[("a.csv", "id,title\n-x,a\n")], "a.csv:2: is not sound CSV: \"-x\" is no id"),
        (&[("a.yml", "- title: x\n")], "requirement 1 of the list has no id"),
        (&[("a.yml", "- id: [a\n")], "a.yml:"),
        (&[("a.txt", "hello")], "a.txt: holds no requirements that are understood"),
        (&[("a.yml", "hello: 1\n")], "a.yml: holds no requirements that are understood"),
        (&[("r/R1.yml", doorstop)], "there is no r/.doorstop.yml beside it"),
        (&[("r/.doorstop.yml", "a: b: c\n"), ("r/R1.yml", doorstop)], "r/.doorstop.yml:1: is not sound Doorstop"),
        (
            &[("r/.doorstop.yml", "settings:\n"), ("r/R1.yml", "active: maybe\nlevel: 1\nnormative: true\n")],
            "active is \"maybe\"",
        ),
        (&[("n.json", r#"{"versions":{"1":{"needs":{}}}}"#)], "missing field `current_version`"),
        (&[("n.json", r#"{"versions":{},"versions":{}}"#)], "duplicate key"),
        (&[("n.json", r#"{"versions":{"#)], "n.json: is not sound sphinx-needs JSON"),
        (
            &[("a.sdoc", "[REQUIREMENT]\nUID: R\n")],
            "a.sdoc:1: is not sound StrictDoc: it does not begin with [DOCUMENT]",
        ),
        (
            &[("a.sdoc", &format!("{sdoc}STATEMENT: >>>\nnever ends\n"))],
            "a.sdoc:6: is not sound StrictDoc: the text that begins with >>> has no <<<",
        ),
        (&[("a.sdoc", &format!("{sdoc}what is this\n"))], "a.sdoc:6: is not sound StrictDoc"),
        (
            &[("a.md", "`req~a~1`\n\nCovers:\n- nothing\n")],
            "a.md:4: is not sound OpenFastTrace Markdown: \"nothing\" is no id of the form type~name~revision",
        ),
    ] {
        let found = refusal_of(all);
        assert!(found.contains(said), "{all:?}: {found}");
    }
    let latin = Files(BTreeMap::from([("a.csv".to_owned(), b"id,title\nREQ-1,\xe9\n".to_vec())]));
    let said = read_with(&latin, &[]).expect_err("no UTF-8").to_string();
    assert_eq!(said, "a.csv: is not UTF-8 (byte 15)");
}

/// Prose and a tool's own settings are no requirements, and no error.
#[test]
fn f05_prose_is_passed_over() {
    assert_eq!(all(&files(&[("README.md", "# About req~a~1\n"), ("r/.doorstop.yml", "settings:\n")])).all().len(), 0);
}

#[test]
fn f05_names_of_tests_link_only_what_is_there() {
    let found = all(&files(&[("a.csv", "id,title\nREQ-7,a\nREQ-77,b\nSYS_1,c\nSYS-1,d\nreq~limit,e\n")]));
    let names = Names::of(&found);
    for (name, expected) in [
        ("refunds.test_limit__REQ_7", &["REQ-7"][..]),
        ("refunds.test_limit__REQ_77", &["REQ-77"]),
        ("refunds.test__REQ_7__REQ_77[param]", &["REQ-7", "REQ-77"]),
        ("Refund is limited [REQ-7] and [ REQ-77 ]", &["REQ-7", "REQ-77"]),
        ("limit [req~limit~2]", &["req~limit~2"]),
        ("test__req_limit", &["req~limit"]),
        ("test_REQ_7", &[]),
        ("test__REQ_7_more", &[]),
        ("test__req_7", &[]),
        ("test REQ-7", &[]),
        ("test [REQ-8] [0]", &[]),
        ("test__SYS_1", &[]),
        ("test [SYS_1]", &["SYS_1"]),
    ] {
        let found: Vec<_> = names.in_name(name).into_iter().map(|id| id.to_string()).collect();
        assert_eq!(found, expected, "{name}");
    }
    let report = br#"<testsuite><testcase name="test__REQ_7"/><testcase name="other"/></testsuite>"#;
    let report = git_qms::ingest::read_from("junit.xml", &report[..], Some(&Arc::new(names))).expect("a report");
    let (result, detail) = claim(&[report]);
    assert_eq!(result.passed_tests, ["test__REQ_7"], "a linked case that passed is named");
    assert_eq!(detail.suites[0].cases[0].requirements, [id("REQ-7")]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// No bytes make a reader panic.
    #[test]
    fn any_bytes_of_requirements(
        path in prop::sample::select(&["a.yml", "a.md", "a.csv", "a.json", "a.sdoc", "r/R1.yml"][..]),
        start in prop::sample::select(&["", "- id: a\n", "active: true\nlevel: 1\nnormative: true\n", "[DOCUMENT]\n[REQUIREMENT]\nUID: a\n", "`req~a~1`\n", "id,title\n", "{\"versions\":{"][..]),
        rest in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"-:[]{}|>&*!%@`'\"#\n\t ~".to_vec())], 0..200),
    ) {
        let tree = Files(BTreeMap::from([
            (path.to_owned(), [start.as_bytes(), &rest].concat()),
            ("r/.doorstop.yml".to_owned(), rest.clone()),
        ]));
        let _read = read_with(&tree, &[]);
        let _tags = source_tags(&String::from_utf8_lossy(&rest));
    }
}
