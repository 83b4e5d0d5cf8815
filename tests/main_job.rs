//! The main job on real input: this project's own test report and coverage become evidence on its own commit, in a clone
//! of itself, then a release, which a second clone verifies offline.
//!
//! `.ci/evidence` makes the reports, in a clone of HEAD. Without them, the report of the last `cargo nextest run --profile ci`
//! is taken, or one is made of the unit tests; then there is no coverage, and the test says so.

#[path = "support/project.rs"]
mod project;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use project::{Project, Ran};

/// The reports to record.
struct Reports {
    junit: PathBuf,
    coverage: Option<PathBuf>,
    /// The commit that they are about; HEAD where unknown.
    commit: Option<String>,
}

fn manifest_dir() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Skips, and says so; where nothing may be skipped, fails.
fn skipped(reason: &str) {
    assert!(std::env::var_os("QMS_REQUIRE_SELF").is_none(), "QMS_REQUIRE_SELF is set, but {reason}");
    eprintln!("SKIPPED: {reason}");
}

fn reports() -> Result<Reports, String> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    if let Some(junit) = variable("QMS_SELF_JUNIT") {
        return Ok(Reports { junit, coverage: variable("QMS_SELF_COVERAGE"), commit: None });
    }
    let made = manifest_dir().join("target/evidence");
    if let Ok(commit) = std::fs::read_to_string(made.join("commit")) {
        let (junit, coverage) = (made.join("junit.xml"), Some(made.join("coverage.lcov")));
        return Ok(Reports { junit, coverage, commit: Some(commit.trim().to_owned()) });
    }
    if std::env::var_os("QMS_REQUIRE_SELF").is_some() {
        return Err("target/evidence is not there: run .ci/evidence".to_owned());
    }
    eprintln!("no coverage: .ci/evidence was not run");
    let junit = manifest_dir().join("target/nextest/ci/junit.xml");
    if !junit.exists() {
        run_unit_tests()?;
    }
    Ok(Reports { junit, coverage: None, commit: None })
}

fn run_unit_tests() -> Result<(), String> {
    let mut nextest = Command::new("cargo");
    nextest.args(["nextest", "run", "--profile", "ci", "--offline", "--lib"]).current_dir(manifest_dir());
    nextest.args(["--target-dir", "target"]).stdin(Stdio::null());
    let output = nextest.output().map_err(|error| format!("cargo does not run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("cargo nextest cannot run here: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn main_job_this_project_records_releases_and_verifies_itself() {
    if !manifest_dir().join(".git").exists() {
        return skipped("this source is no git repository");
    }
    let reports = match reports() {
        Ok(reports) => reports,
        Err(reason) => return skipped(&reason),
    };
    let project = Project::bare_of_evidence();
    let at = project.outside().to_owned();
    let source = manifest_dir().display().to_string();
    project.git_in(&at, &["clone", "-q", "--no-local", "--bare", &source, "server.git"]);
    project.git_in(&at, &["clone", "-q", "server.git", "work"]);
    let work = at.join("work");
    let revision = reports.commit.as_deref().unwrap_or("HEAD");
    project.git_in(&work, &["checkout", "-q", "-B", "main", revision]);
    let by = |who: &str, args: &[&str]| -> Ran {
        project.run_in(&work, args, &[("QMS_SIGNING_KEY", project.key(who).as_str())]).ok()
    };

    by("ada", &["init", "--name", "git-qms", "--member", "ada"]);
    let catalog = std::fs::read_to_string(work.join(".qms/policy.toml")).expect("a catalog");
    // What was scanned stands in no report of this project: the control that asks for it would rightly fail.
    let without_scan = catalog[..catalog.find("[[control]]\nid = \"SCAN-01\"").expect("a control")].to_owned();
    std::fs::write(work.join(".qms/policy.toml"), without_scan).expect("a file");
    project.git_in(&work, &["add", "-f", ".qms"]);
    project.git_in(&work, &["commit", "-q", "-m", "Quality policy"]);
    let grace = project.key("grace.pub");
    let add = ["trust", "add", "grace", "--name", "Grace Hopper", "--email", "grace@example.com"];
    by("ada", &[&add[..], &["--public-key", &grace, "--role", "release-manager"]].concat());
    let ci = project.key("ci.pub");
    by("ada", &["trust", "add", "ci", "--bot", "--name", "CI", "--public-key", &ci, "--role", "ci"]);
    by("ada", &["policy", "ratify"]);

    let plan = ["record", "plan", "--change", "SELF-1", "--service", "git-qms", "--reason", "Use what we make"];
    by("ada", &[&plan[..], &["--rollback", "use the release before"]].concat());
    let junit = reports.junit.display().to_string();
    let coverage = reports.coverage.map(|path| path.display().to_string());
    let mut record = vec!["record", "test", "--json", "--service", "git-qms", "--from", &junit];
    record.extend(coverage.iter().flat_map(|path| ["--from", path.as_str()]));
    // On the commit that was tested, and on the one to release: it adds the catalog, which none of those tests reads.
    for commit in ["HEAD~1", "HEAD"] {
        record.extend(["--commit", commit]);
        by("ci", &record);
        record.truncate(record.len() - 2);
    }
    let ids = by("ada", &["log", "--ids", "--kind", "test"]).out;
    let id = ids.lines().last().expect("an id").to_owned();
    let shown = by("ada", &["show", &id, "--json"]).json();
    assert_counted(&shown["test"], &junit);
    assert_eq!(shown["header"]["dirty"], false);
    assert_eq!(ids.lines().count(), 2);
    if coverage.is_some() {
        assert!(shown["record"]["summary"].as_str().is_some_and(|text| text.contains("line coverage")), "{shown}");
    }
    by("grace", &["approve", "--service", "git-qms", "--role", "release-manager"]);
    by("ada", &["gate", "--service", "git-qms"]);
    let tag = by("grace", &["release", "--quiet", "--service", "git-qms", "--environment", "production"]).id();
    project.git_in(&work, &["verify-tag", &tag]);
    by("ada", &["sync"]);

    let root = by("ada", &["trust", "show", "--root"]).id();
    project.git_in(&at, &["clone", "-q", "server.git", "auditor"]);
    let auditor = at.join("auditor");
    project.run_in(&auditor, &["sync", "--fetch-only"], &[]).ok();
    project.run_in(&auditor, &["verify", "--trust-root", &root, "--strict", &tag], &[]).ok();
    let story = project.run_in(&auditor, &["show", &tag, "--json", "--trust-root", &root], &[]).ok().json();
    assert_eq!(story["verification"]["result"], "pass");
    assert_eq!(story["stages"]["test"]["records"][0]["id"], id.as_str());
}

/// What `cargo test` prints when each test that `docs/requirements.md` names passes, by the commit that is validated.
fn results(project: &Project) -> String {
    let table = project.git_in(manifest_dir(), &["show", "HEAD:docs/requirements.md"]);
    let rows = table.lines().filter(|line| line.contains(" | done | "));
    let named = rows.flat_map(|row| row.rsplit(" | ").next().unwrap_or_default().split('`').skip(1).step_by(2));
    let of_vectors = ["envelopes", "keys", "names", "statements", "strict_json", "trust_chains"];
    let names: BTreeSet<&str> = named.filter(|name| !name.contains('/')).chain(of_vectors).collect();
    assert!(names.len() > 300, "{names:?}");
    let lines: Vec<String> = names.iter().map(|name| format!("test group::{name} ... ok\n")).collect();
    format!("     Running tests/all.rs (target/debug/deps/all-1)\n{}", lines.concat())
}

fn pack(project: &Project, results: &Path, to: &Path) -> Option<Ran> {
    let script = manifest_dir().join("docs/validation/pack").display().to_string();
    let mut command = project.command("python3", project.outside());
    command.args([script.as_ref(), "--results".as_ref(), results.as_os_str(), "--to".as_ref(), to.as_os_str()]);
    let Ok(output) = command.args(["--program", project::PROGRAM]).output() else {
        skipped("python3 is not installed");
        return None;
    };
    Some(project::ran(&output))
}

// Takes seconds: two clones of this repository, each with all that a release takes.
#[test]
fn u05_the_validation_pack_holds_every_finished_requirement_with_a_test_that_passed() {
    if !manifest_dir().join(".git").exists() {
        return skipped("this source is no git repository");
    }
    let project = Project::bare_of_evidence();
    let at = project.outside().to_owned();
    let (log, to) = (at.join("test.log"), at.join("pack"));
    let passed = results(&project);
    std::fs::write(&log, &passed).expect("a file");
    let Some(ran) = pack(&project, &log, &to) else { return };
    ran.ok().says("gate passed").never_says("not proven");

    let verified = std::fs::read_to_string(to.join("verification.txt")).expect("a verification");
    assert!(verified.starts_with("verified: ") && verified.contains("1 release"), "{verified}");
    let root = std::fs::read_to_string(to.join("root.txt")).expect("a root");
    let of_pack = to.join("validation.qms").display().to_string();
    project.run_in(&at, &["verify", &of_pack, "--trust-root", root.trim(), "--strict"], &[]).ok();
    let matrix = std::fs::read_to_string(to.join("matrix.csv")).expect("a matrix");
    let table = project.git_in(manifest_dir(), &["show", "HEAD:docs/requirements.md"]);
    let finished = table.lines().filter(|line| line.contains(" | done | ")).map(|row| &row[2..5]);
    for id in finished {
        let mut rows = matrix.lines().filter(|row| row.starts_with(&format!("{id},")));
        assert!(
            rows.any(|row| row.contains(",done,covered,tests/all.rs::group::") && row.contains(",passed,")),
            "{id}"
        );
    }
    let idle = matrix.lines().find(|row| row.contains(",done,") && row.contains(",did not run,"));
    assert_eq!(idle, None);

    // One that fails, and one that did not run, belong to requirements that are named; and nothing is released.
    let test = |name: &str| format!("test group::{name} ... ok\n");
    let (fails, absent) = ("e01_an_unknown_kind_is_refused", "e02_an_incident_is_no_monitoring");
    assert!(passed.contains(&test(fails)) && passed.contains(&test(absent)));
    let failed = passed.replace(&test(fails), &test(fails).replace("ok", "FAILED")).replace(&test(absent), "");
    std::fs::write(&log, failed).expect("a file");
    let to = at.join("failed");
    let ran = pack(&project, &log, &to).expect("python3 ran before").exit(1);
    ran.says("not proven  E01: 1 failed, ").says("not proven  E02: 1 did not run, ").says("gate failed");
    assert!(to.join("matrix.csv").exists() && !to.join("validation.qms").exists());

    std::fs::write(&log, "error: could not compile `git-qms`\n").expect("a file");
    let ran = pack(&project, &log, &at.join("none")).expect("python3 ran before").exit(2);
    ran.says("no test case in").says("expected JUnit XML, or what cargo test prints");
    assert!(!at.join("none").exists());
}

/// The counts are those of the report's cases, as a plain search of the text finds them.
#[track_caller]
fn assert_counted(test: &serde_json::Value, junit: &str) {
    let text = std::fs::read_to_string(junit).expect("a report");
    let cases = text.matches("<testcase ").count();
    assert!(cases > 50, "{junit} has only {cases} cases");
    assert_eq!(test["total"], cases, "{test}");
    assert_eq!(test["failed"], 0, "{test}");
}
