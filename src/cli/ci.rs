//! Continuous integration: what its environment says about the run. Never a token.

use super::environment::Environment;
use crate::record::Source;

/// How one CI system names its variables.
struct System {
    /// The name in records.
    name: &'static str,
    /// The variable that is set only there, and its value, if one is needed.
    mark: (&'static str, Option<&'static str>),
    read: fn(&Environment) -> Source,
}

/// One line a system.
const SYSTEMS: &[System] = &[
    System { name: "github", mark: ("GITHUB_ACTIONS", Some("true")), read: github },
    System { name: "gitlab", mark: ("GITLAB_CI", Some("true")), read: gitlab },
];

/// The run this process is part of, if it is part of one.
pub fn source(environment: &Environment) -> Option<Source> {
    let here = |system: &&System| {
        let (name, value) = system.mark;
        environment.get(name).is_some_and(|found| value.is_none_or(|value| value == found))
    };
    let system = SYSTEMS.iter().find(here)?;
    Some(Source { system: system.name.to_owned(), ..(system.read)(environment) })
}

/// The builder of provenance, as a URI.
pub fn builder(environment: &Environment) -> Option<String> {
    let base = match source(environment)?.system.as_str() {
        "github" => return Some("https://github.com/actions/runner".to_owned()),
        _ => environment.get("CI_SERVER_URL")?,
    };
    Some(format!("{base}/-/runners"))
}

fn text(environment: &Environment, name: &str) -> Option<String> {
    environment.get(name).map(str::to_owned)
}

/// Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>.
fn github(environment: &Environment) -> Source {
    let get = |name| environment.get(name);
    let url = match (get("GITHUB_SERVER_URL"), get("GITHUB_REPOSITORY"), get("GITHUB_RUN_ID")) {
        (Some(server), Some(repository), Some(run)) => {
            let attempt = get("GITHUB_RUN_ATTEMPT").map(|attempt| format!("/attempts/{attempt}")).unwrap_or_default();
            Some(format!("{server}/{repository}/actions/runs/{run}{attempt}"))
        }
        _ => None,
    };
    Source {
        system: String::new(),
        run: text(environment, "GITHUB_RUN_ID"),
        url,
        actor: text(environment, "GITHUB_ACTOR"),
        git_ref: text(environment, "GITHUB_REF"),
    }
}

/// Source: <https://docs.gitlab.com/ci/variables/predefined_variables/>.
fn gitlab(environment: &Environment) -> Source {
    let git_ref = match (environment.get("CI_COMMIT_TAG"), environment.get("CI_COMMIT_BRANCH")) {
        (Some(tag), _) => Some(format!("refs/tags/{tag}")),
        (None, Some(branch)) => Some(format!("refs/heads/{branch}")),
        (None, None) => text(environment, "CI_COMMIT_REF_NAME"),
    };
    Source {
        system: String::new(),
        run: text(environment, "CI_PIPELINE_ID"),
        url: text(environment, "CI_JOB_URL").or_else(|| text(environment, "CI_PIPELINE_URL")),
        actor: text(environment, "GITLAB_USER_LOGIN"),
        git_ref,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_github_actions_is_read_without_its_token() {
        let environment = Environment::of(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "acme/payments"),
            ("GITHUB_RUN_ID", "77"),
            ("GITHUB_RUN_ATTEMPT", "2"),
            ("GITHUB_ACTOR", "ada"),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_TOKEN", "ghs_secret"),
        ]);
        let source = source(&environment).expect("in GitHub Actions");
        assert_eq!(source.url.as_deref(), Some("https://github.com/acme/payments/actions/runs/77/attempts/2"));
        assert!(!format!("{source:?}").contains("ghs_secret"));
    }

    #[test]
    fn a_job_of_gitlab_is_read() {
        let environment = Environment::of(&[
            ("GITLAB_CI", "true"),
            ("CI_PIPELINE_ID", "9"),
            ("CI_JOB_URL", "https://gitlab.example.com/a/b/-/jobs/3"),
            ("CI_COMMIT_BRANCH", "main"),
            ("GITLAB_USER_LOGIN", "ada"),
            ("CI_JOB_TOKEN", "glcbt-secret"),
        ]);
        let source = source(&environment).expect("in GitLab CI");
        assert_eq!((source.run.as_deref(), source.git_ref.as_deref()), (Some("9"), Some("refs/heads/main")));
        assert!(!format!("{source:?}").contains("secret"));
    }

    #[test]
    fn nothing_is_made_up_elsewhere() {
        assert_eq!(source(&Environment::of(&[("CI", "true"), ("GITHUB_ACTIONS", "false")])), None);
    }
}
