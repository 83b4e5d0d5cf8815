//! `git qms policy ratify`: the catalog of HEAD, put in force.

use super::retention;
use crate::cli::Start;
use crate::cli::command::record;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::write::{Draft, Written};
use crate::policy::{self, InForce, in_force};
use crate::record::kind::policy::PolicyRatification;
use crate::record::{Claim, FileDigest, Kind};

/// Signs for the catalog of HEAD.
pub(super) fn run(start: &Start) -> Result<Exit> {
    let context = start.open()?;
    let signing = context.signing()?;
    let ledger = context.ledger()?;
    let chain = ledger.chain();
    let member = context.member(chain, &signing)?;
    context.check_grant(chain, member, &signing, Kind::Policy)?;
    let commit = context.commit(None)?;
    let bytes = context.repo.read_blob_at(&commit.id, policy::PATH, 1 << 20)?.ok_or_else(|| {
        Error::new(format!("{} is not in commit {}", policy::PATH, commit.id.short()))
            .hint(format!("git add {} && git commit, and again: git qms policy ratify", policy::PATH))
    })?;
    refuse_uncommitted(&context, &bytes)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Error::new(format!("{} is not UTF-8", policy::PATH)))?;
    let catalog = policy::parse(text, policy::PATH)?;
    let sha256 = FileDigest::of(&bytes);
    let current = in_force(&ledger, context.now);
    retention::refuse_shorter(&context, &current, &catalog)?;
    let replaces = match current {
        InForce::Ratified { sha256: current, record, commit } if current == sha256 => {
            let summary = format!("policy {} is in force already", sha256.short());
            let written = Written { id: record.id, kind: Kind::Policy, commit };
            return record::tell(&context, &written, &summary, None);
        }
        InForce::Ratified { sha256, .. } => Some(sha256),
        _ => None,
    };
    let header = context.header(chain, member, Kind::Policy, commit.tree);
    let claim = Claim::Policy(PolicyRatification { sha256, replaces });
    let summary = claim.summary();
    let written = context.record(&signing, Draft { commit: commit.id, header, artifacts: Vec::new(), claim })?;
    record::tell(&context, &written, &summary, Some("git qms gate"))
}

/// Who changed the catalog and ratifies means the changed one; only what is committed can be put in force.
fn refuse_uncommitted(context: &Context, committed: &[u8]) -> Result<()> {
    let file = context.repo.workdir().map(|tree| tree.join(policy::PATH));
    let Some(found) = file.and_then(|file| std::fs::read_to_string(file).ok()) else { return Ok(()) };
    // A checkout may have other line ends than the commit.
    if found.replace("\r\n", "\n").as_bytes() == committed || found.as_bytes() == committed {
        return Ok(());
    }
    Err(Error::new(format!("{} is changed and not committed: what is ratified is the catalog of HEAD", policy::PATH))
        .hint(format!("git commit {0}, or git restore {0}; then: git qms policy ratify", policy::PATH)))
}
