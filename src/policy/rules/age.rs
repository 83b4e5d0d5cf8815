//! `*.age`: how old evidence is at the moment asked about, in days, exactly.

use super::{Metric, Paths, Reading, absent, command_for};
use crate::policy::evidence::{Proof, Standing};
use crate::policy::number::Quantity;
use crate::policy::rule::Rule;
use crate::record::{Claim, Kind, UtcTime};

macro_rules! metrics {
    ($($name:literal $kind:ident $read:ident $doc:literal;)*) => {
        pub(super) static METRICS: &[Metric] = &[$(Metric {
            name: $name, unit: "days", doc: $doc, kind: Kind::$kind, paths: Paths::All, read: $read,
        }),*];
    };
}

metrics! {
    "test.age" Test test "Since the oldest of the last results of every suite type was made. What is said to lie ahead has no age, here and below.";
    "scan.age" Scan scan "Since the oldest of the last runs of every tool and target ended.";
    "scan.database-age" Scan database "Since the oldest of the databases that these looked things up in was brought up to date; where one does not say, it is unknown.";
    "analysis.age" Analysis analysis "Since the oldest of the last runs of every tool ended.";
    "build.age" Build build "Since the last build ended.";
    "approvals.age" Approval approvals "Since the oldest approval that counts was given.";
}

/// The oldest of these moments, each with the record that tells it.
fn oldest<'a>(
    standing: &Standing<'a>,
    kind: Kind,
    what: &str,
    moments: impl Iterator<Item = (Proof<'a>, UtcTime)>,
) -> Reading<'a> {
    let Some((record, moment)) = moments.min_by_key(|(record, moment)| (*moment, &record.header.recorder, record.id))
    else {
        return absent(standing, kind, what);
    };
    let seconds = standing.at().seconds().saturating_sub(moment.seconds());
    let hint = format!("make it anew: {}", command_for(kind));
    match u64::try_from(seconds) {
        Ok(seconds) => {
            let (days, hours) = (seconds / 86_400, seconds % 86_400 / 3_600);
            let found = format!("{what} {days} d {hours} h old");
            Reading::measured(Quantity::days(seconds), found, vec![record]).hint(hint)
        }
        Err(_) => Reading::barred(format!("{what} of {moment}, which lies ahead"), vec![record]).hint(hint),
    }
}

/// When what a record tells of ended; or when it was recorded, if that is earlier.
fn made(record: Proof<'_>) -> UtcTime {
    record.header.occurred.end.min(record.header.recorded)
}

fn test<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let last = super::test::last_results(standing);
    oldest(standing, Kind::Test, "test", last.into_iter().map(|record| (record, made(record))))
}

fn scan<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let runs = super::scan::last_runs(standing).into_iter().flatten();
    oldest(standing, Kind::Scan, "scan", runs.map(|record| (record, made(record))))
}

fn database<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let runs: Vec<Proof<'a>> = super::scan::last_runs(standing).into_iter().flatten().collect();
    let updated = |record: Proof<'a>| match &record.claim {
        Claim::Scan(scan) => scan.scanner.db.last_update,
        _ => None,
    };
    if let Some(silent) = runs.iter().copied().find(|record| updated(record).is_none()) {
        let tool = silent.header.scan.as_ref().map_or("the scanner", |scan| scan.tool.as_str());
        return Reading::barred(format!("{tool} does not say how old its database is"), vec![silent])
            .hint("have its report name the database, and record it anew: git qms record scan --from trivy.json");
    }
    let moments = runs.into_iter().filter_map(|record| Some((record, updated(record)?)));
    oldest(standing, Kind::Scan, "scanner's database", moments)
}

fn analysis<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let runs = super::analysis::last_runs(standing).into_iter().flatten();
    oldest(standing, Kind::Analysis, "analysis", runs.map(|record| (record, made(record))))
}

fn build<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let last = standing.last_of(standing.counted(Kind::Build));
    oldest(standing, Kind::Build, "build", last.into_iter().map(|record| (record, made(record))))
}

fn approvals<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let counted = standing.votes().iter().filter(|vote| vote.counts()).map(|vote| (vote.record, made(vote.record)));
    oldest(standing, Kind::Approval, "approval", counted)
}
