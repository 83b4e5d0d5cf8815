//! From an [`UncheckedPolicy`] to a [`Policy`]: the values agree with one another.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::Range;

use super::catalog::{Policy, Trigger};
use super::interval::Interval;
use super::problem::Problems;
use super::tier::Asked;
use super::unchecked::{UncheckedControl, UncheckedPolicy};
use super::verdict::RESERVED;
use crate::record::{FileDigest, Kind, Name};

impl UncheckedPolicy {
    /// Checks what only the whole can say.
    pub(super) fn check(self, problems: &mut Problems<'_>) -> Policy {
        once("service", self.services.iter().map(|one| (&one.value.name, &one.at)), problems);
        once("environment", self.environments.iter().map(|one| (&one.value.name, &one.at)), problems);
        once("control", self.controls.iter().map(|one| (&one.value.control.id, &one.at)), problems);
        once("tier", self.tiers.tiers.iter().map(|one| (&one.value.name, &one.at)), problems);
        once("change type", self.tiers.change_types.iter().map(|one| (&one.value.name, &one.at)), problems);
        for environment in &self.environments {
            if Trigger::WORDS.contains(&environment.value.name.as_str()) {
                let found = format!("an environment named {}", environment.value.name);
                problems.add(environment.at.clone(), found, "the word is a trigger", "name it otherwise");
            }
        }
        for email in self.outside_contributors.iter().filter(|email| !is_address(&email.value)) {
            let found = format!("{:?} is no address", email.value);
            problems.add(email.at.clone(), found, "one plain e-mail address", "write it as git log shows it");
        }
        for control in &self.controls {
            self.check_control(&control.value, &control.at, problems);
        }
        if self.controls.is_empty() && problems.is_empty() {
            let end = problems.text().len();
            let mend = "add a [[control]], or begin anew with git qms init";
            problems.add(end..end, "the catalog has no control", "a gate without controls lets everything pass", mend);
        }
        let named: Vec<_> = self.controls.iter().flat_map(|control| control.value.named()).collect();
        Policy {
            digest: FileDigest::of(problems.text().as_bytes()),
            baseline: self.baseline,
            services: self.services.into_iter().map(|one| one.value).collect(),
            environments: self.environments.into_iter().map(|one| one.value).collect(),
            late_after: self.late_after,
            emergency_approval: self.emergency_approval,
            max_exception: self.max_exception.unwrap_or(Interval::QUARTER),
            outside_contributors: self.outside_contributors.into_iter().map(|one| one.value).collect(),
            requirements: self.requirements,
            weights: self.weights,
            tiers: self.tiers.check(named, problems),
            controls: self.controls.into_iter().map(|one| one.value.control).collect(),
        }
    }

    fn check_control(&self, unchecked: &UncheckedControl, at: &Range<usize>, problems: &mut Problems<'_>) {
        let control = &unchecked.control;
        if RESERVED.contains(&control.id.as_str()) {
            let found = format!("a control named {}", control.id);
            problems.add(at.clone(), found, "the gate's own line has this name", "name it otherwise");
        }
        for (trigger, at) in control.trigger.iter().zip(&unchecked.triggers) {
            let Trigger::Environment(name) = trigger else { continue };
            if !self.environments.iter().any(|environment| environment.value.name == *name) {
                let found = format!("trigger {name} of {}", control.id);
                let mend = format!("add: [[environment]] with name = \"{name}\"");
                problems.add(at.clone(), found, "gate, release, deploy, or an environment of this catalog", mend);
            }
        }
        for (rule, at) in control.require.iter().zip(&unchecked.rules) {
            if !control.evidence.contains(&rule.metric.kind) {
                let found = format!("{} measures records of kind {}", rule.metric.name, rule.metric.kind);
                let kinds: Vec<_> =
                    control.evidence.iter().copied().chain([rule.metric.kind]).map(Kind::as_str).collect();
                let mend = format!("write: evidence = {kinds:?}");
                problems.add(at.clone(), found, format!("evidence of {} does not list it", control.id), mend);
            }
        }
    }
}

impl UncheckedControl {
    /// The tiers and types of change that it names.
    fn named(&self) -> Vec<(Asked, Name, Range<usize>)> {
        let of = |asked, names: &[Name], at: &[Range<usize>]| {
            let all = names.iter().cloned().zip(at.iter().cloned());
            all.map(|(name, at)| (asked, name, at)).collect::<Vec<_>>()
        };
        let mut named = of(Asked::Tier, &self.control.tiers, &self.tiers);
        named.extend(of(Asked::ChangeType, &self.control.change_types, &self.change_types));
        named
    }
}

/// Names are there once.
fn once<'a, T: Ord + Display + 'a>(
    what: &str,
    named: impl Iterator<Item = (&'a T, &'a Range<usize>)>,
    problems: &mut Problems<'_>,
) {
    let mut seen = BTreeSet::new();
    for (name, at) in named {
        if !seen.insert(name) {
            let found = format!("{what} {name} is there twice");
            problems.add(at.clone(), found, "a name that is not taken", "rename it, or take one out");
        }
    }
}

fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
        && !text.contains(char::is_whitespace)
        // One person, not everybody.
        && !text.contains(['*', '?', '<', '>', ','])
}
