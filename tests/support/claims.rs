//! Claims as reports of tools give them, in short.

use git_qms::record::kind::analysis::{Analysis, Levels};
use git_qms::record::kind::approval::{Approval, Meaning};
use git_qms::record::kind::build::{self, BuildDetail};
use git_qms::record::kind::findings::{Run, RunOutcome};
use git_qms::record::kind::plan::Plan;
use git_qms::record::kind::policy::PolicyRatification;
use git_qms::record::kind::scan::{Database, ScanDetail, ScanMetadata, Scanner, Severities, Vulnerabilities};
use git_qms::record::kind::test::{Coverage, Outcome, Suite, TestDetail, TestResult, Tool};
use git_qms::record::{Claim, FileDigest, Header, RecordId, Span, UtcTime};

pub(crate) fn suite(kind: &str, passed: u64, failed: u64) -> Suite {
    Suite {
        kind: kind.parse().expect("a suite type"),
        tool: None,
        passed,
        failed,
        skipped: 3,
        flaky: 0,
        disabled: 0,
        expected_failures: 0,
        unexpected_passes: 0,
        duration_ms: None,
        ran: None,
        cases: Vec::new(),
        omitted: 0,
    }
}

/// The predicate of a test record; what it found lies in the header.
pub(crate) fn test() -> Claim {
    let configuration = Vec::new();
    let (passed_tests, warned_tests, failed_tests) = (Vec::new(), Vec::new(), Vec::new());
    Claim::Test(TestResult {
        result: Outcome::Passed,
        configuration,
        url: None,
        passed_tests,
        warned_tests,
        failed_tests,
    })
}

pub(crate) fn suites(suites: Vec<Suite>) -> impl FnOnce(&mut Header) {
    |header| header.test = Some(TestDetail { suites, ..TestDetail::default() })
}

pub(crate) fn covered(coverage: Coverage) -> impl FnOnce(&mut Header) {
    |header| header.test = Some(TestDetail { coverage: Some(coverage), ..TestDetail::default() })
}

/// The predicate of a scan record.
pub(crate) fn scan() -> Claim {
    let moment = UtcTime::from_seconds(0);
    Claim::Scan(Vulnerabilities {
        scanner: Scanner {
            uri: "pkg:generic/trivy".into(),
            version: None,
            db: Database::default(),
            result: Vec::new(),
        },
        metadata: ScanMetadata { scan_started_on: moment, scan_finished_on: moment },
    })
}

pub(crate) fn findings(tool: &str, counts: Severities) -> impl FnOnce(&mut Header) {
    let tool = tool.to_owned();
    move |header| header.scan = Some(scan_detail(&tool, counts, Run::complete()))
}

/// What a scan of `tool` found, in a run that ended like this.
pub(crate) fn scan_detail(tool: &str, counts: Severities, run: Run) -> ScanDetail {
    let (set_aside, not_counted, vex) = (Vec::new(), Vec::new(), Vec::new());
    ScanDetail { tool: tool.into(), target: None, run, counts, omitted: 0, set_aside, not_counted, vex }
}

/// A run that ended otherwise than complete.
pub(crate) fn short(outcome: RunOutcome, reason: &str) -> Run {
    Run { outcome, reasons: vec![reason.into()], merged: None }
}

/// What a static analysis found.
pub(crate) fn analysis(tool: &str, counts: Levels, run: Run) -> Claim {
    let tool = Tool { name: tool.into(), version: None };
    let (findings, set_aside, not_counted) = (Vec::new(), Vec::new(), Vec::new());
    Claim::Analysis(Analysis { tool, run, counts, findings, omitted: counts.total(), set_aside, not_counted })
}

pub(crate) fn approval(role: &str, meaning: Meaning, plans: &[RecordId]) -> Claim {
    let role = role.parse().expect("a role");
    Claim::Approval(Approval { role, meaning, comment: None, order: None, plans: plans.to_vec() })
}

pub(crate) fn plan(reason: &str) -> Claim {
    Claim::Plan(Plan {
        reason: reason.into(),
        requirements: Vec::new(),
        change_type: None,
        risk_tier: None,
        known_risks: Vec::new(),
        rollout_strategy: None,
        monitoring_plan: None,
        rollback_criteria: None,
    })
}

pub(crate) fn ratification(text: &str) -> Claim {
    Claim::Policy(PolicyRatification { sha256: FileDigest::of(text.as_bytes()), replaces: None })
}

pub(crate) fn built(id: &str) -> (Claim, impl FnOnce(&mut Header)) {
    let span = Span::at(UtcTime::from_seconds(0));
    let claim = Claim::Build(build::Provenance {
        build_definition: build::BuildDefinition {
            build_type: build::BUILD_TYPE.into(),
            external_parameters: build::ExternalParameters { source: "git+commit:0".into() },
            resolved_dependencies: Vec::new(),
        },
        run_details: build::RunDetails {
            builder: build::Builder { id: "https://ci.example.com".into() },
            metadata: build::BuildMetadata { invocation_id: id.into(), started_on: span.start, finished_on: span.end },
        },
    });
    let detail = BuildDetail {
        artifact_sizes: Vec::new(),
        inventory: None,
        infrastructure_revision: None,
        log: None,
        attestations: Vec::new(),
    };
    (claim, |header| header.build = Some(detail))
}
