//! What an export tells of: a release, or records.

use std::collections::BTreeSet;

use crate::cli::context::Context;
use crate::cli::error::{Error, Result};
use crate::cli::target::Target;
use crate::cli::verification::Verification;
use crate::question::{Concerned, Filter};
use crate::record::{Claim, Kind, Record, RecordId, TagName};
use crate::release::Manifest;
use crate::report::story::Story;
use crate::report::table::{Source, Table};
use crate::report::timing::Deadlines;
use crate::store::CommitInfo;
use crate::verify::{Ledger, Outline, Verified};

/// What everything is read from.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) context: &'a Context,
    pub(super) verification: &'a Verification,
    /// The release, where one was named.
    pub(super) released: Option<&'a Released>,
}

/// A release.
pub(super) struct Released {
    pub(super) tag: TagName,
    pub(super) manifest: Box<Manifest>,
    pub(super) commit: CommitInfo,
}

/// Records, in the order of the ledger.
pub(super) struct Selection<'a> {
    pub(super) told: Told<'a>,
    pub(super) records: Vec<&'a Verified<Record>>,
    /// The table that was asked for.
    pub(super) table: Option<&'static Table>,
    /// What was asked for, in words.
    pub(super) about: String,
    deadlines: Deadlines,
}

impl Released {
    /// The release that `text` names.
    pub(super) fn of(context: &Context, ledger: &Ledger, text: &str) -> Result<Self> {
        match context.target(ledger, Some(text))? {
            Target::Release { tag, manifest, commit } => Ok(Self { tag, manifest, commit }),
            _ => Err(Error::no(format!("{text:?} is no release"))
                .hint("releases: git tag --list '*@*+*'; a service stands for its newest one")),
        }
    }
}

impl<'a> Told<'a> {
    /// The release, which some formats need.
    pub(super) fn release(&self, format: &str) -> Result<&'a Released> {
        self.released.ok_or_else(|| {
            let error = Error::new(format!("{format} tells of one release, and none is named"));
            match format {
                "html" => error.hint("git qms export RELEASE; of a period: git qms audit --period P --html FILE"),
                _ => error.hint("git qms export RELEASE; the package holds the whole ledger, whichever it is"),
            }
        })
    }
}

impl<'a> Selection<'a> {
    /// The records of the release, or those that the filter admits. None at all is a no.
    pub(super) fn of(told: &Told<'a>, within: &Filter, table: Option<&'static Table>) -> Result<Self> {
        let Told { context, verification, released } = *told;
        let ledger = &verification.ledger;
        let deadlines = context.deadlines(ledger);
        let mut about = String::from("everything recorded");
        let records: Vec<&Verified<Record>> = if let Some(released) = released {
            about = format!("release {}", released.tag);
            let ids = of_release(ledger, released, &deadlines);
            ledger.select(|record| ids.contains(&record.id)).collect()
        } else {
            about.extend(within.since.map(|since| format!(" since {since}")));
            about.extend(within.until.map(|until| format!(" before {until}")));
            about.extend(within.service.iter().map(|service| format!(" about {service}")));
            within.of(ledger).collect()
        };
        if records.is_empty() {
            return Err(Error::no(format!("nothing is written: no record is in {about}"))
                .hint("git qms log lists what is recorded; missing records: git qms sync --fetch-only"));
        }
        Ok(Self { told: *told, records, table, about, deadlines })
    }

    /// What rows are made from.
    pub(super) fn source(&self) -> Source<'_> {
        Source { ledger: &self.told.verification.ledger, deadlines: &self.deadlines }
    }
}

/// What names the release, what it relies on, what its story tells, what became of its exceptions, and its catalog.
fn of_release(ledger: &Ledger, released: &Released, deadlines: &Deadlines) -> BTreeSet<RecordId> {
    let Released { tag, manifest, commit } = released;
    let names = Filter { release: Some(Concerned::release(tag.clone(), Some(manifest))), ..Filter::default() };
    let story = Story::of(ledger, commit.id, commit.tree, Some(manifest), deadlines);
    let told: BTreeSet<RecordId> =
        story.stages.iter().flat_map(|(_, parts)| parts).map(|part| part.record.id).collect();
    let may_belong = |record: &Outline<'_>| {
        told.contains(&record.id)
            || names.may_admit(record)
            || manifest.exceptions.contains(&record.id)
            || matches!(record.kind, Kind::ExceptionDecision | Kind::Policy)
    };
    let belongs = |record: &&Verified<Record>| {
        told.contains(&record.id)
            || names.admits(record)
            || manifest.exceptions.contains(&record.id)
            || match &record.claim {
                Claim::ExceptionDecision(one) => manifest.exceptions.contains(&one.exception),
                Claim::Policy(one) => one.sha256 == manifest.policy,
                _ => false,
            }
    };
    ledger.select(may_belong).filter(belongs).map(|record| record.id).collect()
}
