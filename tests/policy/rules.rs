//! Plans, requirements, age, builds, releases and deployments: each rule with what satisfies it, what does not, and nothing.

use git_qms::policy::Purpose;
use git_qms::record::kind::deploy::{Deploy, DeployOutcome};
use git_qms::record::kind::plan::Plan;
use git_qms::record::kind::release::Release;
use git_qms::record::kind::scan::Severities;
use git_qms::record::kind::test::{Case, CaseOutcome};
use git_qms::record::{Claim, FileDigest, RecordId, Span, UtcTime};
use git_qms::verify::Outcome;

use crate::claims::{built, findings, plan, scan, suite, suites, test};
use crate::memory::commit_id;
use crate::project::{Project, assert_line, catalog, change, shown};

/// A project with one control over these kinds and rules, for the change CHG-1.
fn with(kinds: &str, rules: &[&str]) -> Project {
    let mut project = Project::new();
    project.catalog = catalog(kinds, rules);
    project.change = Some("CHG-1");
    project
}

fn planned(project: &mut Project, edit: impl FnOnce(&mut Plan)) -> RecordId {
    let Claim::Plan(mut claim) = plan("refunds") else { panic!("a plan is a plan") };
    edit(&mut claim);
    project.memory.record("ada", commit_id("head"), Claim::Plan(claim), change("CHG-1"))
}

#[test]
fn g04_rollout_monitoring_and_rollback_have_to_be_said() {
    type Say = fn(&mut Plan);
    let rollout: Say = |plan| plan.rollout_strategy = Some("canary 5 %".into());
    let monitoring: Say = |plan| plan.monitoring_plan = Some("errors for a day".into());
    let rollback: Say = |plan| plan.rollback_criteria = Some("errors over 1 %".into());
    for (rule, say, what) in [
        ("plan.rollout >= 1", rollout, "rollout strategy"),
        ("plan.monitoring >= 1", monitoring, "monitoring plan"),
        ("plan.rollback >= 1", rollback, "rollback criteria"),
    ] {
        let mut project = with("[\"plan\"]", &[rule]);
        assert_line(&project, "fail", "no plan");
        let id = planned(&mut project, |_| ());
        assert_line(&project, "fail", &format!("plan {} says no {what}", id.short()));
        let mut project = with("[\"plan\"]", &[rule]);
        planned(&mut project, say);
        assert_line(&project, "pass", what);
    }
}

fn cases(project: &mut Project, kind: &str, cases: &[(&str, CaseOutcome)]) {
    let failed = cases.iter().filter(|(_, outcome)| *outcome == CaseOutcome::Failed).count() as u64;
    let mut suite = suite(kind, 5, failed);
    let case = |(id, outcome): &(&str, CaseOutcome)| Case {
        name: format!("test of {id}"),
        outcome: *outcome,
        requirements: vec![id.parse().expect("an id")],
    };
    suite.cases = cases.iter().map(case).collect();
    project.memory.record("ci", commit_id("head"), test(), suites(vec![suite]));
}

#[test]
fn g04_every_linked_requirement_has_to_be_covered() {
    let mut project = with("[\"plan\", \"test\"]", &["requirements.linked >= 1", "requirements.uncovered == 0"]);
    planned(&mut project, |plan| plan.requirements = ["REQ-7", "REQ-8"].map(|id| id.parse().expect("an id")).into());
    assert_line(&project, "fail", "no test");
    cases(&mut project, "unit", &[("REQ-7", CaseOutcome::Passed), ("REQ-8", CaseOutcome::Skipped)]);
    assert_line(&project, "fail", "1 of 2 requirements not covered: REQ-8");
    cases(&mut project, "system", &[("REQ-8", CaseOutcome::Passed)]);
    assert_line(&project, "pass", "2 requirements linked, 0 of 2 requirements not covered");
    cases(&mut project, "contract", &[("REQ-7", CaseOutcome::Failed)]);
    assert_line(&project, "fail", "1 of 2 requirements not covered: REQ-7 (failed)");
    // Run again, the same tree passes now and failed before.
    cases(&mut project, "contract", &[("REQ-7", CaseOutcome::Passed)]);
    assert_line(&project, "fail", "1 of 2 requirements not covered: REQ-7 (flaky)");
}

#[test]
fn k01_what_is_skipped_flaky_or_failed_as_expected_covers_no_requirement() {
    use CaseOutcome::{Disabled, ExpectedFailure, Flaky, Skipped, UnexpectedPass};
    for (outcome, told) in
        [(Skipped, ""), (Disabled, ""), (ExpectedFailure, ""), (UnexpectedPass, ""), (Flaky, " (flaky)")]
    {
        let mut project = with("[\"plan\", \"test\"]", &["requirements.uncovered == 0"]);
        planned(&mut project, |plan| plan.requirements = vec!["REQ-7".parse().expect("an id")]);
        cases(&mut project, "unit", &[("REQ-7", outcome)]);
        assert_line(&project, "fail", &format!("1 of 1 requirements not covered: REQ-7{told}"));
    }
}

#[test]
fn k01_results_that_conflict_cover_no_requirement() {
    let mut project = with("[\"plan\", \"test\"]", &["requirements.uncovered == 0"]);
    planned(&mut project, |plan| plan.requirements = vec!["REQ-7".parse().expect("an id")]);
    let base = project.memory.head();
    cases(&mut project, "unit", &[("REQ-7", CaseOutcome::Passed)]);
    let one = project.memory.head();
    project.memory.checkout(base);
    cases(&mut project, "unit", &[("REQ-7", CaseOutcome::Failed)]);
    project.memory.merge(one);
    assert_line(&project, "fail", "1 of 1 requirements not covered: REQ-7 (failed)");
}

#[test]
fn g04_a_plan_that_links_nothing_is_told_apart_from_one_that_is_covered() {
    let mut project = with("[\"plan\"]", &["requirements.linked >= 1"]);
    planned(&mut project, |_| ());
    assert_line(&project, "fail", "0 requirements linked");
}

#[test]
fn g04_failed_cases_that_found_no_room_may_be_of_any_requirement() {
    let mut project = with("[\"plan\", \"test\"]", &["requirements.uncovered == 0"]);
    planned(&mut project, |plan| plan.requirements = vec!["REQ-7".parse().expect("an id")]);
    let mut crowded = suite("unit", 5, 1);
    crowded.cases = vec![Case {
        name: "a".into(),
        outcome: CaseOutcome::Passed,
        requirements: vec!["REQ-7".parse().expect("an id")],
    }];
    project.memory.record("ci", commit_id("head"), test(), suites(vec![crowded]));
    let found = |project: &Project| {
        let verdict = project.verdict();
        verdict.controls.iter().find(|line| line.id.as_str() == "C-01").expect("it is judged").found.clone()
    };
    let said = found(&project);
    assert!(said.contains("not covered: REQ-7 (suspect: failed cases are not named in "), "{said}");
}

/// Evidence that was made this many hours before the gate is asked.
fn aged(rule: &str, kind: &str, hours: i64) -> Project {
    let mut project = with(&format!("[{kind:?}]"), &[rule]);
    let at = UtcTime::from_seconds(project.memory.now().seconds() + 1_000_000_000);
    let made = UtcTime::from_seconds(at.seconds() - hours * 3600);
    project.at = Some(at);
    let on = commit_id("head");
    let header = |header: &mut git_qms::record::Header| {
        header.recorded = at;
        header.occurred = Span { start: made, end: made };
    };
    match kind {
        "test" => project.test_on("head", 5, 0, header),
        "build" => {
            let (claim, detail) = built("77");
            project.memory.record("ci", on, claim, |all| {
                detail(all);
                header(all);
            })
        }
        "scan" => project.memory.record("ci", on, scan(), |all| {
            findings("trivy", Severities::default())(all);
            header(all);
        }),
        _ => {
            let claim = crate::claims::approval("qa", git_qms::record::kind::approval::Meaning::Approved, &[]);
            project.memory.record("grace", on, claim, header)
        }
    };
    project
}

#[test]
fn g04_evidence_has_to_be_fresh() {
    for (rule, kind, what) in [
        ("test.age <= 7", "test", "test"),
        ("scan.age <= 7", "scan", "scan"),
        ("build.age <= 7", "build", "build"),
        ("approvals.age <= 7", "approval", "approval"),
    ] {
        assert_eq!(with(&format!("[{kind:?}]"), &[rule]).verdict().result, Outcome::Fail, "nothing is not fresh");
        assert_line(&aged(rule, kind, 7 * 24), "pass", &format!("{what} 7 d 0 h old"));
        assert_line(&aged(rule, kind, 7 * 24 + 1), "fail", &format!("{what} 7 d 1 h old"));
        let ahead = aged(rule, kind, -1).verdict();
        let control = ahead.controls.last().expect("a control");
        // Recorded now, so that it is as old as its record; a record that lies ahead is not judged at all.
        assert_eq!((ahead.result, control.found.as_str()), (Outcome::Pass, format!("{what} 0 d 0 h old").as_str()));
    }
}

#[test]
fn g04_an_old_database_makes_a_fresh_scan_old_and_an_unknown_one_unknown() {
    let judged = |hours: Option<i64>| {
        let mut project = with("[\"scan\"]", &["scan.database-age <= 2"]);
        let at = UtcTime::from_seconds(1_800_000_000);
        project.at = Some(at);
        let Claim::Scan(mut claim) = scan() else { panic!("a scan is a scan") };
        claim.scanner.db.last_update = hours.map(|hours| UtcTime::from_seconds(at.seconds() - hours * 3600));
        project.memory.record("ci", commit_id("head"), Claim::Scan(claim), findings("trivy", Severities::default()));
        let verdict = project.verdict();
        verdict.controls.last().map(|line| (line.outcome.as_str(), line.found.clone())).expect("a control")
    };
    assert_eq!(judged(Some(48)), ("pass", "scanner's database 2 d 0 h old".into()));
    assert_eq!(judged(Some(49)), ("fail", "scanner's database 2 d 1 h old".into()));
    assert_eq!(judged(None), ("fail", "trivy does not say how old its database is".into()));
    let ahead = judged(Some(-1));
    assert!(ahead.0 == "fail" && ahead.1.ends_with("which lies ahead"), "{ahead:?}");
}

#[test]
fn g04_a_build_by_hand_is_told_apart() {
    let mut project = with("[\"build\"]", &["build.manual == 0"]);
    assert_line(&project, "fail", "no build");
    let (claim, detail) = built("77");
    project.memory.record("ci", commit_id("head"), claim, detail);
    assert_line(&project, "pass", "0 builds by hand");
    let (claim, detail) = built("78");
    project.memory.record("ada", commit_id("head"), claim, detail);
    assert_line(&project, "fail", "1 builds by hand, by ada");
}

fn release(project: &mut Project, on: &str) {
    let tag: git_qms::record::TagName = "payments@1.0.0+CHG-1".parse().expect("a tag");
    let manifest = FileDigest::of(b"manifest");
    let claim = Claim::Release(Release { tag: tag.clone(), object: "1".repeat(40).parse().expect("an id"), manifest });
    project.memory.record("grace", commit_id(on), claim, |header| {
        change("CHG-1")(header);
        header.release = Some(tag);
        header.service = "payments".parse().ok();
        header.environment = "production".parse().ok();
    });
}

/// The verdict for a deployment by somebody.
fn deploying(project: &Project, by: Option<&str>) -> git_qms::policy::Verdict {
    let ledger = project.memory.ledger();
    let purpose = Purpose::Deploy { by: by.map(|id| id.parse().expect("a member")) };
    let evidence = project.evidence(&ledger, Vec::new()).asked_for(purpose);
    git_qms::policy::evaluate(&project.policy(), &evidence, project.memory.now())
}

#[test]
fn r08_a_candidate_is_not_deployed_to_production_and_a_release_is() {
    let mut project = with("[\"test\"]", &["test.failed == 0"]);
    project.test(5, 0);
    assert_eq!(project.verdict().result, Outcome::Pass, "it may become a release");
    let verdict = deploying(&project, Some("ci"));
    let line = verdict.controls.iter().find(|line| line.id.as_str() == "RELEASED").expect("it is said");
    assert_eq!(line.found, "a candidate: this commit is not released for production");
    assert_eq!(line.outcome.as_str(), "fail");
    assert_eq!(verdict.result, Outcome::Fail);
    // One of the same tree is another commit's.
    project.memory.commit("twin", "head");
    release(&mut project, "twin");
    assert_eq!(deploying(&project, Some("ci")).result, Outcome::Fail);
    release(&mut project, "head");
    let verdict = deploying(&project, Some("ci"));
    assert_eq!(verdict.result, Outcome::Pass, "{}", shown(&verdict));
    assert_eq!(verdict.controls[0].found, "released as payments@1.0.0+CHG-1");
    project.catalog = project.catalog.replace("trigger = [\"release\"]", "trigger = [\"gate\"]");
    project.environment = Some("staging");
    assert_eq!(deploying(&project, Some("ci")).result, Outcome::Pass, "a candidate may go to staging");
}

#[test]
fn r08_controls_of_deployments_are_asked_for_by_deployments_alone() {
    let mut project = with("[\"release\"]", &["release.tagged == 1"]);
    project.catalog = project.catalog.replace("trigger = [\"release\"]", "trigger = [\"deploy\"]");
    assert_line(&project, "not-applicable", "not asked for on the way there");
    let found = |project: &Project| {
        let verdict = deploying(project, None);
        verdict.controls.last().map(|line| (line.outcome.as_str(), line.found.clone())).expect("a control")
    };
    assert_eq!(found(&project), ("fail", "no release".into()));
    release(&mut project, "head");
    assert_eq!(found(&project), ("pass", "released as payments@1.0.0+CHG-1".into()));
}

#[test]
fn g04_only_who_may_deploys() {
    let mut project = with("[\"test\"]", &["test.failed == 0"]);
    project.test(5, 0);
    release(&mut project, "head");
    project.catalog = project.catalog.replace("production = true\n", "production = true\ndeploy-roles = [\"ci\"]\n");
    assert_eq!(deploying(&project, Some("ci")).result, Outcome::Pass);
    for (by, found) in [
        (Some("ada"), "ada has no role that deploys to production: ci"),
        (None, "nobody known deploys, where production asks for ci"),
    ] {
        let verdict = deploying(&project, by);
        let line = verdict.controls.iter().find(|line| line.id.as_str() == "DEPLOYER").expect("it is said");
        assert_eq!((line.found.as_str(), verdict.result), (found, Outcome::Fail));
    }
}

#[test]
fn g04_who_deployed_without_the_role_is_told() {
    let mut project = with("[\"deploy\"]", &["deploy.unpermitted == 0"]);
    project.catalog = project.catalog.replace("production = true\n", "production = true\ndeploy-roles = [\"ci\"]\n");
    let deployed = |project: &mut Project, by: &str| {
        let claim = Claim::Deploy(Deploy {
            outcome: DeployOutcome::Success,
            planned: true,
            infrastructure_revision: None,
            migrations: Vec::new(),
            actor: None,
            rollback_of: None,
        });
        project.memory.record(by, commit_id("head"), claim, |header| {
            change("CHG-1")(header);
            header.release = "payments@1.0.0+CHG-1".parse().ok();
            header.environment = "production".parse().ok();
        })
    };
    assert_line(&project, "pass", "0 of 0 deployments unpermitted");
    deployed(&mut project, "ci");
    assert_line(&project, "pass", "0 of 1 deployments unpermitted");
    let id = deployed(&mut project, "grace").short();
    assert_line(&project, "fail", &format!("1 of 2 deployments unpermitted: {id} by grace"));
}
