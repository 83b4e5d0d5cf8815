//! CircleCI. Source: <https://circleci.com/docs/reference/variables/>.

use super::{Run, System, first_ref, text, url};
use crate::cli::environment::Environment;

pub(super) const SYSTEM: System = System {
    name: "circleci",
    is_here: |environment| environment.get("CIRCLECI") == Some("true"),
    run,
    builder: |_| Some("https://circleci.com".to_owned()),
};

fn run(environment: &Environment) -> Run {
    Run {
        // The job's, which is what the address shows; a workflow has many.
        id: text(environment, "CIRCLE_BUILD_NUM"),
        url: url(environment, "CIRCLE_BUILD_URL"),
        actor: text(environment, "CIRCLE_USERNAME"),
        git_ref: first_ref(
            environment,
            &[("CIRCLE_TAG", "refs/tags/"), ("CIRCLE_PR_NUMBER", "pull/"), ("CIRCLE_BRANCH", "refs/heads/")],
        ),
    }
}
