//! Of an incident or a defect: where it came from, and what let it pass.

use serde::Serialize;

use crate::cli::context::Context;
use crate::question::Node;
use crate::record::{Claim, CommitId, RecordId, TagName};
use crate::release::Manifest;
use crate::verify::Ledger;

/// All of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CaseJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    introduced_by: Option<CommitId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// The type of suite that should have caught it.
    #[serde(skip_serializing_if = "Option::is_none")]
    missed_by: Option<String>,
    /// The runs of that suite that the release at fault relies on.
    ran: Vec<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<TagName>,
    approvers: Vec<String>,
    /// The decision that let the release pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<RecordId>,
    /// What it says of each control, with the records that show that it ran.
    controls: Vec<ControlJson>,
}

#[derive(Debug, Serialize)]
struct ControlJson {
    id: String,
    outcome: String,
    records: Vec<RecordId>,
}

/// Of what was asked about, if it is one.
pub(super) fn case(context: &Context, ledger: &Ledger, manifests: &[Manifest], of: &Node) -> Option<CaseJson> {
    let Node::Case(kind, id) = of else { return None };
    let case = ledger.case(*kind, &id.parse().ok()?)?;
    let (introduced_by, missed_by, deployment) = match &case.last.claim {
        Claim::Incident(one) => (one.introduced_by, &one.missed_by, one.deployment),
        Claim::Defect(one) => (one.introduced_by, &one.missed_by, one.deployment),
        _ => return None,
    };
    let of_deployment = || ledger.record(deployment?)?.header.release.clone();
    let release = case.last.header.release.clone().or_else(of_deployment);
    let manifest = release.as_ref().and_then(|tag| manifests.iter().find(|manifest| manifest.tag == *tag));
    let relied = || manifest.iter().flat_map(|manifest| &manifest.records).filter_map(|id| ledger.record(*id));
    let ran = |record: &&crate::verify::Verified<crate::record::Record>| {
        let mut suites = record.header.test.iter().flat_map(|test| &test.suites);
        missed_by.as_ref().is_some_and(|missed| suites.any(|suite| suite.kind == *missed))
    };
    let decision = manifest.and_then(|manifest| ledger.record(manifest.gate.record));
    let controls = decision.and_then(|record| record.header.gate.as_ref()).map(|gate| &gate.controls[..]);
    let author = introduced_by.and_then(|commit| context.commit_info(commit).ok());
    let approver = |one: &crate::release::manifest::Approver| format!("{} as {}, {}", one.name, one.role, one.time);
    Some(CaseJson {
        introduced_by,
        author: author.map(|info| format!("{} <{}>", info.author.name, info.author.email)),
        missed_by: missed_by.as_ref().map(ToString::to_string),
        ran: relied().filter(ran).map(|record| record.id).collect(),
        release,
        approvers: manifest.map(|manifest| manifest.approvers.iter().map(approver).collect()).unwrap_or_default(),
        decision: decision.map(|record| record.id),
        controls: controls
            .unwrap_or_default()
            .iter()
            .map(|one| ControlJson {
                id: one.id.to_string(),
                outcome: one.outcome.to_string(),
                records: one.records.clone(),
            })
            .collect(),
    })
}

impl CaseJson {
    /// What is known, each with its name; what nobody recorded is said to be so.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let list = |ids: &[RecordId]| ids.iter().map(RecordId::short).collect::<Vec<_>>().join(", ");
        let unknown = || "not recorded".to_owned();
        let author = self.author.as_ref().map_or(String::new(), |author| format!(" by {author}"));
        let introduced = self.introduced_by.map_or_else(unknown, |commit| format!("{}{author}", commit.short()));
        let ran = if self.ran.is_empty() {
            "which did not run".to_owned()
        } else {
            format!("which ran in {}", list(&self.ran))
        };
        let missed = self.missed_by.as_ref().map_or_else(unknown, |suite| format!("{suite}, {ran}"));
        let approved = if self.approvers.is_empty() { unknown() } else { self.approvers.join("; ") };
        let mut facts = vec![
            ("introduced", introduced),
            ("missed by", missed),
            ("approved by", approved),
            ("let pass by", self.decision.map_or_else(unknown, |id| id.short())),
        ];
        let control = |one: &ControlJson| format!("{} {}  {}", one.id, one.outcome, list(&one.records));
        facts.extend(self.controls.iter().map(|one| ("  control", control(one))));
        facts
    }
}
