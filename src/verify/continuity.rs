//! What is said of a project that continues another one, whose root keys are lost.

use super::finding::{Code, Finding, Severity};
use crate::trust::{Chain, Continues};

/// Where the current project is.
const HERE: [&str; 2] = ["refs/notes/qms", "refs/qms/trust"];

/// No key of the project before says that this one continues it: only people can.
pub fn claimed(chain: &Chain, continues: Continues) -> Finding {
    let text = format!(
        "project {} says that it continues project {}, up to ledger commit {}: no key of that project vouches for it, only the people who gave you the root",
        chain.root().short(),
        continues.project.short(),
        continues.ledger.short()
    );
    Finding::new(Code::ContinuityClaimed, text).at_ref(HERE[1])
}

/// A part of the project before that is not in this clone.
pub fn missing(continues: Continues, git_ref: &str, reason: &str) -> Finding {
    let text = format!("project {}, which is continued, cannot be verified: {reason}", continues.project);
    Finding::new(Code::ArchiveMissing, text).at_ref(git_ref)
}

/// A reference of the archive that leads elsewhere.
pub fn differs(continues: Continues, git_ref: &str, reason: &str) -> Finding {
    let text = format!(
        "the archive of project {} is not what the project that continues it signed: {reason}",
        continues.project
    );
    Finding::new(Code::ArchiveDiffers, text).at_ref(git_ref)
}

/// What was found in the ledger and trust of an archive, at the references where these are kept.
pub fn in_archive(findings: &[Finding], ledger: &str, trust: &str) -> Vec<Finding> {
    let moved = |finding: &Finding| {
        let mut finding = finding.clone();
        match finding.git_ref.as_deref() {
            Some(name) if name == HERE[1] => finding.git_ref = Some(trust.to_owned()),
            Some(name) if name != HERE[0] => {}
            _ => finding.git_ref = Some(ledger.to_owned()),
        }
        if finding.code == Code::TrustCheckpointMissing && finding.severity == Severity::Error {
            finding.hint = Some(
                "it was lost before the project was continued: compare with an older clone, git qms sync".to_owned(),
            );
        }
        finding
    };
    findings.iter().map(moved).collect()
}
