//! SARIF: levels, suppressions, baselines, failed runs, several tools.

use git_qms::record::kind::analysis::{Analysis, Level};
use git_qms::record::kind::findings::{Cause, RunOutcome};

use super::*;

fn analysed(report: &Report) -> Analysis {
    let claim = analysis_claim(report).unwrap_or_else(|error| panic!("{error}"));
    written(&Claim::Analysis(claim.clone()), None);
    claim
}

fn levels(claim: &Analysis) -> [u64; 4] {
    [claim.counts.error, claim.counts.warning, claim.counts.note, claim.counts.none]
}

fn sarif(runs: &str) -> Report {
    let text = format!(r#"{{"version":"2.1.0","runs":[{runs}]}}"#);
    read("a.sarif", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

/// A run of a tool with one rule `r` of level error.
fn results(results: &str) -> Analysis {
    let tool = r#""tool":{"driver":{"name":"t","rules":[{"id":"r","defaultConfiguration":{"level":"error"}}]}}"#;
    analysed(&sarif(&format!(r#"{{{tool},"results":[{results}]}}"#)))
}

/// E06, E14: what tools write on the toy project.
#[test]
fn tools() {
    for (name, summary) in [
        ("sarif-bandit.json", "Bandit: 1 error, 1 warning, 2 notes"),
        ("sarif-eslint.json", "ESLint: 2 errors, 2 warnings; set aside: 1 suppressed"),
        ("sarif-ruff.json", "ruff: 6 errors"),
        ("sarif-semgrep.json", "Semgrep OSS: 1 error, 2 warnings"),
    ] {
        use git_qms::record::kind::Predicate as _;
        assert_eq!(analysed(&fixture(name)).summary(), summary);
    }
    let eslint = analysed(&fixture("sarif-eslint.json"));
    assert_eq!(eslint.set_aside[0].findings[0].reason.as_deref(), Some("inSource: the till's own calculator"));
    let bandit = fixture("sarif-bandit.json");
    let Report::Analysis(report) = &bandit else { panic!("an analysis") };
    assert_eq!(report.ran().map(|ran| ran.end.to_string()).as_deref(), Some("2026-11-24T07:47:00Z"));
}

/// E15: where the project lies on the machine is not copied, nor is any source.
#[test]
fn nothing_of_the_machine_is_copied() {
    for name in ["sarif-eslint.json", "sarif-ruff.json", "sarif-semgrep.json"] {
        let text = serde_json::to_string(&analysed(&fixture(name))).expect("JSON");
        assert!(!text.contains("/home") && !text.contains("subprocess.call"), "{text}");
    }
    let file = analysed(&fixture("sarif-eslint.json")).findings.remove(0).file;
    assert_eq!(file.as_deref(), Some("…/till.js"));
}

/// E06: an error notification, a crash and a missing results array are a failed run, never a clean one.
#[test]
fn e06_a_run_that_failed_is_no_clean_analysis() {
    let claim = analysed(&fixture("sarif-semgrep-failed.json"));
    assert_eq!((claim.run.outcome, claim.counts.total()), (RunOutcome::Failed, 0));
    assert_eq!(claim.run.reasons, ["SemgrepError: Invalid scanning root: absent.py"]);
    let tool = r#""tool":{"driver":{"name":"t"}}"#;
    for broken in [
        r#""results":[],"invocations":[{"executionSuccessful":false}]"#,
        r#""results":[],"invocations":[{"executionSuccessful":true},{"executionSuccessful":false}]"#,
        r#""results":[],"invocations":[{}]"#,
        r#""results":[],"invocations":[{"executionSuccessful":true,"processStartFailureMessage":"no such file"}]"#,
        r#""results":[],"invocations":[{"executionSuccessful":true,"exitSignalName":"SIGKILL"}]"#,
        r#""results":[],"invocations":[{"executionSuccessful":true,"toolConfigurationNotifications":[{"level":"error"}]}]"#,
        r#""results":null"#,
        r#""invocations":[{"executionSuccessful":true}]"#,
    ] {
        let report = sarif(&format!("{{{tool},{broken}}}"));
        let claim = analysed(&report);
        assert_eq!(claim.run.outcome, RunOutcome::Failed, "{broken}");
        assert!(!claim.run.reasons.is_empty());
        let (_, detail) = scan_claim(&report, noon()).expect("a failed scan");
        assert_eq!(detail.run.outcome, RunOutcome::Failed, "{broken}");
    }
    let warned = r#""results":[],"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":[{"level":"warning"}]}]"#;
    assert_eq!(analysed(&sarif(&format!("{{{tool},{warned}}}"))).run.outcome, RunOutcome::Complete);
}

#[test]
fn the_level_is_the_results_own_then_the_rules_then_warning() {
    let claim = results(
        r#"{"ruleId":"r"},{"ruleId":"r","level":"note"},{"ruleId":"r/sub"},{"ruleIndex":0},{"ruleId":"s"},
        {"rule":{"index":0}},{"rule":{"id":"r"}},{"ruleId":"r","level":"none"}"#,
    );
    assert_eq!(levels(&claim), [5, 1, 1, 1]);
    assert_eq!(claim.findings[0].level, Level::Error, "errors first");
    let extension = r#"{"tool":{"driver":{"name":"t"},"extensions":[{"name":"e","guid":"7","rules":[{"id":"x","defaultConfiguration":{"level":"error"}}]}]},
        "results":[{"ruleId":"x"},{"rule":{"index":0,"toolComponent":{"index":0}}},{"rule":{"id":"x","toolComponent":{"name":"e"}}},
        {"rule":{"index":0,"toolComponent":{"guid":"7"}}},{"ruleId":"x","rule":{"index":0,"toolComponent":{"index":4}}}]}"#;
    assert_eq!(levels(&analysed(&sarif(extension))), [4, 1, 0, 0], "an extension that is not there has no default");
    let told = r#"{"tool":{"driver":{"name":"t","rules":[{"id":"r","defaultConfiguration":{"level":"note"}}]}},
        "invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[{"descriptor":{"index":0},"configuration":{"level":"error"}}]}],
        "results":[{"ruleId":"r","provenance":{"invocationIndex":0}},{"ruleId":"r"}]}"#;
    assert_eq!(levels(&analysed(&sarif(told))), [1, 0, 1, 0], "what the invocation was told comes before the default");
}

#[test]
fn what_is_of_another_kind_is_no_finding_and_is_told() {
    let claim = results(r#"{"kind":"pass"},{"kind":"review","level":"none"},{"kind":"review"},{"kind":"fail"}"#);
    assert_eq!(claim.counts.total(), 1);
    let told: Vec<_> = claim.not_counted.iter().map(|one| (one.what.as_str(), one.count)).collect();
    assert_eq!(told, [("results of kind pass", 1), ("results of kind review", 2)]);
}

#[test]
fn only_what_is_accepted_is_suppressed() {
    let claim = results(
        r#"{"suppressions":[]},{"suppressions":[{"kind":"external","status":"rejected"}]},
        {"suppressions":[{"kind":"external","status":"underReview"}]},
        {"suppressions":[{"kind":"inSource"},{"kind":"external","status":"rejected"}]},
        {"suppressions":[{"kind":"inSource"}]},{"suppressions":[{"kind":"external","status":"accepted","justification":"J"}]}"#,
    );
    assert_eq!((claim.counts.total(), claim.set_aside[0].cause, claim.set_aside[0].count), (4, Cause::Suppressed, 2));
}

#[test]
fn what_the_baseline_knew_counts_and_what_is_gone_is_told() {
    let claim = results(
        r#"{"baselineState":"new"},{"baselineState":"unchanged"},{"baselineState":"updated"},{"baselineState":"absent"}"#,
    );
    assert_eq!((claim.counts.total(), claim.set_aside[0].cause, claim.set_aside[0].count), (3, Cause::Absent, 1));
}

#[test]
fn runs_of_one_tool_are_one_and_the_worse_end_counts() {
    let run = |name: &str, more: &str| format!(r#"{{"tool":{{"driver":{{"name":"{name}"}}}},"results":[{{}}]{more}}}"#);
    let failed = r#","invocations":[{"executionSuccessful":false}]"#;
    let claim = analysed(&sarif(&[run("t", ""), run("t", failed)].join(",")));
    assert_eq!((claim.counts.total(), claim.run.merged, claim.run.outcome), (2, Some(2), RunOutcome::Failed));
    let two = sarif(&[run("t", ""), run("u", "")].join(","));
    let error = analysis_claim(&two).expect_err("two tools").to_string();
    assert!(error.contains("several tools (1 t, 2 u)") && error.contains("--tool-run"), "{error}");
    for chosen in ["2", "u", "U"] {
        assert_eq!(analysed(&two.clone().only(Some(chosen)).expect("a run")).tool.name, "u");
    }
    for absent in ["0", "3", "v", "-1"] {
        let error = two.clone().only(Some(absent)).expect_err("no such run").to_string();
        assert!(error.contains("1 t, 2 u"), "{error}");
    }
    assert!(fixture("junit-jest.xml").only(Some("1")).is_err());
}

/// Whether SARIF is a scan is for its rules to say: a linter's silence is not a clean scan.
#[test]
fn e06_sarif_is_a_scan_where_its_rules_rate_vulnerabilities() {
    let (claim, detail) = scan_claim(&fixture("sarif-semgrep.json"), noon()).expect("a claim");
    assert_eq!(detail.summary(), "Semgrep OSS: 2 high, 1 of unknown severity", "two in one file are two");
    assert_eq!(claim.scanner.result.len(), 3);
    let error = scan_claim(&fixture("sarif-ruff.json"), noon()).expect_err("a linter").to_string();
    assert!(error.contains("git qms record analysis --from sarif-ruff.json"), "{error}");
    let clean = sarif(r#"{"tool":{"driver":{"name":"Trivy"}},"results":[]}"#);
    let error = scan_claim(&clean, noon()).expect_err("trivy config writes the same").to_string();
    assert!(error.contains("or give the scanner's own JSON"), "{error}");
    let odd = |severity: &str| {
        let rule = format!(r#"{{"id":"r","properties":{{"security-severity":{severity}}}}}"#);
        let run = format!(r#"{{"tool":{{"driver":{{"name":"t","rules":[{rule}]}}}},"results":[{{"ruleId":"r"}}]}}"#);
        scan_claim(&sarif(&run), noon()).expect("a claim").1.summary()
    };
    assert_eq!(odd("\"9.0\""), "t: 1 critical");
    assert_eq!(odd("4"), "t: 1 medium");
    for unknown in ["\"1e400\"", "\"11\"", "\"\"", "\"NaN\"", "-1", "null", "{}"] {
        assert_eq!(odd(unknown), "t: 1 of unknown severity", "{unknown}");
    }
}

#[test]
fn what_is_not_read_is_refused() {
    let tool = r#""tool":{"driver":{"name":"t"}}"#;
    for (text, words) in [
        (r#"{"version":"2.0.0","runs":[]}"#.to_owned(), "version \"2.0.0\" is not 2.1.0"),
        (r#"{"version":"2.1.0","runs":[]}"#.to_owned(), "has no run"),
        (
            format!(r#"{{"version":"2.1.0","runs":[{{{tool}}}],"inlineExternalProperties":[{{}}]}}"#),
            "inlineExternalProperties",
        ),
        (
            format!(r#"{{"version":"2.1.0","runs":[{{{tool},"externalPropertyFileReferences":{{"results":[]}}}}]}}"#),
            "keeps its results in other files",
        ),
        (format!(r#"{{"version":"2.1.0","runs":[{{{tool},"results":[{{"level":"fatal"}}]}}]}}"#), "level \"fatal\""),
        (format!(r#"{{"version":"2.1.0","runs":[{{{tool},"results":[{{"kind":"odd"}}]}}]}}"#), "kind \"odd\""),
        (
            format!(r#"{{"version":"2.1.0","runs":[{{{tool},"results":[{{"baselineState":"old"}}]}}]}}"#),
            "baselineState",
        ),
        (r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":" "}},"results":[]}]}"#.to_owned(), "has no name"),
    ] {
        assert!(refusal(&text).contains(words), "{text}: {}", refusal(&text));
    }
}

#[test]
fn more_findings_than_a_record_lists_are_counted() {
    let one = |at| {
        format!(
            r#"{{"ruleId":"r","level":"error","locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"{at}{}"}}}}}}]}}"#,
            "x".repeat(900)
        )
    };
    let all: Vec<String> = (0..3_000).map(one).collect();
    let claim = results(&all.join(","));
    assert_eq!((claim.counts.error, claim.findings.len() as u64 + claim.omitted), (3_000, 3_000));
}
