//! What to do about a finding: every one has a next step, and every step a command.

use super::finding::{Code, Finding};
use crate::record::ids::CommitId;

/// A signed head that is gone, with the ways out: to bring it back, or to accept its loss.
pub(super) fn head_gone(message: String, head: CommitId) -> Finding {
    let hint = format!(
        "bring it back from a clone that has it: git qms sync; if it is lost for good: git qms trust known --head {head}"
    );
    Finding::new(Code::HeadGone, message).hint(hint)
}

impl Finding {
    /// What to do next: what was said with the finding, else what is always said of its code.
    pub fn next_step(&self) -> &str {
        self.hint.as_deref().unwrap_or_else(|| self.code.next_step())
    }
}

impl Code {
    /// What to do next, where nothing closer is known.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::EnvelopeForm | Self::NotesPath => {
                "see who wrote it: git log -p refs/notes/qms; what was meant is recorded anew: git qms record"
            }
            Self::KeyUnknown => "a root person can add the member: git qms trust add; then they record anew",
            Self::SignatureWrong => "compare with a clone that has it unaltered: git qms sync",
            Self::StatementMalformed => "bring git-qms up to date, then once more: git qms verify",
            Self::ProjectDiffers | Self::RecorderDiffers | Self::TreeDiffers | Self::NotACommit => {
                "see how it came here: git log -p refs/notes/qms; what was done is recorded anew: git qms record"
            }
            Self::SubjectDiffers => {
                "git copied it: git config --unset-all notes.rewriteRef; then record the evidence anew"
            }
            Self::TrustUnknown | Self::TrustMissing | Self::TrustFault => {
                "bring the whole trust from a remote or clone that has it: git qms sync --fetch-only"
            }
            Self::RoleMissing => "a root person can grant the role: git qms trust grant; then record anew",
            Self::RoleEnded => "see who may: git qms trust who; somebody with the role records it anew",
            Self::KeyCompromised => "the member records it anew with a new key, if they did it: git qms trust show",
            Self::HeadGone | Self::HeadNotBefore => {
                "bring back what is gone from a clone that has it: git qms sync; if it is lost for good: git qms trust known --head ID"
            }
            Self::LineRemoved => "put it back from a clone that has it: git qms sync",
            Self::LineRestored | Self::VoidRemoved => "see who removed it: git log -p refs/notes/qms",
            Self::NoteDisordered => {
                "nothing, the next write puts it in order; see who wrote it: git log -p refs/notes/qms"
            }
            Self::NoteLarge => "see what writes so much on one commit: git log --stat refs/notes/qms",
            Self::LedgerRoot => {
                "take the ledger from a clone that saw more: git qms sync; see its beginnings: git log --graph refs/notes/qms"
            }
            Self::LedgerMissing | Self::ArchiveMissing => "fetch it: git qms sync --fetch-only",
            Self::SupersedesVoid => {
                "correct it by who may, on the same commit: git qms record KIND --supersedes ID --reason TEXT"
            }
            Self::TrustCheckpointMissing => "a root person finishes it by any writing command: git qms checkpoint",
            Self::TrustRootDiffers => {
                "ask the project's people, not the clone, which root is theirs; the root here: git qms trust show --root"
            }
            Self::TrustNotPinned => {
                "get the root from the project's people, not from the clone, then: git qms verify --trust-root DIGEST, or QMS_TRUST_ROOT"
            }
            Self::ContinuityClaimed => {
                "ask the project's people, not the clone, whether they began anew, and how: git qms trust log"
            }
            Self::ArchiveDiffers => {
                "see what it was: git log -g REF; take it from a clone that has it right: git fetch REMOTE +REF:REF"
            }
            Self::ObjectMissing => {
                "fetch it: git fetch, or git qms sync --fetch-only; after damage: git fsck, and take it from another clone"
            }
            Self::ObjectWrong => {
                "see what is damaged: git fsck; take it from another clone, and find out how it came here"
            }
            Self::CloneIncomplete => {
                "fetch everything: git fetch --unshallow; or clone anew without --depth and --filter: git clone"
            }
            Self::NotRead => {
                "take it away if nobody needs it: git replace --list, git replace -d OBJECT; rm .git/info/grafts; git config core.commitGraph false"
            }
            Self::Orphaned | Self::Known => "nothing; see it: git qms show RECORD",
            Self::Unverifiable => "fetch the commit from a clone that has it: git fetch",
            Self::EndedRetroactively => "see which trust version ended it: git qms trust log; record the evidence anew",
            Self::TagMissing => "fetch it: git fetch --tags; or finish the release: git qms release",
            Self::TagMoved => "take the right object from a clone that has it: git fetch --force --tags REMOTE",
            Self::TagUnrecorded => "if the ledger here is behind, bring it up to date: git qms sync --fetch-only",
            Self::TagSignature | Self::TagMalformed => {
                "do not deploy it; ask who made it: git cat-file tag TAG; a sound one is a new release: git qms release"
            }
            Self::TreeDigestDiffers => {
                "do not deploy it, keep this repository for whoever investigates, and compare: git fsck --full"
            }
            Self::ManifestRecord => "bring the record from a clone that has it: git qms sync",
            Self::FileWrong | Self::FileMissing => "take it from a clone that has it: git qms sync",
            Self::FileExpunged => "nothing; see who took it out and why: git qms log --kind tombstone",
            Self::FilesPath => {
                "nothing, the next file that is attached leaves it out; see it: git ls-tree -r refs/qms/files"
            }
            Self::CheckpointAhead => "find a clone that contains it, and take the ledger from it: git qms sync",
            Self::CheckpointSignature => {
                "take the copy that you kept, or ask the witness to sign it: git qms checkpoint --cosign FILE"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_a_next_step_with_a_command() {
        for code in Code::ALL {
            let step = Finding::new(*code, "x").next_step().to_owned();
            assert!(step.contains("git "), "{code}: {step:?} names no command");
        }
        assert_eq!(Finding::new(Code::Known, "x").hint("closer").next_step(), "closer");
    }
}
