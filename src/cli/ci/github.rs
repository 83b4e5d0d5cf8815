//! GitHub Actions. Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>.

use super::{Run, System, text, url};
use crate::cli::environment::Environment;

pub(super) const SYSTEM: System = System {
    name: "github",
    is_here: |environment| environment.get("GITHUB_ACTIONS") == Some("true"),
    run,
    builder: |_| Some("https://github.com/actions/runner".to_owned()),
};

fn run(environment: &Environment) -> Run {
    let get = |name| environment.get(name);
    let run = match (url(environment, "GITHUB_SERVER_URL"), get("GITHUB_REPOSITORY"), get("GITHUB_RUN_ID")) {
        (Some(server), Some(repository), Some(run)) => {
            let attempt = get("GITHUB_RUN_ATTEMPT").map(|attempt| format!("/attempts/{attempt}")).unwrap_or_default();
            Some(format!("{server}/{repository}/actions/runs/{run}{attempt}"))
        }
        _ => None,
    };
    Run {
        id: text(environment, "GITHUB_RUN_ID"),
        url: run,
        actor: text(environment, "GITHUB_ACTOR"),
        // Of a pull request: refs/pull/7/merge.
        git_ref: text(environment, "GITHUB_REF"),
    }
}
