//! `git qms sync` between clones and one bare remote in files.

mod expunging;
mod files;
mod kinds;
#[path = "../support/forge.rs"]
mod forge;
mod losing;
mod racing;
mod rehearsing;
mod restoring;
mod rewriting;
mod services;
mod transports;
mod uniting;
#[path = "../support/workshop.rs"]
mod workshop;

use std::path::Path;

use workshop::Workshop;

impl Workshop {
    /// Records a plan in a clone and returns its id.
    fn plan_in(&self, clone: &Path, change: &str) -> String {
        let plan = ["record", "plan", "--service", "payments-api", "--reason", "More", "--quiet", "--change", change];
        self.qms_in(clone, &plan).ok().text()
    }

    /// The ids of all plans that count in a clone.
    fn plans_in(&self, clone: &Path) -> Vec<String> {
        let mut ids: Vec<String> =
            self.qms_in(clone, &["log", "--kind", "plan", "--ids"]).ok().text().lines().map(str::to_owned).collect();
        ids.sort();
        ids
    }

    fn tip_in(&self, dir: &Path, reference: &str) -> String {
        self.git_in(dir, &["rev-parse", reference]).ok().text()
    }

    /// Moves a reference of the origin, as its server's owner can.
    fn at_origin(&self, args: &[&str]) {
        self.git_in(&self.path("origin.git"), args).ok();
    }
}
