//! `policy test`: every rule can be shown by cases, to hold and to fail; and so can exceptions, deployments and what was
//! signed side by side.

use std::fmt::Write as _;

use git_qms::policy::rules::metrics;

use crate::project::Project;
use crate::recording::refused;

const CATALOG: &str = r#"
version = 1
outside-contributors = ["guest@example.org"]
[[service]]
name = "payments"
[[environment]]
name = "production"
production = true
deploy-roles = ["ci"]
[[control]]
id = "NEVER-01"
title = "It does not go out"
objective = "A case shows single controls"
trigger = ["gate"]
enforcement = "block"
evidence = ["approval"]
require = ["approvals >= 99"]
owner = "qa"
escalation = "release-manager"
retention = "7y"
frameworks = []
systems = { requirement = "git", execution = "git", evidence = "git" }
"#;

const HEAD: &str = r#"
author = "ada"
people = { ada = ["developer"], grace = ["release-manager", "qa"], lin = ["qa"], sam = ["qa", "release-manager"] }
bots = { ci = ["ci"] }
hardware = ["sam"]
"#;

/// A rule, the records by which it holds, and those by which it fails.
type Shown = (&'static str, &'static str, &'static str);

const RULES: &[Shown] = &[
    ("test.failed == 0", "{ kind='test', by='ci', passed=1 }", "{ kind='test', by='ci', failed=1 }"),
    ("test.unit.failed == 0", "{ kind='test', by='ci', passed=1 }", "{ kind='test', by='ci', failed=1 }"),
    ("test.total >= 2", "{ kind='test', by='ci', passed=2 }", "{ kind='test', by='ci', passed=1 }"),
    ("test.unit.total >= 2", "{ kind='test', by='ci', passed=2 }", "{ kind='test', by='ci', suite='e2e', passed=2 }"),
    ("test.skipped == 0", "{ kind='test', by='ci', passed=2 }", "{ kind='test', by='ci', passed=1, skipped=1 }"),
    ("test.unit.skipped == 0", "{ kind='test', by='ci', passed=2 }", "{ kind='test', by='ci', skipped=1 }"),
    (
        "test.flaky == 0",
        "{ kind='test', by='ci', passed=2 }",
        "{ kind='test', by='ci', failed=1, as='first' }, { kind='test', by='ci', passed=1, supersedes='first' }",
    ),
    ("test.unit.flaky == 0", "{ kind='test', by='ci', passed=2 }", "{ kind='test', by='ci', passed=1, flaky=1 }"),
    (
        "test.recorded >= 2",
        "{ kind='test', by='ci' }, { kind='test', by='ci', suite='e2e' }",
        "{ kind='test', by='ci' }",
    ),
    ("coverage.line >= 80", "{ kind='test', by='ci', line=[8, 10] }", "{ kind='test', by='ci', line=[7, 10] }"),
    (
        "coverage.branch['src/ledger/**'] >= 90",
        "{ kind='test', by='ci', files={ 'src/ledger/a.rs'={ branch=[9, 10] }, 'src/b.rs'={ branch=[0, 10] } } }",
        "{ kind='test', by='ci', files={ 'src/ledger/a.rs'={ branch=[8, 10] }, 'src/b.rs'={ branch=[9, 9] } } }",
    ),
    ("coverage.function >= 80", "{ kind='test', by='ci', function=[8, 10] }", "{ kind='test', by='ci', line=[9, 10] }"),
    ("scan.critical == 0", "{ kind='scan', by='ci', high=1 }", "{ kind='scan', by='ci', critical=1 }"),
    ("scan.high == 0", "{ kind='scan', by='ci', medium=1 }", "{ kind='scan', by='ci', high=1 }"),
    ("scan.medium == 0", "{ kind='scan', by='ci', low=1 }", "{ kind='scan', by='ci', medium=1 }"),
    ("scan.low == 0", "{ kind='scan', by='ci' }", "{ kind='scan', by='ci', low=1 }"),
    ("scan.unknown == 0", "{ kind='scan', by='ci' }", "{ kind='scan', by='ci', unknown=1 }"),
    ("scan.total == 0", "{ kind='scan', by='ci' }", "{ kind='scan', by='ci', broke-off='no database' }"),
    (
        "scan.recorded >= 2",
        "{ kind='scan', by='ci' }, { kind='scan', by='ci', tool='other' }",
        "{ kind='scan', by='ci' }",
    ),
    ("analysis.error == 0", "{ kind='analysis', by='ci', warning=1 }", "{ kind='analysis', by='ci', error=1 }"),
    ("analysis.warning == 0", "{ kind='analysis', by='ci', note=1 }", "{ kind='analysis', by='ci', warning=1 }"),
    ("analysis.note == 0", "{ kind='analysis', by='ci' }", "{ kind='analysis', by='ci', note=1 }"),
    ("analysis.total == 0", "{ kind='analysis', by='ci' }", "{ kind='analysis', by='ci', broke-off='no memory' }"),
    ("analysis.recorded >= 1", "{ kind='analysis', by='ci' }", ""),
    (
        "approvals >= 2",
        "{ kind='approval', by='grace', role='qa' }, { kind='approval', by='lin', role='qa' }",
        "{ kind='approval', by='grace', role='qa' }, { kind='approval', by='grace', role='release-manager' }",
    ),
    (
        "approvals.qa.hardware >= 1",
        "{ kind='approval', by='sam', role='qa' }",
        "{ kind='approval', by='lin', role='qa' }",
    ),
    (
        "approvals.qa >= 1",
        "{ kind='approval', by='lin', role='qa' }",
        "{ kind='approval', by='sam', role='release-manager' }",
    ),
    (
        "approvals.rejected == 0",
        "{ kind='approval', by='lin', role='qa', meaning='rejected' }, { kind='approval', by='lin', role='qa' }",
        "{ kind='approval', by='lin', role='qa', meaning='rejected' }",
    ),
    (
        "plan.recorded >= 1",
        "{ kind='plan', by='ada', change='CHG-1' }",
        "{ kind='plan', by='ada', change='CHG-1', as='one' }, { kind='plan', by='lin', change='CHG-1', beside='one' }",
    ),
    (
        "plan.rollout >= 1",
        "{ kind='plan', by='ada', change='CHG-1', rollout='canary' }",
        "{ kind='plan', by='ada', change='CHG-1' }",
    ),
    (
        "plan.monitoring >= 1",
        "{ kind='plan', by='ada', change='CHG-1', monitoring='errors' }",
        "{ kind='plan', by='ada', change='CHG-1' }",
    ),
    (
        "plan.rollback >= 1",
        "{ kind='plan', by='ada', change='CHG-1', as='one' }, \
         { kind='plan', by='ada', change='CHG-1', rollback='errors', supersedes='one' }",
        "{ kind='plan', by='ada', change='CHG-1' }",
    ),
    ("build.recorded >= 1", "{ kind='build', by='ci' }", "{ kind='build', by='ci', dirty=true }"),
    ("build.artifacts >= 1", "{ kind='build', by='ci', artifacts=['a'] }", "{ kind='build', by='ci' }"),
    ("build.manual == 0", "{ kind='build', by='ci' }", "{ kind='build', by='ada' }"),
    (
        "build.without-inventory == 0",
        "{ kind='build', by='ci', artifacts=['a'], inventory=true }",
        "{ kind='build', by='ci', artifacts=['a'] }",
    ),
    (
        "build.unattested == 0",
        "{ kind='build', by='ci', artifacts=['a', 'b'], attested=['a', 'b'] }",
        "{ kind='build', by='ci', artifacts=['a', 'b'], attested=['a'] }",
    ),
    (
        "range.unapproved == 0",
        "{ kind='approval', by='lin', role='qa' }",
        "{ kind='approval', by='ada', role='developer' }",
    ),
    (
        "requirements.linked >= 1",
        "{ kind='plan', by='ada', change='CHG-1', requirements=['REQ-7'] }",
        "{ kind='plan', by='ada', change='CHG-1' }",
    ),
    (
        "requirements.uncovered == 0",
        "{ kind='plan', by='ada', change='CHG-1', requirements=['REQ-7'] }, \
         { kind='test', by='ci', requirements={ REQ-7='passed' } }",
        "{ kind='plan', by='ada', change='CHG-1', requirements=['REQ-7'] }, \
         { kind='test', by='ci', requirements={ REQ-7='flaky' } }",
    ),
    ("test.age <= 7", "{ kind='test', by='ci', age='7d' }", "{ kind='test', by='ci', age='169h' }"),
    ("scan.age <= 7", "{ kind='scan', by='ci', age='7d' }", "{ kind='scan', by='ci', age='169h' }"),
    ("scan.database-age <= 2", "{ kind='scan', by='ci', database-age='2d' }", "{ kind='scan', by='ci' }"),
    ("analysis.age <= 7", "{ kind='analysis', by='ci', age='7d' }", "{ kind='analysis', by='ci', age='169h' }"),
    ("build.age <= 7", "{ kind='build', by='ci', age='7d' }", "{ kind='build', by='ci', age='169h' }"),
    (
        "approvals.age <= 7",
        "{ kind='approval', by='lin', role='qa', age='7d' }",
        "{ kind='approval', by='lin', role='qa', age='8d' }",
    ),
    (
        "release.tagged >= 1",
        "{ kind='release', by='grace', release='payments@1+a' }",
        "{ kind='release', by='grace', release='other@1+a', service='other' }",
    ),
    ("deploy.unpermitted == 0", "{ kind='deploy', by='ci' }", "{ kind='deploy', by='grace' }"),
    (
        "measure.change-fail-rate <= 0.1",
        "{ kind='deploy', by='ci', age='9d' }",
        "{ kind='deploy', by='ci', age='9d', as='bad' }, \
         { kind='incident', by='ci', id='INC-1', severity='high', deployment='bad', age='8d', restored='7d' }",
    ),
    (
        "measure.rework-rate <= 0.1",
        "{ kind='deploy', by='ci', age='9d' }",
        "{ kind='incident', by='ci', id='INC-1', severity='high', detected='10d', restored='8d', age='7d' }, \
         { kind='deploy', by='ci', planned=false, age='9d' }",
    ),
    (
        "measure.missing-approvals <= 0.1",
        "{ kind='approval', by='lin', role='qa', age='10d' }, { kind='deploy', by='ci', age='9d' }",
        "{ kind='deploy', by='ci', age='9d' }",
    ),
    (
        "measure.recovery-time <= 2",
        "{ kind='deploy', by='ci', age='9d', as='bad' }, \
         { kind='incident', by='ci', id='INC-1', severity='high', deployment='bad', age='8d', restored='7d' }",
        "{ kind='deploy', by='ci', age='9d', as='bad' }, \
         { kind='incident', by='ci', id='INC-1', severity='high', deployment='bad', age='8d', restored='5d' }",
    ),
    (
        "measure.time-to-restore <= 2",
        "{ kind='incident', by='ci', id='INC-1', severity='high', age='9d', restored='7d' }",
        "{ kind='incident', by='ci', id='INC-1', severity='high', age='9d', restored='5d' }",
    ),
    (
        "measure.flaky-rate <= 0.1",
        "{ kind='test', by='ci', requirements={ REQ-7='passed' } }",
        "{ kind='test', by='ci', requirements={ REQ-7='flaky' } }",
    ),
    (
        "exceptions.overdue == 0",
        "{ kind='exception', by='ada', control='NEVER-01', expires='30d', as='it' }, \
         { kind='exception-decision', by='lin', of='it', decision='approved', role='qa' }",
        "{ kind='exception', by='ada', control='NEVER-01', expires='30d', age='40d', as='it' }, \
         { kind='exception-decision', by='lin', of='it', decision='approved', role='qa', age='39d' }",
    ),
    (
        "exceptions.holding == 0",
        "{ kind='exception', by='ada', control='NEVER-01', expires='30d' }",
        "{ kind='exception', by='ada', control='NEVER-01', expires='30d', as='it' }, \
         { kind='exception-decision', by='lin', of='it', decision='approved', role='qa' }",
    ),
    (
        "incidents.open == 0",
        "{ kind='incident', by='ci', id='INC-1', severity='low', age='2d', restored='1d' }",
        "{ kind='incident', by='ci', id='INC-1', severity='low' }",
    ),
    (
        "incidents.open.medium == 0",
        "{ kind='incident', by='ci', id='INC-1', severity='low' }",
        "{ kind='incident', by='ci', id='INC-1', severity='medium' }",
    ),
    (
        "incidents.open.high == 0",
        "{ kind='incident', by='ci', id='INC-1', severity='medium' }",
        "{ kind='incident', by='ci', id='INC-1', severity='high' }",
    ),
    (
        "incidents.open.critical == 0",
        "{ kind='incident', by='ci', id='INC-1', severity='high' }",
        "{ kind='incident', by='ci', id='INC-1', severity='critical' }",
    ),
    (
        "change.approved >= 1",
        "{ kind='plan', by='ada', change='CHG-1' }, { kind='approval', by='lin', role='qa' }",
        "{ kind='approval', by='lin', role='qa', as='early' }, { kind='plan', by='ada', change='CHG-1' }",
    ),
];

/// A metric as the catalog's guide names it.
fn metric_of(rule: &str) -> String {
    let path = rule.split([' ', '[']).next().expect("a path");
    let named = metrics().any(|metric| metric.name == path);
    let spread = |from: &str, to: &str| path.replacen(from, to, 1);
    if named { path.to_owned() } else { spread(".unit.", ".SUITE.").replacen(".qa", ".ROLE", 1) }
}

fn control(id: &str, rule: &str) -> String {
    let name = metric_of(rule);
    let kind = metrics().find(|metric| metric.name == name).expect("a metric").kind;
    format!(
        "[[control]]\nid = \"{id}\"\ntitle = \"A rule\"\nobjective = \"It is shown\"\ntrigger = [\"gate\"]\n\
         enforcement = \"block\"\nevidence = [\"{kind}\"]\nrequire = [\"{rule}\"]\nowner = \"qa\"\nretention = \"7y\"\n\
         frameworks = []\nsystems = {{ requirement = \"git\", execution = \"git\", evidence = \"git\" }}\n"
    )
}

/// G04: a rule that no case could show would be one that nobody can try before it blocks a release.
#[test]
fn g10_every_rule_can_be_shown_to_hold_and_to_fail() {
    let unshown: Vec<&str> = metrics()
        .map(|metric| metric.name)
        .filter(|name| RULES.iter().all(|(rule, ..)| metric_of(rule) != *name))
        .collect();
    assert_eq!(unshown, [""; 0], "add a row for each metric");
    let (mut catalog, mut cases) = (CATALOG.to_owned(), HEAD.to_owned());
    for (at, (rule, holds, fails)) in RULES.iter().enumerate() {
        let id = format!("RULE-{at:02}");
        // Evidence of a kind that nothing recorded fails a control by itself: the rule is to decide.
        catalog += &control(&id, rule);
        for (outcome, given) in [("pass", holds), ("fail", fails)] {
            write!(
                cases,
                "[[case]]\nname = \"{rule}: {outcome}\"\nexpect = \"fail\"\nchange = \"CHG-1\"\n\
                 controls = {{ {id} = \"{outcome}\" }}\ngiven = [{given}]\n",
            )
            .expect("is written");
        }
    }
    let project = Project::bare_of_evidence();
    project.write("rules/policy.toml", &catalog);
    project.write("rules/cases/all.toml", &cases);
    let count = RULES.len() * 2;
    let said = project.qms(&["policy", "test", "rules", "--json"]);
    let wrong: Vec<String> = said.json()["cases"].as_array().map_or_else(Vec::new, |cases| {
        cases
            .iter()
            .filter(|case| case["same"] != true)
            .map(|case| format!("{}: {}", case["name"], case["controls"]))
            .collect()
    });
    assert_eq!(wrong, [""; 0]);
    let said = project.qms(&["policy", "test", "rules"]).ok().says(&format!("{count} of {count} cases as expected"));
    said.says("no case makes pass: NEVER-01").never_says("no case makes fail");
}

/// Exceptions, deployments, tags, who had a hand in it, and what was signed side by side.
const STORIES: &str = r#"
[[case]]
name = "an exception lets its control go"
expect = "pass"
controls = { NEVER-01 = "excepted" }
given = [
    { kind = "exception", by = "ada", control = "NEVER-01", expires = "30d", as = "it" },
    { kind = "exception-decision", by = "lin", of = "it", decision = "approved", role = "qa" },
]

[[case]]
name = "one that is over, approved by who asked, taken back, or without evidence does not"
expect = "fail"
controls = { NEVER-01 = "fail" }
given = [
    { kind = "exception", by = "ada", control = "NEVER-01", expires = "30d", age = "30d", as = "over" },
    { kind = "exception-decision", by = "lin", of = "over", decision = "approved", role = "qa", age = "30d" },
    { kind = "exception", by = "lin", control = "NEVER-01", expires = "30d", as = "own" },
    { kind = "exception-decision", by = "lin", of = "own", decision = "approved", role = "qa" },
    { kind = "exception", by = "ada", control = "NEVER-01", expires = "30d", as = "closed" },
    { kind = "exception-decision", by = "lin", of = "closed", decision = "approved", role = "qa" },
    { kind = "exception-decision", by = "grace", of = "closed", decision = "closed", role = "qa" },
    { kind = "exception", by = "ada", control = "NEVER-01", expires = "30d", attached = false, as = "bare" },
    { kind = "exception-decision", by = "lin", of = "bare", decision = "approved", role = "qa" },
]

[[case]]
name = "renewed by another it holds again"
expect = "pass"
given = [
    { kind = "exception", by = "ada", control = "NEVER-01", reach = "range", expires = "30d", age = "40d", as = "it" },
    { kind = "exception-decision", by = "lin", of = "it", decision = "approved", role = "qa", age = "40d" },
    { kind = "exception-decision", by = "lin", of = "it", decision = "renewed", role = "qa", expires = "5d", age = "4d" },
]

[[case]]
name = "for some files it is for these alone"
expect = "fail"
paths = ["src/a.rs", "docs/a.md"]
given = [
    { kind = "exception", by = "ada", control = "NEVER-01", paths = ["docs/**"], expires = "30d", as = "it" },
    { kind = "exception-decision", by = "lin", of = "it", decision = "approved", role = "qa" },
]

[[case]]
name = "for a release it is for that alone"
expect = "pass"
release = "payments@1+a"
given = [
    { kind = "exception", by = "ada", control = "NEVER-01", release = "payments@1+a", expires = "30d", as = "it" },
    { kind = "exception-decision", by = "lin", of = "it", decision = "approved", role = "qa" },
]

[[case]]
name = "what is in production already is not tagged without saying so"
expect = "fail"
purpose = "tag"
controls = { RETROACTIVE = "fail" }
given = [{ kind = "deploy", by = "ci", age = "1h" }, { kind = "monitor", by = "ci" }]

[[case]]
name = "and is by an exception"
expect = "fail"
purpose = "tag"
controls = { RETROACTIVE = "excepted" }
given = [
    { kind = "deploy", by = "ci", age = "1h" },
    { kind = "exception", by = "ada", control = "RETROACTIVE", expires = "1d", as = "late" },
    { kind = "exception-decision", by = "grace", of = "late", decision = "approved", role = "release-manager" },
]

[[case]]
name = "a candidate is not deployed, and not by whom it is not allowed"
expect = "fail"
purpose = "deploy"
by = "grace"
controls = { RELEASED = "fail", DEPLOYER = "fail" }
"#;

#[test]
fn g10_cases_show_exceptions_tags_and_deployments() {
    let project = Project::bare_of_evidence();
    project.write("rules/policy.toml", CATALOG);
    project.write("rules/cases/stories.toml", &format!("{HEAD}{STORIES}"));
    project.qms(&["policy", "test", "rules"]).ok().says("8 of 8 cases as expected");
}

/// G06: each by the addresses of the commits.
#[test]
fn g10_cases_show_who_had_a_hand_in_it_and_what_was_signed_side_by_side() {
    let catalog = CATALOG.replace("approvals >= 99", "approvals >= 1");
    let catalog = format!("{catalog}{}", control("TEST-01", "test.failed == 0"));
    let approved = "{ kind = 'approval', by = 'lin', role = 'qa' }";
    let mut cases = HEAD.to_owned();
    for (commits, outcome) in [
        ("'ada'", "pass"),
        ("'lin'", "fail"),
        ("{ author = 'ada', committer = 'lin' }", "fail"),
        ("{ author = 'ada', co-authors = ['grace', 'lin'] }", "fail"),
        ("'lin', 'ada'", "fail"),
        ("'guest@example.org'", "pass"),
        ("'stranger@example.org'", "fail"),
    ] {
        write!(
            cases,
            "[[case]]\nname = \"by {commits}\"\nexpect = \"fail\"\ncommits = [{commits}]\n\
             controls = {{ NEVER-01 = \"{outcome}\" }}\ngiven = [{approved}]\n"
        )
        .expect("is written");
    }
    // Of concurrent results the worst counts, whichever is written first; what comes after both settles it.
    let (good, bad) = ("{ kind='test', by='ci', passed=1", "{ kind='test', by='ci', failed=1");
    for (given, outcome) in [
        (format!("{good}, as='one' }}, {bad}, beside='one' }}"), "fail"),
        (format!("{bad}, as='one' }}, {good}, beside='one' }}"), "fail"),
        (format!("{bad}, as='one' }}, {good}, beside='one' }}, {good} }}"), "pass"),
        (format!("{bad} }}, {good} }}"), "pass"),
    ] {
        write!(
            cases,
            "[[case]]\nname = \"side by side\"\nexpect = \"fail\"\ncontrols = {{ TEST-01 = \"{outcome}\" }}\ngiven = [{given}]\n"
        )
        .expect("is written");
    }
    let project = Project::bare_of_evidence();
    project.write("rules/policy.toml", &catalog);
    project.write("rules/cases/hands.toml", &cases);
    project.qms(&["policy", "test", "rules"]).ok().says("11 of 11 cases as expected");
}

#[test]
fn g10_every_fault_of_what_a_case_gives_is_told_with_its_place() {
    let project = Project::bare_of_evidence();
    project.write("rules/policy.toml", CATALOG);
    let given = |record: &str| format!("given = [\n{record},\n]");
    let of = |rest: &str| given(&format!("{{ kind = 'exception-decision', by = 'lin', role = 'qa', {rest} }}"));
    for (more, place, words) in [
        (of("of = 'it', decision = 'approved'"), ":10:62", "give the record a name"),
        (of("decision = 'approved'"), ":10:1", "has no of"),
        (given("{ kind = 'exception', by = 'ada', control = 'NEVER-02', expires = '1d' }"), ":10:45", "RETROACTIVE"),
        (given("{ kind = 'exception', by = 'ada', control = 'NEVER-01' }"), ":10:1", "has no expires"),
        (
            given("{ kind = 'exception', by = 'ada', control = 'NEVER-01', expires = '1d', reach = 'all' }"),
            ":10:81",
            "commit, range",
        ),
        (given("{ kind = 'deploy', by = 'ci', outcome = 'fine' }"), ":10:41", "rolled-back"),
        (given("{ kind = 'incident', by = 'ci', id = 'I-1', severity = 'grave' }"), ":10:56", "critical, high"),
        (given("{ kind = 'release', by = 'ci' }"), ":10:1", "has no release"),
        (given("{ kind = 'checkpoint', by = 'ci' }"), ":10:10", "exception or exception-decision"),
        (given("{ kind = 'test', by = 'ci', files = { 'a' = { lines = [1, 2] } } }"), ":10:47", "unknown key lines"),
        (given("{ kind = 'test', by = 'ci', requirements = { REQ-7 = 'fine' } }"), ":10:54", "passed, failed"),
        (
            given("{ kind = 'test', by = 'ci', beside = 'later' }, { kind = 'test', by = 'ci', as = 'later' }"),
            ":10:38",
            "before this one",
        ),
        ("requirements = { REQ-7 = 'suspect' }".to_owned(), ":9:16", "[requirements]"),
        ("by = 'ci'".to_owned(), ":9:6", "purpose"),
        ("purpose = 'ship'".to_owned(), ":9:11", "gate, tag, deploy"),
        ("commits = [{ author = 'ada', co-author = ['lin'] }]".to_owned(), ":9:30", "unknown key co-author"),
        ("commits = ['eve']".to_owned(), ":9:12", "ada, grace"),
    ] {
        let case = format!("{HEAD}[[case]]\nname = \"x\"\nexpect = \"fail\"\n{more}\n");
        project.write("rules/cases/all.toml", &case);
        let wanted = format!("cases/all.toml{place}");
        refused(&project, "ada", &["policy", "test", "rules"], 2, &[&wanted, words, "^"]);
    }
    // What could not be signed at all names its line.
    let record = "{ kind = 'incident', by = 'ci', id = 'I-1', severity = 'low', detected = '1d', restored = '2d' }";
    project.write(
        "rules/cases/all.toml",
        &format!("{HEAD}[[case]]\nname = \"x\"\nexpect = \"fail\"\n{}\n", given(record)),
    );
    refused(&project, "ada", &["policy", "test", "rules"], 2, &["the record on line 10", "is before"]);
}
