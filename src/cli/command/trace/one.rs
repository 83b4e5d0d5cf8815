//! One requirement, with every link to it.

use super::Seen;
use super::chain::branch;
use super::json::{Output, review};
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::{Tone, Ui};
use crate::record::kind::test::CaseOutcome;
use crate::report::drawing::Drawing;
use crate::trace::{From, Link, Standing, Trace};

/// Shows it.
pub(super) fn show(context: &Context, seen: &Seen, trace: &Trace<'_>, reached: Option<&Drawing>) -> Result<Exit> {
    let (requirement, links) = trace.rows.first().ok_or_else(|| Error::no("the requirement is not there"))?;
    let (ui, exit) = (context.ui, Exit::from(seen.verification.outcome()));
    let standing = Standing::of(requirement, links);
    if ui.is_json() {
        ui.json(&Output::one(seen, requirement, links, reached))?;
        return Ok(exit);
    }
    if ui.is_quiet() {
        ui.line(standing.as_str());
        return Ok(exit);
    }
    ui.page(&context.environment);
    ui.line(&format!(
        "{}  {}",
        ui.paint(Tone::Bold, requirement.id.as_str()),
        ui.paint(Tone::Plain, &requirement.title)
    ));
    let field = |name: &str, text: &str| ui.line(&format!("{name:<12}{}", ui.paint(Tone::Plain, text)));
    ui.line(&format!("{:<12}{}", "standing", told(ui, standing)));
    field("written in", &format!("{} ({}) at {}", requirement.file, requirement.form, seen.commit.id.short()));
    for (name, value) in
        [("type", &requirement.kind), ("revision", &requirement.revision), ("status", &requirement.status)]
    {
        if let Some(value) = value {
            field(name, value);
        }
    }
    if let Some(review) = review(requirement.review) {
        field("review", review);
    }
    if requirement.critical {
        field("critical", "yes");
    }
    if !requirement.parents.is_empty() {
        let parents: Vec<&str> = requirement.parents.iter().map(|parent| parent.id.as_str()).collect();
        field("comes from", &parents.join(", "));
    }
    if links.is_empty() {
        field("links", "none");
    }
    for link in links {
        tell(ui, link);
    }
    if let Some(drawing) = reached {
        branch(ui, drawing, "leads to", |edge| *edge);
    }
    seen.verification.tell_findings(ui, false);
    ui.line(&seen.verification.summary(ui));
    Ok(exit)
}

/// The word for a standing, in its colour.
fn told(ui: Ui, standing: Standing) -> String {
    let tone = match standing {
        Standing::Covered => Tone::Good,
        Standing::Failing => Tone::Bad,
        Standing::Suspect | Standing::NotCovered => Tone::Odd,
        Standing::Inactive => Tone::Dim,
    };
    ui.paint(tone, &standing.as_str().replace('-', " "))
}

/// `  test     suspect  9f31c0a4b2d1  unit: refunds::test_limit passed, on 4e1a2b3: the text has changed since 4e1a2b3`
fn tell(ui: Ui, link: &Link) {
    let (kind, text) = said(&link.from);
    let mark = match link.doubt {
        None => ui.paint(Tone::Good, "sound  "),
        Some(_) => ui.paint(Tone::Odd, "suspect"),
    };
    let why = link.doubt.as_ref().map_or_else(String::new, |doubt| format!(": {doubt}"));
    ui.line(&format!("  {kind:<11}  {mark}  {}", ui.paint(Tone::Plain, &format!("{text}{why}"))));
}

/// Where a link comes from: its kind, and the rest.
pub(super) fn said(from: &From) -> (&'static str, String) {
    match from {
        From::Test { record, commit, suite, case, outcome, is_here } => {
            let outcome = match outcome {
                CaseOutcome::Passed => "passed",
                CaseOutcome::Skipped => "skipped",
                CaseOutcome::Flaky => "flaky",
                CaseOutcome::Failed => "failed",
                CaseOutcome::Disabled => "disabled",
                CaseOutcome::ExpectedFailure => "failed as expected",
                CaseOutcome::UnexpectedPass => "passed unexpectedly",
            };
            let other = if *is_here { "" } else { ", another tree" };
            ("test", format!("{}  {suite}: {case} {outcome}, on {}{other}", record.short(), commit.short()))
        }
        From::Plan { record, commit } => ("plan", format!("{}  on {}", record.short(), commit.short())),
        From::Commit(commit) => ("commit", format!("{}  {}: {}", commit.id.short(), commit.key, commit.subject)),
        From::Tag(tag) => ("tag", format!("{}:{}  {}", tag.file, tag.line, tag.kind)),
        From::Child(id) => ("requirement", id.to_string()),
    }
}
