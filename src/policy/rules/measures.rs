//! `measure.*`: how the service has done, over the 90 days before the moment asked about.

use super::{Metric, Paths, Reading};
use crate::measure::{self, Amount, Facts, History, Scope, Unit, Value as Told, Window, summarise};
use crate::policy::evidence::{Proof, Standing};
use crate::policy::number::Quantity;
use crate::policy::rule::Rule;
use crate::record::{Kind, Name, UtcTime};

/// How far back is looked.
const DAYS: i64 = 90;

macro_rules! metrics {
    ($($name:literal $unit:literal $kind:ident $read:ident $measure:literal $doc:literal;)*) => {
        pub(super) static METRICS: &[Metric] = &[$(Metric {
            name: $name, unit: $unit, doc: $doc, kind: Kind::$kind, paths: Paths::All, read: $read,
        }),*];
        $(fn $read<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
            read(standing, $measure)
        })*
    };
}

metrics! {
    "measure.change-fail-rate" "share" Deploy change_fail_rate "change-fail-rate" "Of the service's deployments to production in the 90 days before, the share that was rolled back, mended by a hotfix or blamed by an incident, from 0 to 1. Where nothing was deployed it is unknown, and satisfies nothing, here and below.";
    "measure.rework-rate" "share" Deploy rework_rate "rework-rate" "The share of them that was not planned, while an incident was under way.";
    "measure.missing-approvals" "share" Deploy missing_approvals "missing-approvals" "The share of them that nobody had approved when it began.";
    "measure.recovery-time" "days" Deploy recovery_time "recovery-time" "The median from the end of one that failed until users were served again.";
    "measure.time-to-restore" "days" Incident time_to_restore "time-to-restore" "The mean from when an incident of the 90 days before was noticed until users were served again. Where none is over it is unknown.";
    "measure.flaky-rate" "share" Test flaky_rate "flaky-rate" "The share of tests of the 90 days before that both passed and failed on one commit, at least.";
}

/// The environment where users are: the one asked about, or else the only one there is.
fn production<'a>(standing: &Standing<'a>) -> Option<&'a Name> {
    let mut all = standing.policy.environments.iter().filter(|one| one.production);
    let asked = all.clone().find(|one| Some(&one.name) == standing.subject.environment.as_ref());
    let found = asked.or_else(|| {
        let first = all.next();
        first.filter(|_| all.next().is_none())
    });
    found.map(|environment| &environment.name)
}

fn read<'a>(standing: &Standing<'a>, name: &'static str) -> Reading<'a> {
    let Some(measure) = measure::measure(name) else { return Reading::barred("no such measure", Vec::new()) };
    let (Some(service), Some(environment)) = (standing.subject.service.as_ref(), production(standing)) else {
        return Reading::barred("it is not known of which service in which production", Vec::new())
            .hint("name both: git qms gate --service NAME --environment NAME");
    };
    let history = History::seen(standing.ledger, standing.at(), &|record| standing.view.sees(record));
    let facts =
        Facts { services: standing.policy.services.len(), weights: standing.policy.weights, ..Facts::default() };
    let scope = Scope::of(&history, &facts, service, environment);
    let gathered = (measure.gather)(&scope);
    let now = standing.at().seconds();
    // What was recorded in this very second counts.
    let window = Window {
        from: UtcTime::from_seconds(now - DAYS * 86_400),
        until: UtcTime::from_seconds(now.saturating_add(1)),
    };
    let summary = summarise(measure, &gathered, window);
    let counts = |amount| matches!(amount, Amount::Of { part: 1.., .. } | Amount::Measured(1..) | Amount::Censored(_));
    let telling = summary.items.iter().filter(|item| counts(item.amount)).flat_map(|item| &item.records);
    let records: Vec<Proof<'a>> = super::distinct(telling.filter_map(|id| standing.ledger.record(*id)));
    let what = measure.title.to_lowercase();
    let Told::Number(number) = summary.value else {
        let mut reading =
            Reading::barred(format!("{what} is unknown: nothing of the last {DAYS} days tells it"), records);
        reading.value = super::Value::Absent;
        return reading.hint("let the first ones go by an exception: git qms exception request");
    };
    let quantity = match measure.unit {
        Unit::Seconds => Quantity::ratio(number.numerator(), number.denominator().saturating_mul(86_400)),
        _ => Quantity::ratio(number.numerator(), number.denominator()),
    };
    let Some(quantity) = quantity else { return Reading::barred(format!("{what} is unknown"), records) };
    let found = format!("{what} {} of {} in {DAYS} days", number.shown(measure.unit), summary.n);
    Reading::measured(quantity, found, records).hint(format!("see what is behind it: git qms measure {name} --records"))
}
