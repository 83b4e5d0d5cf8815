//! The gate: what a catalog says to evidence. Text and JSON of one verdict are shown together.

#[path = "support/claims.rs"]
mod claims;
#[path = "support/memory.rs"]
mod memory;

use claims::{approval, built, covered, findings, plan, ratification, scan, suite, suites, test};
use git_qms::policy::{self, CommitFacts, Evidence, Lineage, Policy, Subject, Verdict, evaluate};
use git_qms::record::kind::approval::Meaning;
use git_qms::record::kind::scan::Severities;
use git_qms::record::kind::test::{Coverage, Discrepancy, FileCoverage, Ratio, TestDetail};
use git_qms::record::{CommitId, FileDigest, Header, RecordId, Supersedes, UtcTime};
use git_qms::report::{Paint, format};
use git_qms::verify::Outcome;
use memory::{Memory, bot, commit_id, person, tree_id};

/// A project in which ada works, grace and lin approve, and ci records.
struct Project {
    memory: Memory,
    catalog: String,
    head: CommitFacts,
    range: Vec<CommitFacts>,
    twins: Vec<CommitFacts>,
    service: Option<&'static str>,
    environment: Option<&'static str>,
    change: Option<&'static str>,
    at: Option<UtcTime>,
}

fn facts(commit: &str, tree: &str, author: &str) -> CommitFacts {
    CommitFacts {
        id: commit_id(commit),
        tree: tree_id(tree),
        parents: Vec::new(),
        author_email: format!("{author}@example.com"),
        committer_email: format!("{author}@example.com"),
        co_author_emails: Vec::new(),
        merged: Vec::new(),
    }
}

fn starter() -> String {
    policy::starter(None, &"payments".parse().expect("a name"))
}

/// A catalog of one control.
fn catalog(evidence: &str, require: &[&str]) -> String {
    let head =
        "version = 1\n[[service]]\nname = \"payments\"\n[[environment]]\nname = \"production\"\nproduction = true\n";
    format!(
        "{head}[[environment]]\nname = \"staging\"\nproduction = false\n[[control]]\nid = \"C-01\"\ntitle = \"t\"\nobjective = \"o\"\n\
         trigger = [\"release\"]\nenforcement = \"block\"\nevidence = {evidence}\nrequire = {require:?}\nowner = \"qa\"\n\
         retention = \"7y\"\nframeworks = []\nsystems = {{ requirement = \"a\", execution = \"b\", evidence = \"c\" }}\n"
    )
}

impl Project {
    fn new() -> Self {
        Self::of(vec![
            person("ada", &["root", "developer", "policy-owner", "qa"]),
            person("grace", &["release-manager", "qa"]),
            person("lin", &["qa", "developer"]),
            bot("ci", &["ci", "qa"]),
        ])
    }

    fn of(members: Vec<git_qms::trust::Member>) -> Self {
        let mut memory = Memory::of(members);
        memory.commit("head", "head");
        let head = facts("head", "head", "ada");
        Self {
            memory,
            catalog: starter(),
            range: vec![head.clone()],
            head,
            twins: Vec::new(),
            service: Some("payments"),
            environment: Some("production"),
            change: None,
            at: None,
        }
    }

    fn with(rules: &[&str]) -> Self {
        let kinds: std::collections::BTreeSet<_> = rules
            .iter()
            .map(|rule| match rule.split('.').next().expect("a family").split(' ').next().expect("a word") {
                "coverage" => "test",
                "approvals" | "range" => "approval",
                kind => kind,
            })
            .collect();
        let mut project = Self::new();
        project.catalog = catalog(&format!("{kinds:?}").replace('{', "[").replace('}', "]"), rules);
        project
    }

    fn policy(&self) -> Policy {
        policy::parse(&self.catalog, ".qms/policy.toml").unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn verdict(&self) -> Verdict {
        self.verdict_of(&self.memory.ledger(), Vec::new())
    }

    fn verdict_of(&self, ledger: &git_qms::verify::Ledger, found: Vec<git_qms::verify::Finding>) -> Verdict {
        let subject = Subject {
            commit: self.head.id,
            tree: self.head.tree,
            service: self.service.map(|name| name.parse().expect("a name")),
            environment: self.environment.map(|name| name.parse().expect("a name")),
            change: self.change.map(|name| name.parse().expect("a change")),
            own_policy: Some(FileDigest::of(self.catalog.as_bytes())),
        };
        let lineage = Lineage { head: self.head.clone(), range: self.range.clone(), twins: self.twins.clone() };
        let evidence = Evidence::gather(ledger, subject, lineage, found);
        evaluate(&self.policy(), &evidence, self.at.unwrap_or(self.memory.now()))
    }

    fn test(&mut self, passed: u64, failed: u64) -> RecordId {
        self.test_on("head", passed, failed, |_| ())
    }

    fn test_on(&mut self, commit: &str, passed: u64, failed: u64, edit: impl FnOnce(&mut Header)) -> RecordId {
        self.memory.record("ci", commit_id(commit), test(), |header| {
            suites(vec![suite("unit", passed, failed)])(header);
            edit(header);
        })
    }

    fn scan(&mut self, counts: Severities) -> RecordId {
        self.memory.record("ci", commit_id("head"), scan(), findings("trivy", counts))
    }

    fn approve(&mut self, who: &str, role: &str) -> RecordId {
        self.memory.record(who, commit_id("head"), approval(role, Meaning::Approved, &[]), |_| ())
    }

    fn ratify(&mut self) -> RecordId {
        let claim = ratification(&self.catalog);
        self.memory.record("ada", commit_id("head"), claim, |_| ())
    }

    /// Everything that the starter asks for.
    fn full() -> Self {
        let mut project = Self::new();
        project.ratify();
        project.test(212, 0);
        project.scan(Severities::default());
        project.approve("grace", "release-manager");
        project
    }
}

/// Text and JSON of one verdict.
fn shown(verdict: &Verdict) -> String {
    let write = |name: &str| (format(name).expect("in the table").write)(verdict, Paint::Plain);
    format!("{}\n{}", write("text"), write("json"))
}

/// The first control's line: its word in JSON and what was found.
#[track_caller]
fn assert_line(project: &Project, outcome: &str, found: &str) {
    let verdict = project.verdict();
    let line = verdict.controls.iter().find(|line| line.id.as_str() == "C-01").expect("the control is judged");
    assert_eq!((line.outcome.as_str(), line.found.as_str()), (outcome, found), "{}", shown(&verdict));
}

fn supersede(record: RecordId) -> impl FnOnce(&mut Header) {
    move |header| header.supersedes = Some(Supersedes { record, reason: "mistaken".into() })
}

fn change(text: &'static str) -> impl FnOnce(&mut Header) {
    move |header| header.change = Some(text.parse().expect("a change"))
}

// Whole verdicts.

#[test]
fn g07_the_first_five_minutes_read_as_promised() {
    let mut project = Project::of(vec![person("ada", &["root", "ci"])]);
    project.memory.record("ada", commit_id("head"), test(), suites(vec![suite("unit", 212, 0)]));
    insta::assert_snapshot!(shown(&project.verdict()));
}

#[test]
fn g07_a_full_pass() {
    let verdict = Project::full().verdict();
    assert!(verdict.allows_release());
    insta::assert_snapshot!(shown(&verdict));
}

#[test]
fn g07_coverage_that_is_short_says_by_how_much() {
    let mut project = Project::with(&["coverage.line >= 80", "coverage.line['src/ledger/**'] >= 90"]);
    let line = |covered, total| Some(Ratio { covered, total });
    let file = |path: &str, ratio| FileCoverage { path: path.into(), line: ratio, branch: None, function: None };
    let files = vec![file("src/ledger/a.rs", line(89, 100)), file("src/ledgers.rs", line(1, 1000))];
    let coverage = Coverage { line: line(7120, 10_000), files, ..Coverage::default() };
    project.memory.record("ci", commit_id("head"), test(), covered(coverage));
    insta::assert_snapshot!(shown(&project.verdict()));
}

#[test]
fn g07_everything_that_can_be_wrong_at_once_is_one_line_each() {
    let mut project = Project::full();
    project.environment = Some("moon");
    project.memory.record("lin", commit_id("head"), approval("qa", Meaning::Rejected, &[]), |_| ());
    let gone = project.memory.record(
        "ci",
        commit_id("head"),
        scan(),
        findings("grype", Severities { critical: 2, unknown: 1, ..Severities::default() }),
    );
    project.memory.remove(gone);
    project.memory.record(
        "ci",
        commit_id("head"),
        scan(),
        findings("grype", Severities { high: 2, unknown: 1, ..Severities::default() }),
    );
    insta::assert_snapshot!(shown(&project.verdict()));
}

// Tests and scans.

#[test]
fn g05_a_missing_scan_is_not_a_clean_one() {
    assert_line(&Project::with(&["scan.critical == 0"]), "fail", "no scan");
    assert_line(&Project::with(&["test.failed == 0"]), "fail", "no test");
    assert_line(&Project::with(&["build.recorded >= 1"]), "fail", "no build");
    assert_line(&Project::with(&["plan.recorded >= 1"]), "fail", "no plan");
    assert_line(&Project::with(&["coverage.branch >= 0"]), "fail", "no branch coverage");
    assert_line(&Project::with(&["approvals < 5"]), "fail", "0 approvals");
}

#[test]
fn g05_evidence_that_no_rule_measures_has_to_be_there_too() {
    let mut project = Project::new();
    project.catalog = catalog("[\"build\"]", &[]);
    assert_line(&project, "fail", "no build");
    let (claim, detail) = built("77");
    project.memory.record("ci", commit_id("head"), claim, detail);
    assert_line(&project, "pass", "build recorded");
}

#[test]
fn g05_skipped_tests_prove_nothing() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.test(0, 0);
    assert_line(&project, "fail", "no test ran, 3 skipped");
}

#[test]
fn every_suite_type_counts_for_itself() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.test(10, 0);
    project.memory.record("ci", commit_id("head"), test(), suites(vec![suite("integration", 4, 1)]));
    assert_line(&project, "fail", "1 of 15 failed");
    project.catalog = Project::with(&["test.unit.failed == 0", "test.unit.total >= 10"]).catalog;
    assert_line(&project, "pass", "0 of 10 unit failed, 10 unit tests ran");
    project.catalog = Project::with(&["test.contract.failed == 0"]).catalog;
    assert_line(&project, "fail", "no contract test");
}

#[test]
fn the_last_result_in_signed_order_counts_whatever_its_date() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.test(10, 0);
    project.test_on("head", 9, 1, |header| header.recorded = UtcTime::from_seconds(0));
    assert_line(&project, "fail", "1 of 10 failed");
}

#[test]
fn of_concurrent_results_the_worst_counts() {
    let mut project = Project::with(&["test.failed == 0"]);
    let fork = project.memory.head();
    project.test(9, 1);
    let other = project.memory.head();
    project.memory.checkout(fork);
    project.test(10, 0);
    project.memory.merge(other);
    assert_line(&project, "fail", "1 of 10 failed");
    project.test(10, 0);
    assert_line(&project, "pass", "0 of 10 failed");
}

#[test]
fn a36_a_pass_after_a_superseded_failure_is_flaky() {
    let mut project = Project::with(&["test.failed == 0", "test.flaky == 0"]);
    let failed = project.test(9, 1);
    project.test_on("head", 10, 0, supersede(failed));
    assert_line(&project, "fail", "1 flaky");
    project.catalog = Project::with(&["test.failed == 0"]).catalog;
    assert_line(&project, "pass", "0 of 10 failed");
}

#[test]
fn a_report_that_admits_more_failures_than_it_lists_is_believed() {
    let mut project = Project::with(&["test.failed == 0"]);
    let doubt =
        Discrepancy { report: "junit.xml".into(), field: "failures".into(), reported: "2".into(), counted: "0".into() };
    project.memory.record("ci", commit_id("head"), test(), |header| {
        header.test =
            Some(TestDetail { suites: vec![suite("unit", 10, 0)], discrepancies: vec![doubt], coverage: None });
    });
    assert_line(&project, "fail", "2 of 10 failed; junit.xml says 2 failures, 0 were counted");
}

#[test]
fn a_report_whose_own_coverage_is_lower_is_believed() {
    let mut project = Project::with(&["coverage.line >= 80"]);
    let doubt = Discrepancy {
        report: "c.xml".into(),
        field: "line coverage".into(),
        reported: "0.7".into(),
        counted: "9 of 10".into(),
    };
    let coverage = Coverage { line: Some(Ratio { covered: 9, total: 10 }), ..Coverage::default() };
    project.memory.record("ci", commit_id("head"), test(), |header| {
        header.test = Some(TestDetail { coverage: Some(coverage), discrepancies: vec![doubt], suites: Vec::new() });
    });
    assert_line(&project, "fail", "70.00 % of lines (7 of 10), where 80 is asked for");
}

#[test]
fn coverage_by_path_needs_every_file_listed() {
    let mut project = Project::with(&["coverage.line['src/**'] >= 10"]);
    let ratio = Some(Ratio { covered: 9, total: 10 });
    let files = vec![FileCoverage { path: "src/a.rs".into(), line: ratio, branch: None, function: None }];
    let coverage = Coverage { line: ratio, files, omitted: 2, ..Coverage::default() };
    project.memory.record("ci", commit_id("head"), test(), covered(coverage.clone()));
    assert_line(&project, "fail", "2 files of the coverage are not listed in the record");
    project.memory.record("ci", commit_id("head"), test(), covered(Coverage { omitted: 0, ..coverage }));
    assert_line(&project, "pass", "90.00 % of lines in src/**");
    project.catalog = Project::with(&["coverage.line['lib/**'] >= 10"]).catalog;
    assert_line(&project, "fail", "no line coverage of files in lib/**");
}

#[test]
fn findings_of_several_tools_add_up_and_the_last_run_of_each_counts() {
    let mut project = Project::with(&["scan.medium <= 3", "scan.recorded >= 2"]);
    let medium = |medium| Severities { medium, ..Severities::default() };
    project.scan(medium(9));
    project.scan(medium(2));
    project.memory.record("ci", commit_id("head"), scan(), findings("grype", medium(1)));
    assert_line(&project, "pass", "3 medium, 2 scanned");
    project.memory.record("ci", commit_id("head"), scan(), findings("osv", medium(1)));
    assert_line(&project, "fail", "4 medium");
}

#[test]
fn g05_a_finding_of_unknown_severity_may_be_critical() {
    let mut project = Project::with(&["scan.critical == 0"]);
    project.scan(Severities { unknown: 1, ..Severities::default() });
    assert_line(&project, "fail", "0 critical, 1 of unknown severity");
}

// Which records count.

#[test]
fn a30_dirty_evidence_is_shown_and_satisfies_nothing() {
    let mut project = Project::with(&["test.failed == 0"]);
    let id = project.test_on("head", 10, 0, |header| header.dirty = true);
    assert_line(&project, "fail", &format!("no test that counts; {} is from a dirty working tree", id.short()));
}

#[test]
fn a35_evidence_of_another_tree_is_none() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.change = Some("CHG-1");
    project.memory.commit("branch", "other");
    project.test_on("branch", 10, 0, change("CHG-1"));
    assert_line(&project, "fail", "no test");
}

#[test]
fn s04_evidence_follows_an_identical_tree_of_the_same_change_even_when_its_commit_is_gone() {
    let mut project = Project::with(&["test.failed == 0"]);
    let branch = project.memory.commit("branch", "head");
    let id = project.test_on("branch", 10, 0, change("chg-1"));
    project.memory.orphan(branch);
    let missed = format!("no test that counts; {} is on another commit and not of the same change", id.short());
    assert_line(&project, "fail", &missed);
    project.change = Some("CHG-2");
    assert_line(&project, "fail", &missed);
    project.change = Some("CHG-1");
    assert_line(&project, "pass", "0 of 10 failed (by tree)");
}

#[test]
fn a35_a_reverted_tree_revives_no_approval_that_names_no_change() {
    let mut project = Project::with(&["approvals >= 1"]);
    project.memory.commit("before", "head");
    project.twins.push(facts("before", "head", "ada"));
    project.memory.record("grace", commit_id("before"), approval("qa", Meaning::Approved, &[]), |_| ());
    project.change = Some("CHG-1");
    assert_eq!(project.verdict().result, Outcome::Fail);
}

#[test]
fn evidence_for_another_service_or_environment_does_not_count() {
    for (edit, why) in [
        (
            (|header: &mut Header| header.service = Some("ledger".parse().expect("a name"))) as fn(&mut Header),
            "is not for this service",
        ),
        (|header| header.environment = Some("staging".parse().expect("a name")), "is for another environment"),
    ] {
        let mut project = Project::with(&["test.failed == 0"]);
        let id = project.test_on("head", 10, 0, edit);
        assert_line(&project, "fail", &format!("no test that counts; {} {why}", id.short()));
    }
    let mut project = Project::with(&["test.failed == 0"]);
    project.test_on("head", 10, 0, |header| {
        header.service = Some("payments".parse().expect("a name"));
        header.environment = Some("production".parse().expect("a name"));
    });
    assert_line(&project, "pass", "0 of 10 failed");
}

#[test]
fn of_several_services_a_record_without_one_is_for_none() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.catalog += "[[service]]\nname = \"ledger\"\n";
    let id = project.test(10, 0);
    assert_line(&project, "fail", &format!("no test that counts; {} is not for this service", id.short()));
}

#[test]
fn g09_what_was_recorded_later_is_left_out() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.test(9, 1);
    let then = project.memory.now();
    let first = project.test_on("head", 10, 0, |header| header.recorded = UtcTime::from_seconds(then.seconds() + 1));
    project.at = Some(then);
    assert_line(&project, "fail", "1 of 10 failed");
    project.at = Some(UtcTime::from_seconds(then.seconds() + 1));
    assert_line(&project, "pass", "0 of 10 failed");
    // Nor does a later correction change what stood then.
    project.test_on("head", 8, 2, supersede(first));
    assert_line(&project, "pass", "0 of 10 failed");
    project.at = None;
    assert_line(&project, "fail", "2 of 10 failed");
}

// People.

#[test]
fn g06_who_had_a_hand_in_it_does_not_approve_it() {
    type Edit = fn(&mut CommitFacts);
    let author: Edit = |head| head.author_email = "GRACE@example.com".into();
    let committer: Edit = |head| head.committer_email = "grace@example.com".into();
    let co_author: Edit = |head| head.co_author_emails.push("grace@example.com".into());
    let merged: Edit = |head| {
        let mut deeper = facts("deeper", "deeper", "lin");
        deeper.merged.push(facts("deepest", "deepest", "grace"));
        head.merged.push(deeper);
    };
    for edit in [author, committer, co_author, merged] {
        let mut project = Project::full();
        assert_eq!(project.verdict().result, Outcome::Pass);
        edit(&mut project.range[0]);
        project.head = project.range[0].clone();
        assert_eq!(project.verdict().result, Outcome::Fail);
    }
}

#[test]
fn a13_an_approval_by_an_author_of_the_range_is_told() {
    let mut project = Project::full();
    project.range.insert(0, facts("before", "before", "grace"));
    insta::assert_snapshot!(shown(&project.verdict()));
}

#[test]
fn g06_the_heads_authors_are_judged_though_the_range_is_empty() {
    let mut project = Project::full();
    project.range.clear();
    assert_eq!(project.verdict().result, Outcome::Pass);
    project.head.author_email = "grace@example.com".into();
    assert_eq!(project.verdict().result, Outcome::Fail);
}

#[test]
fn a13_an_address_of_an_earlier_trust_version_still_names_its_member() {
    let mut members = vec![person("ada", &["root"]), person("grace", &["qa"])];
    members[1].emails.push("grace@home.example.com".into());
    let mut project = Project::of(members);
    project.memory.change_trust(|version| version.members[1].emails.truncate(1));
    project.catalog = Project::with(&["approvals >= 1"]).catalog;
    project.head.author_email = "grace@home.example.com".into();
    project.range = vec![project.head.clone()];
    project.approve("grace", "qa");
    assert_line(
        &project,
        "fail",
        &format!("0 of 1 approvals; grace had a hand in commit {}", commit_id("head").short()),
    );
}

#[test]
fn g06_an_unknown_author_fails_approvals_and_is_named() {
    let mut project = Project::full();
    project.range.insert(0, facts("before", "before", "mallory"));
    insta::assert_snapshot!(shown(&project.verdict()));
    project.catalog =
        project.catalog.replace("outside-contributors = []", "outside-contributors = [\"Mallory@example.com\"]");
    assert_eq!(project.verdict().result, Outcome::Pass);
}

#[test]
fn g06_bots_never_count_and_people_count_once() {
    let mut project = Project::with(&["approvals >= 2"]);
    project.approve("ci", "qa");
    project.approve("grace", "qa");
    project.approve("grace", "release-manager");
    assert_line(&project, "fail", "1 of 2 approvals; ci is a bot");
    project.approve("lin", "qa");
    assert_line(&project, "pass", "2 of 2 approvals; ci is a bot");
}

#[test]
fn approvals_by_role_count_that_role() {
    let mut project = Project::with(&["approvals.release-manager >= 1"]);
    project.approve("lin", "qa");
    assert_line(&project, "fail", "0 of 1 approvals as release-manager");
    project.approve("grace", "release-manager");
    assert_line(&project, "pass", "1 of 1 approvals as release-manager");
}

#[test]
fn only_approved_and_released_let_it_pass() {
    for (meaning, outcome) in [
        (Meaning::Approved, "pass"),
        (Meaning::Released, "pass"),
        (Meaning::Reviewed, "fail"),
        (Meaning::Authored, "fail"),
        (Meaning::Rejected, "fail"),
    ] {
        let mut project = Project::with(&["approvals >= 1"]);
        project.memory.record("grace", commit_id("head"), approval("qa", meaning, &[]), |_| ());
        let verdict = project.verdict();
        assert_eq!(verdict.controls.last().expect("a control").outcome.as_str(), outcome, "{meaning}");
    }
}

#[test]
fn a_rejection_blocks_until_its_author_takes_it_back() {
    let mut project = Project::full();
    project.memory.record("lin", commit_id("head"), approval("qa", Meaning::Rejected, &[]), |_| ());
    insta::assert_snapshot!(shown(&project.verdict()));
    project.approve("grace", "qa");
    assert_eq!(project.verdict().result, Outcome::Fail, "another's approval does not outvote it");
    project.memory.record("lin", commit_id("head"), approval("developer", Meaning::Approved, &[]), |_| ());
    assert_eq!(project.verdict().result, Outcome::Fail, "nor does one in another role");
    project.approve("lin", "qa");
    assert_eq!(project.verdict().result, Outcome::Pass);
    project.catalog = catalog("[\"approval\"]", &["approvals.rejected == 0"]);
    assert_line(&project, "pass", "0 rejections");
}

#[test]
fn a_rejection_follows_its_tree_also_dirty_and_of_another_change() {
    let mut project = Project::full();
    let branch = project.memory.commit("branch", "head");
    project.memory.orphan(branch);
    project.memory.record("lin", branch, approval("qa", Meaning::Rejected, &[]), |header| header.dirty = true);
    assert_eq!(project.verdict().result, Outcome::Fail);
    let mut project = Project::full();
    project.memory.record("lin", commit_id("head"), approval("qa", Meaning::Rejected, &[]), |header| {
        header.service = Some("ledger".parse().expect("a name"));
    });
    assert_eq!(project.verdict().result, Outcome::Pass, "one about another service does not");
}

#[test]
fn of_a_persons_concurrent_words_the_rejection_counts() {
    let mut project = Project::full();
    let fork = project.memory.head();
    project.approve("lin", "qa");
    let other = project.memory.head();
    project.memory.checkout(fork);
    project.memory.record("lin", commit_id("head"), approval("qa", Meaning::Rejected, &[]), |_| ());
    project.memory.merge(other);
    assert_eq!(project.verdict().result, Outcome::Fail);
}

#[test]
fn a13_a_squash_does_not_launder_the_approval_of_ones_own_work() {
    let mut project = Project::with(&["approvals >= 1"]);
    project.change = Some("CHG-1");
    project.memory.commit("branch", "head");
    project.memory.record("grace", commit_id("branch"), approval("qa", Meaning::Approved, &[]), change("CHG-1"));
    let branch = commit_id("branch").short();
    assert_line(
        &project,
        "fail",
        &format!("0 of 1 approvals; grace approved commit {branch}, whose authors are not known"),
    );
    project.twins = vec![facts("branch", "head", "grace")];
    assert_line(&project, "fail", &format!("0 of 1 approvals; grace had a hand in commit {branch}"));
    project.twins = vec![facts("branch", "head", "second-mail")];
    assert_line(
        &project,
        "fail",
        &format!("0 of 1 approvals; grace approved commit {branch}, whose authors are not known"),
    );
    project.twins = vec![facts("branch", "head", "ada")];
    assert_line(&project, "pass", "1 of 1 approvals (by tree)");
}

// Plans.

#[test]
fn a36_an_approval_that_saw_another_plan_does_not_count() {
    let mut project = Project::with(&["approvals >= 1", "plan.recorded >= 1"]);
    let first = project.memory.record("ada", commit_id("head"), plan("refunds"), change("CHG-1"));
    let saw = |plans: &[RecordId]| approval("qa", Meaning::Approved, plans);
    project.memory.record("grace", commit_id("head"), saw(&[first]), |_| ());
    assert_line(&project, "pass", "1 of 1 approvals, plan for CHG-1");
    let second = project.memory.record("ada", commit_id("head"), plan("lower risk"), |header| {
        change("chg-1")(header);
        supersede(first)(header);
    });
    assert_line(&project, "fail", &format!("0 of 1 approvals; grace has not seen plan {}", second.short()));
    project.memory.record("grace", commit_id("head"), saw(&[second]), |_| ());
    assert_line(&project, "pass", "1 of 1 approvals, plan for chg-1");
}

#[test]
fn a_dirty_plan_has_to_be_seen_and_satisfies_nothing() {
    let mut project = Project::with(&["approvals >= 1", "plan.recorded >= 1"]);
    let id = project.memory.record("ada", commit_id("head"), plan("refunds"), |header| header.dirty = true);
    project.approve("grace", "qa");
    let (short, found) = (id.short(), "0 of 1 approvals; grace has not seen plan");
    assert_line(
        &project,
        "fail",
        &format!("{found} {short}; no plan that counts; {short} is from a dirty working tree"),
    );
}

#[test]
fn plans_of_two_members_for_one_change_fail() {
    let mut project = Project::full();
    project.memory.commit("elsewhere", "elsewhere");
    project.memory.record("ada", commit_id("head"), plan("refunds"), change("CHG-1"));
    project.memory.record("lin", commit_id("elsewhere"), plan("lower risk"), change("chg-1"));
    insta::assert_snapshot!(shown(&project.verdict()));
}

#[test]
fn plans_of_two_changes_on_one_commit_have_to_be_told_apart() {
    let mut project = Project::with(&["plan.recorded >= 1"]);
    let [one, two] = ["CHG-1", "CHG-2"]
        .map(|name| project.memory.record("ada", commit_id("head"), plan("refunds"), change(name)).short());
    assert_eq!(project.verdict().result, Outcome::Fail, "{one} {two}");
    project.change = Some("CHG-2");
    assert_line(&project, "pass", "plan for CHG-2");
}

#[test]
fn g06_who_asked_for_the_change_does_not_approve_it() {
    let mut project = Project::with(&["approvals >= 1"]);
    let asked = project.memory.record("grace", commit_id("head"), plan("refunds"), change("CHG-1"));
    project.memory.record("grace", commit_id("head"), approval("qa", Meaning::Approved, &[asked]), |_| ());
    assert_line(&project, "fail", &format!("0 of 1 approvals; grace asked for it in plan {}", asked.short()));
}

#[test]
fn a_plan_on_a_commit_that_is_gone_counts_only_by_tree() {
    let mut project = Project::with(&["plan.recorded >= 1"]);
    project.change = Some("CHG-1");
    let branch = project.memory.commit("branch", "other");
    project.memory.record("ada", branch, plan("refunds"), change("CHG-1"));
    assert_line(&project, "pass", "plan for CHG-1");
    project.memory.orphan(branch);
    assert_line(&project, "fail", "no plan");
}

// The range.

#[test]
fn a30_one_unapproved_commit_in_the_range_fails_and_is_named() {
    let mut project = Project::with(&["range.unapproved == 0"]);
    project.memory.commit("before", "before");
    project.range.insert(0, facts("before", "before", "grace"));
    project.approve("grace", "qa");
    let before = commit_id("before").short();
    assert_line(&project, "fail", &format!("1 of 2 commits unapproved: {before}"));
    project.memory.record("grace", commit_id("before"), approval("qa", Meaning::Approved, &[]), |_| ());
    assert_line(&project, "fail", &format!("1 of 2 commits unapproved: {before}"));
    // Two people may approve each other's commits.
    project.memory.record("ada", commit_id("before"), approval("qa", Meaning::Approved, &[]), |_| ());
    assert_line(&project, "pass", "0 of 2 commits unapproved");
    project.memory.record("lin", commit_id("before"), approval("qa", Meaning::Rejected, &[]), |_| ());
    assert_line(&project, "fail", &format!("1 of 2 commits unapproved: {before}"));
}

#[test]
fn approving_a_merge_covers_what_it_merges_but_not_ones_own() {
    let mut project = Project::with(&["range.unapproved == 0"]);
    project.range[0].merged.push(facts("merged", "merged", "lin"));
    project.approve("lin", "qa");
    assert_eq!(project.verdict().result, Outcome::Fail);
    project.approve("grace", "qa");
    assert_line(&project, "pass", "0 of 1 commits unapproved");
    project.range[0].merged.push(facts("foreign", "foreign", "mallory"));
    assert_eq!(project.verdict().result, Outcome::Fail, "an unknown author could be the approver");
}

// The gate's own lines.

#[test]
fn a_ledger_that_was_tampered_with_proves_nothing() {
    let mut project = Project::full();
    let scan = project.scan(Severities { critical: 1, ..Severities::default() });
    project.memory.remove(scan);
    let verdict = project.verdict();
    assert_eq!(verdict.result, Outcome::Fail);
    assert_eq!(verdict.controls[0].id.as_str(), "LEDGER");
    assert!(verdict.controls[0].found.starts_with("line-removed: "), "{}", verdict.controls[0].found);
}

#[test]
fn t08_what_cannot_be_read_whole_is_incomplete_never_pass() {
    let project = Project::full();
    let verdict = project.verdict_of(&project.memory.ledger_with_missing(vec!["tree 1234".into()]), Vec::new());
    insta::assert_snapshot!(shown(&verdict));
}

#[test]
fn findings_of_the_clone_and_the_pin_are_the_gates_too() {
    use git_qms::verify::{Code, Finding};
    let project = Project::full();
    for (code, result) in [
        (Code::TrustRootDiffers, Outcome::Fail),
        (Code::CloneIncomplete, Outcome::Incomplete),
        (Code::TrustNotPinned, Outcome::Pass),
    ] {
        let verdict = project.verdict_of(&project.memory.ledger(), vec![Finding::new(code, "said")]);
        assert_eq!(verdict.result, result, "{code}");
    }
}

#[test]
fn a_service_that_the_catalog_does_not_have_is_not_let_through() {
    let mut project = Project::full();
    project.service = Some("ledger");
    assert_eq!(project.verdict().controls[0].id.as_str(), "SUBJECT");
}

#[test]
fn an_environment_that_nothing_guards_is_not_let_through() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.environment = Some("staging");
    let verdict = project.verdict();
    assert_eq!((verdict.result, verdict.controls[0].found.as_str()), (Outcome::Fail, "no control guards staging"));
    assert_line(&project, "not-applicable", "not asked for on the way there");
    project.environment = None;
    assert_line(&project, "fail", "no test");
}

#[test]
fn a_control_that_warns_says_so_and_lets_it_pass() {
    let mut project = Project::full();
    project.catalog = project.catalog.replacen("enforcement = \"block\"", "enforcement = \"warn\"", 1);
    project.ratify();
    project.test(1, 1);
    insta::assert_snapshot!(shown(&project.verdict()));
}

#[test]
fn g11_only_the_last_ratified_catalog_is_in_force() {
    use git_qms::policy::{InForce, PolicyState, in_force};
    let mut project = Project::full();
    let ratified = project.catalog.clone();
    project.catalog = project.catalog.replace("approvals >= 1", "approvals >= 0");
    assert_eq!(project.verdict().state, PolicyState::Proposed);
    assert!(!project.verdict().allows_release());

    let fork = project.memory.head();
    project.ratify();
    assert_eq!(project.verdict().state, PolicyState::InForce);
    let other = project.memory.head();
    let weak = project.catalog.clone();
    project.catalog.clone_from(&ratified);
    assert_eq!(project.verdict().state, PolicyState::Proposed, "an older one, once ratified, is not in force");
    project.memory.checkout(fork);
    project.ratify();
    project.memory.merge(other);
    let verdict = project.verdict();
    assert_eq!((verdict.state, verdict.result), (PolicyState::Ambiguous, Outcome::Fail));
    assert_eq!(verdict.controls[0].id.as_str(), "POLICY");

    project.ratify();
    let ledger = project.memory.ledger();
    let in_force = in_force(&ledger, project.memory.now());
    assert!(matches!(in_force, InForce::Ratified { commit, .. } if commit == commit_id("head")));
    assert!(in_force.confirm(ratified.as_bytes()).is_ok());
    assert!(in_force.confirm(weak.as_bytes()).is_err());
    assert!(matches!(git_qms::policy::in_force(&ledger, UtcTime::from_seconds(0)), InForce::None));
}

#[test]
fn a15_a_tree_that_weakens_the_policy_is_judged_by_the_one_in_force_and_not_released() {
    let project = Project::full();
    let ledger = project.memory.ledger();
    let subject = Subject {
        commit: project.head.id,
        tree: project.head.tree,
        service: Some("payments".parse().expect("a name")),
        environment: Some("production".parse().expect("a name")),
        change: None,
        own_policy: Some(FileDigest::of(b"weaker")),
    };
    let lineage = Lineage { head: project.head.clone(), range: project.range.clone(), twins: Vec::new() };
    let evidence = Evidence::gather(&ledger, subject, lineage, Vec::new());
    let verdict = evaluate(&project.policy(), &evidence, project.memory.now());
    assert_eq!((verdict.result, verdict.state), (Outcome::Pass, policy::PolicyState::TreeDiffers));
    assert!(!verdict.allows_release());
}

#[test]
fn g09_the_same_inputs_give_the_same_verdict() {
    let project = Project::full();
    assert_eq!(project.verdict(), project.verdict());
}

#[test]
fn a21_text_of_the_repository_reaches_no_terminal_raw() {
    let mut project = Project::full();
    project.head.author_email = "evil\u{1b}]0;x\u{7}\u{202e}@example.com".into();
    project.range = vec![project.head.clone()];
    for format in git_qms::report::FORMATS {
        let text = (format.write)(&project.verdict(), Paint::Plain);
        assert!(text.contains("\\u"), "{text}");
        assert!(!text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text}");
    }
}

#[test]
fn colour_is_added_only_where_it_is_asked_for() {
    let write = format("text").expect("in the table").write;
    let verdict = Project::full().verdict();
    assert!(!write(&verdict, Paint::Plain).contains('\u{1b}'));
    let coloured = write(&verdict, Paint::Ansi);
    assert!(coloured.contains("\u{1b}[32mPASS\u{1b}[0m"));
}

#[test]
fn twins_are_the_other_commits_with_records_of_the_tree() {
    let mut project = Project::full();
    project.memory.commit("branch", "head");
    project.test_on("branch", 1, 0, |_| ());
    let judged: [(CommitId, _); 1] = [(project.head.id, project.head.tree)];
    assert_eq!(Evidence::twins(&project.memory.ledger(), &judged), [commit_id("branch")]);
}
