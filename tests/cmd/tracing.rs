//! `git qms trace`: from what is wanted to what came of it, and back.

use serde_json::{Value, json};

use crate::project::Project;
use crate::recording::refused;

const REPORT: &str = r#"<testsuites><testsuite name="s" tests="2">
<testcase classname="refunds" name="limit" time="1"><properties><property name="requirement" value="REQ-7"/></properties></testcase>
<testcase classname="refunds" name="other" time="1"/></testsuite></testsuites>"#;

/// A requirement that was planned, tested, released, deployed, and came back as an incident and a defect.
fn told() -> (Project, String, String) {
    let project = Project::founded();
    let plan = ["record", "plan", "--change", "CHG-1842", "--reason", "Refund limits", "--requirement", "REQ-7"];
    let more = ["--requirement", "REQ-8", "--rollback", "restore previous", "--monitoring", "errors"];
    project.by("ada", &[&plan[..], &more].concat()).ok();
    project.prove();
    let report = project.report("linked.xml", REPORT);
    project.by("ci", &["record", "test", "--suite", "integration", "--from", &report]).ok();
    let tag = project.by("grace", &["release", "--quiet"]).ok().id();
    let deploy = ["record", "deploy", "--quiet", "--release", &tag, "--environment", "production"];
    let deploy = project
        .by("ci", &[&deploy[..], &["--outcome", "success", "--artifact", "../payments.tar.gz"]].concat())
        .ok()
        .id();
    let monitor = ["record", "monitor", "--smoke", "pass", "--environment", "production", "--release", &tag];
    project.by("ci", &monitor).ok();
    let case = [
        "--severity",
        "high",
        "--release",
        &tag,
        "--deployment",
        &deploy,
        "--introduced-by",
        "HEAD",
        "--missed-by",
        "integration",
    ];
    project.by("grace", &[&["record", "incident", "--id", "INC-12"][..], &case].concat()).ok();
    project.by("grace", &[&["record", "defect", "--id", "BUG-41"][..], &case].concat()).ok();
    (project, tag, deploy)
}

fn types(json: &Value) -> Vec<String> {
    let nodes = json["graph"]["nodes"].as_array().expect("nodes");
    nodes.iter().map(|node| node["type"].as_str().expect("a type").to_owned()).collect()
}

#[test]
fn f02_from_a_requirement_to_its_incident_and_back() {
    let (project, tag, deploy) = told();
    let trace = |what: &str| project.qms(&["trace", what, "--json"]).ok().json();
    let forth = trace("REQ-7");
    for kind in [
        "requirement",
        "plan",
        "change",
        "test",
        "commit",
        "approval",
        "gate",
        "release",
        "deploy",
        "monitor",
        "incident",
        "defect",
    ] {
        assert!(types(&forth).contains(&kind.to_owned()), "{kind}: {:?}", types(&forth));
    }
    let back = trace("INC-12");
    for kind in ["requirement", "plan", "change", "test", "commit", "approval", "release", "deploy"] {
        assert!(types(&back).contains(&kind.to_owned()), "{kind}: {:?}", types(&back));
    }
    // Not sideways: another's monitoring is nothing that leads to the incident.
    assert!(!types(&back).contains(&"monitor".to_owned()));
    // Every edge goes on along the way, so that it can be drawn in columns, and joins nodes that are there.
    let nodes = forth["graph"]["nodes"].as_array().expect("nodes");
    for edge in forth["graph"]["edges"].as_array().expect("edges") {
        let rank =
            |at: usize| nodes[usize::try_from(edge[at].as_u64().expect("a place")).expect("small")]["rank"].as_u64();
        assert!(rank(0) < rank(1), "{edge}");
    }
    for what in [&*tag, "payments", "CHG-1842", "chg-1842", "HEAD", "payments.tar.gz", "BUG-41", "grace", &deploy[..12]]
    {
        let json = trace(what);
        assert!(types(&json).iter().any(|kind| kind == "deploy" || kind == "defect"), "{what}: {:?}", types(&json));
    }
    let said = project.qms(&["trace", "REQ-7"]).ok();
    said.says("leads to").says("plan ").says("incident INC-12: INC-12 high, open").says(", see above");
}

#[test]
fn f02_of_a_defect_it_is_told_what_brought_it_what_missed_it_and_what_shows_that_the_control_ran() {
    let (project, tag, _) = told();
    let json = project.qms(&["trace", "BUG-41", "--json"]).ok().json();
    let case = &json["case"];
    let head = project.git(&["rev-parse", "HEAD"]).trim().to_owned();
    assert_eq!(
        (&case["introducedBy"], &case["missedBy"], &case["release"]),
        (&json!(head), &json!("integration"), &json!(tag))
    );
    assert_eq!(case["ran"].as_array().map(Vec::len), Some(1));
    assert!(case["author"].as_str().is_some_and(|author| author.contains('@')));
    assert!(case["approvers"][0].as_str().is_some_and(|who| who.starts_with("Grace")), "{case}");
    let control =
        case["controls"].as_array().expect("a list").iter().find(|one| one["id"] == "TEST-01").expect("the control");
    assert_eq!(control["outcome"], "pass");
    assert!(control["records"].as_array().is_some_and(|records| !records.is_empty()));
    let said = project.qms(&["trace", "BUG-41"]).ok();
    said.says(&format!("introduced    {}", &head[..7]))
        .says("missed by     integration, which ran in")
        .says("approved by   Grace");
}

#[test]
fn f02_an_artifact_says_which_releases_and_environments_hold_it_now() {
    let (project, tag, deploy) = told();
    let now = |what: &str| project.qms(&["trace", what, "--json"]).ok().json()["now"].clone();
    let places = |what: &str| {
        let all = now(what).as_array().expect("a list").clone();
        let told = |one: &Value| json!([one["service"], one["environment"], one["release"], one["deployment"]]);
        all.iter().map(told).collect::<Value>()
    };
    let there = json!([["payments", "production", tag, deploy]]);
    assert_eq!(places("payments.tar.gz"), there);
    assert_eq!(
        (&now("payments.tar.gz")[0]["by"], now("payments.tar.gz")[0]["since"].is_string()),
        (&json!("ci"), true)
    );
    let said = project.qms(&["trace", "payments.tar.gz"]).ok();
    said.says(&format!("now in  payments → production: {tag}"));
    // Another deployment takes its place.
    let args =
        ["record", "deploy", "--release", &tag, "--environment", "production", "--outcome", "success", "--artifact"];
    let other = project.report("hotfix.bin", "hotfix");
    project.by("ci", &[&args[..], &[&other]].concat()).exit(0);
    assert_ne!(places("payments.tar.gz"), there);
    // What was taken back at once is not there any more, and what was there before is.
    let back = ["record", "deploy", "--release", &tag, "--environment", "production", "--outcome", "rolled-back"];
    project.by("ci", &back).ok();
    assert_eq!(now("payments.tar.gz"), json!([]));
}

#[test]
fn f02_a_file_a_commit_and_a_change_are_where_a_release_that_contains_them_is() {
    let (project, first, _) = told();
    let early = project.git(&["rev-parse", "HEAD~1"]);
    project.commit("app.txt", "two\n");
    project.plan("CHG-7");
    project.prove();
    let second = project.by("grace", &["release", "--quiet", "--change", "CHG-7"]).ok().id();
    let deploy = ["record", "deploy", "--release", &second, "--environment", "production", "--outcome", "success"];
    project.by("ci", &deploy).ok();
    let now = |what: &str| project.qms(&["trace", what, "--json"]).ok().json()["now"].clone();
    // The first release that contains it is told in the graph; what is there now is another.
    for what in [&early[..], "CHG-1842", "CHG-7", "HEAD", ".qms/policy.toml", "app.txt"] {
        assert_eq!(now(what)[0]["release"], json!(second), "{what}");
    }
    assert_eq!(now(&first), json!([]), "the release itself was replaced");
    assert_eq!(now("app.txt")[0]["asAtHead"], true);
    project.commit("app.txt", "three\n");
    project.commit("new.txt", "new\n");
    assert_eq!((now("app.txt")[0]["asAtHead"].clone(), now("new.txt")), (false.into(), json!([])));
    project.qms(&["trace", "app.txt"]).ok().says("other than at HEAD");
    assert_eq!((now("HEAD"), now("HEAD~2")[0]["release"].clone()), (json!([]), json!(second)));
}

#[test]
fn f02_an_attached_file_leads_from_its_digest_to_what_it_was_evidence_for() {
    let (project, tag, _) = told();
    let test = project.qms(&["log", "--kind", "test", "--ids"]).ok().out.lines().last().expect("an id").to_owned();
    let file = project.qms(&["show", &test, "--json"]).ok().json()["files"][0]["sha256"].clone();
    let digest = file.as_str().expect("a digest");
    let json = project.qms(&["trace", &digest[..14], "--json"]).ok().json();
    let kinds = types(&json);
    for kind in ["attachment", "test", "commit", "release", "deploy", "incident"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind}: {kinds:?}");
    }
    assert_eq!(json["now"][0]["release"], json!(tag));
}

#[test]
fn f02_a_file_of_the_tree_leads_to_the_releases_that_contain_what_was_done_to_it() {
    let (project, tag, _) = told();
    let releases = |what: &str| {
        let json = project.qms(&["trace", what, "--json"]).ok().json();
        let nodes = json["graph"]["nodes"].as_array().expect("nodes").clone();
        let of = |kind: &str| {
            nodes.iter().filter(|node| node["type"] == kind).map(|node| node["id"].clone()).collect::<Vec<_>>()
        };
        (of("commit"), of("release"))
    };
    let policy = releases(".qms/policy.toml");
    assert_eq!(policy.1, [json!(tag)]);
    project.commit("new.txt", "new\n");
    let head = project.git(&["rev-parse", "HEAD"]).trim().to_owned();
    assert_eq!(releases("new.txt"), (vec![json!(head)], vec![]));
    assert_eq!(releases(".qms/policy.toml"), policy);
    refused(
        &project,
        "ada",
        &["trace", "no/such.txt"],
        2,
        &["names nothing that is on record, unless it is a requirement"],
    );
}

#[test]
fn f02_a_trace_is_drawn_by_graphviz_and_mermaid() {
    let (project, ..) = told();
    let dot = project.qms(&["trace", "CHG-1842", "--format", "dot"]).ok().out;
    assert!(dot.starts_with("digraph trace {\n") && dot.ends_with("}\n") && dot.contains(" -> "), "{dot}");
    assert!(dot.contains("label=\"change CHG-1842\", style=bold"), "{dot}");
    let mermaid = project.qms(&["trace", "CHG-1842", "--format", "mermaid"]).ok().out;
    assert!(mermaid.starts_with("flowchart LR\n") && mermaid.contains(" --> "), "{mermaid}");
    let svg = project.qms(&["trace", "CHG-1842", "--format", "svg"]).ok().out;
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>\n"), "{svg}");
    let page = project.qms(&["trace", "INC-12", "--format", "html"]).ok().out;
    for text in ["<!DOCTYPE html>", "<svg ", "missed by", "which ran in", "Everything in it", "default-src 'none'"] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert!(!page.contains("<script") && !page.contains("style=\""), "{page}");
}

#[test]
fn f02_the_matrix_tells_each_requirement_with_its_tests_in_each_release() {
    let (project, tag, _) = told();
    let cells = project.qms(&["trace", "--matrix", "--json"]).ok().json()["cells"].clone();
    assert_eq!(cells.as_array().map(Vec::len), Some(2));
    for (key, value) in [("requirement", "REQ-7"), ("release", &*tag), ("suite", "integration"), ("outcome", "passed")]
    {
        assert_eq!(cells[0][key], value, "{key}");
    }
    assert_eq!((&cells[1]["requirement"], &cells[1]["outcome"]), (&json!("REQ-8"), &json!(null)));
    let csv = project.qms(&["trace", "--matrix", "--format", "csv"]).ok().out;
    assert!(csv.starts_with("requirement,release,suite,case,outcome,record\r\nREQ-7,"), "{csv}");
    assert!(csv.contains(&format!("\r\nREQ-8,{tag},,,not tested,\r\n")), "{csv}");
    project.qms(&["trace", "--matrix"]).ok().says("not tested");
}

#[test]
fn f02_what_nobody_recorded_and_what_has_no_such_form_is_refused() {
    let (project, ..) = told();
    // It may be a requirement, and where these are is not said.
    let missing = ["so that none is read", "\"CHG-9999\" names nothing that is on record, unless"];
    refused(&project, "ada", &["trace", "CHG-9999"], 2, &missing);
    refused(&project, "ada", &["trace", "no such thing"], 1, &["names nothing that is on record", "git qms log"]);
    refused(&project, "ada", &["trace", "HEAD", "--format", "csv"], 2, &["--matrix"]);
    refused(&project, "ada", &["trace", "--matrix", "--format", "dot"], 2, &["is a table"]);
    refused(&project, "ada", &["trace", "HEAD", "--json", "--format", "dot"], 2, &["two things"]);
}
