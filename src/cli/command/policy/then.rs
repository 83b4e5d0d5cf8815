//! The catalog that was in force when a release was decided, or when a commit was made.

use crate::cli::context::Context;
use crate::cli::error::{Error, Result};
use crate::cli::target::Target;
use crate::policy::{self, Policy};
use crate::record::{Claim, CommitId, FileDigest};
use crate::verify::Ledger;

/// The catalog, and in words when it was in force.
pub(super) fn catalog(context: &Context, ledger: &Ledger, named: &str) -> Result<(Policy, String)> {
    let (digest, when) = match context.target(ledger, Some(named))? {
        Target::Release { tag, manifest, .. } => (manifest.policy, format!("when {tag} was decided")),
        Target::Record(id) => match ledger.record(id).map(|record| &record.claim) {
            Some(Claim::Gate(gate)) => {
                let digest = gate.policy.digest.get("sha256").and_then(|hex| hex.parse().ok());
                (digest.ok_or_else(|| none(named))?, format!("at {}", gate.time_verified))
            }
            Some(Claim::Policy(claim)) => (claim.sha256, format!("by {}", id.short())),
            _ => return Err(Error::new(format!("record {} is no decision and no ratification", id.short()))),
        },
        Target::Commit(commit) => {
            let at = commit.committer.time;
            let when = format!("at {at}, when {} was committed, by its own word", commit.id.short());
            match policy::in_force(ledger, at) {
                policy::InForce::Ratified { sha256, .. } => (sha256, when),
                _ => return Err(none(named)),
            }
        }
    };
    let on = ratified_on(ledger, digest)
        .ok_or_else(|| Error::new(format!("no ratification names the catalog sha256:{digest}")))?;
    let bytes = context.repo.read_blob_at(&on, policy::PATH, 1 << 20)?;
    let bytes = bytes.filter(|bytes| FileDigest::of(bytes) == digest);
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.ok_or_else(|| Error::new(format!("commit {on} does not hold the catalog sha256:{digest}")))?;
    Ok((policy::parse(&text, policy::PATH)?, when))
}

/// The commit that a catalog is read from.
fn ratified_on(ledger: &Ledger, digest: FileDigest) -> Option<CommitId> {
    let is_it = |claim: &Claim| matches!(claim, Claim::Policy(policy) if policy.sha256 == digest);
    ledger.records().iter().rev().find(|record| is_it(&record.claim)).map(|record| record.commit)
}

fn none(named: &str) -> Error {
    Error::no(format!("no catalog was in force for {named}")).hint("see all of them: git qms policy log")
}
