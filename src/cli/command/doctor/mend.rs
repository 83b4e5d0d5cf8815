//! What is safe to mend: nothing here takes anything away, or decides anything.

use super::Patient;
use crate::cli::command::trust::export;
use crate::cli::error::{Error, Result};
use crate::cli::hook;
use crate::store::ConfigScope;

/// Writes the checkpoint that a crash left out.
pub(super) fn checkpoint(patient: &Patient) -> Result<String> {
    let context = &patient.context;
    let signing = patient.signing.as_ref().map_err(|error| Error::new(error.to_string()))?;
    let done = context.repo.with_lock(|locked| context.finish_trust_change(locked, signing))?;
    match done {
        Some(written) => Ok(format!("checkpoint {} written", written.id.short())),
        None => Err(Error::new("that takes the key of a root person")),
    }
}

/// Makes the references of release tags whose objects are here.
pub(super) fn tags(patient: &Patient) -> Result<String> {
    let context = &patient.context;
    let verification = patient.verification.as_ref().map_err(|error| Error::new(error.to_string()))?;
    let mut made = Vec::new();
    for (_, release) in crate::release::releases(&verification.ledger) {
        if context.repo.tag(&release.tag)?.is_none() && context.repo.tag_object(&release.object).is_ok() {
            context.repo.with_lock(|locked| locked.create_tag_ref(&release.tag, &release.object))?;
            made.push(release.tag.to_string());
        }
    }
    if made.is_empty() { Err(Error::new("no tag object is here to name")) } else { Ok(made.join(", ")) }
}

/// Adds the refspecs of every remote.
pub(super) fn refspecs(patient: &Patient) -> Result<String> {
    let mut added = Vec::new();
    for remote in patient.context.repo.remotes()? {
        if patient.context.repo.set_up_remote(&remote)? {
            added.push(remote);
        }
    }
    Ok(format!("refspecs of {}", added.join(", ")))
}

/// Writes the allowed signers, and points git at them where it is pointed nowhere.
pub(super) fn signers(patient: &Patient) -> Result<String> {
    let context = &patient.context;
    let file = export::file(context).display().to_string();
    let configured = context.repo.config_values("gpg.ssh.allowedSignersFile", ConfigScope::Any).pop();
    match configured {
        Some(other) if !other.is_empty() && other != file => {
            return Err(Error::new(format!("{other} is your own file; nothing was written to it")));
        }
        Some(_) => {}
        None => context.repo.set_config("gpg.ssh.allowedSignersFile", &file)?,
    }
    export::write(context)?;
    Ok(format!("{file} written"))
}

/// Puts the hook beside what is there.
pub(super) fn hook(patient: &Patient) -> Result<String> {
    hook::install(&patient.context)?;
    Ok(format!("pre-push hook installed in {}", hook::folder(&patient.context).display()))
}
