//! `build.*`: whether it is known what was built.

use super::{Metric, Paths, Reading, absent};
use crate::policy::evidence::Standing;
use crate::policy::rule::Rule;
use crate::record::Kind;

pub(super) static METRICS: &[Metric] = &[Metric {
    name: "build.recorded",
    unit: "records",
    doc: "Builds of this very tree that are not superseded.",
    kind: Kind::Build,
    paths: Paths::All,
    read: recorded,
}];

fn recorded<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let builds: Vec<_> = standing.counted(Kind::Build).collect();
    match builds.last() {
        Some(last) => {
            let found = if builds.len() == 1 { last.summary() } else { format!("{} builds", builds.len()) };
            Reading::count(builds.len(), found, builds)
        }
        None => absent(standing, Kind::Build, "build"),
    }
}
