//! The trust root a verifier expects, held against the one that is there.

use super::finding::{Code, Finding, Severity};
use crate::record::ids::TrustDigest;

/// What the pin says about this project's root; `None` when they agree.
///
/// Without a pin anybody who can push could have started the project anew: a warning, and
/// incomplete (exit 2) when `strict`.
pub fn check_pin(root: TrustDigest, pinned: Option<TrustDigest>, strict: bool) -> Option<Finding> {
    match pinned {
        Some(pinned) if pinned == root => None,
        Some(pinned) => {
            let text = format!(
                "the first trust version is {root}, but {pinned} is pinned: this is another project, or its trust was replaced"
            );
            Some(Finding::new(Code::TrustRootDiffers, text).at_ref("refs/qms/trust"))
        }
        None => {
            let text = format!("trust root not pinned: {root} is taken on the word of this repository");
            let finding = Finding::new(Code::TrustNotPinned, text).at_ref("refs/qms/trust");
            Some(if strict { finding.weighing(Severity::Incomplete) } else { finding })
        }
    }
}
