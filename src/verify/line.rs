//! One line of a note, checked for itself: form, signature, project, subject, kind, role.

use super::finding::Code;
use super::notes::Annotated;
use crate::envelope::{Envelope, EnvelopeError, Fingerprint, Keyring, PublicKey};
use crate::record::ids::{CommitId, TrustDigest};
use crate::record::kind::checkpoint::Occasion;
use crate::record::kind::{Claim, Kind};
use crate::record::name::{MemberId, Name};
use crate::record::statement::{self, Record, StatementError};
use crate::trust::version::ROOT;
use crate::trust::{Chain, TrustVersion};

/// A line as found, and what it lies on.
pub(super) struct Line<'n> {
    pub(super) bytes: &'n [u8],
    pub(super) on: CommitId,
    pub(super) annotated: Annotated,
}

/// A line that holds for itself. Its place in the ledger is still to be checked.
#[derive(Debug, Clone)]
pub(super) struct Examined {
    pub(super) record: Box<Record>,
    pub(super) key: Fingerprint,
    /// Whether its commit could be read. If not, its tree is not known, and it counts for nothing.
    pub(super) read: bool,
    /// Whether nothing reaches its commit any more.
    pub(super) orphaned: bool,
}

/// Why a line is void.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Not the exact form.
    #[error(transparent)]
    Form(#[from] EnvelopeError),
    /// No trust version has the key.
    #[error("key {0} is in no trust version: nobody knows whose it is")]
    KeyUnknown(Fingerprint),
    /// The signature does not fit.
    #[error("signature is not by key {0} over these bytes")]
    Signature(Fingerprint),
    /// Not a record.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// Of another project.
    #[error("record belongs to project {found}, this is {expected}")]
    Project {
        /// What it names.
        found: TrustDigest,
        /// This project.
        expected: TrustDigest,
    },
    /// On another commit than it speaks about.
    #[error("record speaks about commit {0}, on which it does not lie: it was copied here")]
    Subject(CommitId),
    /// Another tree.
    #[error("record names another tree than its commit has")]
    Tree,
    /// On a tree, blob or tag.
    #[error("the note is on something that is not a commit")]
    NotACommit,
    /// Signed by somebody else than it says.
    #[error("record names {named} as recorder, but its key is that of {holder}")]
    Recorder {
        /// Who it says.
        named: MemberId,
        /// Whose key it is.
        holder: MemberId,
    },
    /// Names no version of the chain.
    #[error("trust version {0} is not in the chain")]
    Trust(TrustDigest),
    /// Not allowed.
    #[error("{member} may not sign records of kind {kind} by trust version {version}")]
    Role {
        /// Who signed.
        member: MemberId,
        /// What.
        kind: Kind,
        /// By which version.
        version: u64,
    },
    /// Approves in a role they do not hold.
    #[error("{member} approves as {role}, a role they do not hold by trust version {version}")]
    ApprovalRole {
        /// Who signed.
        member: MemberId,
        /// The role they claim.
        role: Name,
        /// By which version.
        version: u64,
    },
}

impl Rejection {
    /// The code under which it is reported.
    pub fn code(&self) -> Code {
        match self {
            Self::Form(_) => Code::EnvelopeForm,
            Self::KeyUnknown(_) => Code::KeyUnknown,
            Self::Signature(_) => Code::SignatureWrong,
            Self::Statement(_) => Code::StatementMalformed,
            Self::Project { .. } => Code::ProjectDiffers,
            Self::Subject(_) => Code::SubjectDiffers,
            Self::Tree => Code::TreeDiffers,
            Self::NotACommit => Code::NotACommit,
            Self::Recorder { .. } => Code::RecorderDiffers,
            Self::Trust(_) => Code::TrustUnknown,
            Self::Role { .. } | Self::ApprovalRole { .. } => Code::RoleMissing,
        }
    }
}

/// Checks lines, each for itself. The order is part of the format: the signature comes before anything is parsed.
pub(super) fn examine(lines: &[Line<'_>], chain: &Chain, keyring: &Keyring) -> Vec<Result<Examined, Box<Rejection>>> {
    let opened: Vec<_> = lines.iter().map(|line| open(line.bytes, chain)).collect();
    let envelopes: Vec<_> = opened.iter().flatten().map(|(envelope, ..)| envelope).collect();
    let mut sound = keyring.check(&envelopes).into_iter();
    let examined = opened.iter().zip(lines).map(|(opened, line)| {
        let (envelope, key, holder) = opened.as_ref().map_err(|rejection| Box::new(rejection.clone()))?;
        if sound.next() != Some(true) {
            return Err(Box::new(Rejection::Signature(envelope.keyid())));
        }
        read(envelope, (key, holder), line, chain).map_err(Box::new)
    });
    examined.collect()
}

type Opened<'c> = (Envelope, &'c PublicKey, &'c MemberId);

/// The envelope, and whose key it names. Nothing has been checked.
fn open<'c>(line: &[u8], chain: &'c Chain) -> Result<Opened<'c>, Rejection> {
    let envelope = Envelope::parse(line)?;
    let keyid = envelope.keyid();
    let (key, holder) = chain.holder(keyid).ok_or(Rejection::KeyUnknown(keyid))?;
    Ok((envelope, key, holder))
}

/// What the signed bytes say, and whether the signer may say it.
fn read(
    envelope: &Envelope,
    (key, holder): (&PublicKey, &MemberId),
    line: &Line<'_>,
    chain: &Chain,
) -> Result<Examined, Rejection> {
    let record = Box::new(statement::parse(envelope.payload())?);
    let header = &record.header;
    if header.project != chain.root() {
        return Err(Rejection::Project { found: header.project, expected: chain.root() });
    }
    if record.commit != line.on {
        return Err(Rejection::Subject(record.commit));
    }
    let read = match line.annotated {
        Annotated::Here(tree) | Annotated::Orphaned(Some(tree)) if tree != header.tree => return Err(Rejection::Tree),
        Annotated::Here(_) | Annotated::Orphaned(Some(_)) => true,
        // All else is checked all the same: who can delete a branch could hide what its records pin.
        Annotated::Orphaned(None) => false,
        Annotated::NotACommit => return Err(Rejection::NotACommit),
    };
    if header.recorder != *holder {
        return Err(Rejection::Recorder { named: header.recorder.clone(), holder: holder.clone() });
    }
    let link = chain.version(header.trust).ok_or(Rejection::Trust(header.trust))?;
    permits(&link.version, &record, key)?;
    let orphaned = matches!(line.annotated, Annotated::Orphaned(_));
    Ok(Examined { record, key: envelope.keyid(), read, orphaned })
}

/// Whether a trust version lets the signer sign this record.
pub(super) fn permits(version: &TrustVersion, record: &Record, key: &PublicKey) -> Result<(), Rejection> {
    let member = &record.header.recorder;
    let holds = |role: &str| version.member(member).is_some_and(|found| found.keys.contains(key) && found.holds(role));
    let allowed = match &record.claim {
        // A trust change is pinned by those who made it.
        Claim::Checkpoint(checkpoint) if checkpoint.occasion == Occasion::Trust => holds(ROOT),
        claim => version.grants(member, key, claim.kind()),
    };
    let number = version.version;
    if !allowed {
        return Err(Rejection::Role { member: member.clone(), kind: record.header.kind, version: number });
    }
    match &record.claim {
        Claim::Approval(approval) if !holds(approval.role.as_str()) => {
            Err(Rejection::ApprovalRole { member: member.clone(), role: approval.role.clone(), version: number })
        }
        _ => Ok(()),
    }
}
