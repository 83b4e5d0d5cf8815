//! What pipelines run: the script of the GitHub Action and of the GitLab component, under each system's variables.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::desk::Desk;

const SCRIPT: &str = include_str!("../../pipelines/run.sh");
const REPORT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli/command/demo/reports/junit.xml");

/// A project at a server, and a shallow checkout of it for a job, as pipelines make it.
fn at_server() -> Desk {
    let desk = Desk::founded();
    desk.git(&["push", "-q", "-u", "origin", "main"]);
    desk.say("sync").exit(0);
    let from = format!("file://{}", desk.path("payments.git").display());
    desk.git(&["clone", "-q", "--depth", "1", &from, "../job"]);
    std::fs::create_dir(desk.path("stubs")).expect("a folder");
    desk
}

/// Puts a program of another party in its place, that writes down what it is asked.
fn stub(desk: &Desk, name: &str, script: &str) {
    let file = desk.path("stubs").join(name);
    let log = desk.path("asked");
    std::fs::write(&file, format!("#!/bin/sh\nprintf '%s\\n' \"$*\" >> {}\n{script}\n", log.display()))
        .expect("written");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("ours");
}

fn asked(desk: &Desk) -> String {
    let file = desk.path("asked");
    let said = std::fs::read_to_string(&file).unwrap_or_default();
    let _gone = std::fs::remove_file(file);
    said
}

fn job(desk: &Desk, variables: &[(&str, &str)]) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/run.sh");
    let mut command = desk.program("sh", &[script], &desk.path("job"));
    let program = Path::new(env!("CARGO_BIN_EXE_git-qms")).parent().expect("a folder").display().to_string();
    let path = std::env::var("PATH").expect("text");
    command.env("PATH", format!("{}:{program}:{path}", desk.path("stubs").display()));
    for system in ["GITHUB_ACTIONS", "GITHUB_REF", "GITLAB_CI", "JENKINS_URL", "CI_MERGE_REQUEST_IID", "TF_BUILD"] {
        command.env_remove(system);
    }
    command.env("QMS_SIGNING_KEY", std::fs::read_to_string(desk.path("keys/ci")).expect("a key"));
    command.env("QMS_RECORD", format!("test --from '{REPORT}'\n\n")).envs(variables.iter().copied());
    command.output().expect("it runs")
}

fn code(output: &Output) -> Option<i32> {
    assert!(!String::from_utf8_lossy(&output.stdout).contains("PRIVATE KEY"), "{output:?}");
    output.status.code()
}

/// Whether a test record of the project at the server says that it comes from this run; `None` is no system at all.
fn has_source(desk: &Desk, system: Option<(&str, &str)>) -> bool {
    desk.say("sync").exit(0);
    let ids = desk.say("log --kind test --ids").exit(0).out;
    ids.lines().any(|id| {
        let source = desk.qms(&["show", id, "--json"]).exit(0).json()["header"]["source"].clone();
        match system {
            Some((system, run)) => source["system"] == system && source["run"] == run,
            None => source == Value::Null,
        }
    })
}

#[test]
fn u04_a_job_of_github_records_syncs_asks_the_gate_and_comments_once() {
    let desk = at_server();
    let summary = desk.path("summary").display().to_string();
    let github = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "acme/payments"),
        ("GITHUB_RUN_ID", "4711"),
        ("GITHUB_ACTOR", "ada"),
        ("GITHUB_REF", "refs/pull/12/merge"),
        ("GITHUB_STEP_SUMMARY", &summary),
        ("GH_TOKEN", "not-to-be-told"),
        ("QMS_REPORTS", "junit=gate.xml sarif=gate.sarif"),
    ];
    stub(&desk, "gh", "case \"$*\" in *--jq*) exit 0 ;; esac");
    let failed = job(&desk, &github);
    assert_eq!(code(&failed), Some(1), "nobody has approved: {failed:?}");
    assert!(String::from_utf8_lossy(&failed.stdout).contains("::error "), "{failed:?}");
    let summary = std::fs::read_to_string(&summary).expect("a summary of the step");
    assert!(summary.contains("APPROVAL") || summary.contains("APPROVE"), "{summary}");
    assert!(desk.path("job/gate.xml").is_file() && desk.path("job/gate.sarif").is_file());
    let said = asked(&desk);
    assert!(said.contains("repos/acme/payments/issues/12/comments --jq"), "{said}");
    assert!(said.contains("<!-- git-qms-gate payments-api:"), "{said}");
    assert!(said.contains("--method POST repos/acme/payments/issues/12/comments --field body=@"), "{said}");
    assert!(!said.contains("not-to-be-told"), "{said}");
    assert!(has_source(&desk, Some(("github", "4711"))));

    // Approved; the next run says so in the same comment.
    desk.say("approve --key ../keys/grace --role qa").exit(0);
    desk.say("record scan --from").exit(2);
    let scan = REPORT.replace("junit.xml", "trivy.json");
    desk.qms(&["record", "scan", "--key", "../keys/ci", "--from", &scan]).exit(0);
    desk.say("sync").exit(0);
    stub(&desk, "gh", "case \"$*\" in *--jq*) echo 815 ;; esac");
    let passed = job(&desk, &github);
    assert_eq!(code(&passed), Some(0), "{passed:?}");
    assert!(asked(&desk).contains("--method PATCH repos/acme/payments/issues/comments/815 --field body=@"));

    // A comment that cannot be left changes no answer.
    stub(&desk, "gh", "exit 1");
    let passed = job(&desk, &github);
    assert_eq!(code(&passed), Some(0), "{passed:?}");
    assert!(String::from_utf8_lossy(&passed.stderr).contains("no comment was left"), "{passed:?}");
}

#[test]
fn u04_a_job_of_gitlab_comments_with_a_token_that_no_process_list_shows() {
    let desk = at_server();
    let gitlab = [
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_ID", "815"),
        ("CI_JOB_URL", "https://gitlab.example.com/acme/payments/-/jobs/3"),
        ("GITLAB_USER_LOGIN", "ada"),
        ("CI_MERGE_REQUEST_REF_PATH", "refs/merge-requests/7/head"),
        ("CI_API_V4_URL", "https://gitlab.example.com/api/v4"),
        ("CI_PROJECT_ID", "42"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("QMS_COMMENT_TOKEN", "not-to-be-told"),
    ];
    let notes = "https://gitlab.example.com/api/v4/projects/42/merge_requests/7/notes";
    let stdin = desk.path("stdin").display().to_string();
    stub(&desk, "curl", &format!("cat > {stdin}; echo []"));
    stub(&desk, "jq", "cat > /dev/null");
    assert_eq!(code(&job(&desk, &gitlab)), Some(1));
    let said = asked(&desk);
    assert!(said.contains("--request POST --data-urlencode body@") && said.contains(notes), "{said}");
    assert!(!said.contains("not-to-be-told"), "{said}");
    assert!(std::fs::read_to_string(&stdin).is_ok_and(|text| text.contains("PRIVATE-TOKEN: not-to-be-told")));
    assert!(has_source(&desk, Some(("gitlab", "815"))));

    stub(&desk, "jq", "cat > /dev/null; echo 99");
    assert_eq!(code(&job(&desk, &gitlab)), Some(1));
    let said = asked(&desk);
    assert!(said.contains("--request PUT") && said.contains(&format!("{notes}/99")), "{said}");
    // Without a token, or where none is wanted, nobody is asked.
    for without in [("QMS_COMMENT_TOKEN", ""), ("QMS_COMMENT", "no")] {
        assert_eq!(code(&job(&desk, &[&gitlab[..], &[without]].concat())), Some(1));
        assert_eq!(asked(&desk), "");
    }
}

#[test]
fn u04_jenkins_and_a_plain_shell_run_the_same_and_broken_is_not_failed() {
    let desk = at_server();
    let jenkins = [
        ("JENKINS_URL", "https://ci.example.com/"),
        ("BUILD_NUMBER", "9"),
        ("BUILD_TAG", "jenkins-payments-9"),
        ("BUILD_URL", "https://ci.example.com/job/payments/9/"),
        ("BRANCH_NAME", "main"),
    ];
    assert_eq!(code(&job(&desk, &jenkins)), Some(1));
    assert!(has_source(&desk, Some(("jenkins", "jenkins-payments-9"))) && !has_source(&desk, None));
    assert_eq!(code(&job(&desk, &[])), Some(1));
    assert!(has_source(&desk, None));
    assert_eq!(code(&job(&desk, &[("QMS_GATE", "no")])), Some(0), "recorded, and nothing asked");

    for (broken, why) in [
        (("QMS_REMOTE", "nowhere"), "no evidence was exchanged with nowhere"),
        (("QMS_RECORD", "test --from missing.xml"), "something was not recorded"),
        (("QMS_SIGNING_KEY", "no key"), "something was not recorded"),
    ] {
        let output = job(&desk, &[broken]);
        assert_eq!(code(&output), Some(2), "{broken:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(why), "{output:?}");
    }
    assert_eq!(code(&job(&desk, &[("QMS_GATE", "--moon")])), Some(2));
}

#[test]
fn u04_the_component_runs_the_script_to_the_letter() {
    let component = include_str!("../../templates/git-qms.yml");
    let inlined: String =
        SCRIPT.lines().map(|line| if line.is_empty() { "\n".into() } else { format!("      {line}\n") }).collect();
    assert!(component.contains(&inlined), "copy pipelines/run.sh into templates/git-qms.yml, six blanks deep");
    assert!(include_str!("../../action.yml").contains("sh \"$GITHUB_ACTION_PATH/pipelines/run.sh\""));
    // Inputs go by variables: in a script they would be commands.
    for line in include_str!("../../action.yml").lines().filter(|line| line.contains("run:")) {
        assert!(!line.contains("${{"), "{line}");
    }
}

#[test]
fn u04_a_hook_of_pre_commit_checks_the_catalog_and_the_evidence() {
    let desk = Desk::founded();
    let hooks = include_str!("../../.pre-commit-hooks.yaml");
    let entries: Vec<&str> = hooks.lines().filter_map(|line| line.trim().strip_prefix("entry: git-qms ")).collect();
    assert_eq!(entries, ["policy check", "verify --quiet"]);
    for entry in &entries {
        desk.say(entry).exit(0);
    }
    std::fs::write(desk.path("payments/.qms/policy.toml"), "version = 2\n").expect("written");
    assert_ne!(desk.say(entries[0]).code, 0);
}
