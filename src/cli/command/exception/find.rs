//! Which exception is meant, and by which catalog it is judged.

use crate::cli::command::record::correct::resolve_record;
use crate::cli::context::Context;
use crate::cli::error::{Error, Result};
use crate::policy::exception::{Asked, ExceptionState};
use crate::policy::{self, Policy};
use crate::record::{Claim, Name};
use crate::verify::Ledger;

/// The catalog in force as of `--at`; where none is ratified, that of HEAD.
pub(super) fn catalog(context: &Context, ledger: &Ledger) -> Result<Policy> {
    let commit = context.commit(None)?;
    context.policy(ledger, &commit, context.at)
}

/// Whether the catalog of HEAD, in force or not, has a control.
pub(super) fn is_proposed(context: &Context, control: &Name) -> Result<bool> {
    let commit = context.commit(None)?;
    let bytes = context.repo.read_blob_at(&commit.id, policy::PATH, 1 << 20)?;
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let catalog = text.and_then(|text| policy::parse(&text, policy::PATH).ok());
    Ok(catalog.is_some_and(|catalog| catalog.controls.iter().any(|one| one.id == *control)))
}

/// The exception of a request's id, or the only one from a control that `fits`.
pub(super) fn find<'a, 'b>(
    ledger: &Ledger,
    all: &'b [Asked<'a>],
    text: &str,
    fits: &dyn Fn(&Asked<'_>) -> bool,
) -> Result<&'b Asked<'a>> {
    let control = text.parse::<Name>().ok();
    let of_control: Vec<_> = all.iter().filter(|one| Some(&one.claim.control) == control.as_ref()).collect();
    if of_control.is_empty() {
        return by_id(ledger, all, text);
    }
    let mut fitting: Vec<_> = of_control.iter().copied().filter(|one| fits(one)).collect();
    if fitting.len() > 1 && fitting.iter().any(|one| one.state != ExceptionState::Expired) {
        fitting.retain(|one| one.state != ExceptionState::Expired);
    }
    match &fitting[..] {
        [one] => Ok(one),
        [] => {
            let states: Vec<String> =
                of_control.iter().map(|one| format!("{} is {}", one.record.id.short(), one.state)).collect();
            Err(Error::no(format!("no exception from {text} that this can be about"))
                .detail(states.join(", "))
                .hint("all of them: git qms exception list"))
        }
        several => {
            let ids: Vec<String> = several.iter().map(|one| one.record.id.short()).collect();
            Err(Error::new(format!("several exceptions from {text} that this can be about: {}", ids.join(", ")))
                .hint("name one by its id"))
        }
    }
}

fn by_id<'a, 'b>(ledger: &Ledger, all: &'b [Asked<'a>], text: &str) -> Result<&'b Asked<'a>> {
    let list = "exceptions are listed by: git qms exception list";
    if text.len() < 12 || text.bytes().any(|byte| !byte.is_ascii_hexdigit()) {
        return Err(Error::no(format!("no exception from a control {text:?}")).hint(list));
    }
    let id = resolve_record(ledger, text)?;
    let request = match ledger.record(id).map(|record| &record.claim) {
        Some(Claim::ExceptionDecision(decision)) => decision.exception,
        _ => id,
    };
    all.iter().find(|one| one.record.id == request).ok_or_else(|| {
        let kind = ledger.record(id).map_or("none", |record| record.header.kind.as_str());
        Error::no(format!("{text} is a record of kind {kind}, not a request for an exception")).hint(list)
    })
}
