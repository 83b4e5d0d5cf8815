//! Risk tiers and types of change: how much is asked of what.

use git_qms::policy::{self, Changes};
use git_qms::record::Claim;
use git_qms::verify::Outcome;

use crate::claims::plan;
use crate::memory::commit_id;
use crate::project::{Project, catalog, change, shown};

const TIERS: &str = r#"
[[tier]]
name = "low"
paths = ["docs/**", "**/*.md"]
[[tier]]
name = "medium"
paths = ["src/**"]
files-over = 3
[[tier]]
name = "high"
paths = ["db/migrations/**", "docs/security/**"]
change-types = ["infrastructure"]
lines-over = 500
"#;

/// A project with these tiers whose only control is asked for in `asked`, and whose range changes these files.
fn project(asked: &str, paths: &[&str]) -> Project {
    let mut project = Project::new();
    project.catalog = catalog("[\"test\"]", &["test.failed == 0"]) + asked + "\n" + TIERS;
    project.changes = Some(changes(paths, 10));
    project.change = Some("CHG-1");
    project.test(5, 0);
    project
}

fn changes(paths: &[&str], lines: u64) -> Changes {
    Changes::Known { paths: paths.iter().map(|path| (*path).to_owned()).collect(), lines }
}

fn tier(project: &Project) -> String {
    project.verdict().tier.expect("the catalog has tiers").to_string()
}

fn planned(project: &mut Project, change_type: Option<&str>, risk: Option<&str>, rollout: Option<&str>) {
    let Claim::Plan(mut claim) = plan("refunds") else { panic!("a plan is a plan") };
    claim.change_type = change_type.map(|name| name.parse().expect("a name"));
    claim.risk_tier = risk.map(|name| name.parse().expect("a name"));
    claim.rollout_strategy = rollout.map(str::to_owned);
    project.memory.record("ada", commit_id("head"), Claim::Plan(claim), change("CHG-1"));
}

#[test]
fn g02_a_file_is_in_the_highest_tier_that_names_it_and_a_change_in_that_of_its_files() {
    for (paths, expected) in [
        (&["docs/a.md"][..], "low"),
        (&["README.md", "docs/img/a.png"], "low"),
        (&["docs/a.md", "src/main.rs"], "medium"),
        (&["docs/a.md", "db/migrations/1.sql"], "high"),
        (&["docs/security/a.md"], "high"),
        // What no tier names may be anything.
        (&["docs/a.md", "Makefile"], "high"),
        (&[], "high"),
    ] {
        assert_eq!(tier(&project("", paths)), expected, "{paths:?}");
    }
}

#[test]
fn g02_what_no_tier_names_is_in_the_one_that_the_catalog_says() {
    let mut project = project("", &["docs/a.md", "Makefile"]);
    project.catalog = project.catalog.replacen("version = 1", "version = 1\ndefault-tier = \"medium\"", 1);
    assert_eq!(tier(&project), "medium");
    project.changes = Some(changes(&["docs/a.md"], 0));
    assert_eq!(tier(&project), "low");
}

#[test]
fn g02_size_raises_the_tier() {
    let mut project = project("", &["docs/1", "docs/2", "docs/3"]);
    assert_eq!(tier(&project), "low");
    project.changes = Some(changes(&["docs/1", "docs/2", "docs/3", "docs/4"], 500));
    assert_eq!(tier(&project), "medium");
    project.changes = Some(changes(&["docs/1"], 501));
    assert_eq!(tier(&project), "high");
}

#[test]
fn g02_a_plan_raises_the_tier_and_never_lowers_it() {
    for (paths, change_type, risk, expected) in [
        ("docs/a.md", None, Some("medium"), "medium"),
        ("db/migrations/1.sql", Some("standard"), Some("low"), "high"),
        ("src/a.rs", Some("standard"), Some("low"), "medium"),
        ("docs/a.md", Some("infrastructure"), None, "high"),
        // Nobody can say how high that is.
        ("docs/a.md", None, Some("negligible"), "high"),
    ] {
        let mut project = project("", &[paths]);
        planned(&mut project, change_type, risk, None);
        assert_eq!(tier(&project), expected, "{paths} {change_type:?} {risk:?}");
    }
}

#[test]
fn g02_what_changed_and_cannot_be_told_is_never_low() {
    let mut project = project("", &["docs/a.md"]);
    project.changes = Some(Changes::Unknown("tree 4b825dc is missing".into()));
    let verdict = project.verdict();
    assert_eq!((verdict.result, verdict.tier.expect("a tier").as_str()), (Outcome::Incomplete, "high"));
    project.changes = None;
    assert_eq!(project.verdict().result, Outcome::Incomplete, "nobody looked");
}

#[test]
fn g03_a_control_is_asked_for_in_its_tiers_alone() {
    let mut project = project("", &["src/main.rs"]);
    assert_eq!(project.verdict().result, Outcome::Pass);
    let more = catalog("[\"approval\"]", &["approvals >= 1"]).replace("C-01", "C-02");
    let more = more.split_once("[[control]]").expect("a control").1.to_owned();
    project.catalog =
        catalog("[\"test\"]", &["test.failed == 0"]) + "[[control]]" + &more + "tiers = [\"high\"]\n" + TIERS;
    let verdict = project.verdict();
    assert_eq!(verdict.result, Outcome::Pass, "{}", shown(&verdict));
    assert_eq!(verdict.controls[1].found, "not asked for in tier medium");
    project.changes = Some(changes(&["src/main.rs", "db/migrations/1.sql"], 10));
    assert_eq!(project.verdict().result, Outcome::Fail);
}

#[test]
fn g03_a_tier_that_nothing_guards_passes_nothing() {
    let project = project("tiers = [\"high\"]", &["docs/a.md"]);
    let verdict = project.verdict();
    assert_eq!(verdict.result, Outcome::Fail);
    assert_eq!(verdict.controls[0].found, "no control guards tier low");
}

#[test]
fn g03_each_type_of_change_has_its_own_path() {
    let asked = "change-types = [\"emergency\"]\n[[control]]\nid = \"C-02\"\ntitle = \"t\"\nobjective = \"o\"\ntrigger = [\"gate\"]\n\
         enforcement = \"block\"\nevidence = [\"plan\"]\nrequire = []\nowner = \"qa\"\nretention = \"7y\"\nframeworks = []\n\
         systems = { requirement = \"a\", execution = \"b\", evidence = \"c\" }";
    let judged = |change_type, rollout| {
        let mut project = project(asked, &["docs/a.md"]);
        planned(&mut project, change_type, None, rollout);
        let verdict = project.verdict();
        verdict.controls.iter().find(|control| control.id.as_str() == "C-01").expect("judged").outcome.as_str()
    };
    assert_eq!(judged(Some("emergency"), None), "pass");
    assert_eq!(judged(Some("standard"), None), "not-applicable");
    assert_eq!(judged(None, None), "not-applicable", "what names none is normal");
}

#[test]
fn g03_a_gradual_rollout_is_a_partial_one_whatever_it_is_called() {
    for (rollout, outcome) in [
        (None, Outcome::Fail),
        (Some("canary 5 %"), Outcome::Pass),
        (Some("flag"), Outcome::Pass),
        (Some("At once"), Outcome::Fail),
    ] {
        let mut project = project("change-types = [\"partial-rollout\"]", &["docs/a.md"]);
        planned(&mut project, Some("normal"), None, rollout);
        // Where it is not asked for, nothing guards the tier.
        assert_eq!(project.verdict().result, outcome, "{rollout:?}");
    }
}

#[test]
fn g03_a_type_of_change_is_no_way_around_a_tier() {
    let types = "[[change-type]]\nname = \"standard\"\ntiers = [\"low\"]\n[[change-type]]\nname = \"normal\"\n[[change-type]]\nname = \"infrastructure\"\n";
    for (paths, change_type, found) in [
        ("docs/a.md", "standard", None),
        ("src/a.rs", "normal", None),
        ("src/a.rs", "standard", Some("says standard, which is for tier low: this change is medium")),
        ("src/a.rs", "emergency", Some("says emergency, the catalog knows standard, normal, infrastructure")),
    ] {
        let mut project = project("", &[paths]);
        project.catalog += types;
        planned(&mut project, Some(change_type), None, None);
        let verdict = project.verdict();
        let line = verdict.controls.iter().find(|line| line.id.as_str() == "CHANGE-TYPE");
        match (line, found) {
            (None, None) => assert_eq!(verdict.result, Outcome::Pass),
            (Some(line), Some(found)) => {
                assert!(line.found.ends_with(found), "{}", line.found);
                assert_eq!(verdict.result, Outcome::Fail);
            }
            (line, found) => panic!("{line:?} {found:?}"),
        }
    }
}

#[test]
fn g02_the_verdict_says_how_its_tier_came_about() {
    let mut project = project("", &["docs/a.md", "src/a.rs", "src/b.rs", "src/c.rs", "src/d.rs"]);
    planned(&mut project, Some("infrastructure"), Some("medium"), None);
    let verdict = project.verdict();
    let reasons: Vec<_> =
        verdict.tier_reasons.iter().map(|reason| format!("{} {}", reason.tier, reason.because)).collect();
    let plan = reasons.last().map_or("", String::as_str);
    assert_eq!(
        reasons[..reasons.len()],
        [
            "high change type infrastructure",
            "medium src/**: src/a.rs, src/b.rs, src/c.rs and 1 more",
            "medium 5 files, over 3",
            &reasons[3].clone(),
            "low docs/**: docs/a.md",
        ],
        "{plan}"
    );
    assert!(reasons[3].ends_with(" says medium"), "{reasons:?}");
    let at = verdict.tier_reasons[0].line.expect("the catalog says it");
    assert_eq!(project.catalog.lines().nth(at - 1), Some("[[tier]]"));
    assert!(project.catalog.lines().nth(at).is_some_and(|line| line.contains("high")));
    let explained = git_qms::report::explained(&verdict, git_qms::report::Paint::Plain);
    assert!(explained.starts_with("PASS  payments → production   tier high"), "{explained}");
    assert!(explained.contains("  tier  low  docs/**: docs/a.md  (.qms/policy.toml:"), "{explained}");
    let json: serde_json::Value = serde_json::from_str(&(git_qms::report::format("json").expect("a format").write)(
        &verdict,
        git_qms::report::Paint::Plain,
    ))
    .expect("JSON");
    assert_eq!(
        (&json["tier"], &json["tierReasons"][0]["because"]),
        (&"high".into(), &"change type infrastructure".into())
    );
}

#[test]
fn g01_faults_of_tiers_are_told_with_their_place() {
    let refused = |before: &str, after: &str| {
        let text = catalog("[\"test\"]", &["test.failed == 0"]) + "tiers = [\"high\"]\n" + TIERS;
        let text = text.replacen(before, after, 1);
        let errors = policy::parse(&text, ".qms/policy.toml").expect_err(after);
        assert!(errors.to_string().contains(".qms/policy.toml:"), "{errors}");
        errors.to_string()
    };
    for (before, after, said) in [
        ("tiers = [\"high\"]", "tiers = [\"higher\"]", "expected one of high, low, medium".replace("expected ", "")),
        ("tiers = [\"high\"]", "change-types = [\"urgent\"]", "one of standard, normal, emergency".into()),
        ("version = 1", "version = 1\ndefault-tier = \"none\"", "tier none".into()),
        ("name = \"low\"", "name = \"high\"", "tier high is there twice".into()),
        ("name = \"low\"\n", "", "[[tier]] has no name".into()),
        ("files-over = 3", "files-over = -1", "a whole number from 0 to 10000".into()),
        ("files-over = 3", "files-over = \"3\"", "a whole number from 0 to 10000".into()),
        ("lines-over = 500", "lines-over = 10001", "a whole number from 0 to 10000".into()),
        ("change-types = [\"infrastructure\"]", "change-types = [\"infra\"]", "change type infra".into()),
        ("paths = [\"src/**\"]", "paths = [\"/src\"]", "\"/src\" cannot stand here".into()),
        ("paths = [\"src/**\"]", "path = [\"src/**\"]", "[[tier]] has an unknown key path".into()),
        ("[[tier]]", "[[change-type]]\nname = \"standard\"\ntiers = [\"lowest\"]\n[[tier]]", "tier lowest".into()),
    ] {
        let found = refused(before, after);
        assert!(found.contains(&said), "{after}: {found}");
    }
    let none = catalog("[\"test\"]", &["test.failed == 0"]) + "tiers = [\"high\"]\n";
    let found = policy::parse(&none, ".qms/policy.toml").expect_err("no tiers").to_string();
    assert!(found.contains("which has none"), "{found}");
}
