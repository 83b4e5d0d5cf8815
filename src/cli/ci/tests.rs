//! Each system with the variables that it documents, its tokens among them.

use super::*;

const SECRET: &str = "s3cr3t-of-the-run";

/// The source as run, url, actor, ref; no value of a token in it.
fn read(name: &str, variables: &[(&str, &str)], tokens: &[&str]) -> [Option<String>; 4] {
    let with_tokens: Vec<_> = variables.iter().copied().chain(tokens.iter().map(|token| (*token, SECRET))).collect();
    let environment = Environment::of(&with_tokens);
    let source = source(&environment).expect(name);
    assert_eq!(source.system, name);
    let told = format!("{source:?}{:?}", builder(&environment));
    assert!(!told.contains(SECRET), "{told}");
    [source.run, source.url, source.actor, source.git_ref]
}

fn told(values: [&str; 4]) -> [Option<String>; 4] {
    values.map(|value| Some(value.to_owned()).filter(|value| !value.is_empty()))
}

#[test]
fn a_run_of_github_actions_is_read_without_its_token() {
    let run = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "acme/payments"),
        ("GITHUB_RUN_ID", "77"),
        ("GITHUB_RUN_ATTEMPT", "2"),
        ("GITHUB_ACTOR", "ada"),
        ("GITHUB_REF", "refs/pull/5/merge"),
    ];
    let tokens = ["GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
    let url = "https://github.com/acme/payments/actions/runs/77/attempts/2";
    assert_eq!(read("github", &run, &tokens), told(["77", url, "ada", "refs/pull/5/merge"]));
}

#[test]
fn a_job_of_gitlab_is_read() {
    let run = [
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_ID", "9"),
        ("CI_JOB_URL", "https://gitlab.example.com/a/b/-/jobs/3"),
        ("CI_SERVER_URL", "https://gitlab.example.com"),
        ("GITLAB_USER_LOGIN", "ada"),
    ];
    let tokens = ["CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD", "CI_DEPLOY_PASSWORD", "CI_REPOSITORY_URL"];
    let url = "https://gitlab.example.com/a/b/-/jobs/3";
    for (name, value, git_ref) in [
        ("CI_COMMIT_BRANCH", "main", "refs/heads/main"),
        ("CI_COMMIT_TAG", "v1", "refs/tags/v1"),
        ("CI_MERGE_REQUEST_REF_PATH", "refs/merge-requests/7/head", "refs/merge-requests/7/head"),
    ] {
        assert_eq!(read("gitlab", &[&run[..], &[(name, value)]].concat(), &tokens), told(["9", url, "ada", git_ref]));
    }
}

#[test]
fn a_build_of_jenkins_is_read_without_the_password_in_its_address() {
    let run = [
        ("JENKINS_URL", concat!("https://ci:", "s3cr3t-of-the-run@jenkins.example.com/")),
        ("BUILD_NUMBER", "12"),
        ("BUILD_ID", "12"),
        ("BUILD_TAG", "jenkins-payments-main-12"),
        ("BUILD_URL", concat!("https://ci:", "s3cr3t-of-the-run@jenkins.example.com/job/payments/12/")),
        ("BUILD_USER_ID", "ada"),
    ];
    let tokens = ["JENKINS_API_TOKEN", "BUILD_USER_EMAIL", "GIT_PASSWORD"];
    let url = "https://jenkins.example.com/job/payments/12";
    for (name, value, git_ref) in [
        ("BRANCH_NAME", "main", "refs/heads/main"),
        ("CHANGE_ID", "7", "pull/7"),
        ("TAG_NAME", "v1", "refs/tags/v1"),
        ("GIT_BRANCH", "origin/main", "origin/main"),
    ] {
        let run = [&run[..], &[(name, value)]].concat();
        assert_eq!(read("jenkins", &run, &tokens), told(["jenkins-payments-main-12", url, "ada", git_ref]));
    }
}

#[test]
fn a_run_of_azure_pipelines_is_read() {
    let run = [
        ("TF_BUILD", "True"),
        ("BUILD_BUILDID", "4711"),
        ("SYSTEM_COLLECTIONURI", "https://s3cr3t-of-the-run@dev.azure.com/acme/"),
        ("SYSTEM_TEAMPROJECT", "Pay ments"),
        ("BUILD_REQUESTEDFOR", "Ada Lovelace"),
        ("BUILD_SOURCEBRANCH", "refs/pull/7/merge"),
    ];
    let tokens = ["SYSTEM_ACCESSTOKEN", "BUILD_REQUESTEDFOREMAIL", "AZURE_DEVOPS_EXT_PAT"];
    let url = "https://dev.azure.com/acme/Pay%20ments/_build/results?buildId=4711";
    assert_eq!(read("azure", &run, &tokens), told(["4711", url, "Ada Lovelace", "refs/pull/7/merge"]));
}

#[test]
fn a_build_of_buildkite_is_read() {
    let run = [
        ("BUILDKITE", "true"),
        ("BUILDKITE_BUILD_ID", "b81ed283"),
        ("BUILDKITE_BUILD_URL", "https://buildkite.com/acme/payments/builds/59"),
        ("BUILDKITE_BUILD_CREATOR", "Ada Lovelace"),
        ("BUILDKITE_BRANCH", "limits"),
    ];
    let tokens = ["BUILDKITE_AGENT_ACCESS_TOKEN", "BUILDKITE_BUILD_CREATOR_EMAIL", "BUILDKITE_REPO"];
    let url = "https://buildkite.com/acme/payments/builds/59";
    for (name, value, git_ref) in [
        ("BUILDKITE_PULL_REQUEST", "false", "refs/heads/limits"),
        ("BUILDKITE_PULL_REQUEST", "7", "pull/7"),
        ("BUILDKITE_TAG", "v1", "refs/tags/v1"),
    ] {
        let run = [&run[..], &[(name, value)]].concat();
        assert_eq!(read("buildkite", &run, &tokens), told(["b81ed283", url, "Ada Lovelace", git_ref]));
    }
}

#[test]
fn a_job_of_circleci_is_read() {
    let run = [
        ("CIRCLECI", "true"),
        ("CIRCLE_BUILD_NUM", "31"),
        ("CIRCLE_BUILD_URL", "https://circleci.com/gh/acme/payments/31?circle-token=s3cr3t-of-the-run"),
        ("CIRCLE_USERNAME", "ada"),
        ("CIRCLE_BRANCH", "main"),
    ];
    let tokens = ["CIRCLE_TOKEN", "CIRCLE_OIDC_TOKEN", "CIRCLE_OIDC_TOKEN_V2", "CIRCLE_REPOSITORY_URL"];
    let url = "https://circleci.com/gh/acme/payments/31";
    for (name, value, git_ref) in [
        ("CIRCLE_PROJECT_REPONAME", "payments", "refs/heads/main"),
        ("CIRCLE_PR_NUMBER", "7", "pull/7"),
        ("CIRCLE_TAG", "v1", "refs/tags/v1"),
    ] {
        assert_eq!(
            read("circleci", &[&run[..], &[(name, value)]].concat(), &tokens),
            told(["31", url, "ada", git_ref])
        );
    }
}

#[test]
fn a_run_of_tekton_is_read_from_what_the_task_hands_over() {
    let tokens = ["TEKTON_TOKEN", "KUBERNETES_TOKEN"];
    let run = [
        ("TEKTON_PIPELINE_RUN", "payments-x7k2"),
        ("TEKTON_TASK_RUN", "payments-x7k2-test"),
        ("TEKTON_NAMESPACE", "ci"),
        ("TEKTON_DASHBOARD_URL", concat!("https://u:", "s3cr3t-of-the-run@tekton.example.com/")),
        ("TEKTON_ACTOR", "ada"),
        ("TEKTON_REF", "refs/heads/main"),
    ];
    let url = "https://tekton.example.com/#/namespaces/ci/pipelineruns/payments-x7k2";
    assert_eq!(read("tekton", &run, &tokens), told(["ci/payments-x7k2", url, "ada", "refs/heads/main"]));
    assert_eq!(read("tekton", &run[1..2], &tokens), told(["payments-x7k2-test", "", "", ""]));
    let url = "https://tekton.example.com/#/namespaces/ci/taskruns/payments-x7k2-test";
    assert_eq!(read("tekton", &run[1..4], &tokens), told(["ci/payments-x7k2-test", url, "", ""]));
}

#[test]
fn nothing_is_made_up_elsewhere() {
    let elsewhere = Environment::of(&[
        ("CI", "true"),
        ("GITHUB_ACTIONS", "false"),
        ("JENKINS_URL", "https://jenkins.example.com"),
        ("TF_BUILD", ""),
        ("BUILDKITE", "false"),
    ]);
    assert_eq!(source(&elsewhere), None);
    assert_eq!(builder(&elsewhere), None);
}

#[test]
fn a_system_that_says_little_gives_little() {
    for (name, mark) in [
        ("github", [("GITHUB_ACTIONS", "true")]),
        ("gitlab", [("GITLAB_CI", "true")]),
        ("azure", [("TF_BUILD", "True")]),
        ("buildkite", [("BUILDKITE", "true")]),
        ("circleci", [("CIRCLECI", "true")]),
    ] {
        assert_eq!(read(name, &mark, &[]), told(["", "", "", ""]));
    }
}
