//! What is known of an incident or a defect now: by the options, by standard input, and by what was recorded before.

use super::about::{About, Making};
use super::correct::resolve_record;
use super::known::{Known, When};
use crate::cli::Start;
use crate::cli::error::{Error, Result};
use crate::record::kind::incident::{self, Severity};
use crate::record::{Claim, CommitId, Input, Kind, Record, RecordId, Span, UtcTime};
use crate::release::releases;
use crate::verify::{Ledger, Verified};

/// What is known now, as a claim of an incident; a defect takes what it has of it.
pub(super) struct Case {
    /// The record in the making.
    pub(super) making: Making,
    /// What is known.
    pub(super) known: incident::Incident,
}

/// Puts together what the options say, what the object on standard input says, and what was known before.
pub(super) fn gather(kind: Kind, known: Known, restored: Option<When>, about: About, start: &Start) -> Result<Case> {
    let (about, input) = about.with_input(kind)?;
    let said = input.and_then(|Input { claim, .. }| as_incident(&claim));
    let context = start.open()?;
    let ledger = context.ledger()?;
    let id = known.id.clone().or_else(|| said.as_ref().map(|said| said.id.clone()));
    let id = id.ok_or_else(|| Error::new(format!("{kind} records need an id")).hint("--id INC-7"))?;
    let earlier = ledger.case(kind, &id).map(|case| case.last);
    // An object says everything; options alone say what is new.
    let base = said.clone().or_else(|| earlier.and_then(|record| as_incident(&record.claim)));
    let now = context.now;
    let at = |told: Option<When>| told.map(|when| when.moment(now));
    let severity = known.severity.map(Severity::from).or(base.as_ref().map(|base| base.severity));
    let severity = severity.ok_or_else(|| {
        Error::new(format!("{kind} {id} is new here: it needs a severity"))
            .hint("--severity critical, high, medium or low")
    })?;
    let deployment = known.deployment.as_deref().map(|prefix| deployed(&ledger, prefix)).transpose()?;
    let introduced_by = known.introduced_by.as_deref().map(|rev| context.commit(Some(rev))).transpose()?;
    let introduced_by: Option<CommitId> = introduced_by.map(|commit| commit.id);
    let base = base.unwrap_or(incident::Incident {
        id: id.clone(),
        title: None,
        severity,
        detected: now,
        restored: None,
        deployment: None,
        introduced_by: None,
        missed_by: None,
        remediation: None,
        closed: None,
    });
    let base = if known.reopen { incident::Incident { restored: None, closed: None, ..base } } else { base };
    let told = [known.detected, at(restored), at(known.closed)];
    let known = incident::Incident {
        // As it was first written, unless it is written anew.
        id: if said.is_some() { id } else { base.id },
        title: known.title.or(base.title),
        severity,
        detected: known.detected.unwrap_or(base.detected),
        restored: at(restored).or(base.restored),
        deployment: deployment.or(base.deployment),
        introduced_by: introduced_by.or(base.introduced_by),
        missed_by: known.missed_by.or(base.missed_by),
        remediation: known.remediation.or(base.remediation),
        closed: at(known.closed).or(base.closed),
    };
    let happened = happened(&known, &told, earlier.is_some() && said.is_none(), now);
    let about = placed(about, earlier, &ledger, &known);
    let mut making = about.begin(start, kind, Some(happened))?;
    settle(&mut making, &ledger)?;
    Ok(Case { making, known })
}

/// What a record of either kind says.
fn as_incident(claim: &Claim) -> Option<incident::Incident> {
    match claim {
        Claim::Incident(incident) => Some(incident.clone()),
        Claim::Defect(defect) => Some(incident::Incident {
            id: defect.id.clone(),
            title: defect.title.clone(),
            severity: defect.severity,
            detected: defect.detected,
            restored: None,
            deployment: defect.deployment,
            introduced_by: defect.introduced_by,
            missed_by: defect.missed_by.clone(),
            remediation: defect.remediation.clone(),
            closed: defect.closed,
        }),
        _ => None,
    }
}

/// From when it was noticed to the last that is told of it; what is new without a time is told as of now.
fn happened(known: &incident::Incident, told: &[Option<UtcTime>], is_later: bool, now: UtcTime) -> Span {
    let ends = [known.restored, known.closed];
    let last = match (is_later, told.iter().flatten().max()) {
        (true, Some(told)) => *told,
        (true, None) => now,
        (false, _) => ends.into_iter().flatten().max().unwrap_or(known.detected),
    };
    Span { start: known.detected, end: last.max(known.detected) }
}

/// The deploy record that a prefix names.
fn deployed(ledger: &Ledger, prefix: &str) -> Result<RecordId> {
    let id = resolve_record(ledger, prefix)?;
    match ledger.record(id).map(|record| record.header.kind) {
        Some(Kind::Deploy) => Ok(id),
        kind => {
            let kind = kind.map_or("none", Kind::as_str);
            Err(Error::new(format!("{prefix} is a record of kind {kind}, not of a deployment"))
                .hint("deployments are listed by: git qms log --kind deploy"))
        }
    }
}

/// Where it applies: as the options say, else as before, else as the deployment at fault says.
fn placed(about: About, earlier: Option<&Verified<Record>>, ledger: &Ledger, known: &incident::Incident) -> About {
    let deployment = known.deployment.and_then(|id| ledger.record(id));
    let before = earlier.and_then(|record| as_incident(&record.claim)).and_then(|before| before.deployment);
    // A deployment that is named anew says where better than what was known before.
    let order = if known.deployment == before { [earlier, deployment] } else { [deployment, earlier] };
    order.into_iter().flatten().fold(about, |about, record| about.beside(record))
}

/// Service and change of the release at fault, on whose commit the record lies.
fn settle(making: &mut Making, ledger: &Ledger) -> Result<()> {
    let Some(release) = making.header.release.clone() else { return Ok(()) };
    let found = releases(ledger).find(|(_, claim)| claim.tag == release).map(|(record, _)| record);
    let record = found.ok_or_else(|| {
        Error::no(format!("no release record names {release}"))
            .hint("releases are listed by: git qms log --kind release")
    })?;
    if record.commit != making.commit.id {
        return Err(Error::new(format!(
            "release {release} is on commit {}, not on {}",
            record.commit, making.commit.id
        ))
        .hint("leave --commit out: the release names it"));
    }
    making.header.service = record.header.service.clone().or(making.header.service.take());
    if making.header.change.is_none() {
        making.header.change.clone_from(&record.header.change);
    }
    Ok(())
}

/// A claim that contradicts itself.
pub(super) fn refused(kind: Kind, reason: &str) -> Error {
    let hint = match kind {
        Kind::Incident => "--restored TIME, --remediation TEXT and --closed TIME, in this order of time",
        _ => "--remediation TEXT and --closed TIME, after --detected",
    };
    Error::new(format!("{kind}: {reason}")).hint(hint)
}
