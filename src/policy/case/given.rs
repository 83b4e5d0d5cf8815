//! A record of a case in short, and the claim it stands for.

use crate::policy::interval::Interval;
use crate::record::kind::analysis::{Analysis, Levels};
use crate::record::kind::approval::{Approval, Meaning};
use crate::record::kind::build::{
    BUILD_TYPE, BuildDefinition, BuildDetail, BuildMetadata, Builder, ExternalParameters, Provenance, RunDetails,
};
use crate::record::kind::findings::Run;
use crate::record::kind::plan::Plan;
use crate::record::kind::scan::{Database, ScanDetail, ScanMetadata, Scanner, Severities, Vulnerabilities};
use crate::record::kind::test::{Coverage, Outcome, Suite, TestDetail, TestResult, Tool};
use crate::record::{ChangeRef, Claim, Header, MemberId, Name, RecordId, Span};

/// One record of a case.
#[derive(Debug, Clone)]
pub struct Given {
    /// Where it stands in its file.
    pub line: usize,
    /// Who signs.
    pub by: MemberId,
    /// How long before the moment of the case; at that moment, unless said.
    pub age: Option<Interval>,
    /// Whether it comes from a dirty working tree.
    pub dirty: bool,
    /// Which of the commits it is on, from 0.
    pub commit: usize,
    /// What it applies to.
    pub service: Option<Name>,
    /// Where it applies.
    pub environment: Option<Name>,
    /// The change it applies to.
    pub change: Option<ChangeRef>,
    /// What it says.
    pub what: What,
}

/// What a record says, as far as rules measure it.
#[derive(Debug, Clone)]
pub enum What {
    /// A suite of tests, or coverage, or both.
    Test(TestDetail),
    /// A vulnerability scan by a tool.
    Scan(String, Severities, Run),
    /// A static analysis by a tool.
    Analysis(String, Levels, Run),
    /// An approval in a role.
    Approval(Name, Meaning),
    /// A plan.
    Plan(Box<Plan>),
    /// A build with its id.
    Build(String),
}

/// A suite without anything remarkable.
pub(super) fn suite(kind: Name, [passed, failed, skipped, flaky]: [u64; 4]) -> Suite {
    Suite {
        kind,
        tool: None,
        passed: passed.saturating_add(flaky),
        failed,
        skipped,
        flaky,
        disabled: 0,
        expected_failures: 0,
        unexpected_passes: 0,
        duration_ms: None,
        ran: None,
        cases: Vec::new(),
        omitted: 0,
    }
}

impl Given {
    /// The claim; what it says beyond that goes into the header. An approval has seen these plans.
    pub fn claim(&self, header: &mut Header, plans: &[RecordId]) -> Claim {
        let at = header.recorded;
        match &self.what {
            What::Test(detail) => {
                let failed = detail.suites.iter().any(|suite| suite.failed > 0);
                header.test = Some(detail.clone());
                Claim::Test(TestResult {
                    result: if failed { Outcome::Failed } else { Outcome::Passed },
                    configuration: Vec::new(),
                    url: None,
                    passed_tests: Vec::new(),
                    warned_tests: Vec::new(),
                    failed_tests: Vec::new(),
                })
            }
            What::Scan(tool, counts, run) => {
                header.scan = Some(ScanDetail {
                    tool: tool.clone(),
                    target: None,
                    run: run.clone(),
                    counts: *counts,
                    omitted: counts.total(),
                    set_aside: Vec::new(),
                    not_counted: Vec::new(),
                    vex: Vec::new(),
                });
                let scanner = Scanner {
                    uri: format!("pkg:generic/{tool}"),
                    version: None,
                    db: Database::default(),
                    result: Vec::new(),
                };
                let metadata = ScanMetadata { scan_started_on: at, scan_finished_on: at };
                Claim::Scan(Vulnerabilities { scanner, metadata })
            }
            What::Analysis(tool, counts, run) => Claim::Analysis(Analysis {
                tool: Tool { name: tool.clone(), version: None },
                run: run.clone(),
                counts: *counts,
                findings: Vec::new(),
                omitted: counts.total(),
                set_aside: Vec::new(),
                not_counted: Vec::new(),
            }),
            What::Approval(role, meaning) => Claim::Approval(Approval {
                role: role.clone(),
                meaning: *meaning,
                comment: None,
                order: None,
                plans: plans.to_vec(),
            }),
            What::Plan(plan) => Claim::Plan((**plan).clone()),
            What::Build(id) => {
                header.build = Some(BuildDetail {
                    artifact_sizes: Vec::new(),
                    inventory: None,
                    infrastructure_revision: None,
                    log: None,
                    attestations: Vec::new(),
                });
                Claim::Build(provenance(id, Span::at(at)))
            }
        }
    }
}

/// Tests with coverage, without suites or with one.
pub(super) fn tests(suites: Vec<Suite>, coverage: Option<Coverage>) -> TestDetail {
    TestDetail { suites, coverage, ..TestDetail::default() }
}

fn provenance(id: &str, span: Span) -> Provenance {
    Provenance {
        build_definition: BuildDefinition {
            build_type: BUILD_TYPE.into(),
            external_parameters: ExternalParameters { source: "git+commit:0".into() },
            resolved_dependencies: Vec::new(),
        },
        run_details: RunDetails {
            builder: Builder { id: "urn:git-qms:case".into() },
            metadata: BuildMetadata { invocation_id: id.into(), started_on: span.start, finished_on: span.end },
        },
    }
}
