//! The notes and the manifest of a release, from its evidence.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::context::{Context, printed_name};
use crate::cli::error::{Error, Result};
use crate::cli::judge::Judged;
use crate::policy::Policy;
use crate::policy::exception::Excepted;
use crate::record::kind::approval::Meaning;
use crate::record::kind::findings::RunOutcome;
use crate::record::kind::plan::Plan;
use crate::record::statement::Artifact;
use crate::record::{ChangeRef, Claim, Kind, Name, Record, RecordId, Stage, TagName, UtcTime};
use crate::release::manifest::{Approver, CoverageCounts, Decision, ScanCounts, SuiteCounts, TrustPin};
use crate::release::{Manifest, Notes, releases};
use crate::report::story::Story;
use crate::report::timing::Deadlines;
use crate::store::CommitInfo;
use crate::verify::{Ledger, Verified};

type Proof<'a> = &'a Verified<Record>;

/// What the release is called, and what for.
pub(super) struct Named<'a> {
    pub(super) tag: &'a TagName,
    pub(super) service: &'a Name,
    pub(super) change: &'a ChangeRef,
}

/// The notes with their manifest. Without the decision's record it is a rehearsal, which finds what is missing.
pub(super) fn notes(
    context: &Context,
    ledger: &Ledger,
    judged: &Judged,
    commit: &CommitInfo,
    named: &Named<'_>,
    decision: Option<RecordId>,
) -> Result<Notes> {
    let evidence = Evidence::of(ledger, commit, named, judged);
    let plan = evidence.plan()?;
    let manifest = manifest(context, ledger, judged, commit, named, &evidence, decision)?;
    let text = |lines: Vec<String>, none: &str| if lines.is_empty() { none.to_owned() } else { lines.join("\n") };
    let sections = [
        plan.reason.clone(),
        text(plan.requirements.iter().map(|id| format!("- {id}")).collect(), "none linked"),
        evidence
            .records(Kind::Test)
            .chain(evidence.records(Kind::Scan))
            .chain(evidence.records(Kind::Analysis))
            .map(|record| format!("- {}", record.summary()))
            .collect::<Vec<_>>()
            .join("\n"),
        text(plan.known_risks.iter().map(|risk| format!("- {risk}")).collect(), "none stated"),
        manifest
            .approvers
            .iter()
            .map(|who| format!("- {} ({}), {}: {}, {}", who.name, who.member, who.role, who.meaning, who.time))
            .collect::<Vec<_>>()
            .join("\n"),
        text(
            excepted(judged).map(|(control, exception)| format!("- {control}: {}", exception.sentence())).collect(),
            "none",
        ),
        plan.rollback_criteria.clone().unwrap_or_default(),
    ];
    let notes = Notes {
        name: named.tag.to_string(),
        sections,
        tree_digest: context.repo.evtag(&commit.id)?,
        manifest: manifest.to_json(&evidence.artifacts())?,
    };
    notes.to_message()?;
    Ok(notes)
}

fn manifest(
    context: &Context,
    ledger: &Ledger,
    judged: &Judged,
    commit: &CommitInfo,
    named: &Named<'_>,
    evidence: &Evidence<'_>,
    decision: Option<RecordId>,
) -> Result<Manifest> {
    let newest = ledger.chain().newest();
    let head = ledger.tip().ok_or_else(|| Error::new("there is no ledger"))?;
    // The rehearsal has no decision yet; any record stands in for it.
    let gate = decision
        .or_else(|| ledger.records().first().map(|record| record.id))
        .ok_or_else(|| Error::new("there is no record"))?;
    let mut records: BTreeSet<RecordId> = evidence.all.iter().map(|record| record.id).collect();
    records.extend(judged.verdict.records());
    records.extend(decision);
    let version = named.tag.as_str().split_once('@').map_or(named.tag.as_str(), |(_, rest)| rest);
    Ok(Manifest {
        project: ledger.chain().root(),
        service: named.service.clone(),
        version: version.rsplit_once('+').map_or(version, |(version, _)| version).to_owned(),
        tag: named.tag.clone(),
        commit: commit.id,
        tree: commit.tree,
        previous: previous(context, ledger, commit, named.service)?,
        change: named.change.clone(),
        build_id: evidence.build_id(),
        environments: judged.subject.environment.iter().cloned().collect(),
        approvers: evidence.approvers(ledger),
        tests: evidence.tests(),
        coverage: evidence.coverage(),
        vulnerabilities: evidence.vulnerabilities(),
        requirements: evidence.plan()?.requirements.clone(),
        gate: Decision { result: "pass".to_owned(), record: gate, tier: judged.verdict.tier.clone() },
        exceptions: excepted(judged).map(|(_, exception)| exception.record).collect(),
        ledger: head,
        trust: TrustPin { version: newest.version.version, digest: newest.digest },
        policy: judged.policy.digest,
        records: records.into_iter().collect(),
        retain_until: retain_until(&judged.policy, context.at),
    })
}

/// The controls that an exception lets pass.
fn excepted(judged: &Judged) -> impl Iterator<Item = (&Name, &Excepted)> {
    judged.verdict.controls.iter().filter_map(|control| Some((&control.id, control.exception.as_ref()?)))
}

/// The newest release of the service on an ancestor.
fn previous(context: &Context, ledger: &Ledger, commit: &CommitInfo, service: &Name) -> Result<Option<TagName>> {
    let mut newest = None;
    for (record, release) in releases(ledger).filter(|(record, _)| record.header.service.as_ref() == Some(service)) {
        if record.commit != commit.id
            && context.repo.has_object(&record.commit)
            && context.repo.is_ancestor(&record.commit, &commit.id)?
        {
            newest = Some(release.tag.clone());
        }
    }
    Ok(newest)
}

/// The longest retention that any control asks for.
fn retain_until(policy: &Policy, at: UtcTime) -> Option<String> {
    policy.controls.iter().map(|control| control.retention.until(at)).max().map(UtcTime::date)
}

/// The records that a release stands on: of its commit or tree, not corrected, and not dirty unless the catalog lets it.
struct Evidence<'a> {
    all: Vec<Proof<'a>>,
}

impl<'a> Evidence<'a> {
    fn of(ledger: &'a Ledger, commit: &CommitInfo, named: &Named<'_>, judged: &Judged) -> Self {
        let environment = judged.subject.environment.as_ref();
        let relied: BTreeSet<RecordId> = judged.verdict.records().into_iter().collect();
        let change = named.change;
        let story = Story::of(ledger, commit.id, commit.tree, None, &Deadlines::default());
        let stages = [Stage::Build, Stage::Test, Stage::Approve];
        let parts = stages.iter().flat_map(|stage| story.stage(*stage)).filter(|part| part.superseded_by.is_none());
        let same = |record: &Proof<'_>| {
            let for_change = record.header.change.as_ref().is_none_or(|of| of.folded() == change.folded());
            // Absent is for whatever goes out; what is said of another service or environment is not about this release.
            let is_for = |of: Option<&Name>, asked: Option<&Name>| of.is_none() || of == asked;
            let for_place = is_for(record.header.service.as_ref(), Some(named.service))
                && is_for(record.header.environment.as_ref(), environment);
            // What is dirty only where the catalog let the gate rely on it.
            let is_clean = !record.header.dirty || relied.contains(&record.id);
            for_change && for_place && is_clean && !matches!(record.header.kind, Kind::Gate | Kind::Release)
        };
        let mut all: Vec<Proof<'a>> = parts.map(|part| part.record).filter(same).collect();
        let plans = ledger.records().iter().filter(|record| {
            record.header.kind == Kind::Plan
                && record.header.change.as_ref().is_some_and(|of| of.folded() == change.folded())
                && ledger.superseded_by(record.id).is_none()
        });
        all.extend(plans);
        Self { all }
    }

    fn records(&self, kind: Kind) -> impl Iterator<Item = Proof<'a>> {
        self.all.iter().copied().filter(move |record| record.header.kind == kind)
    }

    fn plan(&self) -> Result<&'a Plan> {
        let plans = self.records(Kind::Plan).filter_map(|record| match &record.claim {
            Claim::Plan(plan) => Some(plan),
            _ => None,
        });
        plans.last().ok_or_else(|| {
            Error::no("release notes need a business reason, and the change has no plan")
                .hint("git qms record plan --change C --reason TEXT --rollback TEXT")
        })
    }

    fn artifacts(&self) -> Vec<Artifact> {
        let mut artifacts: Vec<Artifact> = Vec::new();
        for artifact in self.records(Kind::Build).flat_map(|record| &record.artifacts) {
            if !artifacts.contains(artifact) {
                artifacts.push(artifact.clone());
            }
        }
        artifacts
    }

    fn build_id(&self) -> Option<String> {
        let ids = self.records(Kind::Build).filter_map(|record| match &record.claim {
            Claim::Build(build) => Some(build.run_details.metadata.invocation_id.clone()),
            _ => None,
        });
        ids.last()
    }

    fn approvers(&self, ledger: &Ledger) -> Vec<Approver> {
        let approvals = self.records(Kind::Approval).filter_map(|record| match &record.claim {
            Claim::Approval(approval) if approval.meaning != Meaning::Rejected => Some((record, approval)),
            _ => None,
        });
        let approver = |(record, approval): (Proof<'_>, &crate::record::kind::approval::Approval)| Approver {
            member: record.header.recorder.clone(),
            name: printed_name(ledger.chain(), &record.header.recorder),
            role: approval.role.clone(),
            meaning: approval.meaning,
            time: record.header.recorded,
            record: record.id,
        };
        approvals.map(approver).collect()
    }

    /// The last result of each type of suite.
    fn tests(&self) -> Vec<SuiteCounts> {
        let details = self.records(Kind::Test).filter_map(|record| record.header.test.as_ref());
        let mut suites = BTreeMap::new();
        for suite in details.flat_map(|detail| &detail.suites) {
            let (passed, failed, skipped, flaky) = (suite.passed, suite.failed, suite.skipped, suite.flaky);
            suites.insert(suite.kind.clone(), SuiteCounts { kind: suite.kind.clone(), passed, failed, skipped, flaky });
        }
        suites.into_values().collect()
    }

    fn coverage(&self) -> Option<CoverageCounts> {
        let details = self.records(Kind::Test).filter_map(|record| record.header.test.as_ref());
        let last = details.filter_map(|detail| detail.coverage.as_ref()).last()?;
        Some(CoverageCounts { line: last.line, branch: last.branch })
    }

    /// The last run of each scanner. One that is not complete has no counts to rely on.
    fn vulnerabilities(&self) -> Vec<ScanCounts> {
        let details = self.records(Kind::Scan).filter_map(|record| record.header.scan.as_ref());
        let last: BTreeMap<&str, _> = details.map(|scan| (scan.tool.as_str(), scan)).collect();
        let complete = last.into_iter().filter(|(_, scan)| scan.run.outcome == RunOutcome::Complete);
        complete.map(|(tool, scan)| ScanCounts { tool: tool.to_owned(), counts: scan.counts }).collect()
    }
}
