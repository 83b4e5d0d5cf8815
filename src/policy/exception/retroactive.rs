//! Releasing what is in production already: a tag that is made after the fact needs an exception.

use super::{Register, apply, excepted};
use crate::policy::catalog::Policy;
use crate::policy::evidence::{Evidence, Proof, Standing};
use crate::policy::own_lines::own_line;
use crate::policy::verdict::{ControlVerdict, ProvingRecord, Shortfall, Verdict};
use crate::record::kind::deploy::DeployOutcome;
use crate::record::{Claim, Kind, UtcTime};

/// The name that such an exception is asked for by; no control of a catalog can have it.
pub const RETROACTIVE: &str = "RETROACTIVE";

/// A successful deployment of the commit to a production environment, for the service, before any release of it.
pub fn untagged_deployment<'a>(evidence: &Evidence<'a>, policy: &Policy, at: UtcTime) -> Option<Proof<'a>> {
    let (ledger, subject, view) = (evidence.ledger(), evidence.subject(), evidence.view(at));
    let is_for = |record: &Proof<'_>| match &record.header.service {
        Some(service) => Some(service) == subject.service.as_ref(),
        None => policy.services.len() <= 1,
    };
    let on_commit = || ledger.on(subject.commit).filter(|record| view.sees(record)).filter(is_for);
    let succeeded = |record: &Proof<'_>| {
        matches!(&record.claim, Claim::Deploy(deploy) if deploy.outcome == DeployOutcome::Success)
            && !view.is_superseded(record)
    };
    let to_users = |record: &Proof<'_>| {
        let environment = record.header.environment.as_ref().and_then(|name| policy.environment(name));
        environment.is_some_and(|environment| environment.production)
    };
    let untagged = |deployment: &Proof<'_>| {
        let mut releases = on_commit().filter(|record| record.header.kind == Kind::Release);
        !releases.any(|release| ledger.is_before(release, deployment))
    };
    on_commit().filter(succeeded).filter(to_users).find(untagged)
}

/// The verdict for a tag that is made after `deployment`: it passes with an exception from [`RETROACTIVE`], and says so.
pub fn with_deployment(
    mut verdict: Verdict,
    evidence: &Evidence<'_>,
    policy: &Policy,
    deployment: Proof<'_>,
) -> Verdict {
    let standing = Standing::of(evidence, policy, verdict.at);
    let register = Register::in_view(evidence.view(verdict.at), policy);
    let name = RETROACTIVE.parse().expect("the gate's own ids are names");
    let place = deployment.header.environment.as_ref().map_or("production", |name| name.as_str());
    let found = format!("deployed to {place} without a release, recorded {}", deployment.header.recorded);
    let line = ControlVerdict {
        hint: Some(apply::request(&name)),
        shortfall: Some(Shortfall::Absent),
        records: vec![ProvingRecord { record: deployment.id, recorder: deployment.header.recorder.clone() }],
        escalation: register.deciders(&name).into_iter().next(),
        ..own_line(RETROACTIVE, "Its release is tagged before it is deployed", found)
    };
    let line = excepted(line, None, &register.all(), &standing);
    let own = verdict.controls.iter().take_while(|control| control.line.is_none()).count();
    verdict.controls.insert(own, line);
    verdict.result = crate::policy::evaluate::result_of(&verdict.controls);
    verdict
}
