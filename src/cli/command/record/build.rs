//! `git qms record build`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::about::About;
use super::reports::{self, ReportFile};
use super::stdin;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::{Start, ci, digest};
use crate::ingest::{self, Report};
use crate::record::kind::Resource;
use crate::record::kind::build::{
    BUILD_TYPE, BuildDefinition, BuildDetail, BuildMetadata, Builder, ExternalParameters, Provenance, RunDetails,
};
use crate::record::statement::Artifact;
use crate::record::{Claim, Kind};

/// The media type of an in-toto statement, in an envelope or out of it.
const ATTESTATION: &str = "application/vnd.in-toto+json";

/// What was built, by whom, from what.
#[derive(Debug, Args)]
pub struct Build {
    /// The build's id; in CI the run's
    #[arg(long = "build-id", value_name = "ID", conflicts_with = "stdin")]
    id: Option<String>,
    /// Who built, as a URI; in CI the system's
    #[arg(long, value_name = "URI", conflicts_with = "stdin")]
    builder: Option<String>,
    /// A built file; repeat for more
    #[arg(long = "artifact", value_name = "FILE", required_unless_present = "stdin", conflicts_with = "stdin")]
    artifacts: Vec<PathBuf>,
    /// An inventory of its dependencies (CycloneDX, SPDX), or provenance that others signed (in-toto); repeat
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "stdin")]
    from: Vec<PathBuf>,
    /// The revision of the infrastructure code it is meant for
    #[arg(long, value_name = "REVISION", conflicts_with = "stdin")]
    infra_revision: Option<String>,
    /// Where the build's log is
    #[arg(long, value_name = "URI", conflicts_with = "stdin")]
    log: Option<String>,
    #[command(flatten)]
    about: About,
}

impl Build {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        if self.about.is_from_stdin() {
            return stdin::record(self.about, start, Kind::Build, "git qms record test --from junit.xml");
        }
        let reports = reports::read_all(&self.from)?;
        let mut making = self.about.begin(start, Kind::Build, None)?;
        let environment = &making.context.environment;
        let run = making.header.source.as_ref().and_then(|source| source.run.clone());
        let build_id = self
            .id
            .or(run)
            .ok_or_else(|| Error::new("a build needs an id, and no CI system names one here").hint("--build-id ID"))?;
        let builder = self.builder.or_else(|| ci::builder(environment));
        let builder = builder.unwrap_or_else(|| format!("urn:git-qms:member:{}", making.header.recorder));
        let (artifacts, artifact_sizes) = artifacts(&self.artifacts)?;
        let source = Resource {
            name: Some("commit".to_owned()),
            uri: None,
            digest: [("gitCommit".to_owned(), making.commit.id.to_string())].into(),
        };
        let mut resolved_dependencies = vec![source];
        let (mut files, mut inventory, mut attestations) = (Vec::new(), None, Vec::new());
        for ReportFile { mut file, report } in reports {
            if let Report::Attestation(_) = report {
                attestations.extend(ingest::attestations(&report, &artifacts)?);
                ATTESTATION.clone_into(&mut file.media_type);
            } else if inventory.is_some() {
                return Err(Error::new(format!("{} is a second inventory", file.name))
                    .hint("a build record has one: unite them, or record the builds apart"));
            } else {
                let (components, read) = ingest::inventory(&report)?;
                resolved_dependencies.extend(components);
                inventory = Some(read);
            }
            files.push(file);
        }
        if !attestations.is_empty() {
            let note = "the signatures of the provenance are kept and were not checked: its own tool does that";
            making.context.ui.note(note);
        }
        making.reports = self.from;
        making.header.build = Some(BuildDetail {
            artifact_sizes,
            inventory,
            infrastructure_revision: self.infra_revision,
            log: self.log,
            attestations,
        });
        let claim = Provenance {
            build_definition: BuildDefinition {
                build_type: BUILD_TYPE.to_owned(),
                external_parameters: ExternalParameters { source: format!("git+commit:{}", making.commit.id) },
                resolved_dependencies,
            },
            run_details: RunDetails {
                builder: Builder { id: builder },
                metadata: BuildMetadata {
                    invocation_id: build_id,
                    started_on: making.header.occurred.start,
                    finished_on: making.header.occurred.end,
                },
            },
        };
        making.finish(artifacts, files, Claim::Build(claim), Some("git qms record test --from junit.xml"))
    }
}

fn artifacts(paths: &[PathBuf]) -> Result<(Vec<Artifact>, Vec<u64>)> {
    let one = |path: &PathBuf| {
        let (sha256, size) = digest::of_file(path)?;
        Ok((Artifact { name: reports::file_name(Path::new(path))?, sha256 }, size))
    };
    let both: Vec<(Artifact, u64)> = paths.iter().map(one).collect::<Result<_>>()?;
    Ok(both.into_iter().unzip())
}
