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
use crate::record::{CommitId, RequirementId};
use crate::store::CommitInfo;
use crate::trace::{self, Sources, Tag, Trace};

mod json;
mod matrix;
mod one;

/// The largest source file that is looked at for tags, in bytes.
const MAX_SOURCE: usize = 16 << 20;

/// Show what leads to a requirement, or which requirements are met.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms trace REQ-7               the requirement, and every test, plan, commit and tag that names it
  git qms trace --requirements      every requirement: covered, failing, suspect or not covered")]
pub struct TraceCommand {
    /// A requirement's id
    #[arg(value_name = "REQUIREMENT", required_unless_present = "requirements")]
    requirement: Option<RequirementId>,
    /// All requirements of a commit; HEAD by default
    #[arg(long, value_name = "REV", num_args = 0..=1, default_missing_value = "HEAD", conflicts_with = "requirement")]
    requirements: Option<String>,
    /// The commit that it is looked up at; HEAD by default
    #[arg(long, value_name = "REV", conflicts_with = "requirements")]
    commit: Option<String>,
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
        let commit = context.commit(self.requirements.as_deref().or(self.commit.as_deref()))?;
        let policy = context.policy(&verification.ledger, &commit, context.at)?;
        let places = places(&policy)?;
        let library = Library::new(&context.repo, places);
        let requirements = library.at(commit.id)?;
        let only = self.requirement.as_ref().map(|id| known(&requirements, id, commit.id)).transpose()?;
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
        if only.is_some() { one::show(&context, &seen, &trace) } else { matrix::show(&context, &seen, &trace) }
    }
}

/// The id of a requirement that is there, however it was written.
fn known(requirements: &Requirements, id: &RequirementId, commit: CommitId) -> Result<RequirementId> {
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
