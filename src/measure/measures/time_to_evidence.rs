//! Time to evidence: how fresh the word of a record is.

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;
use crate::record::Kind;

/// Of what happened elsewhere and was written down; a signature happens when it is written.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let told =
        |kind| matches!(kind, Kind::Build | Kind::Test | Kind::Scan | Kind::Analysis | Kind::Deploy | Kind::Monitor);
    let here = scope.history.records().filter(|record| told(record.header.kind) && scope.concerns(record));
    let mut unknown = 0;
    let items = here.map(|record| {
        let header = &record.header;
        // Where nothing says when it happened, that is the moment of the record.
        unknown += usize::from(header.occurred.start == header.recorded && header.occurred.end == header.recorded);
        Item {
            at: header.recorded,
            amount: Amount::between(header.occurred.end, header.recorded),
            what: format!("{} on {}", header.kind, record.commit.short()),
            records: vec![record.id],
            flag: None,
        }
    });
    let gathered = Gathered::of(items.collect::<Vec<_>>());
    gathered
        .note_if(unknown > 0, || format!("{unknown} records say no other time than that at which they were written"))
}
