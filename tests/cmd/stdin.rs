//! `record KIND -`: one JSON object on standard input is the claim; what is shown of a record can be fed back.

use serde_json::{Value, json};

use crate::project::{Project, TRIVY, junit};

const RECORDED: [&str; 8] = ["plan", "build", "test", "scan", "deploy", "monitor", "incident", "defect"];

/// What `show --json` tells of a record, as the object that makes another like it.
fn object_of(shown: &Value) -> Value {
    let header = &shown["header"];
    let mut object = json!({"predicate": shown["predicate"]});
    for name in ["occurred", "service", "environment", "release", "change", "source"] {
        if let Some(value) = header.get(name) {
            object[name] = value.clone();
        }
    }
    let kind = header["kind"].as_str().expect("a kind");
    if let Some(detail) = header.get(format!("urn:git-qms:{kind}:v1")) {
        object["detail"] = detail.clone();
    }
    let artifacts = shown["artifacts"].as_array().expect("artifacts");
    if !artifacts.is_empty() {
        object["artifacts"] = shown["artifacts"].clone();
    }
    object
}

/// Everything that a record says but by whom, when and where in the ledger.
fn said(shown: &Value) -> Value {
    let mut header = shown["header"].clone();
    let members = header.as_object_mut().expect("an object");
    for own in ["recorded", "recorder", "ledger", "files", "dirty", "supersedes"] {
        members.remove(own);
    }
    json!({"header": header, "predicate": shown["predicate"], "artifacts": shown["artifacts"]})
}

fn who(kind: &str) -> &'static str {
    if ["plan", "incident", "defect"].contains(&kind) { "ada" } else { "ci" }
}

#[test]
fn e14_what_is_shown_of_a_record_of_every_kind_can_be_fed_back() {
    let (project, tag) = Project::released();
    let at = ["--release", &tag, "--environment", "production"];
    let deploy = ["record", "deploy", "--outcome", "success", "--migration", "0042", "--infra-revision", "4f2c"];
    project.by("ci", &[&deploy[..], &at[..], &["--actor", "argo"]].concat()).ok();
    let monitor = ["record", "monitor", "--smoke", "pass", "--note", "quiet", "--start", "2026-04-13T09:00:00Z"];
    project.by("ci", &[&monitor[..], &at[..], &["--end", "2026-04-13T09:30:00Z"]].concat()).ok();
    project.by("ada", &[&["record", "incident", "--id", "INC-7", "--severity", "high"][..], &at[..]].concat()).ok();
    project.by("ada", &["record", "defect", "--id", "BUG-1", "--severity", "low", "--release", &tag]).ok();
    for kind in RECORDED {
        let id = project.qms(&["log", "--ids", "--kind", kind]).ok().id();
        let shown = project.qms(&["show", &id, "--json"]).ok().json();
        let object = object_of(&shown);
        let again = project.fed(who(kind), &["record", kind, "-", "--quiet"], object.to_string().as_bytes()).ok().id();
        assert_ne!(again, id, "{kind}: another record");
        let shown_again = project.qms(&["show", &again, "--json"]).ok().json();
        assert_eq!(said(&shown_again), said(&shown), "{kind}");
    }
    project.qms(&["verify"]).ok();
}

#[test]
fn e14_options_go_over_the_object() {
    let project = Project::founded();
    let object = json!({"change": "CHG-1", "environment": "production", "predicate": {
        "reason": "Refund limits", "requirements": ["REQ-1"], "knownRisks": ["one"], "riskTier": "low"}});
    let options = ["--change", "CHG-2", "--requirement", "REQ-2", "--risk", "high", "--reason", "Better limits"];
    let args = [&["record", "plan", "-", "--quiet"][..], &options[..]].concat();
    let id = project.fed("ada", &args, object.to_string().as_bytes()).ok().id();
    let shown = project.qms(&["show", &id, "--json"]).ok().json();
    assert_eq!(shown["header"]["change"], "CHG-2");
    assert_eq!(shown["header"]["environment"], "production");
    let expected =
        json!({"reason": "Better limits", "requirements": ["REQ-2"], "riskTier": "high", "knownRisks": ["one"]});
    assert_eq!(shown["predicate"], expected);
    // A correction has a reason of its own; that of the plan stays.
    let corrected = ["record", "plan", "-", "--quiet", "--supersedes", &id, "--reason", "a slip"];
    let id = project.fed("ada", &corrected, object.to_string().as_bytes()).ok().id();
    let shown = project.qms(&["show", &id, "--json"]).ok().json();
    assert_eq!(shown["predicate"]["reason"], "Refund limits");
    assert_eq!(shown["header"]["supersedes"]["reason"], "a slip");
}

#[test]
fn e14_tests_on_standard_input_need_no_more_than_their_counts() {
    let project = Project::founded();
    project.plan("CHG-1842");
    let object = json!({"detail": {"suites": [{"type": "contract", "passed": 3, "failed": 1, "skipped": 0, "flaky": 0,
        "cases": [{"name": "refund::limit", "outcome": "failed", "requirements": ["REQ-7"]}],
        "ran": {"start": "2026-04-13T09:00:00Z", "end": "2026-04-13T09:01:00Z"}}]}});
    let id = project.fed("ci", &["record", "test", "-", "--quiet"], object.to_string().as_bytes()).ok().id();
    let shown = project.qms(&["show", &id, "--json"]).ok().json();
    assert_eq!(shown["predicate"]["result"], "FAILED");
    assert_eq!(shown["predicate"]["failedTests"], json!(["refund::limit"]));
    assert_eq!(shown["predicate"]["configuration"][0]["digest"]["gitCommit"], shown["record"]["commit"]);
    assert_eq!(shown["header"]["occurred"]["end"], "2026-04-13T09:01:00Z");
    project.qms(&["gate"]).exit(1).says("1 of 4 failed");
}

/// Refused with this pointer and these words, and nothing written.
#[track_caller]
fn refused(project: &Project, kind: &str, input: &[u8], words: &[&str]) {
    let before = project.state();
    let said = project.fed(who(kind), &["record", kind, "-"], input).exit(2);
    assert_eq!(project.state(), before, "nothing is written");
    words.iter().fold(said, |said, word| said.says(word));
}

#[test]
fn e01_an_object_that_does_not_fit_is_named_by_place_value_and_schema() {
    let project = Project::founded();
    let hint = "hint: the shape of the object: git qms schema plan --stdin";
    for (input, words) in [
        (r#"{"change":"C","predicate":{"reason":7}}"#, ["/predicate/reason", "found 7", "expected a string"]),
        (r#"{"change":"C","predicate":{"resaon":"R"}}"#, ["/predicate/resaon", "unknown field", "`reason`"]),
        (r#"{"change":"C","predicate":{}}"#, ["/predicate:", "missing field `reason`", ""]),
        (r#"{"change":"C","predicate":{"reason":"  "}}"#, ["/predicate:", "reason is empty", ""]),
        (r#"{"change":"a b","predicate":{"reason":"R"}}"#, ["/change", "change reference \"a b\"", "found \"a b\""]),
        (
            r#"{"change":"C","predicate":{"reason":"R","requirements":["A","-x"]}}"#,
            ["/predicate/requirements/1", "requirement id \"-x\"", "1 to 100"],
        ),
        (r#"{"predicate":{"reason":"R"},"recorder":"eve"}"#, ["/recorder", "unknown field `recorder`", ""]),
        (r#"{"predicate":{"reason":"R"},"predicate":{"reason":"S"}}"#, ["duplicate key \"predicate\"", "", ""]),
        (r#"{"predicate":{"reason":"R"}}{}"#, ["trailing characters", "", ""]),
        (r#"{"predicate":{"reason":"R"}"#, ["EOF", "", ""]),
        ("", ["EOF", "", ""]),
        ("[1]", ["expected one JSON object", "found [1]", ""]),
        ("{}", ["missing field `predicate`", "", ""]),
    ] {
        refused(&project, "plan", input.as_bytes(), &[&words[..], &[hint]].concat());
    }
    refused(&project, "plan", b"{\"predicate\":{\"reason\":\"\xff\"}}", &["hint:"]);
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    refused(&project, "plan", deep.as_bytes(), &["nested deeper than 32"]);
    let large = format!("{{\"predicate\":{{\"reason\":\"{}\"}}}}", "x".repeat(1 << 20));
    refused(&project, "plan", large.as_bytes(), &["larger than 1048576 bytes"]);
}

#[test]
fn e14_an_object_gives_way_to_what_options_alone_would_be_asked_for() {
    let project = Project::founded();
    refused(&project, "plan", br#"{"predicate":{"reason":"R"}}"#, &["needs the change", "--change"]);
    let deploy = br#"{"predicate":{"outcome":"success","planned":true}}"#;
    refused(&project, "deploy", deploy, &["needs the environment", "--environment"]);
    let built = json!({"artifacts": [{"name": "a", "sha256": "ab".repeat(32)}], "detail": {"artifactSizes": [1]},
        "predicate": {"buildDefinition": {"buildType": "urn:git-qms:build-type:recorded:v1",
            "externalParameters": {"source": format!("git+commit:{}", "12".repeat(20))}, "resolvedDependencies": []},
        "runDetails": {"builder": {"id": "b"}, "metadata": {"invocationId": "1",
            "startedOn": "2026-04-13T09:00:00Z", "finishedOn": "2026-04-13T09:00:00Z"}}}});
    let words = ["/predicate/buildDefinition/externalParameters/source", "another commit", "found \"git+commit:1212"];
    refused(&project, "build", built.to_string().as_bytes(), &words);
    // A plan's words stand in the release notes, whatever way they came.
    let forged = json!({"change": "C", "predicate": {"reason": "R\n-----BEGIN QMS MANIFEST-----"}});
    refused(&project, "plan", forged.to_string().as_bytes(), &["would pass for a part of the release notes"]);
}

#[test]
fn e14_a_report_and_an_object_at_once_are_refused() {
    let project = Project::founded();
    let (junit, trivy) = (project.report("junit.xml", &junit(1, 0, 0)), project.report("trivy.json", TRIVY));
    for args in [
        ["record", "test", "-", "--from", &junit],
        ["record", "scan", "-", "--from", &trivy],
        ["record", "build", "-", "--artifact", &junit],
        ["record", "test", "-", "--suite", "unit"],
    ] {
        project.unchanged(|| project.fed("ci", &args, b"{}")).exit(2).says("cannot be used with");
    }
    project.by("ci", &["record", "test", "x.json"]).exit(2).says("only - can stand here");
}

#[test]
fn e14_a_kind_with_a_command_of_its_own_is_sent_there() {
    let project = Project::founded();
    for (kind, command) in [
        ("approval", "git qms approve"),
        ("gate", "git qms gate --record"),
        ("policy", "git qms policy ratify"),
        ("release", "git qms release"),
        ("checkpoint", "git qms checkpoint"),
    ] {
        project.unchanged(|| project.fed("ada", &["record", kind, "-"], b"{}")).exit(2).says(command);
        project.qms(&["schema", kind, "--stdin"]).exit(2).says("plan, build, test, scan");
    }
}

#[test]
fn e14_the_schema_of_standard_input_is_in_one_piece() {
    let project = Project::founded();
    for kind in RECORDED {
        let schema = project.qms(&["schema", kind, "--stdin"]).ok().json();
        let validator = jsonschema::validator_for(&schema).expect("a schema that needs no other");
        assert!(!validator.is_valid(&json!({"predicate": {}, "x": 1})), "{kind}");
    }
    let schema = project.qms(&["schema", "plan", "--stdin"]).ok().json();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(&json!({"change": "CHG-1", "predicate": {"reason": "R"}})));
}

#[test]
fn a21_nothing_of_an_object_reaches_the_terminal_raw() {
    let project = Project::founded();
    let hostile = "\u{1b}[31m\u{202e}\u{9b}2J";
    let unknown = json!({"predicate": {"reason": "R", hostile: 1}}).to_string();
    let value = json!({"change": format!("C{hostile}"), "predicate": {"reason": "R"}}).to_string();
    for input in [unknown, value] {
        let ran = project.fed("ada", &["record", "plan", "-"], input.as_bytes()).exit(2);
        assert!(!ran.err.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{:?}", ran.err);
    }
    let told = json!({"change": "C", "predicate": {"reason": format!("R{hostile}")}}).to_string();
    let refused = project.fed("ada", &["record", "plan", "-"], told.as_bytes()).exit(2);
    assert!(!refused.err.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{:?}", refused.err);
    let incident = json!({"predicate": {"id": "INC-1", "severity": "low", "detected": "2026-04-13T09:00:00Z",
        "title": format!("T{hostile}")}});
    project.fed("ada", &["record", "incident", "-"], incident.to_string().as_bytes()).ok();
    for args in [&["status"][..], &["log"], &["show"]] {
        let ran = project.qms(args);
        assert!(!ran.out.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{:?}", ran.out);
        ran.says("INC-1 low, open");
    }
}
