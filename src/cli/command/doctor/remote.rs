//! The check of what was fetched from the remotes, and is not united with what is here.

use super::{Check, Health, Patient, ill};
use crate::cli::command::sync;
use crate::cli::error::Result;
use crate::store::{LEDGER, tracking_ledger};

pub(super) static CHECK: Check = Check {
    name: "remote",
    why: "whoever judges without records that exist may judge otherwise than the others",
    look,
    mend: Some(mend),
};

fn look(patient: &Patient) -> Result<Health> {
    let repo = &patient.context.repo;
    let ours = repo.ref_tip(LEDGER)?;
    let (mut met, mut unsent) = (0, Vec::new());
    for remote in repo.remotes()? {
        let Some(theirs) = repo.ref_tip(&tracking_ledger(&remote))? else { continue };
        met += 1;
        let Some(ours) = ours else {
            return Ok(ill(
                format!("the ledger of {remote} was fetched, and there is none here"),
                format!("git qms doctor --fix unites them, and loses nothing; git qms sync {remote} also sends"),
            ));
        };
        if ours == theirs {
        } else if repo.is_ancestor(&theirs, &ours)? {
            unsent.push(remote);
        } else if repo.is_ancestor(&ours, &theirs)? {
            return Ok(ill(
                format!("{remote} has records that are not here"),
                format!("git qms doctor --fix takes them over; git qms sync {remote} also sends what is here"),
            ));
        } else {
            return Ok(ill(
                format!("the ledger here and that of {remote} diverged: both have records that the other lacks"),
                format!(
                    "git qms doctor --fix unites them, and loses nothing; git qms sync {remote} also sends; never git push --force"
                ),
            ));
        }
    }
    Ok(Health::Well(match (met, &unsent[..]) {
        (0, _) => "nothing was fetched from a remote yet".to_owned(),
        (_, []) => "here is what the remotes had when they were last asked".to_owned(),
        (_, unsent) => format!("records here that {} has not yet: git qms sync", unsent.join(", ")),
    }))
}

/// Takes over what was fetched, as `git qms sync` does.
fn mend(patient: &Patient) -> Result<String> {
    let mut united = Vec::new();
    for remote in patient.context.repo.remotes()? {
        if patient.context.repo.ref_tip(&tracking_ledger(&remote))?.is_some() {
            sync::unite_fetched(&patient.context, &remote)?;
            united.push(remote);
        }
    }
    Ok(format!("united with what was fetched from {}", united.join(", ")))
}
