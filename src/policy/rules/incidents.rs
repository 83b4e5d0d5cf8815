//! `incidents.open.*`: whether something is wrong where users are.

use super::{Metric, Paths, Reading};
use crate::measure::History;
use crate::policy::evidence::Standing;
use crate::policy::rule::Rule;
use crate::record::Kind;
use crate::record::kind::incident::{CaseState, Severity};

macro_rules! metrics {
    ($($name:literal $read:ident $least:ident $doc:literal;)*) => {
        pub(super) static METRICS: &[Metric] = &[$(Metric {
            name: $name, unit: "incidents", doc: $doc, kind: Kind::Incident, paths: Paths::All, read: $read,
        }),*];
        $(fn $read<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
            read(standing, Severity::$least)
        })*
    };
}

metrics! {
    "incidents.open" any Low "Incidents of the service in the environment, or in none that is named, whose last record does not say that users are served again.";
    "incidents.open.medium" medium Medium "Those of them that are medium or graver.";
    "incidents.open.high" high High "Those of them that are high or critical.";
    "incidents.open.critical" critical Critical "Those of them that are critical.";
}

fn read<'a>(standing: &Standing<'a>, least: Severity) -> Reading<'a> {
    let history = History::seen(standing.ledger, standing.at(), &|record| standing.view.sees(record));
    let open: Vec<_> = history
        .incidents()
        .filter(|(record, incident, _)| {
            standing.is_about(record) && incident.state() == CaseState::Open && incident.severity >= least
        })
        .map(|(record, incident, _)| (record.id, format!("{} {}", incident.id, incident.severity)))
        .collect();
    let named: Vec<&str> = open.iter().map(|(_, text)| text.as_str()).collect();
    let which = if named.is_empty() { String::new() } else { format!(": {}", named.join(", ")) };
    let records = open.iter().filter_map(|(id, _)| standing.ledger.record(*id)).collect();
    Reading::count(open.len(), format!("{} incidents open{which}", open.len()), records)
        .hint("when users are served again: git qms record incident --id ID --restored TIME")
}
