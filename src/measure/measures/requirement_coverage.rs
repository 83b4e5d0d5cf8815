//! Requirement coverage: what is wanted, and shown to be met by tests of the very release.

use crate::measure::facts::Coverage;
use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;

/// What is skipped, expected to fail, flaky, suspect or conflicting covers nothing.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    by(scope, |coverage| (coverage.covered, coverage.active))
}

/// Of those that are critical.
pub(super) fn critical(scope: &Scope<'_>) -> Gathered {
    by(scope, |coverage| (coverage.critical_covered, coverage.critical))
}

fn by(scope: &Scope<'_>, pick: fn(&Coverage) -> (u64, u64)) -> Gathered {
    if scope.facts.coverage.is_empty() {
        return Gathered::unknown(
            "the catalog does not say where requirements are written, or no release here has any",
            "[requirements] in .qms/policy.toml, and test records whose cases name requirements",
        );
    }
    let covered = scope.rollouts().iter().filter_map(|one| {
        let coverage = scope.facts.coverage.get(&(scope.service.clone(), one.commit))?;
        let (part, whole) = pick(coverage);
        let about = scope.history.about(one.commit, one.record.header.tree);
        let tests = about.filter(|record| record.header.test.is_some()).map(|record| record.id);
        let records = std::iter::once(one.record.id).chain(tests).collect();
        Some(Item { at: one.ended, amount: Amount::Of { part, whole }, what: one.name(), records, flag: None })
    });
    Gathered::of(covered)
}
