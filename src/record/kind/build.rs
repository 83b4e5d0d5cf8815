//! Build: what was built, by whom, from what. SLSA provenance v1.
//!
//! Source: <https://slsa.dev/spec/v1.0/provenance>.

use serde::{Deserialize, Serialize};

use super::scan::is_zero;
use super::{Predicate, Resource, Stage, not_empty};
use crate::record::ids::FileDigest;
use crate::record::time::UtcTime;

/// The `buildType` of builds that git-qms records: the command line and the environment are the
/// pipeline's own; `externalParameters` says only which commit was built.
pub const BUILD_TYPE: &str = "urn:git-qms:build-type:recorded:v1";

/// SLSA provenance, with the members that git-qms writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Provenance {
    /// What went in.
    pub build_definition: BuildDefinition,
    /// How this run of it went.
    pub run_details: RunDetails,
}

/// What went in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BuildDefinition {
    /// Always [`BUILD_TYPE`].
    pub build_type: String,
    /// What the person or pipeline that started the build chose.
    pub external_parameters: ExternalParameters,
    /// First the commit, then each component of the dependency inventory, by package URL.
    pub resolved_dependencies: Vec<Resource>,
}

/// What the person or pipeline that started the build chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExternalParameters {
    /// `git+commit:<id>`: the source that was built.
    pub source: String,
}

/// How this run of the build went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RunDetails {
    /// Who built.
    pub builder: Builder,
    /// Which run.
    pub metadata: BuildMetadata,
}

/// The system that built, as a URI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Builder {
    /// For instance `https://github.com/actions/runner`.
    pub id: String,
}

/// Which run of the build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BuildMetadata {
    /// The build id.
    pub invocation_id: String,
    /// When it began.
    pub started_on: UtcTime,
    /// When it ended.
    pub finished_on: UtcTime,
}

/// What a build record says beyond SLSA provenance; lies in the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BuildDetail {
    /// The artifacts' sizes in bytes, in the order of the statement's artifact subjects.
    pub artifact_sizes: Vec<u64>,
    /// The inventory the dependencies were read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory: Option<Inventory>,
    /// The revision of the infrastructure code it is meant for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub infrastructure_revision: Option<String>,
    /// Where the log is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// What others attest about the artifacts. Their files are kept whole; nothing of it is our claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<Attestation>,
}

/// An in-toto statement of somebody else, in a file that the record lists. Its signatures are not checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Attestation {
    /// SHA-256 of the file.
    pub sha256: FileDigest,
    /// Its in-toto predicate type.
    pub predicate_type: String,
    /// SHA-256 of its subjects, as it says, up to 100.
    pub subjects: Vec<FileDigest>,
    /// How many subjects are not listed: past 100, or without a SHA-256.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: u64,
    /// Those of its subjects that are artifacts of this record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<FileDigest>,
    /// How many signatures it carries; none, where it is a bare statement.
    pub signatures: u64,
    /// Who signed, by its word; a signature need not name its key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keyids: Vec<String>,
}

/// A software bill of materials, and what was counted in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Inventory {
    /// `CycloneDX 1.6`, for instance.
    pub format: String,
    /// SHA-256 of the document.
    pub sha256: FileDigest,
    /// How many components it lists, wherever nested.
    pub components: u64,
    /// How many of these are not among `resolvedDependencies`: without a package URL, or past 5,000.
    pub omitted: u64,
    /// The components' licences, where the document names any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licenses: Option<Licenses>,
}

/// Components by licence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licenses {
    /// Components by SPDX licence expression, the most frequent first, up to 200.
    pub expressions: Vec<LicenseCount>,
    /// Components whose licence is not listed, past 200.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: u64,
    /// Components with a licence that is no SPDX expression.
    pub unrecognised: u64,
    /// Components without any.
    pub unsaid: u64,
}

/// How many components are under one licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenseCount {
    /// For instance `MIT OR Apache-2.0`.
    pub expression: String,
    /// How many.
    pub components: u64,
}

impl Predicate for Provenance {
    const TYPE: &'static str = "https://slsa.dev/provenance/v1";
    const STAGE: Option<Stage> = Some(Stage::Build);

    fn check(&self) -> Result<(), String> {
        if self.build_definition.build_type != BUILD_TYPE {
            return Err(format!("buildType {:?} is not {BUILD_TYPE}", self.build_definition.build_type));
        }
        self.build_definition.resolved_dependencies.iter().try_for_each(Resource::check)?;
        not_empty("builder id", &self.run_details.builder.id)?;
        not_empty("build id", &self.run_details.metadata.invocation_id)
    }

    fn summary(&self) -> String {
        format!("build {}", self.run_details.metadata.invocation_id)
    }
}
