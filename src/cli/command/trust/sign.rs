//! `git qms trust sign`: look at a proposed trust version, sign it, and bring it into force when enough have.

use std::path::PathBuf;

use clap::Args;

use super::change::{bring_into_force, can_enforce, refuse_faulty};
use super::proposal::{self, State};
use crate::cli::Start;
use crate::cli::context::{Context, Signing};
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::replace::replace;
use crate::trust::version::ROOT;
use crate::trust::{Chain, Next, TrustEnvelope, changes};

/// Sign a proposed version; with the last signature it comes into force.
#[derive(Debug, Args)]
pub struct Sign {
    /// The proposal
    file: PathBuf,
    /// Only show what it changes and who signed it
    #[arg(long)]
    dry_run: bool,
    /// Bring it into force although it voids records that came since it was made
    #[arg(long)]
    void_records: bool,
}

impl Sign {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let mut envelope = proposal::read(&self.file)?;
        let chain = context.chain()?;
        refuse_faulty(&chain)?;
        let next = look(&chain, &envelope)?;
        proposal::refuse_tampered(&chain, &envelope, &next.version)?;
        if self.dry_run {
            return proposal::tell(&context, &chain, &self.file, &envelope, &next, State::Shown);
        }
        let signing = context.signing()?;
        refuse_others(&context, &chain, &next, &signing)?;
        envelope.add_signature(signing.signer.as_ref())?;
        let (state, next) = context.repo.with_lock(|locked| -> Result<_> {
            let chain = context.chain()?;
            let next = look(&chain, &envelope)?;
            if !can_enforce(&next, &signing) {
                replace(&self.file, &envelope.to_bytes()).while_(format!("writing {}", self.file.display()))?;
                return Ok((State::Open, next));
            }
            self.refuse_to_void(&context, &next)?;
            let what = changes(Some(&chain.newest().version), &next.version).join("; ");
            bring_into_force(&context, locked, &signing, &envelope, &what)?;
            Ok((State::InForce, next))
        })?;
        proposal::tell(&context, &chain, &self.file, &envelope, &next, state)
    }

    /// It names the ledger's tip at its first signature: what came since and it does not permit, it would void.
    fn refuse_to_void(&self, context: &Context, next: &Next) -> Result<()> {
        let (ledger, version) = (context.ledger()?, &next.version);
        if let Some(head) = version.ledger.filter(|head| !ledger.contains_head(*head)) {
            return Err(Error::no(format!("the proposal was made over ledger commit {head}, which is not here"))
                .hint("fetch first: git qms sync --fetch-only"));
        }
        // That a stolen key's records go is what such a version is for.
        let stolen = |key| version.compromised.contains_key(&key);
        let ended: Vec<_> = ledger.ended_by(version).filter(|record| !stolen(record.seal().key)).collect();
        if ended.is_empty() || self.void_records {
            return Ok(());
        }
        let mut error =
            Error::no(format!("{} records came since the proposal was made that it would void", ended.len()));
        for record in ended.iter().take(10) {
            let header = &record.header;
            error = error.detail(format!("{} {} of {}", record.id.short(), header.kind, header.recorder));
        }
        Err(error.hint("propose it anew over the ledger as it is now; or void them: --void-records"))
    }
}

/// What the proposal is to the version in force.
fn look(chain: &Chain, envelope: &TrustEnvelope) -> Result<Next> {
    let newest = chain.newest();
    if let Some(link) = chain.version(envelope.digest()) {
        return Err(Error::no(format!("the proposal is in force already, as version {}", link.version.version))
            .hint("nothing is left to sign; see: git qms trust log"));
    }
    chain.next(envelope).map_err(|fault| {
        let error = Error::no(format!("the proposal {fault}"));
        match crate::trust::TrustVersion::parse(envelope.payload()) {
            Ok(version) if version.version > newest.version.version + 1 => {
                error.hint("the trust here is behind; fetch first: git qms sync --fetch-only")
            }
            Ok(version) if version.previous != Some(newest.digest) => error
                .detail(format!("version {} is in force here", newest.version.version))
                .hint("it was made on another version: propose it anew with the command that made it, and have that signed"),
            _ => error.hint("it can never come into force: propose it anew"),
        }
    })
}

/// Only root people of the version in force, or of the proposed one, sign.
fn refuse_others(context: &Context, chain: &Chain, next: &Next, signing: &Signing) -> Result<()> {
    let key = signing.signer.public_key();
    let versions = [&chain.newest().version, &next.version];
    let mut holders = versions.into_iter().filter_map(|version| version.holder(key));
    if holders.clone().any(|member| member.holds(ROOT)) {
        return Ok(());
    }
    let who = match holders.next() {
        Some(member) => member.id.to_string(),
        None => context.member(chain, signing)?.id.to_string(),
    };
    Err(Error::new(format!("{who} may not sign trust versions: that takes the role root"))
        .hint("sign with the key of a root person (--key)"))
}
