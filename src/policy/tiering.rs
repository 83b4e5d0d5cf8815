//! The tier of one change, and how it came about. What a plan says can raise it and never lower it.

use std::collections::BTreeSet;

use super::catalog::{Control, Policy};
use super::evidence::Proof;
use super::tier::{Tier, Tiers};
use crate::record::kind::plan::Plan;
use crate::record::{Claim, Name};

/// How many files a reason names.
const NAMED: usize = 3;

/// The type of a change whose plan names none.
const NORMAL: &str = "normal";
/// The type of a change whose plan says that it reaches its users by and by.
const PARTIAL: &str = "partial-rollout";
/// Rollout strategies that are none.
const AT_ONCE: [&str; 2] = ["at once", "all at once"];

/// What the range changes in the files of the service: from its start to the commit, without following renames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// All of it.
    Known {
        /// The files that differ, each once.
        paths: Vec<String>,
        /// How many lines were added or taken out, as far as any tier asks.
        lines: u64,
    },
    /// It cannot be told, for this reason.
    Unknown(String),
}

/// Why a change is in a tier at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The tier.
    pub tier: Name,
    /// What puts it there. May hold text of the repository.
    pub because: String,
    /// The line of the catalog that says so, from 1; none where a plan does.
    pub line: Option<usize>,
}

/// The tier of a change, and what it is called by its plans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tiering {
    /// The highest tier of all reasons; none where the catalog has no tiers.
    pub(super) tier: Option<Name>,
    /// The highest first.
    pub(super) reasons: Vec<Reason>,
    /// Why it cannot be told: then the tier is the highest, and nothing passes.
    pub(super) unknown: Option<String>,
    /// The types of the change: several where plans say several.
    types: BTreeSet<String>,
}

impl Tiering {
    pub(super) fn of(policy: &Policy, changes: &Changes, plans: &[Proof<'_>]) -> Self {
        let tiers = &policy.tiers;
        let claims: Vec<(Proof<'_>, &Plan)> =
            plans.iter().filter_map(|record| Some((*record, plan(record)?))).collect();
        let mut types: BTreeSet<String> =
            claims.iter().map(|(_, plan)| plan.change_type.as_ref().map_or(NORMAL, Name::as_str).to_owned()).collect();
        if types.is_empty() {
            types.insert(NORMAL.into());
        }
        if claims.iter().any(|(_, plan)| is_gradual(plan)) {
            types.insert(PARTIAL.into());
        }
        let mut found = Self { types, ..Self::default() };
        let Some(highest) = tiers.all.last() else { return found };
        match changes {
            Changes::Known { paths, lines } => found.reasons = by_files(tiers, paths, *lines),
            Changes::Unknown(why) => {
                found.unknown = Some(why.clone());
                found.reasons.push(reason(highest, format!("what changed cannot be told: {why}")));
            }
        }
        for tier in &tiers.all {
            let named = tier.change_types.iter().filter(|name| found.types.contains(name.as_str()));
            let named: Vec<Reason> = named.map(|name| reason(tier, format!("change type {name}"))).collect();
            found.reasons.extend(named);
        }
        for (record, plan) in &claims {
            let Some(claimed) = &plan.risk_tier else { continue };
            let (tier, note) = match tiers.rank(claimed) {
                Some(_) => (claimed, ""),
                // Nobody can say how high it is.
                None => (&highest.name, ", which the catalog does not have"),
            };
            let because = format!("plan {} says {claimed}{note}", record.id.short());
            found.reasons.push(Reason { tier: tier.clone(), because, line: None });
        }
        found.reasons.sort_by_key(|reason| std::cmp::Reverse(tiers.rank(&reason.tier)));
        found.tier = found.reasons.first().map(|reason| reason.tier.clone());
        found
    }

    /// Why a control is not asked for, if so.
    pub(super) fn spares(&self, control: &Control) -> Option<String> {
        let tier = self.tier.as_ref().filter(|tier| !control.tiers.is_empty() && !control.tiers.contains(tier));
        if let Some(tier) = tier {
            return Some(format!("not asked for in tier {tier}"));
        }
        let is_named = control.change_types.iter().any(|name| self.types.contains(name.as_str()));
        (!control.change_types.is_empty() && !is_named).then(|| {
            let types: Vec<&str> = self.types.iter().map(String::as_str).collect();
            format!("not asked for of a change of type {}", types.join(", "))
        })
    }

    /// What is wrong with the type of the change, if anything is. Where the catalog makes no difference between types,
    /// nothing is.
    pub(super) fn wrong_type(&self, policy: &Policy, plans: &[Proof<'_>]) -> Option<String> {
        let tiers = &policy.tiers;
        let differs = !tiers.change_types.is_empty()
            || policy.controls.iter().any(|control| !control.change_types.is_empty())
            || tiers.all.iter().any(|tier| !tier.change_types.is_empty());
        let named = plans.iter().filter_map(|record| Some((record, plan(record)?.change_type.as_ref()?)));
        named.filter(|_| differs).find_map(|(record, name)| {
            let plan = record.id.short();
            if !tiers.known_types().contains(&name.as_str()) {
                return Some(format!("plan {plan} says {name}, the catalog knows {}", tiers.known_types().join(", ")));
            }
            let listed = tiers.change_types.iter().find(|listed| listed.name == *name)?;
            let tier = self.tier.as_ref()?;
            let within: Vec<&str> = listed.tiers.iter().map(Name::as_str).collect();
            let is_within = within.is_empty() || within.contains(&tier.as_str());
            (!is_within).then(|| {
                format!("plan {plan} says {name}, which is for tier {}: this change is {tier}", within.join(", "))
            })
        })
    }
}

fn plan(record: Proof<'_>) -> Option<&Plan> {
    match &record.claim {
        Claim::Plan(plan) => Some(plan),
        _ => None,
    }
}

/// Whether it reaches its users by and by: behind a flag, as a canary, blue before green.
fn is_gradual(plan: &Plan) -> bool {
    plan.rollout_strategy.as_ref().is_some_and(|strategy| {
        let strategy = strategy.trim().to_lowercase();
        !AT_ONCE.contains(&strategy.as_str())
    })
}

fn reason(tier: &Tier, because: String) -> Reason {
    Reason { tier: tier.name.clone(), because, line: Some(tier.line) }
}

/// A file is in the highest tier that names it, a change in the highest of its files.
fn by_files(tiers: &Tiers, paths: &[String], lines: u64) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut unnamed: Vec<&str> = Vec::new();
    let mut by_pattern: Vec<(usize, usize, Vec<&str>)> = Vec::new();
    for path in paths {
        let highest = tiers.all.iter().enumerate().rev().find_map(|(rank, tier)| {
            tier.paths.iter().position(|pattern| pattern.matches(path)).map(|pattern| (rank, pattern))
        });
        match highest {
            None => unnamed.push(path),
            Some((rank, pattern)) => match by_pattern.iter_mut().find(|one| (one.0, one.1) == (rank, pattern)) {
                Some((.., files)) => files.push(path),
                None => by_pattern.push((rank, pattern, vec![path])),
            },
        }
    }
    for (rank, pattern, files) in by_pattern {
        let tier = &tiers.all[rank];
        reasons.push(reason(tier, format!("{}: {}", tier.paths[pattern], some(&files))));
    }
    if let Some(tier) = tiers.fallback().filter(|_| !unnamed.is_empty() || paths.is_empty()) {
        let because = if paths.is_empty() {
            "no file of the service changed".to_owned()
        } else {
            format!("named by no tier: {}", some(&unnamed))
        };
        reasons.push(reason(tier, because));
    }
    for tier in &tiers.all {
        let files = u64::try_from(paths.len()).unwrap_or(u64::MAX);
        if let Some(over) = tier.files_over.filter(|over| files > *over) {
            reasons.push(reason(tier, format!("{files} files, over {over}")));
        }
        if let Some(over) = tier.lines_over.filter(|over| lines > *over) {
            reasons.push(reason(tier, format!("more than {over} lines")));
        }
    }
    reasons
}

/// The first of them, and how many more.
fn some(files: &[&str]) -> String {
    let more = files.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", files.iter().take(NAMED).copied().collect::<Vec<_>>().join(", "))
}
