//! A release or commit: its records by stage, where it is, what is pending, and how it was verified.

use super::Show;
use super::files::{self, Listed};
use super::{detail, json, summary};
use crate::cli::context::Context;
use crate::cli::error::{Exit, Result};
use crate::cli::verification::Verification;
use crate::policy::exception::{Asked, Register};
use crate::question::Whereabouts;
use crate::record::{RecordId, Stage, TagName};
use crate::release::Manifest;
use crate::release::rollback::{Deployment, taken_back};
use crate::report::gaps::Gaps;
use crate::report::story::{Part, Story};
use crate::report::timing::Deadlines;
use crate::store::CommitInfo;
use crate::verify::Outcome;

/// Everything that is told of it.
pub(super) struct Whole<'a> {
    pub(super) context: &'a Context,
    pub(super) verification: &'a Verification,
    pub(super) commit: &'a CommitInfo,
    pub(super) release: Option<(&'a TagName, &'a Manifest)>,
    pub(super) story: Story<'a>,
    pub(super) deadlines: Deadlines,
    /// The environments of the release.
    pub(super) places: Vec<Whereabouts<'a>>,
    /// Deployments that take the release back.
    pub(super) taken_back: Vec<Deployment<'a>>,
    /// What the release went out with, as it stands as of `--at`.
    pub(super) relied: Vec<Asked<'a>>,
    pub(super) pending: Vec<String>,
    pub(super) gaps: Gaps,
    /// Those of the stages that were asked for.
    pub(super) files: Vec<Listed<'a>>,
    /// The one stage that was asked for.
    only: Option<Stage>,
}

/// Shows it.
pub(super) fn show(
    context: &Context,
    verification: &Verification,
    commit: &CommitInfo,
    release: Option<(&TagName, &Manifest)>,
    args: &Show,
) -> Result<Exit> {
    let ledger = &verification.ledger;
    let deadlines = context.deadlines(ledger);
    let story = Story::of(ledger, commit.id, commit.tree, release.map(|(_, manifest)| manifest), &deadlines);
    let policy = context.policy(ledger, commit, context.at).ok();
    let mut relied = policy.as_ref().map(|policy| Register::of(ledger, policy, context.at).all()).unwrap_or_default();
    let ids = story.manifest.map_or(&[][..], |manifest| &manifest.exceptions);
    relied.retain(|one| ids.contains(&one.record.id));
    let mut pending = story.pending.clone();
    pending.extend(relied.iter().filter_map(review_pending));
    let records = story.stages.iter().flat_map(|(_, parts)| parts).map(|part| part.record);
    let files = files::list(context, ledger, records)?;
    let gaps = Gaps::of(&story, &verification.findings, files.iter().filter_map(Listed::stored), &deadlines);
    let whole = Whole {
        context,
        verification,
        commit,
        release,
        places: story.manifest.map(|manifest| Whereabouts::of(ledger, manifest, context.at)).unwrap_or_default(),
        taken_back: release.map(|(tag, _)| taken_back(ledger, tag)).unwrap_or_default(),
        relied,
        pending,
        gaps,
        files: match args.stage {
            None => files,
            Some(stage) => files::list(context, ledger, story.stage(stage).map(|part| part.record))?,
        },
        only: args.stage,
        deadlines,
        story,
    };
    let ui = context.ui;
    if ui.is_json() {
        ui.json(&json::of(&whole)?)?;
    } else if ui.is_quiet() {
        ui.line(&release.map_or_else(|| commit.id.to_string(), |(tag, _)| tag.to_string()));
    } else {
        ui.page(&context.environment);
        if args.full || args.stage.is_some() {
            detail::tell(&whole, args.full)?;
        } else {
            summary::tell(&whole);
        }
    }
    Ok(whole.exit())
}

impl<'a> Whole<'a> {
    /// Each stage that was asked for, with its records.
    pub(super) fn stages(&self) -> impl Iterator<Item = (Stage, &[Part<'a>])> {
        let wanted = self.story.stages.iter().filter(|(stage, _)| self.only.is_none_or(|only| only == *stage));
        wanted.map(|(stage, parts)| (*stage, parts.as_slice()))
    }

    /// The exceptions that the release went out with, each as it stands, where that is known.
    pub(super) fn exceptions(&self) -> impl Iterator<Item = (RecordId, Option<&Asked<'a>>)> {
        let ids = self.story.manifest.into_iter().flat_map(|manifest| &manifest.exceptions);
        ids.map(|id| (*id, self.relied.iter().find(|one| one.record.id == *id)))
    }

    /// Whether nothing is open, missing or altered, and all of it was verified.
    pub(super) fn is_complete(&self) -> bool {
        self.pending.is_empty() && self.gaps.is_whole() && self.verification.outcome() == Outcome::Pass
    }

    fn exit(&self) -> Exit {
        if self.gaps.altered.is_empty() { Exit::from(self.verification.outcome()) } else { Exit::No }
    }
}

/// An emergency that is still to be reviewed keeps the file open.
fn review_pending(one: &Asked<'_>) -> Option<String> {
    let by = one.review_due()?;
    let how = if one.overdue { "overdue since" } else { "due by" };
    Some(format!("review of emergency exception {} from {}: {how} {by}", one.record.id.short(), one.claim.control))
}
