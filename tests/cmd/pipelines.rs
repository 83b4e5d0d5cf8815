//! In CI: run, actor and ref come from the environment, and no secret goes anywhere.

use crate::project::{Project, junit};

const GITHUB: &[(&str, &str)] = &[
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_SERVER_URL", "https://github.com"),
    ("GITHUB_REPOSITORY", "acme/payments"),
    ("GITHUB_RUN_ID", "4711"),
    ("GITHUB_RUN_ATTEMPT", "2"),
    ("GITHUB_ACTOR", "ada"),
    ("GITHUB_REF", "refs/heads/main"),
    ("GITHUB_TOKEN", "ghs_verysecrettoken0123456789abcdefghij"),
];

const GITLAB: &[(&str, &str)] = &[
    ("GITLAB_CI", "true"),
    ("CI_PIPELINE_ID", "815"),
    ("CI_JOB_URL", "https://gitlab.example.com/acme/payments/-/jobs/3"),
    ("CI_COMMIT_BRANCH", "main"),
    ("GITLAB_USER_LOGIN", "ada"),
    ("CI_JOB_TOKEN", "very-secret-token-0123456789"),
];

/// Every payload of the ledger, and every other object of the repository, as text.
fn everything(project: &Project) -> String {
    use base64::Engine as _;
    let mut command = project.command("git", project.path());
    let all = command.args(["cat-file", "--batch-all-objects", "--batch"]).output().expect("git runs").stdout;
    let mut text = String::from_utf8_lossy(&all).into_owned();
    let payloads = text.split("{\"payload\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    let decoded: Vec<Vec<u8>> =
        payloads.map(|payload| base64::engine::general_purpose::STANDARD.decode(payload).expect("base64")).collect();
    assert!(!decoded.is_empty(), "there are records");
    for payload in decoded {
        text += &String::from_utf8_lossy(&payload);
    }
    text
}

/// Records a build and a test in these surroundings; the source that `show` tells, and all that was written.
fn recorded_in(variables: &[(&str, &str)]) -> (serde_json::Value, String) {
    let project = Project::founded();
    project.write("../payments.tar.gz", "artifact");
    let secret = std::fs::read_to_string(project.key("ci")).expect("a key");
    let with_key = [variables, &[("QMS_SIGNING_KEY", secret.as_str())]].concat();
    let build = ["record", "build", "--quiet", "--artifact", "../payments.tar.gz"];
    let id = project.run_in(project.path(), &build, &with_key).ok().id();
    let report = project.report("junit.xml", &junit(2, 0, 0));
    project.run_in(project.path(), &["record", "test", "--from", &report], &with_key).ok();
    let shown = project.qms(&["show", &id, "--json"]).ok().json();
    let all = everything(&project);
    let key = secret.lines().nth(1).expect("a key has lines");
    assert!(!all.contains(key), "the private key is in the repository");
    (shown, all)
}

#[test]
fn e13_a_run_of_github_actions_is_the_source() {
    let (shown, all) = recorded_in(GITHUB);
    let source = &shown["header"]["source"];
    assert_eq!(source["system"], "github");
    assert_eq!(source["run"], "4711");
    assert_eq!(source["url"], "https://github.com/acme/payments/actions/runs/4711/attempts/2");
    assert_eq!((&source["actor"], &source["ref"]), (&"ada".into(), &"refs/heads/main".into()));
    assert_eq!(shown["predicate"]["runDetails"]["metadata"]["invocationId"], "4711");
    assert!(all.contains("actions/runs/4711") && !all.contains("verysecrettoken"), "a token was written");
}

#[test]
fn e13_a_job_of_gitlab_is_the_source() {
    let (shown, all) = recorded_in(GITLAB);
    let source = &shown["header"]["source"];
    assert_eq!((&source["system"], &source["run"]), (&"gitlab".into(), &"815".into()));
    assert_eq!(source["ref"], "refs/heads/main");
    assert!(all.contains("payments/-/jobs/3") && !all.contains("verysecrettoken"), "a token was written");
}

#[test]
fn e13_flags_override_the_environment() {
    let project = Project::founded();
    project.write("../payments.tar.gz", "artifact");
    let build = ["record", "build", "--quiet", "--build-id", "own-1", "--artifact", "../payments.tar.gz"];
    let key = project.key("ci");
    let with_key = [GITHUB, &[("QMS_SIGNING_KEY", key.as_str())]].concat();
    let id = project.run_in(project.path(), &build, &with_key).ok().id();
    let shown = project.qms(&["show", &id, "--json"]).ok().json();
    assert_eq!(shown["predicate"]["runDetails"]["metadata"]["invocationId"], "own-1");
}

#[test]
fn nothing_is_made_up_outside_of_a_pipeline() {
    let project = Project::proven();
    let id = project.qms(&["log", "--ids", "--kind", "test"]).ok().id();
    assert!(project.qms(&["show", &id, "--json"]).ok().json()["header"].get("source").is_none());
}

type Variables = &'static [(&'static str, &'static str)];

/// Each system as its documentation has it, with the variables that hold its tokens.
const SYSTEMS: &[(&str, Variables, [&str; 4])] = &[
    (
        "jenkins",
        &[
            ("JENKINS_URL", concat!("https://ci:", "verysecrettoken@jenkins.example.com/")),
            ("BUILD_NUMBER", "12"),
            ("BUILD_TAG", "jenkins-payments-12"),
            ("BUILD_URL", concat!("https://ci:", "verysecrettoken@jenkins.example.com/job/payments/12/")),
            ("BUILD_USER_ID", "ada"),
            ("CHANGE_ID", "7"),
            ("JENKINS_API_TOKEN", "verysecrettoken"),
        ],
        ["jenkins-payments-12", "https://jenkins.example.com/job/payments/12", "ada", "pull/7"],
    ),
    (
        "azure",
        &[
            ("TF_BUILD", "True"),
            ("BUILD_BUILDID", "4711"),
            ("SYSTEM_COLLECTIONURI", "https://verysecrettoken@dev.azure.com/acme/"),
            ("SYSTEM_TEAMPROJECT", "payments"),
            ("BUILD_REQUESTEDFOR", "Ada Lovelace"),
            ("BUILD_SOURCEBRANCH", "refs/pull/7/merge"),
            ("SYSTEM_ACCESSTOKEN", "verysecrettoken"),
        ],
        [
            "4711",
            "https://dev.azure.com/acme/payments/_build/results?buildId=4711",
            "Ada Lovelace",
            "refs/pull/7/merge",
        ],
    ),
    (
        "buildkite",
        &[
            ("BUILDKITE", "true"),
            ("BUILDKITE_BUILD_ID", "b81ed283"),
            ("BUILDKITE_BUILD_URL", "https://buildkite.com/acme/payments/builds/59"),
            ("BUILDKITE_BUILD_CREATOR", "Ada Lovelace"),
            ("BUILDKITE_BRANCH", "main"),
            ("BUILDKITE_PULL_REQUEST", "false"),
            ("BUILDKITE_AGENT_ACCESS_TOKEN", "verysecrettoken"),
        ],
        ["b81ed283", "https://buildkite.com/acme/payments/builds/59", "Ada Lovelace", "refs/heads/main"],
    ),
    (
        "circleci",
        &[
            ("CIRCLECI", "true"),
            ("CIRCLE_BUILD_NUM", "31"),
            ("CIRCLE_BUILD_URL", "https://circleci.com/gh/acme/payments/31?circle-token=verysecrettoken"),
            ("CIRCLE_USERNAME", "ada"),
            ("CIRCLE_TAG", "v1"),
            ("CIRCLE_OIDC_TOKEN_V2", "verysecrettoken"),
        ],
        ["31", "https://circleci.com/gh/acme/payments/31", "ada", "refs/tags/v1"],
    ),
    (
        "tekton",
        &[
            ("TEKTON_PIPELINE_RUN", "payments-x7k2"),
            ("TEKTON_NAMESPACE", "ci"),
            ("TEKTON_DASHBOARD_URL", "https://tekton.example.com"),
            ("TEKTON_ACTOR", "ada"),
            ("TEKTON_REF", "refs/heads/main"),
            ("TEKTON_TOKEN", "verysecrettoken"),
        ],
        [
            "ci/payments-x7k2",
            "https://tekton.example.com/#/namespaces/ci/pipelineruns/payments-x7k2",
            "ada",
            "refs/heads/main",
        ],
    ),
];

#[test]
fn e13_every_other_system_is_the_source_and_no_token_of_it_is_written() {
    let project = Project::founded();
    project.write("../payments.tar.gz", "artifact");
    let key = project.key("ci");
    for (system, variables, [run, url, actor, git_ref]) in SYSTEMS {
        let with_key = [variables, &[("QMS_SIGNING_KEY", key.as_str())][..]].concat();
        let build = ["record", "build", "--quiet", "--artifact", "../payments.tar.gz"];
        let id = project.run_in(project.path(), &build, &with_key).ok().id();
        let shown = project.qms(&["show", &id, "--json"]).ok().json();
        let expected = serde_json::json!({"system": system, "run": run, "url": url, "actor": actor, "ref": git_ref});
        assert_eq!(shown["header"]["source"], expected);
        assert_eq!(shown["predicate"]["runDetails"]["metadata"]["invocationId"], *run);
        project.qms(&["show", &id]).ok().says(&format!("system {system}")).says(url);
    }
    assert!(!everything(&project).contains("verysecrettoken"), "a token was written");
}

#[test]
fn e13_options_name_the_run_over_the_environment_or_without_one() {
    let project = Project::founded();
    let report = project.report("junit.xml", &junit(2, 0, 0));
    let key = project.key("ci");
    let test = ["record", "test", "--quiet", "--from", &report];
    let options = [
        "--run",
        "own-1",
        "--run-url",
        concat!("https://u:", "verysecrettoken@ci.example.com/1?x=1"),
        "--run-actor",
        "eve",
    ];
    let args = [&test[..], &options[..], &["--run-ref", "refs/tags/v1"]].concat();
    for (variables, system) in [(GITHUB, "github"), (&[][..], "other")] {
        let with_key = [variables, &[("QMS_SIGNING_KEY", key.as_str())][..]].concat();
        let id = project.run_in(project.path(), &args, &with_key).ok().id();
        let shown = project.qms(&["show", &id, "--json"]).ok().json();
        let expected = serde_json::json!({"system": system, "run": "own-1", "url": "https://ci.example.com/1?x=1",
            "actor": "eve", "ref": "refs/tags/v1"});
        assert_eq!(shown["header"]["source"], expected);
    }
    let bad = [&test[..], &["--run-url", "javascript:alert(1)"]].concat();
    project.unchanged(|| project.by("ci", &bad)).exit(2).says("is no web address of a run");
    assert!(!everything(&project).contains("verysecrettoken"), "a password was written");
}
