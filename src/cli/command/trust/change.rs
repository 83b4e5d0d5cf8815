//! A new trust version: made from the newest, signed, and brought into force when enough people signed it; else a
//! proposal for the others to sign.

use std::path::{Path, PathBuf};

use clap::Args;

use super::proposal;
use super::show::output;
use crate::cli::command::trust::export;
use crate::cli::context::{Context, LEDGER, Signing, TRUST};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::Tone;
use crate::store::Locked;
use crate::trust::version::ROOT;
use crate::trust::{Chain, Known, Next, TrustEnvelope, TrustVersion};

/// Where a proposal goes.
#[derive(Debug, Args)]
pub struct To {
    /// Write a proposal for others to sign to FILE; without it only where one signature is not enough
    #[arg(long = "to", value_name = "FILE")]
    file: Option<PathBuf>,
}

enum Made {
    InForce,
    Proposed(PathBuf, Box<Next>),
}

/// Changes the newest version and writes the result. `what` says it in a commit message.
pub fn change(
    context: &Context,
    to: &To,
    what: &str,
    edit: impl FnOnce(&mut TrustVersion) -> Result<()>,
) -> Result<Exit> {
    let signing = context.signing()?;
    let chain = context.chain()?;
    refuse_faulty(&chain)?;
    let member = context.member(&chain, &signing)?;
    if !member.holds(ROOT) {
        return Err(Error::new(format!("{} may not change the trust: that takes the role root", member.id))
            .hint("sign with the key of a root person (--key)"));
    }
    let mut edit = Some(edit);
    let (made, envelope) = context.repo.with_lock(|locked| -> Result<_> {
        let chain = context.chain()?;
        let newest = chain.newest();
        let ledger = locked.tip(LEDGER)?.ok_or_else(|| Error::new("there is no ledger: refs/notes/qms is missing"))?;
        let mut version = TrustVersion {
            version: newest.version.version + 1,
            previous: Some(newest.digest),
            ledger: Some(ledger),
            created: context.now,
            nonce: None,
            continues: None,
            // What was accepted stays accepted: entries add up over the versions.
            known: Known::default(),
            ..newest.version.clone()
        };
        if let Some(edit) = edit.take() {
            edit(&mut version)?;
        }
        let mut envelope = TrustEnvelope::unsigned(version.to_payload()?);
        envelope.add_signature(signing.signer.as_ref())?;
        let next = chain.next(&envelope).map_err(|fault| Error::new(format!("the new trust version {fault}")))?;
        if to.file.is_none() && can_enforce(&next, &signing) {
            bring_into_force(context, locked, &signing, &envelope, what)?;
            return Ok((Made::InForce, envelope));
        }
        let file = to.file.clone().unwrap_or_else(|| proposal::default_file(&version));
        proposal::create(&file, &envelope)?;
        Ok((Made::Proposed(file, Box::new(next)), envelope))
    })?;
    match made {
        Made::InForce => tell(context, what),
        Made::Proposed(file, next) => proposal::tell(context, &chain, &file, &envelope, &next, proposal::State::Open),
    }
}

/// Whether enough people signed, and who signs now may pin it in the ledger.
pub fn can_enforce(next: &Next, signing: &Signing) -> bool {
    let pins = next.version.holder(signing.signer.public_key()).is_some_and(|member| member.holds(ROOT));
    pins && next.refuse_unless_signed().is_ok()
}

/// Moves the reference, writes the checkpoint, and says to stock git whose keys there are.
pub fn bring_into_force(
    context: &Context,
    locked: &Locked<'_>,
    signing: &Signing,
    envelope: &TrustEnvelope,
    what: &str,
) -> Result<()> {
    let number = context.chain()?.newest().version.version + 1;
    let message = format!("qms: trust version {number}: {what}");
    locked.write_trust(&envelope.to_bytes(), locked.tip(TRUST)?, &message, context.now)?;
    let chain = context.chain()?;
    refuse_faulty(&chain)?;
    let member = context.member(&chain, signing)?;
    context.pin_trust(locked, &chain, member, signing.signer.as_ref())?;
    export::refresh(context)
}

fn tell(context: &Context, what: &str) -> Result<Exit> {
    let (ui, chain) = (context.ui, context.chain()?);
    let newest = chain.newest();
    if ui.is_json() {
        ui.json(&output(&chain, std::slice::from_ref(newest)))?;
    } else if ui.is_quiet() {
        ui.line(&newest.digest.to_string());
    } else {
        ui.line(&format!("trust   version {}: {}", newest.version.version, ui.paint(Tone::Plain, what)));
    }
    Ok(Exit::Yes)
}

/// Nothing is built on a chain that breaks.
pub fn refuse_faulty(chain: &Chain) -> Result<()> {
    match chain.fault() {
        None => Ok(()),
        Some(fault) => Err(Error::no(fault.to_string()).hint("look into it before changing anything: git qms verify")),
    }
}

/// A path as text.
pub fn shown(file: &Path) -> String {
    file.display().to_string()
}
