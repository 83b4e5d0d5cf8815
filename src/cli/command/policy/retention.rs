//! What was promised to be kept is kept: a catalog that keeps evidence for a shorter time is not put in force.

use crate::cli::context::Context;
use crate::cli::error::{Error, Result};
use crate::policy::{self, InForce, Policy};
use crate::question::shortened;

/// Refuses a catalog that shortens the retention of the one in force. One that cannot be read any more promises nothing.
pub(super) fn refuse_shorter(context: &Context, current: &InForce<'_>, after: &Policy) -> Result<()> {
    let InForce::Ratified { commit, .. } = current else { return Ok(()) };
    let Some(bytes) = context.repo.read_blob_at(commit, policy::PATH, 1 << 20)? else { return Ok(()) };
    current.confirm(&bytes)?;
    let text = String::from_utf8(bytes).ok();
    let Some(before) = text.and_then(|text| policy::parse(&text, policy::PATH).ok()) else { return Ok(()) };
    let short = shortened(&before, after);
    if short.is_empty() {
        return Ok(());
    }
    let error = Error::no(format!("{} would shorten the retention of evidence", policy::PATH)).hint(
        "keep each control's retention at least as long as it is in force, and ratify again: git qms policy show",
    );
    Err(short.iter().fold(error, |error, one| error.detail(one.to_string())))
}
