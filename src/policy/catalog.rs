//! The control catalog, read and checked: what has to be true before something goes out.

use std::fmt;
use std::str::FromStr;

use super::evidence::Purpose;
use super::glob::Glob;
use super::interval::Interval;
use super::requirements::Requirements;
use super::rule::Rule;
use super::tier::Tiers;
use crate::measure::Weights;
use crate::record::{CommitId, FileDigest, Kind, Name, UtcTime};

/// The tag template of a service that names none.
pub const DEFAULT_TAG: &str = "{service}@{date}+{change}";

/// `.qms/policy.toml`, made by [`super::parse`] alone.
#[derive(Debug, Clone)]
pub struct Policy {
    /// SHA-256 of the file's bytes: what a `policy` record ratifies.
    pub digest: FileDigest,
    /// The commit up to which nothing is asked for: `git qms init` wrote it.
    pub baseline: Option<CommitId>,
    /// The services of the repository, in the order of the file.
    pub services: Vec<Service>,
    /// Where releases go, in the order of the file.
    pub environments: Vec<Environment>,
    /// A record that is written longer after what it tells of is late: a day, unless said.
    pub late_after: Interval,
    /// No exception holds for longer, from its request or renewal on: 90 days, unless said.
    pub max_exception: Interval,
    /// So long an emergency exception holds before another person approved it; not at all, unless said.
    pub emergency_approval: Option<Interval>,
    /// Addresses of authors who are no members and need no approval of their own.
    pub outside_contributors: Vec<String>,
    /// Where requirements are written, if anywhere.
    pub requirements: Option<Requirements>,
    /// The risk tiers and types of change; of each there may be none.
    pub tiers: Tiers,
    /// How much incidents and defects weigh in measures.
    pub weights: Weights,
    /// The controls, in the order of the file; at least one.
    pub controls: Vec<Control>,
}

impl Policy {
    /// The service of this name.
    pub fn service(&self, name: &Name) -> Option<&Service> {
        self.services.iter().find(|service| service.name == *name)
    }

    /// The environment of this name.
    pub fn environment(&self, name: &Name) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == *name)
    }

    /// Whether an author's address is listed as an outside contributor's.
    pub fn is_outside_contributor(&self, email: &str) -> bool {
        self.outside_contributors.iter().any(|listed| listed.eq_ignore_ascii_case(email))
    }
}

/// Something that is released by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name, the first part of its tags.
    pub name: Name,
    /// The files it is made of; empty for the whole repository.
    pub paths: Vec<Glob>,
    /// How its release tags are named, with `{service}`, `{date}`, `{change}` and `{version}`.
    pub tag: String,
}

impl Service {
    /// Whether a file is one of its own.
    pub fn is_made_of(&self, path: &str) -> bool {
        self.paths.is_empty() || self.paths.iter().any(|pattern| pattern.matches(path))
    }
}

/// Somewhere a release goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: Name,
    /// Whether users are served from it: controls triggered by `release` guard it.
    pub production: bool,
    /// The roles that may deploy there; empty for all.
    pub deployers: Vec<Name>,
    /// So soon after a deployment it has to be recorded how it did: a day, unless said.
    pub monitor_within: Interval,
}

/// One control.
#[derive(Debug, Clone)]
pub struct Control {
    /// For instance `TEST-01`.
    pub id: Name,
    /// The line of the file it begins on, from 1.
    pub line: usize,
    /// In a few words.
    pub title: String,
    /// What it is there for.
    pub objective: String,
    /// When it is asked for.
    pub trigger: Vec<Trigger>,
    /// The tiers it is asked for in; empty for all.
    pub tiers: Vec<Name>,
    /// The types of change it is asked for of; empty for all.
    pub change_types: Vec<Name>,
    /// What happens when it is not satisfied.
    pub enforcement: Enforcement,
    /// The kinds of record of which at least one has to count.
    pub evidence: Vec<Kind>,
    /// What these have to say.
    pub require: Vec<Rule>,
    /// The role that answers for it.
    pub owner: Name,
    /// The role to turn to when it blocks.
    pub escalation: Option<Name>,
    /// Whether evidence from a dirty working tree counts for it.
    pub dirty: DirtyEvidence,
    /// Whether an exception can let it go unsatisfied.
    pub exceptions: ExceptionsFrom,
    /// Where its parts are kept.
    pub systems: Systems,
    /// How long its evidence is kept.
    pub retention: Retention,
    /// Paragraphs of standards and regulations it answers to.
    pub frameworks: Vec<String>,
}

impl Control {
    /// Whether it is asked for on the way to this environment. Where none is named, every control is:
    /// what may go anywhere has to satisfy all.
    pub fn applies_to(&self, environment: Option<&Environment>) -> bool {
        self.trigger.iter().any(|trigger| match (trigger, environment) {
            (Trigger::Deploy, _) => false,
            (Trigger::Gate, _) | (_, None) => true,
            (Trigger::Release, Some(environment)) => environment.production,
            (Trigger::Environment(name), Some(environment)) => *name == environment.name,
        })
    }

    /// Whether it is asked for there, for this purpose.
    pub fn is_asked(&self, environment: Option<&Environment>, purpose: &Purpose) -> bool {
        let deploys = matches!(purpose, Purpose::Deploy { .. }) && self.trigger.contains(&Trigger::Deploy);
        deploys || self.applies_to(environment)
    }
}

/// When a control is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// `gate`: always.
    Gate,
    /// `release`: on the way to a production environment.
    Release,
    /// `deploy`: where a deployment asks, wherever it goes.
    Deploy,
    /// On the way to this environment.
    Environment(Name),
}

impl Trigger {
    /// Words that no environment can be named.
    pub const WORDS: [&'static str; 3] = ["gate", "release", "deploy"];
}

impl FromStr for Trigger {
    type Err = crate::record::name::NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "gate" => Self::Gate,
            "release" => Self::Release,
            "deploy" => Self::Deploy,
            name => Self::Environment(name.parse()?),
        })
    }
}

/// What happens when a control is not satisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcement {
    /// The gate fails.
    Block,
    /// The gate says so.
    Warn,
}

impl Enforcement {
    /// The word in the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Warn => "warn",
        }
    }
}

impl FromStr for Enforcement {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "block" => Ok(Self::Block),
            "warn" => Ok(Self::Warn),
            _ => Err("block or warn"),
        }
    }
}

/// What evidence from a dirty working tree is worth to a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DirtyEvidence {
    /// Nothing.
    #[default]
    Refused,
    /// As much as any, by the catalog's own word: `allow-dirty = true`.
    Allowed,
}

/// Whether an exception can let a control go unsatisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExceptionsFrom {
    /// One that is approved does.
    #[default]
    Allowed,
    /// None does: `allow-exception = false`.
    Refused,
}

/// The systems of record of a control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Systems {
    /// Where it is written what is wanted.
    pub requirement: String,
    /// What carries it out.
    pub execution: String,
    /// Where the evidence is.
    pub evidence: String,
}

/// A span of time in calendar units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How many, at least one.
    pub count: u16,
    /// Of what.
    pub unit: Unit,
}

/// A calendar unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `d`
    Days,
    /// `m`
    Months,
    /// `y`
    Years,
}

impl Retention {
    /// Until when what is made at a moment has to be kept.
    pub fn until(self, from: UtcTime) -> UtcTime {
        let count = i32::from(self.count);
        match self.unit {
            Unit::Days => from.later(0, 0, count),
            Unit::Months => from.later(0, count, 0),
            Unit::Years => from.later(count, 0, 0),
        }
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Days => 'd',
            Unit::Months => 'm',
            Unit::Years => 'y',
        };
        write!(f, "{}{unit}", self.count)
    }
}

impl FromStr for Retention {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = "a number of years, months or days: 7y, 18m or 90d";
        let (at, unit) = text.char_indices().next_back().ok_or(refuse)?;
        let unit = match unit {
            'd' => Unit::Days,
            'm' => Unit::Months,
            'y' => Unit::Years,
            _ => return Err(refuse),
        };
        let digits = &text[..at];
        let count = if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().unwrap_or(0) } else { 0 };
        if count == 0 { Err(refuse) } else { Ok(Self { count, unit }) }
    }
}
