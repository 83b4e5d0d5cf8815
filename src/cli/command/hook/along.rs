//! The evidence goes along with a push of branches, where git's configuration asks for it.

use crate::cli::context::{Context, LEDGER, TRUST};
use crate::store::{SyncError, tracking_ledger, tracking_trust};

/// Pushes ledger and trust where `qms.pushEvidence` says so and the remote is not known to have them. A push of code is not
/// stopped by it: what did not go is told.
pub(super) fn send(context: &Context, remote: &str) {
    let wanted = context.repo.config("qms.pushEvidence");
    if !wanted.is_some_and(|value| matches!(&value.to_ascii_lowercase()[..], "true" | "yes" | "on" | "1")) {
        return;
    }
    let lacks = |name: &str, tracking: String| {
        let tip = |name: &str| context.repo.ref_tip(name).ok().flatten();
        tip(name).is_some_and(|here| tip(&tracking) != Some(here))
    };
    let pairs = [(LEDGER, tracking_ledger(remote)), (TRUST, tracking_trust(remote))];
    let names: Vec<&str> =
        pairs.into_iter().filter(|(name, there)| lacks(name, there.clone())).map(|(name, _)| name).collect();
    if names.is_empty() {
        return;
    }
    // It runs this hook again, which verifies it.
    match context.repo.push(remote, &names) {
        Ok(()) => context.ui.note(&format!("evidence went along to {remote}")),
        Err(SyncError::Behind { .. }) => {
            context.ui.warn(&format!("{remote} has evidence that is not here, so ours did not go along: git qms sync"));
        }
        Err(error) => context.ui.warn(&format!("the evidence did not go along: {error}; git qms sync")),
    }
}
