//! What somebody says a record is to hold, as one JSON object. Who, when and about which commit is added when it is
//! signed.

use serde::Deserialize;
use serde_json::Value;

use super::header::{Header, Source, Supersedes};
use super::ids::FileDigest;
use super::kind::build::BuildDetail;
use super::kind::scan::ScanDetail;
use super::kind::test::{CaseOutcome, Outcome, Suite, TestDetail, TestResult};
use super::kind::{Claim, Kind};
use super::misfit::{Misfit, fit};
use super::name::{ChangeRef, Name, TagName};
use super::statement::Artifact;
use super::strict;
use super::time::Span;

/// What is to be recorded: where it applies, and the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Where it applies.
    pub place: Place,
    /// The artifacts it speaks about.
    pub artifacts: Vec<Artifact>,
    /// What the kind says beyond a standard predicate.
    pub detail: Option<Detail>,
    /// What it claims.
    pub claim: Claim,
}

/// The members of the header that are the recorder's to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// When it happened.
    pub occurred: Option<Span>,
    /// The service.
    pub service: Option<Name>,
    /// The environment.
    pub environment: Option<Name>,
    /// The release.
    pub release: Option<TagName>,
    /// The change.
    pub change: Option<ChangeRef>,
    /// The automation that recorded.
    pub source: Option<Source>,
    /// What it corrects.
    pub supersedes: Option<Supersedes>,
}

/// What a kind says beyond its standard predicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// Of a build.
    Build(BuildDetail),
    /// Of tests.
    Test(TestDetail),
    /// Of a scan.
    Scan(ScanDetail),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    occurred: Option<Span>,
    service: Option<Name>,
    environment: Option<Name>,
    release: Option<TagName>,
    change: Option<ChangeRef>,
    source: Option<Source>,
    supersedes: Option<Supersedes>,
    artifacts: Option<Vec<WireArtifact>>,
    detail: Option<Value>,
    predicate: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireArtifact {
    name: String,
    sha256: FileDigest,
}

/// The kinds that are read: those that `git qms record` writes. Every other is written by a command of its own.
pub const RECORDED: [Kind; 8] =
    [Kind::Plan, Kind::Build, Kind::Test, Kind::Scan, Kind::Deploy, Kind::Monitor, Kind::Incident, Kind::Defect];

/// Whether records of a kind speak about artifacts.
pub fn has_artifacts(kind: Kind) -> bool {
    matches!(kind, Kind::Build | Kind::Deploy)
}

/// Whether a kind has a detail beside its predicate.
pub fn has_detail(kind: Kind) -> bool {
    matches!(kind, Kind::Build | Kind::Test | Kind::Scan | Kind::Gate)
}

/// Reads one object of strict JSON.
pub fn read(kind: Kind, bytes: &[u8]) -> Result<Input, Misfit> {
    let whole = |error: &dyn std::fmt::Display| Misfit::new("", error.to_string());
    strict::check(bytes).map_err(|error| whole(&error))?;
    let value: Value = serde_json::from_slice(bytes).map_err(|error| whole(&error))?;
    if !value.is_object() {
        return Err(Misfit::new("", "expected one JSON object").with(&value));
    }
    let Wire { occurred, service, environment, release, change, source, supersedes, artifacts, detail, predicate } =
        fit(&value)?;
    let detail = read_detail(kind, detail.as_ref())?;
    let claim = match (&predicate, &detail) {
        (Some(value), _) => Claim::fit(kind, value).map_err(|misfit| misfit.below("/predicate"))?,
        (None, Some(Detail::Test(detail))) => Claim::Test(result_of(detail)),
        (None, _) => return Err(Misfit::new("", "missing field `predicate`")),
    };
    if artifacts.is_some() && !has_artifacts(kind) {
        return Err(Misfit::new("/artifacts", format!("a {kind} record has no artifacts")));
    }
    let artifacts: Vec<Artifact> =
        artifacts.into_iter().flatten().map(|WireArtifact { name, sha256 }| Artifact { name, sha256 }).collect();
    if let Some(at) = artifacts.iter().position(|artifact| artifact.name.is_empty()) {
        return Err(Misfit::new(format!("/artifacts/{at}/name"), "an artifact needs a name"));
    }
    let place = Place { occurred, service, environment, release, change, source, supersedes };
    let input = Input { place, artifacts, detail, claim };
    input.agrees()?;
    Ok(input)
}

fn read_detail(kind: Kind, value: Option<&Value>) -> Result<Option<Detail>, Misfit> {
    let at = |misfit: Misfit| misfit.below("/detail");
    let value = match (value, has_detail(kind)) {
        (None, false) => return Ok(None),
        (None, true) => return Err(Misfit::new("", "missing field `detail`")),
        (Some(_), false) => {
            return Err(Misfit::new("/detail", format!("a {kind} record has none: its predicate says everything")));
        }
        (Some(value), true) => value,
    };
    Ok(match kind {
        Kind::Build => Some(Detail::Build(fit(value).map_err(at)?)),
        Kind::Test => {
            let detail: TestDetail = fit(value).map_err(at)?;
            detail.check().map_err(|message| Misfit::new("/detail", message))?;
            Some(Detail::Test(detail))
        }
        Kind::Scan => Some(Detail::Scan(fit(value).map_err(at)?)),
        _ => None,
    })
}

impl Input {
    /// What predicate, detail and artifacts say of each other.
    fn agrees(&self) -> Result<(), Misfit> {
        match (&self.claim, &self.detail) {
            (Claim::Test(result), Some(Detail::Test(detail))) if result.result != outcome(&detail.suites) => {
                let counted = outcome(&detail.suites);
                Err(Misfit::new("/predicate/result", format!("by the counts of the suites it is {}", word(counted)))
                    .with(&word(result.result).into()))
            }
            (Claim::Scan(found), Some(Detail::Scan(detail)))
                if detail.counts.total() < u64::try_from(found.scanner.result.len()).unwrap_or(u64::MAX) =>
            {
                let (counted, listed) = (detail.counts.total(), found.scanner.result.len());
                Err(Misfit::new("/detail/counts", format!("{counted} findings are counted and {listed} listed")))
            }
            (Claim::Build(_), Some(Detail::Build(detail))) if detail.artifact_sizes.len() != self.artifacts.len() => {
                let (sizes, artifacts) = (detail.artifact_sizes.len(), self.artifacts.len());
                Err(Misfit::new("/detail/artifactSizes", format!("{sizes} sizes of {artifacts} artifacts")))
            }
            (Claim::Build(_), _) if self.artifacts.is_empty() => {
                Err(Misfit::new("/artifacts", "a build needs at least one: {\"name\", \"sha256\"}"))
            }
            _ => Ok(()),
        }
    }

    /// When it happened, by the claim itself, where that says so.
    pub fn happened(&self) -> Option<Span> {
        match (&self.claim, &self.detail) {
            (_, Some(Detail::Test(detail))) => {
                let ran = detail.suites.iter().filter_map(|suite| suite.ran);
                ran.reduce(|all, one| Span { start: all.start.min(one.start), end: all.end.max(one.end) })
            }
            (Claim::Build(build), _) => {
                let metadata = &build.run_details.metadata;
                Some(Span { start: metadata.started_on, end: metadata.finished_on })
            }
            (Claim::Scan(scan), _) => {
                Some(Span { start: scan.metadata.scan_started_on, end: scan.metadata.scan_finished_on })
            }
            (Claim::Monitor(monitor), _) => monitor.observation,
            _ => None,
        }
    }
}

impl Detail {
    /// Puts it where it belongs.
    pub fn into_header(self, header: &mut Header) {
        match self {
            Self::Build(detail) => header.build = Some(detail),
            Self::Test(detail) => header.test = Some(detail),
            Self::Scan(detail) => header.scan = Some(detail),
        }
    }
}

/// The in-toto test result that a detail comes to.
fn result_of(detail: &TestDetail) -> TestResult {
    let names = |outcome| {
        let cases = detail.suites.iter().flat_map(|suite| &suite.cases);
        cases.filter(|case| case.outcome == outcome).map(|case| case.name.clone()).collect()
    };
    TestResult {
        result: outcome(&detail.suites),
        configuration: Vec::new(),
        url: None,
        passed_tests: names(CaseOutcome::Passed),
        warned_tests: names(CaseOutcome::Flaky),
        failed_tests: names(CaseOutcome::Failed),
    }
}

fn outcome(suites: &[Suite]) -> Outcome {
    let any = |count: fn(&Suite) -> u64| suites.iter().any(|suite| count(suite) > 0);
    if any(|suite| suite.failed) {
        Outcome::Failed
    } else if any(|suite| suite.flaky) || !any(|suite| suite.passed) {
        Outcome::Warned
    } else {
        Outcome::Passed
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "PASSED",
        Outcome::Warned => "WARNED",
        Outcome::Failed => "FAILED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kind: Kind, text: &str) -> (String, String) {
        let misfit = read(kind, text.as_bytes()).expect_err(text);
        (misfit.pointer, misfit.message)
    }

    #[test]
    fn a_plan_is_read_with_where_it_applies() {
        let text = r#"{"change":"CHG-1","service":"payments","predicate":{"reason":"Refund limits"}}"#;
        let input = read(Kind::Plan, text.as_bytes()).expect("a plan");
        assert_eq!(input.place.change.map(|change| change.to_string()).as_deref(), Some("CHG-1"));
        assert!(matches!(input.claim, Claim::Plan(plan) if plan.reason == "Refund limits"));
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_pointer() {
        for (kind, text, pointer, message) in [
            (Kind::Plan, "[]", "", "expected one JSON object"),
            (Kind::Plan, "{}", "", "missing field `predicate`"),
            (Kind::Plan, r#"{"predicate":{}}"#, "/predicate", "missing field `reason`"),
            (Kind::Plan, r#"{"predicate":{"reason":7}}"#, "/predicate/reason", "expected a string"),
            (Kind::Plan, r#"{"predicate":["R"]}"#, "/predicate", "invalid type: array, expected an object"),
            (
                Kind::Plan,
                r#"{"predicate":{"reason":"R","requirements":["REQ-1","a b"]}}"#,
                "/predicate/requirements/1",
                "requirement id",
            ),
            (Kind::Plan, r#"{"predicate":{"reason":"R","resaon":""}}"#, "/predicate/resaon", "unknown field `resaon`"),
            (Kind::Plan, r#"{"predicate":{"reason":" "}}"#, "/predicate", "reason is empty"),
            (Kind::Plan, r#"{"predicate":{"reason":"R"},"detail":{}}"#, "/detail", "has none"),
            (Kind::Plan, r#"{"predicate":{"reason":"R"},"artifacts":[]}"#, "/artifacts", "no artifacts"),
            (Kind::Plan, r#"{"predicate":{"reason":"R"},"srvice":"x"}"#, "/srvice", "unknown field `srvice`"),
            (Kind::Plan, r#"{"predicate":{"reason":"R","reason":"S"}}"#, "", "duplicate key"),
            (Kind::Plan, r#"{"predicate":{"reason":"R"}} {}"#, "", "trailing"),
            (Kind::Plan, r#"{"predicate":{"reason":null}}"#, "", "null is not allowed"),
            (
                Kind::Deploy,
                r#"{"predicate":{"outcome":"done","planned":true}}"#,
                "/predicate/outcome",
                "unknown variant `done`, expected one of `success`",
            ),
            (
                Kind::Deploy,
                r#"{"predicate":{"outcome":"success","planned":true},"artifacts":[{"name":"","sha256":"00"}]}"#,
                "/artifacts/0/sha256",
                "SHA-256",
            ),
            (
                Kind::Test,
                r#"{"detail":{"suites":[{"type":"unit","passed":-1}]}}"#,
                "/detail/suites/0/passed",
                "integer `-1`, expected a whole number, not below 0",
            ),
            (Kind::Test, r#"{"predicate":{}}"#, "", "missing field `detail`"),
            (Kind::Test, r#"{"detail":{}}"#, "/detail", "needs suites or coverage"),
        ] {
            let (at, said) = refused(kind, text);
            assert_eq!(at, pointer, "{text}: {said}");
            assert!(said.contains(message), "{text}: {said}");
        }
        let misfit = read(Kind::Deploy, br#"{"predicate":{"outcome":"done","planned":true}}"#).expect_err("no outcome");
        assert_eq!(misfit.found.as_deref(), Some("\"done\""));
    }

    #[test]
    fn a_test_result_follows_from_its_counts_and_must_not_contradict_them() {
        let detail = r#"{"suites":[{"type":"unit","passed":1,"failed":1,"skipped":0,"flaky":0,
            "cases":[{"name":"a","outcome":"failed"}]}]}"#;
        let input = read(Kind::Test, format!(r#"{{"detail":{detail}}}"#).as_bytes()).expect("a test");
        assert!(
            matches!(&input.claim, Claim::Test(result) if result.result == Outcome::Failed && result.failed_tests == ["a"])
        );
        let lie = format!(r#"{{"detail":{detail},"predicate":{{"result":"PASSED","configuration":[]}}}}"#);
        assert_eq!(refused(Kind::Test, &lie).0, "/predicate/result");
    }
}
