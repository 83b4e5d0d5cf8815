//! Where something is now: which releases and environments hold it.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::Result;
use crate::question::{Node, Tracer, deployed_now};
use crate::record::{BlobId, CommitId, Record, RecordId, UtcTime};
use crate::report::drawing::Drawing;
use crate::verify::{Ledger, Verified};

/// What is in an environment now.
#[derive(Debug, Serialize)]
pub(super) struct Now {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) environment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) release: Option<String>,
    pub(super) since: UtcTime,
    pub(super) by: String,
    pub(super) deployment: RecordId,
    /// Of a file of the tree: whether it is there as HEAD has it.
    #[serde(rename = "asAtHead", skip_serializing_if = "Option::is_none")]
    pub(super) as_at_head: Option<bool>,
}

/// Every place that holds it. Of a change, commit or file a later release holds it, too, if it contains the commit, or the file.
pub(super) fn now(
    context: &Context,
    ledger: &Ledger,
    tracer: &mut Tracer<'_>,
    drawing: &Drawing,
    of: &Node,
) -> Result<Vec<Now>> {
    let there = deployed_now(ledger);
    if let Node::File(path) = of {
        let head = context.commit(None)?;
        let at_head = context.repo.blob_at(&head.id, path)?;
        let held = there.into_iter().map(|record| Ok((record, context.repo.blob_at(&record.commit, path)?)));
        let held = held.collect::<Result<Vec<(&Verified<Record>, Option<BlobId>)>>>()?;
        let held = held.into_iter().filter(|(_, blob)| blob.is_some());
        return Ok(held.map(|(record, blob)| Now { as_at_head: Some(blob == at_head), ..told(record) }).collect());
    }
    let commits: Vec<CommitId> = match of {
        Node::Commit(id) => vec![*id],
        Node::Change(_) => tracer.after(of).filter_map(commit_of).collect(),
        _ => {
            let there = there.into_iter().filter(|record| drawing.place(&Node::Record(record.id)).is_some());
            return Ok(there.map(told).collect());
        }
    };
    let mut all = Vec::new();
    for record in there {
        let contained = context.repo.first_containing(&[record.commit])?;
        if commits.iter().any(|commit| contained.contains_key(commit)) {
            all.push(told(record));
        }
    }
    Ok(all)
}

fn commit_of(node: &Node) -> Option<CommitId> {
    match node {
        Node::Commit(id) => Some(*id),
        _ => None,
    }
}

fn told(record: &Verified<Record>) -> Now {
    let text = |name: &Option<crate::record::Name>| name.as_ref().map(ToString::to_string);
    Now {
        service: text(&record.header.service),
        environment: text(&record.header.environment),
        release: record.header.release.as_ref().map(ToString::to_string),
        since: record.header.occurred.end,
        by: record.header.recorder.to_string(),
        deployment: record.id,
        as_at_head: None,
    }
}

impl Now {
    /// `payments → production: payments@2026.04.13+chg-1842, since 2026-04-13T05:12:03Z by ci`.
    pub(super) fn text(&self) -> String {
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".to_owned());
        let version = match self.as_at_head {
            Some(true) => ", as it is at HEAD",
            Some(false) => ", other than at HEAD",
            None => "",
        };
        let (service, environment, release) = (name(&self.service), name(&self.environment), name(&self.release));
        format!("{service} → {environment}: {release}, since {} by {}{version}", self.since, self.by)
    }
}
