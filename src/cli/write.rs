//! Writing to the ledger: a draft becomes a signed record on top of the ledger's tip.

use super::context::{Context, LEDGER, Signing};
use super::error::{Error, Result};
use super::secrets;
use crate::envelope::{Envelope, Signer};
use crate::record::kind::checkpoint::{Checkpoint, Occasion};
use crate::record::statement::{self, Artifact};
use crate::record::{Claim, CommitId, Header, Kind, RecordId, Signatory, TreeId};
use crate::store::Locked;
use crate::trust::version::ROOT;
use crate::trust::{Chain, Link, Member, MemberType};

/// A record before it has a place in the ledger.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The commit it speaks about.
    pub commit: CommitId,
    /// Everything but project, recorder, trust and ledger, which are set when it is signed.
    pub header: Header,
    /// The artifacts it speaks about.
    pub artifacts: Vec<Artifact>,
    /// What it claims.
    pub claim: Claim,
}

/// A record that is in the ledger now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// The commit it is on.
    pub commit: CommitId,
}

impl Context {
    /// A header for a record of `kind` about a commit, with nothing optional in it.
    pub fn header(&self, chain: &Chain, member: &Member, kind: Kind, tree: TreeId) -> Header {
        Header::new(
            kind,
            tree,
            Signatory {
                project: chain.root(),
                recorder: member.id.clone(),
                trust: chain.newest().digest,
                ledger: None,
                recorded: self.now,
            },
        )
    }

    /// The member of the key, where it is a person who may sign the kind. `what` is for people alone: `approving`.
    pub fn person<'a>(&self, chain: &'a Chain, signing: &Signing, kind: Kind, what: &str) -> Result<&'a Member> {
        let member = self.member(chain, signing)?;
        if member.kind == MemberType::Bot {
            return Err(Error::new(format!("{} is a bot: {what} is for people", member.id))
                .hint("sign with your own key (--key)"));
        }
        self.check_grant(chain, member, signing, kind)?;
        Ok(member)
    }

    /// Refuses early what verification would reject: a member whose roles may not sign the kind.
    pub fn check_grant(&self, chain: &Chain, member: &Member, signing: &Signing, kind: Kind) -> Result<()> {
        let version = &chain.newest().version;
        if version.grants(&member.id, signing.signer.public_key(), kind) {
            return Ok(());
        }
        let list = |roles: &std::collections::BTreeSet<crate::record::Name>| {
            let names: Vec<&str> = roles.iter().map(crate::record::Name::as_str).collect();
            if names.is_empty() { "no role".to_owned() } else { names.join(", ") }
        };
        let roles = version.grants.get(&kind);
        let needed = roles.map_or_else(|| "no role".to_owned(), list);
        let sole = roles.filter(|roles| roles.len() == 1).and_then(|roles| roles.first());
        let role = sole.map_or("ROLE", crate::record::Name::as_str);
        Err(Error::new(format!("{} may not sign records of kind {kind}", member.id))
            .detail(format!("{} has {}; {kind} needs one of: {needed}", member.id, list(&member.roles)))
            .hint(match roles {
                Some(_) => {
                    format!(
                        "sign with another member's key (--key), or: git qms trust grant {} --role {role}",
                        member.id
                    )
                }
                // A project that was founded before the kind came.
                None => format!("no role may sign it here; let one: git qms trust grant --kind {kind} --role ROLE"),
            }))
    }

    /// Signs the draft over the ledger's tip and puts it there.
    pub fn record(&self, signing: &Signing, draft: Draft) -> Result<Written> {
        self.repo.with_lock(|locked| self.record_locked(locked, signing, draft))
    }

    /// As [`Self::record`], for who holds the lock.
    pub fn record_locked(&self, locked: &Locked<'_>, signing: &Signing, draft: Draft) -> Result<Written> {
        self.finish_trust_change(locked, signing)?;
        let message = format!("qms: {} by {}", draft.header.kind, draft.header.recorder);
        let tip = locked.tip(LEDGER)?;
        let (written, line) = sign(draft, tip, signing.signer.as_ref())?;
        locked.append(&[(written.commit, line)], &message, tip, self.now)?;
        Ok(written)
    }

    /// A crash between a trust version and its checkpoint is mended by the next write of a root person. Says what
    /// was written, if anything was.
    pub fn finish_trust_change(&self, locked: &Locked<'_>, signing: &Signing) -> Result<Option<Written>> {
        let chain = self.chain()?;
        let newest = chain.newest();
        let Some(member) = newest.version.holder(signing.signer.public_key()) else { return Ok(None) };
        let tip = locked.tip(LEDGER)?;
        if !member.holds(ROOT) || has_checkpoint(locked, tip, newest)? {
            return Ok(None);
        }
        self.pin_trust(locked, &chain, member, signing.signer.as_ref()).map(Some)
    }

    /// Writes the checkpoint of the newest trust version on its commit.
    pub fn pin_trust(
        &self,
        locked: &Locked<'_>,
        chain: &Chain,
        member: &Member,
        signer: &dyn Signer,
    ) -> Result<Written> {
        let link = chain.newest();
        let tree = self.repo.commit(&link.commit)?.tree;
        let header = self.header(chain, member, Kind::Checkpoint, tree);
        let claim = Claim::Checkpoint(Checkpoint { occasion: Occasion::Trust });
        let draft = Draft { commit: link.commit, header, artifacts: Vec::new(), claim };
        let tip = locked.tip(LEDGER)?;
        let (written, line) = sign(draft, tip, signer)?;
        let message = format!("qms: checkpoint of trust version {}", link.version.version);
        locked.append(&[(written.commit, line)], &message, tip, self.now)?;
        Ok(written)
    }
}

/// Whether the note of a trust commit holds the checkpoint of its version.
fn has_checkpoint(locked: &Locked<'_>, tip: Option<CommitId>, link: &Link) -> Result<bool> {
    let lines = locked.note_lines(tip, &link.commit)?;
    let is_pin = |line: &[u8]| {
        let envelope = Envelope::parse(line).ok()?;
        let record = statement::parse(envelope.payload()).ok()?;
        let pins = matches!(&record.claim, Claim::Checkpoint(checkpoint) if checkpoint.occasion == Occasion::Trust);
        Some(pins && record.header.trust == link.digest)
    };
    Ok(lines.iter().any(|line| is_pin(line).unwrap_or(false)))
}

/// Signs a draft over a tip of the ledger.
pub fn sign(mut draft: Draft, tip: Option<CommitId>, signer: &dyn Signer) -> Result<(Written, String)> {
    // What comes with a reason was searched before.
    if draft.header.allowed_secrets.is_none() {
        secrets::allowed(&secrets::in_draft(&draft)?, None)?;
    }
    draft.header.ledger = tip;
    let payload = statement::write(draft.commit, &draft.header, &draft.artifacts, &draft.claim)?;
    let envelope = Envelope::sign(payload, signer)?;
    let written = Written { id: envelope.record_id(), kind: draft.header.kind, commit: draft.commit };
    Ok((written, envelope.to_line()))
}
