//! `scan.*`: vulnerabilities by severity, over the last run of every tool and target.

use std::collections::BTreeMap;

use super::{Metric, Paths, Reading, absent};
use crate::policy::evidence::{Proof, Standing};
use crate::policy::number::Quantity;
use crate::policy::rule::Rule;
use crate::record::Kind;
use crate::record::kind::scan::Severities;

macro_rules! metrics {
    ($($name:literal $unit:literal $read:ident $doc:literal;)*) => {
        pub(super) static METRICS: &[Metric] = &[$(Metric {
            name: $name, unit: $unit, doc: $doc, kind: Kind::Scan, paths: Paths::All, read: $read,
        }),*];
    };
}

metrics! {
    "scan.critical" "findings" critical "Critical vulnerabilities, added up over the last run of every tool and target; findings of unknown severity count as critical. A run that failed or is incomplete is unknown, and satisfies nothing.";
    "scan.high" "findings" high "High ones, likewise; findings of unknown severity count as high too.";
    "scan.medium" "findings" medium "Medium ones, likewise; findings of unknown severity count as medium too.";
    "scan.low" "findings" low "Low ones, likewise; findings of unknown severity count as low too.";
    "scan.unknown" "findings" unknown "Findings that the report gives no severity.";
    "scan.total" "findings" total "All findings.";
    "scan.recorded" "runs" recorded "Tools and targets with a run that counts.";
}

/// The last runs, by tool and target.
pub(super) fn last_runs<'a>(standing: &Standing<'a>) -> Vec<Vec<Proof<'a>>> {
    let mut runs: BTreeMap<_, Vec<Proof<'a>>> = BTreeMap::new();
    for record in standing.counted(Kind::Scan) {
        if let Some(scan) = &record.header.scan {
            runs.entry((&scan.tool, &scan.target)).or_default().push(record);
        }
    }
    runs.into_values().map(|runs| standing.last_of(runs)).collect()
}

/// A run that is not complete: how much it would have found is unknown, so nothing is measured.
fn incomplete<'a>(runs: &[Vec<Proof<'a>>]) -> Option<Reading<'a>> {
    let of =
        |run: Proof<'a>| run.header.scan.as_ref().and_then(|scan| Some((scan.tool.clone(), scan.run.shortfall()?)));
    super::incomplete(runs.iter().flatten().copied(), of, "git qms record scan --from trivy.json")
}

fn reading<'a>(
    standing: &Standing<'a>,
    word: &str,
    severity: fn(&Severities) -> u64,
    unknown: fn(&Severities) -> u64,
) -> Reading<'a> {
    let runs = last_runs(standing);
    if runs.is_empty() {
        return absent(standing, Kind::Scan, "scan");
    }
    if let Some(unknown) = incomplete(&runs) {
        return unknown;
    }
    // The worst of concurrent runs; of several tools or targets, the sum.
    let worst = |of: &dyn Fn(&Severities) -> u64| {
        let each = runs.iter().map(|runs| {
            runs.iter().filter_map(|run| run.header.scan.as_ref()).map(|scan| of(&scan.counts)).max().unwrap_or(0)
        });
        each.fold(0_u64, u64::saturating_add)
    };
    let value = worst(&|counts| severity(counts).saturating_add(unknown(counts)));
    let mut found = format!("{} {word}", worst(&severity));
    let unknown = worst(&unknown);
    if unknown > 0 {
        found = format!("{found}, {unknown} of unknown severity");
    }
    let details = runs.iter().flatten().filter_map(|run| run.header.scan.as_ref());
    found.push_str(&super::set_aside(details.map(|scan| scan.set_aside.as_slice())));
    Reading::measured(Quantity::count(value), found, runs.into_iter().flatten().collect())
        .hint("mend or update what is vulnerable, then: git qms record scan --from trivy.json")
}

fn critical<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    reading(standing, "critical", |counts| counts.critical, |counts| counts.unknown)
}

fn high<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    reading(standing, "high", |counts| counts.high, |counts| counts.unknown)
}

fn medium<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    reading(standing, "medium", |counts| counts.medium, |counts| counts.unknown)
}

fn low<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    reading(standing, "low", |counts| counts.low, |counts| counts.unknown)
}

fn unknown<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    reading(standing, "without severity", |counts| counts.unknown, |_| 0)
}

fn total<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    reading(standing, "findings", |counts| counts.total(), |_| 0)
}

fn recorded<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let runs = last_runs(standing);
    if runs.is_empty() {
        return absent(standing, Kind::Scan, "scan");
    }
    if let Some(unknown) = incomplete(&runs) {
        return unknown;
    }
    Reading::count(runs.len(), format!("{} scanned", runs.len()), runs.into_iter().flatten().collect())
        .hint(super::command_for(Kind::Scan))
}
