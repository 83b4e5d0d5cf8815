//! What the gate asks by itself before a deployment: that it is a release, and that whoever deploys may.

use super::catalog::Environment;
use super::evaluate::own_line;
use super::evidence::{Purpose, Standing};
use super::verdict::ControlVerdict;
use crate::record::Name;

/// What keeps a commit from being deployed, whatever the catalog's controls say.
pub(super) fn lines(
    purpose: &Purpose,
    standing: &Standing<'_>,
    environment: Option<&Environment>,
) -> Vec<ControlVerdict> {
    let Purpose::Deploy { by } = purpose else { return Vec::new() };
    let Some(environment) = environment else {
        let mut line = own_line("CANDIDATE", "It is known where it goes", "no environment is named".into());
        line.hint = Some("name it: git qms gate --deploy --environment NAME".into());
        return vec![line];
    };
    let mut lines = Vec::new();
    if environment.production && standing.releases().is_empty() {
        let found = format!("a candidate: this commit is not released for {}", environment.name);
        let mut line = own_line("CANDIDATE", "It is a release", found);
        line.hint = Some(format!("git qms release --environment {}", environment.name));
        lines.push(line);
    }
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
