//! Escaped defects: those that users met, of all that were found.

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;
use crate::record::kind::defect::Defect;
use crate::record::kind::incident::Severity;
use crate::record::{Record, UtcTime};

/// Each defect once.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    by(scope, |_| 1)
}

/// By weight.
pub(super) fn weighted(scope: &Scope<'_>) -> Gathered {
    by(scope, |severity| scope.facts.weights.of(severity))
}

fn by(scope: &Scope<'_>, weight: impl Fn(Severity) -> u64) -> Gathered {
    let here = scope.history.defects().filter(|(record, ..)| is_here(scope, record));
    let mut unsaid = 0;
    let items = here.map(|(record, defect, records)| {
        let brought = brought(scope, record, defect);
        unsaid += usize::from(brought.is_none());
        let whole = weight(defect.severity);
        let part = if escaped(scope, record, defect) { whole } else { 0 };
        Item {
            at: brought.unwrap_or(defect.detected),
            amount: Amount::Of { part, whole },
            what: format!("{} {}", defect.id, defect.severity),
            records: records.to_vec(),
            flag: brought.is_none().then(|| "counted when it was found".to_owned()),
        }
    });
    Gathered::of(items.collect::<Vec<_>>())
        .note("late finds restate older windows; two ids of one defect count twice: no record says that one repeats another")
        .note_if(unsaid > 0, || {
            format!("{unsaid} defects name no deployed release that brought them, and count when they were found")
        })
}

/// Found in another environment, it was found before this one.
fn is_here(scope: &Scope<'_>, record: &Record) -> bool {
    scope.is_for_service(record.header.service.as_ref())
}

/// Whether users met it: it names a deployment here, or was found here.
fn escaped(scope: &Scope<'_>, record: &Record, defect: &Defect) -> bool {
    let deployed = |id| scope.rollouts().iter().any(|one| one.records.iter().any(|record| record.id == id));
    record.header.environment.as_ref() == Some(scope.environment) || defect.deployment.is_some_and(deployed)
}

/// When the release that brought it reached users.
fn brought(scope: &Scope<'_>, record: &Record, defect: &Defect) -> Option<UtcTime> {
    let is_it = |one: &&crate::measure::rollout::Rollout<'_>| {
        let release = record.header.release.as_ref();
        defect.deployment.is_some_and(|id| one.records.iter().any(|record| record.id == id))
            || (release.is_some() && release == one.release)
    };
    let introduced = || {
        let by = defect.introduced_by?;
        let contains = |one: &&crate::measure::rollout::Rollout<'_>| {
            let key = (scope.service.clone(), scope.environment.clone(), one.commit);
            let brought = scope.facts.deliveries.get(&key);
            one.commit == by || brought.is_some_and(|all| all.commits.iter().any(|commit| commit.id == by))
        };
        scope.rollouts().iter().find(contains)
    };
    scope.rollouts().iter().find(is_it).or_else(introduced).map(|one| one.ended)
}
