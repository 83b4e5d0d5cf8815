//! A new trust version: made from the newest, signed, pinned by a checkpoint in the ledger.

use super::show::output;
use crate::cli::command::trust::export;
use crate::cli::context::{Context, LEDGER, TRUST};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::Tone;
use crate::trust::version::ROOT;
use crate::trust::{Chain, TrustEnvelope, TrustVersion};

/// Changes the newest version and writes the result. `what` says it in a commit message.
pub fn change(context: &Context, what: &str, edit: impl FnOnce(&mut TrustVersion) -> Result<()>) -> Result<Exit> {
    let signing = context.signing()?;
    let chain = context.chain()?;
    refuse_faulty(&chain)?;
    let member = context.member(&chain, &signing)?;
    if !member.holds(ROOT) {
        return Err(Error::new(format!("{} may not change the trust: that takes the role root", member.id))
            .hint("sign with the key of a root person (--key)"));
    }
    let threshold = chain.newest().version.thresholds.root;
    if threshold > 1 {
        return Err(Error::new(format!(
            "a trust change here takes {threshold} root people, and this command signs for one"
        ))
        .hint("this version of git-qms changes the trust of projects with a threshold of 1"));
    }
    let mut edit = Some(edit);
    let number = context.repo.with_lock(|locked| -> Result<u64> {
        let chain = context.chain()?;
        let newest = chain.newest();
        let ledger = locked.tip(LEDGER)?.ok_or_else(|| Error::new("there is no ledger: refs/notes/qms is missing"))?;
        let mut version = TrustVersion {
            version: newest.version.version + 1,
            previous: Some(newest.digest),
            ledger: Some(ledger),
            created: context.now,
            nonce: None,
            ..newest.version.clone()
        };
        // What was accepted stays accepted: entries add up over the versions.
        version.known = crate::trust::Known::default();
        if let Some(edit) = edit.take() {
            edit(&mut version)?;
        }
        let mut envelope = TrustEnvelope::unsigned(version.to_payload()?);
        envelope.add_signature(signing.signer.as_ref())?;
        let message = format!("qms: trust version {}: {what}", version.version);
        locked.write_trust(&envelope.to_bytes(), locked.tip(TRUST)?, &message, context.now)?;
        let chain = context.chain()?;
        refuse_faulty(&chain)?;
        context.pin_trust(locked, &chain, member, signing.signer.as_ref())?;
        Ok(version.version)
    })?;
    export::refresh(context)?;
    let (ui, chain) = (context.ui, context.chain()?);
    if ui.is_json() {
        ui.json(&output(&chain, std::slice::from_ref(chain.newest())))?;
    } else if ui.is_quiet() {
        ui.line(&chain.newest().digest.to_string());
    } else {
        ui.line(&format!("trust   version {number}: {}", ui.paint(Tone::Plain, what)));
    }
    Ok(Exit::Yes)
}

fn refuse_faulty(chain: &Chain) -> Result<()> {
    match chain.fault() {
        None => Ok(()),
        Some(fault) => Err(Error::no(fault.to_string()).hint("look into it before changing anything: git qms verify")),
    }
}
