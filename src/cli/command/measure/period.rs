//! The period that is measured, and where it is split.

use super::MeasureCommand;
use crate::cli::context::Context;
use crate::cli::error::{Error, Result};
use crate::measure::Window;
use crate::policy;
use crate::record::{Claim, FileDigest, Name, UtcTime};
use crate::report::measures::{Period, Split};
use crate::verify::Ledger;

impl MeasureCommand {
    /// What is asked for, as of the moment judged by.
    pub(super) fn period(&self, context: &Context, ledger: &Ledger) -> Result<Period> {
        // What happened in the very second counts.
        let end = UtcTime::from_seconds(context.at.seconds() + 1);
        let until = self.until.map_or(end, |until| until.min(end));
        let since = self.since.unwrap_or_else(|| twelve_months(until));
        if since >= until {
            return Err(Error::new(format!("the period from {since} to {until} holds nothing"))
                .hint("--since has to be before --until, and before the moment judged by (--at)"));
        }
        let split = self.split_at.as_deref().map(|text| split(context, ledger, text)).transpose()?;
        if let Some(split) = split.as_ref().filter(|split| split.at <= since || split.at >= until) {
            return Err(Error::new(format!("{} is not within the period from {since} to {until}", split.at))
                .hint("nothing would be before, or nothing after: choose --since and --until around it"));
        }
        Ok(Period { whole: Window { from: since, until }, step: self.window, split })
    }
}

/// Twelve calendar months, the last one as far as it goes.
fn twelve_months(until: UtcTime) -> UtcTime {
    let last = UtcTime::from_seconds(until.seconds() - 1);
    let first = last.later(0, -11, 0).date();
    format!("{}-01T00:00:00Z", &first[..7]).parse().unwrap_or(UtcTime::from_seconds(0))
}

/// A time, or a control: when the first ratified catalog with it came into force.
fn split(context: &Context, ledger: &Ledger, text: &str) -> Result<Split> {
    if let Ok(at) = crate::cli::time(text) {
        return Ok(Split { at, control: None });
    }
    let control: Name = text.parse().map_err(|_| {
        Error::new(format!("--split-at {text:?} is neither a time nor a control"))
            .hint("a time like 2026-04-13, or a control like SCAN-01: git qms control list")
    })?;
    let ratified = ledger.records().iter().filter(|record| record.header.recorded <= context.at);
    let holding = ratified.filter(|record| match &record.claim {
        Claim::Policy(policy) => has_control(context, record.commit, policy.sha256, &control),
        _ => false,
    });
    let at = holding.map(|record| record.header.recorded).min();
    at.map(|at| Split { at, control: Some(control.clone()) }).ok_or_else(|| {
        Error::no(format!("no ratified catalog has a control {control}"))
            .hint("git qms control list; git qms policy log")
    })
}

fn has_control(context: &Context, commit: crate::record::CommitId, sha256: FileDigest, control: &Name) -> bool {
    let bytes = context.repo.read_blob_at(&commit, policy::PATH, 1 << 20).ok().flatten();
    let text = bytes.filter(|bytes| FileDigest::of(bytes) == sha256).and_then(|bytes| String::from_utf8(bytes).ok());
    let catalog = text.and_then(|text| policy::parse(&text, policy::PATH).ok());
    catalog.is_some_and(|catalog| catalog.controls.iter().any(|one| one.id == *control))
}
