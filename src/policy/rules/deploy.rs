//! `deploy.*`: whether those who deployed may deploy there.

use super::{Metric, Paths, Reading};
use crate::policy::evidence::{Proof, Standing};
use crate::policy::rule::Rule;
use crate::record::Kind;

pub(super) static METRICS: &[Metric] = &[Metric {
    name: "deploy.unpermitted",
    unit: "deployments",
    doc: "Deployments of this commit that a member recorded who held, by the trust they signed under, none of the roles that the environment lets deploy. As long as nothing was deployed there is none.",
    kind: Kind::Deploy,
    paths: Paths::All,
    read: unpermitted,
}];

fn unpermitted<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let deployments: Vec<Proof<'a>> = standing.counted(Kind::Deploy).collect();
    let is_permitted = |record: &Proof<'_>| {
        let environment = record.header.environment.as_ref().and_then(|name| standing.policy.environment(name));
        let Some(environment) = environment.filter(|environment| !environment.deployers.is_empty()) else {
            return true;
        };
        let link = standing.ledger.chain().version(record.header.trust);
        let member = link.and_then(|link| link.version.member(&record.header.recorder));
        member.is_some_and(|member| environment.deployers.iter().any(|role| member.roles.contains(role)))
    };
    let against: Vec<_> = deployments.iter().filter(|record| !is_permitted(record)).collect();
    let whose = against
        .first()
        .map_or(String::new(), |record| format!(": {} by {}", record.id.short(), record.header.recorder));
    let found = format!("{} of {} deployments unpermitted{whose}", against.len(), deployments.len());
    Reading::count(against.len(), found, deployments)
        .hint("clear it with whoever answers for the environment; record an incident")
}
