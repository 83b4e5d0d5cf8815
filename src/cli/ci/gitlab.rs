//! GitLab CI/CD. Source: <https://docs.gitlab.com/ci/variables/predefined_variables/>.

use super::{Run, System, first_ref, text, url};
use crate::cli::environment::Environment;

pub(super) const SYSTEM: System = System {
    name: "gitlab",
    is_here: |environment| environment.get("GITLAB_CI") == Some("true"),
    run,
    builder: |environment| Some(format!("{}/-/runners", url(environment, "CI_SERVER_URL")?)),
};

fn run(environment: &Environment) -> Run {
    Run {
        id: text(environment, "CI_PIPELINE_ID"),
        url: url(environment, "CI_JOB_URL").or_else(|| url(environment, "CI_PIPELINE_URL")),
        actor: text(environment, "GITLAB_USER_LOGIN"),
        git_ref: first_ref(
            environment,
            &[
                ("CI_COMMIT_TAG", "refs/tags/"),
                // Of a merge request: refs/merge-requests/7/head.
                ("CI_MERGE_REQUEST_REF_PATH", ""),
                ("CI_COMMIT_BRANCH", "refs/heads/"),
                ("CI_COMMIT_REF_NAME", ""),
            ],
        ),
    }
}
