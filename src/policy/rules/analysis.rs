//! `analysis.*`: findings of static analysis by level, over the last run of every tool.

use std::collections::BTreeMap;

use super::{Metric, Paths, Reading, absent};
use crate::policy::evidence::{Proof, Standing};
use crate::policy::number::Quantity;
use crate::policy::rule::Rule;
use crate::record::kind::analysis::{Analysis, Levels};
use crate::record::{Claim, Kind};

macro_rules! metrics {
    ($($name:literal $unit:literal $read:ident $doc:literal;)*) => {
        pub(super) static METRICS: &[Metric] = &[$(Metric {
            name: $name, unit: $unit, doc: $doc, kind: Kind::Analysis, paths: Paths::All, read: $read,
        }),*];
    };
}

metrics! {
    "analysis.error" "findings" error "Findings of level error, added up over the last run of every tool. A run that failed or is incomplete is unknown, and satisfies nothing.";
    "analysis.warning" "findings" warning "Those of level warning, likewise.";
    "analysis.note" "findings" note "Those of level note, likewise.";
    "analysis.total" "findings" total "All findings, those without a level included.";
    "analysis.recorded" "tools" recorded "Tools with a run that counts.";
}

fn claim(record: Proof<'_>) -> Option<&Analysis> {
    match &record.claim {
        Claim::Analysis(analysis) => Some(analysis),
        _ => None,
    }
}

/// The last runs, by tool.
pub(super) fn last_runs<'a>(standing: &Standing<'a>) -> Vec<Vec<Proof<'a>>> {
    let mut runs: BTreeMap<_, Vec<Proof<'a>>> = BTreeMap::new();
    for record in standing.counted(Kind::Analysis) {
        if let Some(analysis) = claim(record) {
            runs.entry(&analysis.tool.name).or_default().push(record);
        }
    }
    runs.into_values().map(|runs| standing.last_of(runs)).collect()
}

/// The last runs, if there are any and all are complete; else what to say instead.
fn complete_runs<'a>(standing: &Standing<'a>) -> Result<Vec<Vec<Proof<'a>>>, Reading<'a>> {
    let runs = last_runs(standing);
    if runs.is_empty() {
        return Err(absent(standing, Kind::Analysis, "analysis"));
    }
    let of = |run: Proof<'a>| claim(run).and_then(|one| Some((one.tool.name.clone(), one.run.shortfall()?)));
    match super::incomplete(runs.iter().flatten().copied(), of, &super::command_for(Kind::Analysis)) {
        Some(unknown) => Err(unknown),
        None => Ok(runs),
    }
}

fn reading<'a>(standing: &Standing<'a>, word: &str, level: fn(&Levels) -> u64) -> Reading<'a> {
    let runs = match complete_runs(standing) {
        Ok(runs) => runs,
        Err(reading) => return reading,
    };
    // The worst of concurrent runs; of several tools, the sum.
    let worst =
        |runs: &Vec<Proof<'a>>| runs.iter().copied().filter_map(claim).map(|one| level(&one.counts)).max().unwrap_or(0);
    let value = runs.iter().map(worst).fold(0, u64::saturating_add);
    let claims = runs.iter().flatten().copied().filter_map(claim);
    let aside = super::set_aside(claims.map(|one| one.set_aside.as_slice()));
    let found = format!("{value} {word}{aside}");
    Reading::measured(Quantity::count(value), found, runs.into_iter().flatten().collect())
        .hint(format!("mend what was found, then: {}", super::command_for(Kind::Analysis)))
}

fn error<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    reading(standing, "of level error", |counts| counts.error)
}

fn warning<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    reading(standing, "of level warning", |counts| counts.warning)
}

fn note<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    reading(standing, "of level note", |counts| counts.note)
}

fn total<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    reading(standing, "findings", |counts| counts.total())
}

fn recorded<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    match complete_runs(standing) {
        Ok(runs) => {
            let count = runs.len();
            Reading::count(count, format!("{count} analysed"), runs.into_iter().flatten().collect())
                .hint(super::command_for(Kind::Analysis))
        }
        Err(reading) => reading,
    }
}
