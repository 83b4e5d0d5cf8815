//! Buildkite. Source: <https://buildkite.com/docs/pipelines/environment_variables>.

use super::{Run, System, first_ref, text, url};
use crate::cli::environment::Environment;

pub(super) const SYSTEM: System = System {
    name: "buildkite",
    is_here: |environment| environment.get("BUILDKITE") == Some("true"),
    run,
    builder: |_| Some("https://buildkite.com".to_owned()),
};

fn run(environment: &Environment) -> Run {
    let change = environment.get("BUILDKITE_PULL_REQUEST").filter(|number| *number != "false");
    Run {
        id: text(environment, "BUILDKITE_BUILD_ID"),
        url: url(environment, "BUILDKITE_BUILD_URL"),
        actor: text(environment, "BUILDKITE_BUILD_CREATOR"),
        git_ref: first_ref(environment, &[("BUILDKITE_TAG", "refs/tags/")])
            .or_else(|| change.map(|number| format!("pull/{number}")))
            .or_else(|| first_ref(environment, &[("BUILDKITE_BRANCH", "refs/heads/")])),
    }
}
