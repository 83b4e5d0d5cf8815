//! Tiers and services of a repository as git has it.

use crate::project::Project;

/// What stands in the catalog before its controls, and the tiers that they are asked for in.
pub(crate) const TIERS: &str = r#"
[[tier]]
name = "low"
paths = ["docs/**", ".qms/**"]
[[tier]]
name = "medium"
paths = ["app.txt", "src/**"]
[[tier]]
name = "high"
paths = ["db/migrations/**"]
lines-over = 100
"#;

/// The catalog of `init`, with tiers: a scan is asked for in the high one alone. Ratified.
pub(crate) fn tiered(more: impl FnOnce(String) -> String) -> Project {
    let project = Project::founded();
    let file = project.path().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(file).expect("a catalog");
    let catalog = catalog.replace("id = \"SCAN-01\"", "id = \"SCAN-01\"\ntiers = [\"high\"]") + TIERS;
    project.commit(".qms/policy.toml", &more(catalog));
    project.by("ada", &["policy", "ratify"]).ok();
    project.plan("CHG-1");
    project.prove();
    project.by("grace", &["release", "--change", "CHG-1", "--quiet"]).ok();
    project
}

fn tier(project: &Project) -> String {
    let verdict = project.qms(&["gate", "--json"]).json();
    verdict["tier"].as_str().unwrap_or_else(|| panic!("no tier: {verdict}")).to_owned()
}

#[test]
fn g02_docs_only_is_low_and_a_migration_is_high() {
    let project = tiered(|catalog| catalog);
    project.commit("docs/guide.md", "how to\n");
    assert_eq!(tier(&project), "low");
    let said = project.qms(&["gate", "--explain"]).exit(1);
    let said = said.says("tier low").says("tier  low  docs/**: docs/guide.md  (.qms/policy.toml:");
    said.says("n/a   SCAN-01     not asked for in tier low");
    project.commit("db/migrations/0001.sql", "create table refunds;\n");
    assert_eq!(tier(&project), "high");
    // It is the range that counts: what is taken back before it goes out changes nothing.
    project.git(&["rm", "-q", "db/migrations/0001.sql"]);
    project.git(&["commit", "-q", "-m", "Take the migration back"]);
    assert_eq!(tier(&project), "low");
    // A file that moves is taken out in one place and put in at another.
    project.git(&["mv", "app.txt", "docs/app.txt"]);
    project.git(&["commit", "-q", "-m", "Move"]);
    assert_eq!(tier(&project), "medium");
}

#[test]
fn g02_lines_that_are_added_taken_out_or_moved_count() {
    let project = tiered(|catalog| catalog);
    let lines = |to: usize| (0..to).map(|at| format!("line {at}")).collect::<Vec<_>>().join("\n") + "\n";
    project.commit("docs/guide.md", &lines(100));
    assert_eq!(tier(&project), "low");
    project.commit("docs/guide.md", &lines(101));
    assert_eq!(tier(&project), "high");
}

#[test]
fn g03_what_is_asked_for_in_a_tier_is_in_the_decision_and_in_the_manifest() {
    let project = tiered(|catalog| catalog);
    project.commit("docs/guide.md", "how to\n");
    project.by("ada", &["record", "plan", "--change", "CHG-2", "--reason", "Explain", "--rollback", "revert"]).ok();
    let junit = project.report("junit.xml", &crate::project::junit(5, 0, 0));
    project.by("ci", &["record", "test", "--from", &junit]).ok();
    project.by("grace", &["approve", "--role", "release-manager", "--change", "CHG-2"]).ok();
    let tag = project.by("grace", &["release", "--change", "CHG-2", "--quiet"]).ok().id();
    let shown = project.qms(&["show", &tag, "--json"]).ok().json();
    assert_eq!(shown["manifest"]["gate"]["tier"], "low", "{shown}");
    project.qms(&["show", &tag]).ok().says(", tier low");
    project.qms(&["gate", "--change", "CHG-2", "--format", "markdown"]).says(", tier <code>low</code>");
    let gate = project.qms(&["log", "--ids", "--kind", "gate"]).ok();
    let last = gate.out.lines().next_back().expect("a decision").to_owned();
    let decision = project.qms(&["show", &last, "--json"]).ok().json();
    assert_eq!(decision["header"]["urn:git-qms:gate:v1"]["tier"], "low", "{decision}");
}

#[test]
fn s06_the_range_of_a_service_is_judged_on_its_own_files() {
    let services = |catalog: String| {
        catalog.replace(
            "name = \"payments\"",
            "name = \"payments\"\npaths = [\"app.txt\", \"src/**\"]\n[[service]]\nname = \"docs\"\npaths = [\"docs/**\"]",
        )
    };
    let project = Project::founded();
    let file = project.path().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(file).expect("a catalog") + TIERS;
    let catalog = services(catalog).replace("\"approvals >= 1\"", "\"approvals >= 1\", \"range.unapproved == 0\"");
    project.commit(".qms/policy.toml", &catalog);
    project.by("ada", &["policy", "ratify"]).ok();
    project.commit("db/migrations/0001.sql", "belongs to nobody\n");
    project.commit("docs/guide.md", "how to\n");
    let judged = |service: &str| project.qms(&["gate", "--service", service, "--json"]).json();
    let found = |verdict: &serde_json::Value| {
        let controls = verdict["controls"].as_array().expect("controls").clone();
        let control = controls.into_iter().find(|control| control["id"] == "APPROVE-01").expect("judged");
        control["found"].as_str().expect("words").to_owned()
    };
    let docs = judged("docs");
    assert_eq!(docs["tier"], "low", "{docs}");
    assert!(found(&docs).contains("1 of 1 commits unapproved"), "{docs}");
    let payments = judged("payments");
    // The range has none of its files since the baseline: who can say what goes out?
    assert_eq!(payments["tier"], "high", "{payments}");
    assert!(!found(&payments).contains("commits unapproved:"), "{payments}");
    project.commit("app.txt", "two\n");
    let payments = judged("payments");
    assert_eq!(payments["tier"], "medium", "{payments}");
    assert!(found(&payments).contains("1 of 1 commits unapproved"), "{payments}");
}

#[test]
fn t08_where_trees_are_missing_the_tier_is_not_told() {
    let project = tiered(|catalog| catalog);
    project.commit("docs/guide.md", "how to\n");
    project.plan("CHG-2");
    project.prove();
    let url = format!("file://{}", project.path().display());
    project.git(&["config", "uploadpack.allowFilter", "true"]);
    project.git_in(project.outside(), &["clone", "-q", "--no-checkout", "--filter=tree:0", &url, "partial"]);
    let partial = project.outside().join("partial");
    project.run_in(&partial, &["sync", "--fetch-only"], &[]);
    let said = project.run_in(&partial, &["gate", "--change", "CHG-2"], &[]);
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
}
