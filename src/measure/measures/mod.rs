//! The measures: one file each, or a file for what is told apart of one thing; one line each in the table below.

use super::item::Gathered;
use super::number::Unit;
use super::scope::Scope;

mod approval_latency;
mod audit_preparation;
mod change_fail_rate;
mod control_effectiveness;
mod deployment_frequency;
mod escaped_defects;
mod exceptions;
mod flaky_rate;
mod gate_runs;
mod incident_weight;
mod lead_time;
mod missing_approvals;
mod recovery_time;
mod release_size;
mod requirement_coverage;
mod review;
mod rework_rate;
mod sign_off_time;
mod test_duration;
mod time_to_evidence;
mod time_to_restore;

/// A measure.
#[derive(Debug)]
pub struct Measure {
    /// Its name, on the command line and in JSON.
    pub name: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// What the number counts.
    pub unit: Unit,
    /// How what is gathered comes to one number.
    pub figure: Figure,
    /// Whether it tells what is coming, or what came.
    pub indicator: Indicator,
    /// What it is, in a sentence.
    pub doc: &'static str,
    /// Gathers what it is made of, in one service and environment, as of one moment.
    pub gather: for<'a> fn(&Scope<'a>) -> Gathered,
}

/// How what is gathered comes to one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// All parts by all wholes.
    Share,
    /// How many, by days.
    PerDay,
    /// The middle one.
    Median,
    /// The mean.
    Mean,
    /// How many.
    Count,
}

/// Whether a measure tells what is coming, or what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indicator {
    /// What is coming: how the work is done.
    Leading,
    /// What came of it.
    Lagging,
}

impl Indicator {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leading => "leading",
            Self::Lagging => "lagging",
        }
    }
}

macro_rules! measures {
    ($($name:literal $title:literal $indicator:ident $figure:ident $unit:expr, $gather:path, $doc:literal;)*) => {
        /// Every measure, in the order of the guide.
        pub static MEASURES: &[Measure] = &[$(Measure {
            name: $name,
            title: $title,
            unit: $unit,
            figure: Figure::$figure,
            indicator: Indicator::$indicator,
            doc: $doc,
            gather: $gather,
        }),*];
    };
}

measures! {
    "deployment-frequency" "Deployment frequency" Lagging PerDay Unit::Per("day"), deployment_frequency::gather,
        "Releases that were deployed successfully for the first time, by days; days without one count.";
    "lead-time" "Lead time for changes" Lagging Median Unit::Seconds, lead_time::gather,
        "From a commit to the end of the first deployment that contains it.";
    "change-fail-rate" "Change fail rate" Lagging Share Unit::Share, change_fail_rate::gather,
        "Deployments that were rolled back, mended by a hotfix or blamed by an incident, each once, of all that reached users.";
    "recovery-time" "Failed-deployment recovery" Lagging Median Unit::Seconds, recovery_time::gather,
        "From the end of a failed deployment until users were served again.";
    "rework-rate" "Rework rate" Lagging Share Unit::Share, rework_rate::gather,
        "Unplanned deployments while an incident was under way, of all that reached users.";
    "time-to-restore" "Time to restore (MTTR)" Lagging Mean Unit::Seconds, time_to_restore::gather,
        "The mean from when an incident was noticed until users were served again, over all incidents.";
    "escaped-defects" "Escaped defects" Lagging Share Unit::Share, escaped_defects::gather,
        "Defects found in production, of all that were found; they belong to the release that brought them.";
    "escaped-defects-weighted" "Escaped defects, weighted" Lagging Share Unit::Share, escaped_defects::weighted,
        "The same by weight: critical 10, high 5, medium 2, low 1, or as the catalog says.";
    "incident-weight" "Severity-weighted incidents" Lagging Share Unit::Per("deployment"), incident_weight::gather,
        "The weight of all incidents, by deployments that reached users: critical 10, high 5, medium 2, low 1, or as the catalog says.";
    "requirement-coverage" "Requirement coverage" Leading Share Unit::Share, requirement_coverage::gather,
        "Requirements in force that a soundly linked test covers on the tree of the release, of all in force.";
    "critical-requirement-coverage" "Critical requirement coverage" Leading Share Unit::Share,
        requirement_coverage::critical, "The same of those that are critical.";
    "control-operating" "Controls operating" Leading Share Unit::Share, control_effectiveness::operating,
        "Times that a control was evaluated and not let go by an exception, of all that it was asked for in recorded decisions.";
    "control-preventive" "Controls preventing" Lagging Share Unit::Share, control_effectiveness::preventive,
        "Changes that the gate stopped, of those and the rollouts that failed all the same.";
    "flaky-rate" "Flaky rate" Leading Share Unit::Share, flaky_rate::gather,
        "Tests that both passed and failed on one commit, of all that ran on it. Reports hide retries: a lower bound.";
    "review-pickup" "Review pickup" Leading Median Unit::Seconds, review::pickup,
        "From when a change was ready for review until somebody looked.";
    "review-latency" "Review latency" Leading Median Unit::Seconds, review::latency,
        "From the first review of a commit to the last that its decision relied on.";
    "approval-latency" "Approval latency" Leading Median Unit::Seconds, approval_latency::gather,
        "From when the evidence on the final tree was complete to the last approval that the decision relied on.";
    "sign-off-time" "Sign-off time" Leading Median Unit::Seconds, sign_off_time::gather,
        "From when a candidate was made to its last approval before the release.";
    "missing-approvals" "Missing approvals" Leading Share Unit::Share, missing_approvals::gather,
        "Deployments without an approval at the time, of all that reached users. A later one is late, not present.";
    "exception-frequency" "Exception frequency" Leading Share Unit::Per("gate decision"), exceptions::frequency,
        "Exceptions granted, renewals too, by recorded gate decisions.";
    "exception-age" "Exception age" Leading Median Unit::Seconds, exceptions::age,
        "How long ago exceptions were granted that are not over at the end of the window.";
    "exceptions-overdue" "Exceptions overdue" Leading Count Unit::Count("exceptions"), exceptions::overdue,
        "Exceptions past their end that nobody closed, and emergencies past their review, at the end of the window.";
    "time-to-evidence" "Time to evidence" Leading Median Unit::Seconds, time_to_evidence::gather,
        "From the end of what happened until it was recorded.";
    "gate-runs" "Gate runs until pass" Leading Median Unit::Count("decisions"), gate_runs::runs,
        "Recorded decisions on a change up to the first that passed.";
    "gate-wait" "Waiting at the gate" Leading Median Unit::Seconds, gate_runs::wait,
        "From the first recorded decision on a change to the first that passed.";
    "release-commits" "Release size, commits" Leading Median Unit::Count("commits"), release_size::commits,
        "Commits since the last release of the service.";
    "release-files" "Release size, files" Leading Median Unit::Count("files"), release_size::files,
        "Files that differ from the last release of the service.";
    "release-lines" "Release size, lines" Leading Median Unit::Count("lines"), release_size::lines,
        "Lines added and removed since the last release of the service.";
    "test-duration" "Test duration" Leading Median Unit::Seconds, test_duration::gather,
        "First start to last end of the tests of a record, or else the sum of their durations.";
    "audit-preparation" "Audit preparation" Leading Median Unit::Seconds, audit_preparation::gather,
        "From when an audit was asked for until its package was delivered.";
}

pub(super) use test_duration::duration as duration_of_tests;

/// The measure of this name.
pub fn measure(name: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|measure| measure.name == name)
}
