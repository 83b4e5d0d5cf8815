//! `git qms trace`: what leads to a requirement, and which requirements are met.

use std::rc::Rc;

use clap::Args;

use crate::cli::Start;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::requirements::{Library, places};
use crate::cli::verification::{Thoroughness, Verification};
use crate::ingest::requirement::{Requirements, source_tags};
use crate::policy;
use crate::question::{Node, Tracer};
use crate::record::{CommitId, RequirementId};
use crate::report::drawing::Drawing;
use crate::store::CommitInfo;
use crate::trace::{self, Sources, Tag, Trace};

mod case;
mod chain;
mod json;
mod matrix;
mod named;
mod now;
mod one;
mod releases;

use chain::Format;

/// The largest source file that is looked at for tags, in bytes.
const MAX_SOURCE: usize = 16 << 20;

/// Show what leads to something and what came of it, or which requirements are met.
///
/// X is a requirement, a change, a commit, a file (its path in the tree), an artifact (its name or SHA-256), an attached file (its
/// SHA-256), a release (a tag, or a service for its newest), an incident, a defect, a member, or the beginning of a record's id.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms trace REQ-7               the requirement: what names it, and what came of it
  git qms trace INC-12              what brought the incident, what let it pass, and what proves that controls ran
  git qms trace app.tar.gz          the file that was built: from what, in which releases, and where it is now
  git qms trace src/limit.rs        a file of the tree: what was done to it, in which releases, and which environments hold it
  git qms trace CHG-1842 --format html > chg-1842.html    a page with a picture; --format svg the picture alone
  git qms trace --requirements      every requirement: covered, failing, suspect or not covered
  git qms trace --matrix --format csv     requirement × test × release")]
pub struct TraceCommand {
    /// What to trace
    #[arg(value_name = "X", required_unless_present_any = ["requirements", "matrix"])]
    of: Option<String>,
    /// All requirements of a commit; HEAD by default
    #[arg(long, value_name = "REV", num_args = 0..=1, default_missing_value = "HEAD", conflicts_with = "of")]
    requirements: Option<String>,
    /// Every requirement with each test of it in each release
    #[arg(long, conflicts_with_all = ["of", "requirements", "commit"])]
    matrix: bool,
    /// The commit that a requirement is looked up at; HEAD by default
    #[arg(long, value_name = "REV", conflicts_with = "requirements")]
    commit: Option<String>,
    /// How to write it; csv for the matrix alone
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// A commit, with everything that was read of it.
struct Seen {
    commit: CommitInfo,
    verification: Verification,
    requirements: Rc<Requirements>,
}

impl TraceCommand {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let verification = context.verify(Thoroughness::default())?;
        let format = match self.format {
            Some(format) if context.ui.is_json() && format != Format::Json => {
                return Err(Error::new("--json and --format ask for two things").hint("give one of them"));
            }
            Some(format) => format,
            None if context.ui.is_json() => Format::Json,
            None => Format::Text,
        };
        // As --json has it, whoever asked.
        let mut context = context;
        context.ui = if format == Format::Json { context.ui.as_json() } else { context.ui };
        if self.matrix {
            let manifests = chain::manifests(&context, &verification.ledger)?;
            return releases::show(&context, &verification, &manifests, format);
        }
        if format == Format::Csv || (self.requirements.is_some() && !matches!(format, Format::Text | Format::Json)) {
            return Err(Error::new("what is asked for has no such format")
                .hint("--format csv goes with --matrix; svg, html, dot and mermaid with X"));
        }
        let commit = context.commit(self.requirements.as_deref().or(self.commit.as_deref()))?;
        let policy = context.policy(&verification.ledger, &commit, context.at);
        let mut reached = None;
        if let Some(text) = &self.of {
            let manifests = chain::manifests(&context, &verification.ledger)?;
            let mut tracer = Tracer::new(&verification.ledger, &manifests);
            let node = named::named(&context, &verification.ledger, &mut tracer, text)?;
            // A requirement is told with its text, where the catalog says where that is written.
            let is_written = policy.as_ref().is_ok_and(|policy| policy.requirements.is_some());
            let told = matches!(format, Format::Text | Format::Json) && is_written;
            match node {
                Some(node @ Node::Requirement(_)) if told => {
                    reached = Some(Drawing::of(&verification.ledger, &tracer.trace(&node)));
                }
                Some(node) => {
                    return chain::show(&context, &verification, &mut tracer, &manifests, &node, format);
                }
                None if !told => {
                    // It may be a requirement that nothing on record names: where none is read, that cannot be told.
                    if let Ok(policy) = &policy
                        && text.parse::<RequirementId>().is_ok()
                    {
                        places(policy).map_err(|error| {
                            let text = format!("{text:?} names nothing that is on record, unless it is a requirement");
                            let next = error.next_step().unwrap_or_default();
                            Error::new(text).detail(error.to_string()).hint(next)
                        })?;
                    }
                    return Err(Error::no(format!("{text:?} names nothing that is on record")).hint(
                        "a requirement, change, commit, file, artifact, release, incident, defect or member: git qms log",
                    ));
                }
                _ => {}
            }
        }
        let policy = policy?;
        let places = places(&policy)?;
        let library = Library::new(&context.repo, places);
        let requirements = library.at(commit.id)?;
        let only = self.of.as_deref().map(|text| known(&requirements, text, commit.id)).transpose()?;
        let history = context.repo.contained_by(&commit.id, policy.baseline.as_ref())?;
        let commits = mentions(&context, &history, places)?;
        let mut tags = Vec::new();
        if !places.tags.is_empty() {
            for (file, bytes) in library.tagged_files(commit.id, MAX_SOURCE)? {
                let found = source_tags(&String::from_utf8_lossy(&bytes)).into_iter();
                tags.extend(found.map(|tag| Tag {
                    file: file.clone(),
                    line: tag.line,
                    kind: tag.kind,
                    names: tag.covers,
                }));
            }
        }
        let seen = Seen { commit, verification, requirements };
        let sources = Sources {
            requirements: &seen.requirements,
            tree: seen.commit.tree,
            history: &history,
            ledger: &seen.verification.ledger,
            commits: &commits,
            tags: &tags,
            past: &library,
        };
        let trace = Trace::of(&sources, only.as_ref());
        if only.is_some() {
            one::show(&context, &seen, &trace, reached.as_ref())
        } else {
            matrix::show(&context, &seen, &trace)
        }
    }
}

/// The id of a requirement that is there, however it was written.
fn known(requirements: &Requirements, text: &str, commit: CommitId) -> Result<RequirementId> {
    let id: RequirementId = text.parse().map_err(|_| {
        Error::no(format!("{text:?} names nothing that is on record"))
            .hint("a requirement, change, commit, file, artifact, release, incident, defect or member: git qms log")
    })?;
    let id = &id;
    let found = requirements.linked(id).map(|(one, _)| one.id.clone());
    found.ok_or_else(|| {
        let alike = requirements.all().filter(|one| one.id.as_str().eq_ignore_ascii_case(id.as_str()));
        let alike: Vec<&str> = alike.map(|one| one.id.as_str()).collect();
        let hint = if alike.is_empty() { "git qms trace --requirements lists them".into() } else { alike.join(", ") };
        Error::no(format!("there is no requirement {id} at {}", commit.short())).hint(hint)
    })
}

/// What trailers of these commits name, the newest first.
fn mentions(
    context: &Context,
    history: &std::collections::HashSet<CommitId>,
    places: &policy::Requirements,
) -> Result<Vec<trace::Commit>> {
    let mut found = Vec::new();
    for id in history {
        let info = context.repo.commit(id)?;
        for (key, names) in trace::trailers(&info.message, &places.trailers) {
            let subject = info.message.lines().next().unwrap_or_default().to_owned();
            found.push((info.committer.time, trace::Commit { id: *id, subject, key, names }));
        }
    }
    found.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.id.cmp(&other.id)));
    Ok(found.into_iter().map(|(_, commit)| commit).collect())
}
