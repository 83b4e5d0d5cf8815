//! The columns of the table of records that one kind fills.

use super::records::Field;
use crate::record::Record;
use crate::verify::Verified;

type R<'a> = &'a Verified<Record>;

/// What a member of the claim of a kind says; absent in other kinds.
macro_rules! claim {
    ($kind:ident, $claim:ident => $cell:expr) => {
        |_: &Source<'_>, record: R<'_>| match &record.claim {
            Claim::$kind($claim) => $cell,
            _ => Cell::Absent,
        }
    };
    ($kind:ident | $other:ident, $claim:ident => $cell:expr) => {
        |_: &Source<'_>, record: R<'_>| match &record.claim {
            Claim::$kind($claim) => $cell,
            Claim::$other($claim) => $cell,
            _ => Cell::Absent,
        }
    };
}

mod evidence;
mod outcomes;
mod words;

use evidence::{ANALYSIS, BUILD, SCAN, TEST};
use outcomes::{CASE, DEPLOY};
use words::{APPROVAL, BOOKS, EXCEPTION, GATE, PLAN};

/// Columns of claims, kind by kind.
pub(super) fn fields() -> impl Iterator<Item = &'static Field> {
    [PLAN, BUILD, TEST, SCAN, ANALYSIS, APPROVAL, GATE, DEPLOY, CASE, EXCEPTION, BOOKS].into_iter().flatten()
}
