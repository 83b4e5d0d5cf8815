//! The check of what a clone leaves out.

use super::{Check, Health, Patient, ill, odd};
use crate::cli::error::{Error, Result};
use crate::verify::Severity;

pub(super) static CHECK: Check = Check {
    name: "clone",
    why: "what is not here cannot be verified: every check ends with exit 2",
    look,
    mend: Some(mend),
};

#[expect(clippy::unnecessary_wraps, reason = "each check has the form that the table asks for")]
fn look(patient: &Patient) -> Result<Health> {
    let conditions = patient.context.conditions();
    let Some(worst) = conditions.iter().max_by_key(|finding| finding.severity) else {
        return Ok(Health::Well("whole".to_owned()));
    };
    let is_cut = worst.severity >= Severity::Incomplete;
    let hint = if is_cut && is_only_shallow(patient) {
        "git qms doctor --fix, or: git fetch --unshallow; in a pipeline, fetch-depth: 0 (GitHub) or GIT_DEPTH: 0 (GitLab)".to_owned()
    } else {
        worst.next_step().to_owned()
    };
    Ok(if is_cut { ill(&worst.message, hint) } else { odd(&worst.message, hint) })
}

fn is_only_shallow(patient: &Patient) -> bool {
    let absent = patient.context.repo.conditions();
    absent.shallow && !absent.partial
}

/// Fetches the history that was cut off: that only adds.
fn mend(patient: &Patient) -> Result<String> {
    if !is_only_shallow(patient) {
        return Err(Error::new("what is left out, or should not be there, is yours to decide about"));
    }
    let repo = &patient.context.repo;
    let remotes = repo.remotes()?;
    let origin = remotes.iter().find(|remote| *remote == "origin").or(match &remotes[..] {
        [only] => Some(only),
        _ => None,
    });
    let Some(remote) = origin else {
        return Err(Error::new("which remote has the rest? git fetch --unshallow REMOTE"));
    };
    repo.unshallow(remote)?;
    Ok(format!("the history was fetched from {remote}"))
}
