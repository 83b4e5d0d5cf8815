//! What verification has to say, one finding a fact.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::record::ids::{CommitId, RecordId};

/// How much a finding weighs. An error outweighs incompleteness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// Worth knowing; changes no exit code.
    Info,
    /// Odd, but proves nothing wrong.
    Warning,
    /// Something could not be checked: exit 2.
    Incomplete,
    /// Something is wrong: exit 1.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Incomplete => "incomplete",
            Self::Error => "error",
        })
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident $text:literal $severity:ident;)*) => {
        /// What a finding is about. The texts are stable: scripts read them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $code,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// The text in reports.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $text,)* }
            }

            /// How much it weighs, unless said otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    /// A line is not an envelope in its exact form.
    EnvelopeForm "envelope-form" Error;
    /// No trust version has the key.
    KeyUnknown "key-unknown" Error;
    /// The signature is not the key's over these bytes.
    SignatureWrong "signature-wrong" Error;
    /// The payload is not a record.
    StatementMalformed "statement-malformed" Error;
    /// The record belongs to another project.
    ProjectDiffers "project-differs" Error;
    /// The record speaks about another commit than the one it is on.
    SubjectDiffers "subject-differs" Error;
    /// The record names another tree than the commit has.
    TreeDiffers "tree-differs" Error;
    /// The note is on something that is not a commit.
    NotACommit "not-a-commit" Error;
    /// The recorder named is not the holder of the key.
    RecorderDiffers "recorder-differs" Error;
    /// The trust version named is not in the chain.
    TrustUnknown "trust-unknown" Error;
    /// The signer may not sign this kind, or does not hold the role they sign in.
    RoleMissing "role-missing" Error;
    /// The signer was no longer allowed to when the record was written.
    RoleEnded "role-ended" Error;
    /// The key is compromised, and the record lies beyond the head up to which it counts.
    KeyCompromised "key-compromised" Error;
    /// The ledger head that was signed is not in the ledger.
    HeadGone "head-gone" Error;
    /// The record stands where its signed head does not come before it.
    HeadNotBefore "head-not-before" Error;
    /// A verified line was in the ledger and is not in its tip.
    LineRemoved "line-removed" Error;
    /// A line was removed and put back.
    LineRestored "line-restored" Warning;
    /// A void line was removed.
    VoidRemoved "void-line-removed" Warning;
    /// Lines of a note are not sorted and unique, or blank.
    NoteDisordered "note-disordered" Warning;
    /// A note is larger than writers make it.
    NoteLarge "note-large" Warning;
    /// A path in the notes tree is no note, or a second one of the same object.
    NotesPath "notes-path" Error;
    /// The ledger does not begin with exactly the checkpoint of trust version 1.
    LedgerRoot "ledger-root" Error;
    /// There is no ledger.
    LedgerMissing "ledger-missing" Error;
    /// A correction that the rules do not allow; it has no effect.
    SupersedesVoid "supersedes-void" Warning;
    /// A trust version is not sound; those before it are used.
    TrustFault "trust-fault" Error;
    /// There is no trust root.
    TrustMissing "trust-missing" Error;
    /// The trust change has no checkpoint.
    TrustCheckpointMissing "trust-checkpoint-missing" Error;
    /// The verifier pinned another first trust version.
    TrustRootDiffers "trust-root-differs" Error;
    /// The verifier pinned none.
    TrustNotPinned "trust-not-pinned" Warning;
    /// The project says that it continues another one, for which no key of that one vouches.
    ContinuityClaimed "continuity-claimed" Warning;
    /// A project that is continued is not in this clone, or not whole.
    ArchiveMissing "archive-missing" Incomplete;
    /// A reference to a project that is continued leads to another one.
    ArchiveDiffers "archive-differs" Error;
    /// An object that is relied on is not there.
    ObjectMissing "object-missing" Incomplete;
    /// An object has other bytes than its id says.
    ObjectWrong "object-wrong" Error;
    /// The clone is shallow or partial.
    CloneIncomplete "clone-incomplete" Incomplete;
    /// Replacement refs, grafts or a commit-graph are present; they are not read.
    NotRead "not-read" Warning;
    /// The record's commit is reached by nothing any more.
    Orphaned "orphaned" Info;
    /// The record cannot be checked because its commit cannot be read.
    Unverifiable "unverifiable" Info;
    /// A record that is void was in the ledger when the trust version that voids it came into force.
    EndedRetroactively "ended-retroactively" Info;
    /// A flaw that a trust version accepts as such.
    Known "known" Info;
    /// A release's tag is not there.
    TagMissing "tag-missing" Error;
    /// A release's tag is another object than its record names.
    TagMoved "tag-moved" Error;
    /// A tag carries a manifest, but no counting release record names it.
    TagUnrecorded "tag-unrecorded" Error;
    /// A release tag's signature or signer is not in order.
    TagSignature "tag-signature" Error;
    /// A release tag's message or manifest is not in order.
    TagMalformed "tag-malformed" Error;
    /// The digest of the released tree is not the tree's.
    TreeDigestDiffers "tree-digest-differs" Error;
    /// A manifest relies on a record that does not count.
    ManifestRecord "manifest-record" Error;
    /// An attached file has other bytes than its digest says.
    FileWrong "file-wrong" Error;
    /// An attached file that a record says is stored is not there.
    FileMissing "file-missing" Error;
    /// An attached file was taken out by two people.
    FileExpunged "file-expunged" Info;
    /// A path among the attached files is no file.
    FilesPath "files-path" Warning;
    /// A checkpoint from outside is not contained in the ledger.
    CheckpointAhead "checkpoint-ahead" Error;
    /// A checkpoint from outside is altered, or a witness has not signed it.
    CheckpointSignature "checkpoint-signature" Error;
}

impl Code {
    /// Whether it is about a line that is void: it counts for nothing, and makes nothing else fail.
    ///
    /// [`Self::TrustUnknown`] is not: the version that is gone may have taken away the role of who signed all else.
    pub fn is_of_void_line(self) -> bool {
        matches!(
            self,
            Self::EnvelopeForm
                | Self::KeyUnknown
                | Self::SignatureWrong
                | Self::StatementMalformed
                | Self::ProjectDiffers
                | Self::SubjectDiffers
                | Self::TreeDiffers
                | Self::NotACommit
                | Self::RecorderDiffers
                | Self::RoleMissing
                | Self::RoleEnded
                | Self::KeyCompromised
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let found = Self::ALL.iter().find(|code| code.as_str() == text);
        found.copied().ok_or_else(|| de::Error::custom(format!("{text:?} is no code of a finding")))
    }
}

/// One fact found by verification. Its texts may hold bytes from the repository: escape them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// The ref at fault.
    pub git_ref: Option<String>,
    /// The commit at fault: of the ledger, or annotated.
    pub commit: Option<CommitId>,
    /// The record at fault.
    pub record: Option<RecordId>,
    /// What was found.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Finding {
    /// A finding of the code's own weight.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let severity = code.severity();
        Self { code, severity, git_ref: None, commit: None, record: None, message: message.into(), hint: None }
    }

    /// Names the ref.
    #[must_use]
    pub fn at_ref(mut self, git_ref: impl Into<String>) -> Self {
        self.git_ref = Some(git_ref.into());
        self
    }

    /// Names the commit.
    #[must_use]
    pub fn at_commit(mut self, commit: CommitId) -> Self {
        self.commit = Some(commit);
        self
    }

    /// Names the record.
    #[must_use]
    pub fn at_record(mut self, record: RecordId) -> Self {
        self.record = Some(record);
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with another weight.
    #[must_use]
    pub fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

/// The answer that findings add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was checked and nothing is wrong.
    Pass,
    /// Something is wrong.
    Fail,
    /// Something could not be checked, and nothing that could is wrong.
    Incomplete,
}

impl Outcome {
    /// What these findings add up to.
    pub fn of(findings: &[Finding]) -> Self {
        match findings.iter().map(|finding| finding.severity).max() {
            Some(Severity::Error) => Self::Fail,
            Some(Severity::Incomplete) => Self::Incomplete,
            _ => Self::Pass,
        }
    }

    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Incomplete => "incomplete",
        }
    }
}
