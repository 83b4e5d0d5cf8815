//! What the gate asks by itself before a deployment: that it is a release, and that whoever deploys may.

use super::catalog::Environment;
use super::evidence::{Purpose, Standing};
use super::own_lines::own_line;
use super::verdict::{ControlVerdict, Judgement, ProvingRecord};
use crate::record::Name;

/// What is asked before a deployment, whatever the catalog's controls say. The line `RELEASED` is always there: so a
/// decision tells that a deployment asked for it.
pub(super) fn lines(
    purpose: &Purpose,
    standing: &Standing<'_>,
    environment: Option<&Environment>,
) -> Vec<ControlVerdict> {
    let Purpose::Deploy { by } = purpose else { return Vec::new() };
    let Some(environment) = environment else {
        let mut line = own_line("RELEASED", "It is known where it goes", "no environment is named".into());
        line.hint = Some("name it: git qms gate --deploy --environment NAME".into());
        return vec![line];
    };
    let mut lines = vec![released(standing, environment)];
    let roles = &environment.deployers;
    let newest = &standing.ledger.chain().newest().version;
    let member = by.as_ref().and_then(|id| newest.member(id));
    let may = member.is_some_and(|member| roles.iter().any(|role| member.roles.contains(role)));
    if !roles.is_empty() && !may {
        let named = roles.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        let found = match by {
            Some(by) => format!("{by} has no role that deploys to {}: {named}", environment.name),
            None => format!("nobody known deploys, where {} asks for {named}", environment.name),
        };
        let mut line = own_line("DEPLOYER", "Who deploys may deploy there", found);
        line.hint = Some("deploy with the key of who may: --key, QMS_SIGNING_KEY".into());
        lines.push(line);
    }
    lines
}

/// Users are served by releases alone; elsewhere a candidate may go.
fn released(standing: &Standing<'_>, environment: &Environment) -> ControlVerdict {
    let releases = standing.releases();
    let tag = releases.first().and_then(|first| first.header.release.as_ref());
    let found = match tag {
        Some(tag) => format!("released as {tag}"),
        None if environment.production => format!("a candidate: this commit is not released for {}", environment.name),
        None => format!("a candidate, which may go to {}", environment.name),
    };
    let mut line = own_line("RELEASED", "It is a release", found);
    line.records = releases
        .iter()
        .map(|release| ProvingRecord { record: release.id, recorder: release.header.recorder.clone() })
        .collect();
    if tag.is_some() || !environment.production {
        (line.outcome, line.shortfall) = (Judgement::Pass, None);
    } else {
        line.hint = Some(format!("git qms release --environment {}", environment.name));
    }
    line
}
