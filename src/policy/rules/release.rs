//! `release.*`: whether it is a release already, or a candidate still.

use super::{Metric, Paths, Reading, absent};
use crate::policy::evidence::{Place, Proof, Standing};
use crate::policy::rule::Rule;
use crate::record::Kind;

pub(super) static METRICS: &[Metric] = &[Metric {
    name: "release.tagged",
    unit: "releases",
    doc: "Releases of this very commit for the service and the environment. Before it is released there is none: for controls with the trigger deploy.",
    kind: Kind::Release,
    paths: Paths::All,
    read: tagged,
}];

impl<'a> Standing<'a> {
    /// The releases of this very commit, for the service and the environment.
    pub fn releases(&self) -> Vec<Proof<'a>> {
        let here = self.of_kind(Kind::Release).filter(|entry| entry.place == Place::OnCommit && entry.miss.is_none());
        here.map(|entry| entry.record).collect()
    }
}

fn tagged<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let releases = standing.releases();
    match releases.first().and_then(|first| first.header.release.as_ref()) {
        Some(tag) => Reading::count(releases.len(), format!("released as {tag}"), releases),
        None => absent(standing, Kind::Release, "release"),
    }
}
