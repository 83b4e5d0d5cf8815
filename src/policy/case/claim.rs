//! The claim that a record of a case stands for.

use super::NOW;
use super::given::{Build, Given, Request, Scan, Trouble, What, Word};
use crate::policy::interval::Interval;
use crate::record::kind::analysis::Analysis;
use crate::record::kind::approval::Approval;
use crate::record::kind::build::{
    Attestation, BUILD_TYPE, BuildDefinition, BuildDetail, BuildMetadata, Builder, ExternalParameters, Inventory,
    Provenance, RunDetails,
};
use crate::record::kind::defect::Defect;
use crate::record::kind::exception::{Exception, ExceptionDecision, Reach};
use crate::record::kind::incident::Incident;
use crate::record::kind::release::Release;
use crate::record::kind::scan::{Database, ScanDetail, ScanMetadata, Scanner, Vulnerabilities};
use crate::record::kind::test::{Outcome, TestResult, Tool};
use crate::record::{Artifact, Claim, CommitId, FileDigest, FileRef, Header, RecordId, Span, TagId, UtcTime};

/// What was there when a record was signed.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// The plans that its signer had seen.
    pub plans: &'a [RecordId],
    /// The records of the case so far.
    pub records: &'a [RecordId],
    /// The commits of the case.
    pub commits: &'a [CommitId],
}

impl Given {
    /// The claim; what it says beyond that goes into the header.
    pub fn claim(&self, header: &mut Header, before: Before<'_>) -> Claim {
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
            What::Scan(scan) => scan.claim(header),
            What::Analysis(tool, counts, run) => Claim::Analysis(Analysis {
                tool: Tool { name: tool.clone(), version: None },
                run: run.clone(),
                counts: *counts,
                findings: Vec::new(),
                omitted: counts.total(),
                set_aside: Vec::new(),
                not_counted: Vec::new(),
            }),
            What::Build(build) => build.claim(header),
            What::Plan(plan) => Claim::Plan((**plan).clone()),
            What::Approval(role, meaning) => Claim::Approval(Approval {
                role: role.clone(),
                meaning: *meaning,
                comment: None,
                order: None,
                plans: before.plans.to_vec(),
            }),
            What::Release(tag) => {
                let manifest = FileDigest::of(tag.as_str().as_bytes());
                let object = TagId::from_bytes(&manifest.as_bytes()[..20]).expect("20 bytes are an id");
                Claim::Release(Release { tag: tag.clone(), object, manifest })
            }
            What::Deploy(deploy) => Claim::Deploy(deploy.clone()),
            What::Monitor(monitor) => Claim::Monitor(monitor.clone()),
            What::Incident(trouble) => Claim::Incident(trouble.incident(header, before)),
            What::Defect(trouble) => Claim::Defect(trouble.defect(header, before)),
            What::Exception(request) => Claim::Exception(request.claim(header, before)),
            What::Decision(word) => Claim::ExceptionDecision(word.claim(header, before)),
        }
    }

    /// What it names by SHA-256.
    pub fn artifacts(&self) -> Vec<Artifact> {
        let What::Build(build) = &self.what else { return Vec::new() };
        let artifact = |name: &String| Artifact { name: name.clone(), sha256: digest_of(name) };
        build.artifacts.iter().map(artifact).collect()
    }
}

/// So long before the moment of the case.
fn ago(interval: Interval) -> UtcTime {
    UtcTime::from_seconds(NOW - interval.seconds())
}

fn digest_of(name: &str) -> FileDigest {
    FileDigest::of(name.as_bytes())
}

fn attach(header: &mut Header) {
    let text = "evidence of a case";
    header.files.push(FileRef {
        sha256: digest_of(text),
        size: text.len() as u64,
        media_type: "text/plain".into(),
        name: "evidence.txt".into(),
        stored: true,
        uri: None,
    });
}

impl Scan {
    fn claim(&self, header: &mut Header) -> Claim {
        let at = header.recorded;
        header.scan = Some(ScanDetail {
            tool: self.tool.clone(),
            target: None,
            run: self.run.clone(),
            counts: self.counts,
            omitted: self.counts.total(),
            set_aside: Vec::new(),
            not_counted: Vec::new(),
            vex: Vec::new(),
        });
        let scanner = Scanner {
            uri: format!("pkg:generic/{}", self.tool),
            version: None,
            db: Database { last_update: self.database.map(ago), ..Database::default() },
            result: Vec::new(),
        };
        Claim::Scan(Vulnerabilities { scanner, metadata: ScanMetadata { scan_started_on: at, scan_finished_on: at } })
    }
}

impl Build {
    fn claim(&self, header: &mut Header) -> Claim {
        let span = Span::at(header.recorded);
        let inventory = self.inventory.then(|| Inventory {
            format: "CycloneDX 1.6".into(),
            sha256: digest_of("inventory"),
            components: 1,
            omitted: 0,
            licenses: None,
        });
        let attested: Vec<FileDigest> = self.attested.iter().map(|name| digest_of(name)).collect();
        let attestation = (!attested.is_empty()).then(|| Attestation {
            sha256: digest_of("attestation"),
            predicate_type: "https://slsa.dev/provenance/v1".into(),
            subjects: attested.clone(),
            omitted: 0,
            matches: attested,
            signatures: 1,
            keyids: Vec::new(),
        });
        header.build = Some(BuildDetail {
            artifact_sizes: vec![1; self.artifacts.len()],
            inventory,
            infrastructure_revision: None,
            log: None,
            attestations: attestation.into_iter().collect(),
        });
        Claim::Build(Provenance {
            build_definition: BuildDefinition {
                build_type: BUILD_TYPE.into(),
                external_parameters: ExternalParameters { source: "git+commit:0".into() },
                resolved_dependencies: Vec::new(),
            },
            run_details: RunDetails {
                builder: Builder { id: "urn:git-qms:case".into() },
                metadata: BuildMetadata {
                    invocation_id: self.id.clone(),
                    started_on: span.start,
                    finished_on: span.end,
                },
            },
        })
    }
}

impl Trouble {
    fn incident(&self, header: &Header, before: Before<'_>) -> Incident {
        Incident {
            id: self.id.clone(),
            title: None,
            severity: self.severity,
            detected: self.detected.map_or(header.recorded, ago),
            restored: self.restored.map(ago),
            deployment: self.deployment.and_then(|at| before.records.get(at).copied()),
            introduced_by: None,
            missed_by: None,
            remediation: self.closed.map(|_| "done".into()),
            closed: self.closed.map(ago),
        }
    }

    fn defect(&self, header: &Header, before: Before<'_>) -> Defect {
        let Incident {
            id, title, severity, detected, deployment, introduced_by, missed_by, remediation, closed, ..
        } = self.incident(header, before);
        Defect { id, title, severity, detected, deployment, introduced_by, missed_by, remediation, closed }
    }
}

impl Request {
    fn claim(&self, header: &mut Header, before: Before<'_>) -> Exception {
        if self.attached {
            attach(header);
        }
        Exception {
            control: self.control.clone(),
            reach: self.reach,
            commits: if self.reach == Reach::Range { before.commits.to_vec() } else { Vec::new() },
            paths: self.paths.clone(),
            reason: "a case".into(),
            compensating: "what the case says".into(),
            expires: self.expires.after(header.recorded),
            review_by: self.review_by.map(|within| within.after(header.recorded)),
        }
    }
}

impl Word {
    fn claim(&self, header: &mut Header, before: Before<'_>) -> ExceptionDecision {
        if self.attached {
            attach(header);
        }
        ExceptionDecision {
            exception: before.records[self.of],
            decision: self.decision,
            role: self.role.clone(),
            comment: Some("a case".into()),
            expires: self.expires.map(|interval| interval.after(header.recorded)),
        }
    }
}
