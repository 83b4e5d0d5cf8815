//! Audit preparation: how long it takes to answer an auditor.

use crate::measure::item::Gathered;
use crate::measure::scope::Scope;

/// Nothing is recorded when an audit is asked for.
pub(super) fn gather(_: &Scope<'_>) -> Gathered {
    Gathered::unknown(
        "no record says when an audit was asked for, nor when its package was delivered",
        "a record of the request and one of the delivery; the machine's time alone is what git qms audit and git qms export take",
    )
}
