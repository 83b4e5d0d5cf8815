//! What rules can measure: one file a family of metrics, one line a metric in its table.

use std::collections::BTreeSet;

use super::evidence::{Proof, Standing};
use super::number::Quantity;
use super::rule::Rule;
use crate::record::kind::findings::SetAside;
use crate::record::{Kind, Name};

mod age;
mod analysis;
mod approvals;
mod build;
mod coverage;
mod deploy;
mod exceptions;
mod incidents;
mod measures;
mod plan;
mod range;
mod release;
mod requirements;
mod scan;
mod test;
mod ticket;

/// The families, in the order of the guide.
static FAMILIES: [&[Metric]; 16] = [
    test::METRICS,
    coverage::METRICS,
    scan::METRICS,
    analysis::METRICS,
    approvals::METRICS,
    plan::METRICS,
    build::METRICS,
    range::METRICS,
    requirements::METRICS,
    age::METRICS,
    release::METRICS,
    deploy::METRICS,
    measures::METRICS,
    exceptions::METRICS,
    incidents::METRICS,
    ticket::METRICS,
];

/// Something that can be measured in evidence.
#[derive(Debug)]
pub struct Metric {
    /// As written in a rule; `SUITE` and `ROLE` stand for a name.
    pub name: &'static str,
    /// What the number counts.
    pub unit: &'static str,
    /// What it is, in a sentence.
    pub doc: &'static str,
    /// The kind of record it is read from.
    pub kind: Kind,
    /// Whether it can be restricted to files.
    pub paths: Paths,
    /// Measures it.
    pub read: for<'a> fn(&Standing<'a>, &Rule) -> Reading<'a>,
}

/// Whether a metric can be restricted to files, as in `coverage.line['src/**']`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paths {
    /// It is about everything.
    All,
    /// It can.
    ByPattern,
}

/// What measuring gave.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// The number, if there is one.
    pub value: Value,
    /// What there was, in words. May hold text of the repository.
    pub found: String,
    /// The records that show it.
    pub records: Vec<Proof<'a>>,
    /// What to do next if the rule is not satisfied.
    pub hint: Option<String>,
}

/// A number, or why there is none. Without a number no rule is satisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// The number.
    Measured(Quantity),
    /// There is no evidence.
    Absent,
    /// There is evidence that cannot be relied on.
    Barred,
}

impl<'a> Reading<'a> {
    fn measured(value: Quantity, found: impl Into<String>, records: Vec<Proof<'a>>) -> Self {
        Self { value: Value::Measured(value), found: found.into(), records, hint: None }
    }

    fn count(value: usize, found: impl Into<String>, records: Vec<Proof<'a>>) -> Self {
        Self::measured(Quantity::count(u64::try_from(value).unwrap_or(u64::MAX)), found, records)
    }

    fn barred(found: impl Into<String>, records: Vec<Proof<'a>>) -> Self {
        Self { value: Value::Barred, found: found.into(), records, hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Nothing to measure: names the records that do not count, and why, or the command that makes one.
pub(super) fn absent<'a>(standing: &Standing<'a>, kind: Kind, what: &str) -> Reading<'a> {
    let why = if kind == Kind::Plan { standing.plans().why_none() } else { standing.why_none(kind) };
    let found = match why {
        Some(why) => format!("no {what} that counts; {why}"),
        None => format!("no {what}"),
    };
    Reading { value: Value::Absent, found, records: Vec::new(), hint: Some(command_for(kind)) }
}

/// How a record of a kind is made.
pub(super) fn command_for(kind: Kind) -> String {
    match kind {
        Kind::Test => "git qms record test --from junit.xml".into(),
        Kind::Scan => "git qms record scan --from trivy.json".into(),
        Kind::Analysis => "git qms record analysis --from report.sarif".into(),
        Kind::Approval => "git qms approve".into(),
        Kind::Plan => "git qms record plan --change REF --reason \"…\"".into(),
        Kind::Policy => "git qms policy ratify".into(),
        Kind::Gate => "git qms gate --record".into(),
        Kind::Release => "git qms release".into(),
        Kind::Checkpoint => "git qms checkpoint".into(),
        Kind::Tombstone => "git qms expunge DIGEST".into(),
        kind => format!("git qms record {kind}"),
    }
}

/// Every metric.
pub fn metrics() -> impl Iterator<Item = &'static Metric> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// The metric of a path, and the name that stands in it.
pub(super) fn find(path: &str) -> Option<(&'static Metric, Option<Name>)> {
    // What is spelled out comes before what stands for a name: approvals.rejected is no role.
    metrics().find(|metric| metric.name == path).map(|metric| (metric, None)).or_else(|| {
        metrics().find_map(|metric| {
            let (before, after) = metric.name.split_once("SUITE").or_else(|| metric.name.split_once("ROLE"))?;
            let name = path.strip_prefix(before)?.strip_suffix(after)?.parse().ok()?;
            Some((metric, Some(name)))
        })
    })
}

/// Says that something is unknown, where `shortfall` gives for one of the runs its tool and why it is not complete.
fn incomplete<'a>(
    runs: impl Iterator<Item = Proof<'a>> + Clone,
    shortfall: impl Fn(Proof<'a>) -> Option<(String, String)>,
    again: &str,
) -> Option<Reading<'a>> {
    let (tool, why) = runs.clone().find_map(&shortfall)?;
    let short = runs.filter(|run| shortfall(run).is_some()).collect();
    let found = format!("unknown: {tool}: {why}");
    Some(Reading::barred(found, short).hint(format!("run {tool} to its end, then: {again}")))
}

/// How many findings were set aside, as the end of a sentence; nothing where none were.
fn set_aside<'a>(all: impl Iterator<Item = &'a [SetAside]>) -> String {
    let count = all.flatten().map(|aside| aside.count).fold(0, u64::saturating_add);
    if count == 0 { String::new() } else { format!(", {count} set aside") }
}

/// Each record once, in the order given.
pub(super) fn distinct<'a>(records: impl IntoIterator<Item = Proof<'a>>) -> Vec<Proof<'a>> {
    let mut seen = BTreeSet::new();
    records.into_iter().filter(|record| seen.insert(record.id)).collect()
}
