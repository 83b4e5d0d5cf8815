//! Rules on how the service has done: measures, exceptions, incidents and the ticket of the change.

use git_qms::record::kind::approval::Meaning;
use git_qms::record::kind::deploy::{Deploy, DeployOutcome};
use git_qms::record::kind::incident::{Incident, Severity};
use git_qms::record::{Claim, RecordId, UtcTime};

use crate::claims::{approval, plan};
use crate::memory::commit_id;
use crate::project::{Project, assert_line, catalog, change};

fn with(kinds: &str, rules: &[&str]) -> Project {
    let mut project = Project::new();
    project.catalog = catalog(kinds, rules);
    project.change = Some("CHG-1");
    project
}

/// A deployment of a release to production; perhaps one that takes another back.
fn deployed(project: &mut Project, release: &str, rollback_of: Option<&str>) {
    let claim = Claim::Deploy(Deploy {
        outcome: DeployOutcome::Success,
        planned: true,
        infrastructure_revision: None,
        migrations: Vec::new(),
        actor: None,
        rollback_of: rollback_of.map(|tag| tag.parse().expect("a tag")),
    });
    project.memory.record("ci", commit_id("head"), claim, |header| {
        header.service = "payments".parse().ok();
        header.environment = "production".parse().ok();
        header.release = release.parse().ok();
    });
}

fn incident(project: &mut Project, id: &str, severity: Severity, restored: Option<UtcTime>) {
    let claim = Claim::Incident(Incident {
        id: id.parse().expect("an id"),
        title: None,
        severity,
        detected: UtcTime::from_seconds(1_775_000_000),
        restored,
        deployment: None,
        introduced_by: None,
        missed_by: None,
        remediation: None,
        closed: None,
    });
    project.memory.record("ada", commit_id("head"), claim, |header| {
        header.service = "payments".parse().ok();
        header.environment = "production".parse().ok();
    });
}

#[test]
fn g16_a_service_that_fails_too_often_does_not_pass() {
    let mut project = with("[\"deploy\"]", &["measure.change-fail-rate <= 0.25"]);
    assert_line(&project, "fail", "change fail rate is unknown: nothing of the last 90 days tells it");
    for release in ["payments@1", "payments@2", "payments@3", "payments@4"] {
        deployed(&mut project, release, None);
    }
    assert_line(&project, "pass", "change fail rate 0.0 % of 4 in 90 days");
    // A quarter is still let pass, and anything above is not.
    deployed(&mut project, "payments@3", Some("payments@4"));
    assert_line(&project, "pass", "change fail rate 25.0 % of 4 in 90 days");
    deployed(&mut project, "payments@2", Some("payments@3"));
    assert_line(&project, "fail", "change fail rate 50.0 % of 4 in 90 days");
}

#[test]
fn g16_what_was_longer_ago_says_nothing() {
    let mut project = with("[\"deploy\"]", &["measure.change-fail-rate <= 0.25"]);
    deployed(&mut project, "payments@1", None);
    let later = UtcTime::from_seconds(project.memory.now().seconds() + 91 * 86_400);
    project.at = Some(later);
    assert_line(&project, "fail", "change fail rate is unknown: nothing of the last 90 days tells it");
}

#[test]
fn g16_a_grave_incident_that_is_open_blocks() {
    let mut project = with("[\"incident\"]", &["incidents.open.high == 0"]);
    assert_line(&project, "pass", "0 incidents open");
    incident(&mut project, "INC-1", Severity::Medium, None);
    assert_line(&project, "pass", "0 incidents open");
    incident(&mut project, "INC-2", Severity::Critical, None);
    assert_line(&project, "fail", "1 incidents open: INC-2 critical");
    incident(&mut project, "INC-2", Severity::Critical, Some(UtcTime::from_seconds(1_775_000_100)));
    assert_line(&project, "pass", "0 incidents open");
}

#[test]
fn g16_the_ticket_of_the_change_is_approved_by_who_has_seen_its_plan() {
    let mut project = with("[\"plan\"]", &["change.approved >= 1"]);
    assert_line(&project, "fail", "no plan of a change");
    let seen = project.memory.record("ada", commit_id("head"), plan("refunds"), change("CHG-1"));
    assert_line(&project, "fail", "CHG-1 approved by 0 people");
    let approve = |project: &mut Project, plans: &[RecordId]| {
        project.memory.record("grace", commit_id("head"), approval("qa", Meaning::Approved, plans), change("CHG-1"));
    };
    approve(&mut project, &[]);
    assert_line(&project, "fail", "CHG-1 approved by 0 people");
    approve(&mut project, &[seen]);
    assert_line(&project, "pass", "CHG-1 approved by 1 people");
}
