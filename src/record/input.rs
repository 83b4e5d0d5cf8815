//! What somebody says a record is to hold, as one JSON object. Who, when and about which commit is added when it is
//! signed.

use serde::Deserialize;
use serde_json::Value;

use super::header::{Header, Source, Supersedes};
use super::ids::FileDigest;
use super::kind::build::BuildDetail;
use super::kind::scan::ScanDetail;
use super::kind::test::TestDetail;
use super::kind::{Claim, Kind};
use super::misfit::{Misfit, fit};
use super::name::{ChangeRef, Name, TagName};
use super::statement::Artifact;
use super::strict;
use super::time::Span;

mod agree;

use agree::result_of;

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
pub const RECORDED: [Kind; 9] = [
    Kind::Plan,
    Kind::Build,
    Kind::Test,
    Kind::Scan,
    Kind::Analysis,
    Kind::Deploy,
    Kind::Monitor,
    Kind::Incident,
    Kind::Defect,
];

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
        Kind::Scan => {
            let detail: ScanDetail = fit(value).map_err(at)?;
            detail.check().map_err(|message| Misfit::new("/detail", message))?;
            Some(Detail::Scan(detail))
        }
        _ => None,
    })
}

impl Input {
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

#[cfg(test)]
mod tests;
