//! Two services with twenty releases each, a week apart, and all that can go wrong with them.
//!
//! Of `api`, release r*i* is of commit *i*, deployed from 11:50 to 12:00 on day 7 *i* since 2026-01-05; times below are
//! since then. The period is the 141 days from 2026-01-04T12:00:00Z.
//!
//! | what | when |
//! |---|---|
//! | test of 100 at 60 s, recorded after 5 min | −4 h 5 min; r2 2 flaky; r3 one failed in a first run (1.5 s, as a sum); r4 ends 5 s before it begins |
//! | approval | −2 h; r12 another −3 h; r5 +1 h; r11 none; r13 −5 h, before the test in the ledger |
//! | gate passes, with TEST-01 and APPROVE-01 | −1 h; CHG-1 failed −3 h; CHG-3 failed −3 h and −2 h; CHG-6 APPROVE-01 excepted |
//! | deployment, recorded after 1 min | r9 recorded 1 min before its end; r12 in two regions; r14 again after a day; r19 failed 1 h before |
//! | r3 | r2 deployed again as its rollback, until +2 h |
//! | r7 | taken back at once |
//! | r5, r16 | unplanned |
//! | INC-0 medium | r4 + 1 d, restored with r5, closed 1 h later; blames nothing |
//! | INC-1 high, INC-2 low | blame r10's deployment: +1 h to +5 h, +2 h to +3 h |
//! | INC-3 critical | names release r18: +1 h, open |
//! | defects | DEF-1 high by r10's deployment; DEF-2 low in staging; DEF-3 medium in production, brought by commit 12; DEF-4 critical of r1 |
//! | commits | made 2 d before; r2 brings three (1, 2, 3 d); r8 brings r7's, 9 d old, and its own, 1 h after; r9's is a pick of r6's |
//! | exceptions | APPROVE-01 at r6 − 4 h for 30 d, never closed; TEST-01 at r10 for 30 d, renewed once, closed at r11 |
//! | sizes | r*i*: *i* commits, 10 files, 100 lines; r0 is the first |
//! | requirements | r18 8 of 10, r19 9 of 10; critical 2 of 2 |
//!
//! Of `web` there are deployments alone, an hour later.

use crate::measure::{Commit, Coverage, Delivery, Facts, Grant, Size};
use crate::record::digests::Digests;
use crate::record::header::{Header, Signatory};
use crate::record::kind::Resource;
use crate::record::kind::approval::{Approval, Meaning};
use crate::record::kind::defect::Defect;
use crate::record::kind::deploy::{Deploy, DeployOutcome};
use crate::record::kind::gate::{
    AskedFor, ControlOutcome, GateDetail, VERIFIER, VerificationResult, VerificationSummary, Verifier,
};
use crate::record::kind::incident::{Incident, Severity};
use crate::record::kind::test::{Case, CaseOutcome, Outcome, Suite, TestDetail, TestResult};
use crate::record::{Claim, CommitId, Kind, Record, RecordId, Span, TreeId, TrustDigest, UtcTime};

pub(super) const API: &str = "api";
pub(super) const WEB: &str = "web";
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// When release `i` was deployed.
pub(super) fn day(i: i64) -> UtcTime {
    later(start(), 7 * DAY * i)
}

pub(super) fn start() -> UtcTime {
    "2026-01-05T12:00:00Z".parse().expect("a time")
}

pub(super) fn end() -> UtcTime {
    later(start(), 140 * DAY)
}

fn later(from: UtcTime, seconds: i64) -> UtcTime {
    UtcTime::from_seconds(from.seconds() + seconds)
}

fn commit(i: i64, web: bool) -> CommitId {
    let mut bytes = [if web { 0xee } else { 0xaa }; 20];
    bytes[0] = u8::try_from(i).expect("few");
    CommitId::from_bytes(&bytes).expect("20 bytes")
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

pub(super) struct Fixture {
    pub(super) records: Vec<Record>,
    pub(super) facts: Facts,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let mut fixture = Self { records: Vec::new(), facts: Facts { services: 2, ..Facts::default() } };
        fixture.facts.controls = ["TEST-01", "APPROVE-01", "NEVER-01"].map(name).to_vec();
        for i in 0..20 {
            fixture.evidence(i);
            fixture.decisions(i);
            fixture.deployments(i);
            let web = fixture.deploy(WEB, i, later(day(i), HOUR), "web", DeployOutcome::Success);
            fixture.records.push(web);
            fixture.git(i);
        }
        fixture.cases();
        fixture.facts.grants =
            vec![grant("APPROVE-01", later(day(6), -4 * HOUR), None, 0), grant("TEST-01", day(10), Some(day(11)), 1)];
        for (i, covered) in [(18, 8), (19, 9)] {
            let coverage = Coverage { active: 10, covered, critical: 2, critical_covered: 2 };
            fixture.facts.coverage.insert((name(API), commit(i, false)), coverage);
        }
        fixture
    }

    fn record(&mut self, i: i64, claim: Claim, recorded: UtcTime, fill: impl FnOnce(&mut Header)) -> Record {
        let tree = TreeId::from_bytes(&commit(i, false).as_bytes().iter().map(|byte| byte ^ 0x11).collect::<Vec<_>>());
        let by = Signatory {
            project: TrustDigest::of(b"project"),
            recorder: name("grace"),
            trust: TrustDigest::of(b"project"),
            ledger: None,
            recorded,
        };
        let mut header = Header::new(claim.kind(), tree.expect("20 bytes"), by);
        header.service = Some(name(API));
        fill(&mut header);
        let id = RecordId::of(format!("{} {i} {recorded} {header:?} {claim:?}", self.records.len()).as_bytes());
        Record { id, commit: commit(i, false), header, artifacts: Vec::new(), claim }
    }

    fn evidence(&mut self, i: i64) {
        let mut made = Vec::new();
        let (ended, kind) = (later(day(i), -4 * HOUR - 300), name("unit"));
        let suite = |passed, failed, flaky: u64, cases: Vec<(&str, CaseOutcome)>, ran, duration_ms| Suite {
            kind: Clone::clone(&kind),
            tool: None,
            passed,
            failed,
            skipped: 0,
            flaky,
            disabled: 0,
            expected_failures: 0,
            unexpected_passes: 0,
            duration_ms,
            ran,
            cases: cases
                .into_iter()
                .map(|(case, outcome)| Case { name: case.into(), outcome, requirements: vec![] })
                .collect(),
            omitted: 0,
        };
        let minute = |seconds: i64| Some(Span { start: later(ended, -seconds), end: ended });
        let mut runs = Vec::new();
        if i == 3 {
            runs.push(suite(99, 1, 0, vec![("x", CaseOutcome::Failed)], None, Some(1_500)));
        }
        runs.push(match i {
            2 => suite(100, 0, 2, vec![("a", CaseOutcome::Flaky), ("b", CaseOutcome::Flaky)], minute(60), None),
            4 => suite(100, 0, 0, vec![], minute(-5), None),
            _ => suite(100, 0, 0, vec![], minute(60), None),
        });
        for suite in runs {
            let claim = Claim::Test(TestResult {
                result: Outcome::Passed,
                configuration: vec![],
                url: None,
                passed_tests: vec![],
                warned_tests: vec![],
                failed_tests: vec![],
            });
            made.push(self.record(i, claim, later(ended, 300), |header| {
                header.occurred = Span { start: later(ended, -60), end: ended };
                header.test = Some(TestDetail { suites: vec![suite], ..TestDetail::default() });
            }));
        }
        let times: &[i64] = match i {
            5 => &[HOUR],
            11 => &[],
            12 => &[-3 * HOUR, -2 * HOUR],
            13 => &[-5 * HOUR],
            _ => &[-2 * HOUR],
        };
        for after in times {
            let claim = Claim::Approval(Approval {
                role: name("qa"),
                meaning: Meaning::Approved,
                comment: None,
                order: None,
                plans: vec![],
            });
            let approval = self.record(i, claim, later(day(i), *after), |_| ());
            made.insert(if i == 13 { 0 } else { made.len() }, approval);
        }
        self.records.append(&mut made);
    }

    fn decisions(&mut self, i: i64) {
        let relied: Vec<RecordId> = self
            .records
            .iter()
            .filter(|record| record.commit == commit(i, false) && record.header.recorded <= day(i))
            .map(|record| record.id)
            .collect();
        let times: &[i64] = match i {
            1 => &[-3, -1],
            3 => &[-3, -2, -1],
            _ => &[-1],
        };
        for hours in times {
            let passed = *hours == -1;
            let input = |id: &RecordId| Resource {
                name: None,
                uri: Some("urn:git-qms:record".into()),
                digest: Digests::from_iter([("sha256".to_owned(), id.to_string())]),
            };
            let claim = Claim::Gate(VerificationSummary {
                verifier: Verifier { id: VERIFIER.into() },
                time_verified: later(day(i), hours * HOUR),
                resource_uri: "git+commit:1".into(),
                policy: Resource { name: None, uri: Some("policy".into()), digest: Digests::default() },
                input_attestations: relied.iter().map(input).collect(),
                verification_result: if passed { VerificationResult::Passed } else { VerificationResult::Failed },
                verified_levels: vec![],
                slsa_version: "1.0".into(),
            });
            let control = |id: &str, outcome: &str| ControlOutcome {
                id: name(id),
                outcome: name(outcome),
                required: "test.failed == 0".into(),
                found: "0".into(),
                records: vec![],
                hint: None,
            };
            let controls = vec![
                control("TEST-01", if passed { "pass" } else { "fail" }),
                control("APPROVE-01", if i == 6 { "excepted" } else { "pass" }),
                control("NEVER-01", "not-applicable"),
            ];
            let decision = self.record(i, claim, later(day(i), hours * HOUR), |header| {
                header.environment = Some(name("production"));
                header.change = Some(name(&format!("CHG-{i}")));
                header.gate = Some(GateDetail { purpose: AskedFor::Gate, release: None, tier: None, controls });
            });
            self.records.push(decision);
        }
    }

    fn deploy(&mut self, service: &str, i: i64, ended: UtcTime, mark: &str, outcome: DeployOutcome) -> Record {
        let planned = service == WEB || ![5, 16].contains(&i);
        let claim = Claim::Deploy(Deploy {
            outcome,
            planned,
            infrastructure_revision: Some(mark.into()),
            migrations: vec![],
            actor: None,
            rollback_of: (mark == "rollback").then(|| name("api@3.0")),
        });
        let recorded = if i == 9 && service == API { -60 } else { 60 };
        let mut record = self.record(i, claim, later(ended, recorded), |header| {
            header.service = Some(name(service));
            header.environment = Some(name("production"));
            header.release = Some(name(&format!("{service}@{i}.0")));
            header.occurred = Span { start: later(ended, -600), end: ended };
        });
        record.commit = commit(i, service == WEB);
        record
    }

    fn deployments(&mut self, i: i64) {
        use DeployOutcome::{Failure, RolledBack, Success};
        let plain = |mark, after, outcome| (i, mark, after, outcome);
        let all = match i {
            3 => vec![plain("", 0, Success), (2, "rollback", 2 * HOUR, Success)],
            7 => vec![plain("", 0, RolledBack)],
            12 => vec![plain("north", 0, Success), plain("south", 600, Success)],
            14 => vec![plain("", 0, Success), plain("again", DAY, Success)],
            19 => vec![plain("", -HOUR, Failure), plain("", 0, Success)],
            _ => vec![plain("", 0, Success)],
        };
        for (of, mark, after, outcome) in all {
            let record = self.deploy(API, of, later(day(i), after), mark, outcome);
            self.records.push(record);
        }
    }

    fn deployment_of(&self, i: i64) -> RecordId {
        let is_it = |record: &&Record| record.header.kind == Kind::Deploy && record.commit == commit(i, false);
        self.records.iter().find(is_it).expect("a deployment").id
    }

    fn cases(&mut self) {
        use Severity::{Critical, High, Low, Medium};
        let blamed = self.deployment_of(10);
        let hours = |i, hours| later(day(i), hours * HOUR);
        for (id, severity, detected, restored, closed, deployment, release) in [
            ("INC-0", Medium, later(day(4), DAY), Some(day(5)), Some(hours(5, 1)), None, None),
            ("INC-1", High, hours(10, 1), Some(hours(10, 5)), None, Some(blamed), None),
            ("INC-2", Low, hours(10, 2), Some(hours(10, 3)), Some(hours(10, 4)), Some(blamed), None),
            ("INC-3", Critical, hours(18, 1), None, None, None, Some("api@18.0")),
        ] {
            let claim = Claim::Incident(Incident {
                id: name(id),
                title: None,
                severity,
                detected,
                restored,
                deployment,
                introduced_by: None,
                missed_by: None,
                remediation: closed.map(|_| "mended".into()),
                // INC-1 is closed at once, so that r16 finds nothing under way.
                closed: closed.or(restored),
            });
            let record = self.record(0, claim, detected, |header| {
                header.environment = Some(name("production"));
                header.release = release.map(name);
            });
            self.records.push(record);
        }
        for (id, severity, environment, deployment, introduced_by, release) in [
            ("DEF-1", High, None, Some(blamed), None, None),
            ("DEF-2", Low, Some("staging"), None, None, None),
            ("DEF-3", Medium, Some("production"), None, Some(commit(12, false)), None),
            ("DEF-4", Critical, None, None, None, Some("api@1.0")),
        ] {
            let claim = Claim::Defect(Defect {
                id: name(id),
                title: None,
                severity,
                detected: day(15),
                deployment,
                introduced_by,
                missed_by: None,
                remediation: None,
                closed: None,
            });
            let record = self.record(0, claim, day(15), |header| {
                header.environment = environment.map(name);
                header.release = release.map(name);
            });
            self.records.push(record);
        }
    }

    fn git(&mut self, i: i64) {
        let own = |ago: i64, mark: u8| {
            let mut bytes = [mark; 20];
            bytes[0] = u8::try_from(i).expect("few");
            let patch = [6, 9].contains(&i).then(|| "one change".to_owned());
            Commit { id: CommitId::from_bytes(&bytes).expect("20 bytes"), committed: later(day(i), -ago), patch }
        };
        let commits = match i {
            2 => vec![own(DAY, 1), own(2 * DAY, 2), own(3 * DAY, 0xaa)],
            7 => vec![],
            8 => vec![own(9 * DAY, 7), own(-HOUR, 0xaa)],
            _ => vec![own(2 * DAY, 0xaa)],
        };
        let here = commit(i, false);
        let made = later(day(i), if i == 8 { HOUR } else { -2 * DAY });
        self.facts.committed.insert(here, made);
        self.facts.deliveries.insert((name(API), name("production"), here), Delivery { commits });
        let commits = u64::try_from(i).expect("not below zero");
        self.facts.sizes.insert((name(API), here), Size { first: i == 0, commits, files: 10, lines: 100 });
    }
}

fn grant(control: &str, granted: UtcTime, ended: Option<UtcTime>, renewals: u64) -> Grant {
    Grant {
        record: RecordId::of(control.as_bytes()),
        by: RecordId::of(b"decision"),
        control: name(control),
        service: Some(name(API)),
        environment: Some(name("production")),
        granted,
        expires: later(granted, 30 * DAY),
        ended,
        renewals,
    }
}
