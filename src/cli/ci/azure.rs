//! Azure Pipelines. Source: <https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables>.

use super::address::encoded;
use super::{Run, System, text, url};
use crate::cli::environment::Environment;

pub(super) const SYSTEM: System = System {
    name: "azure",
    is_here: |environment| environment.get("TF_BUILD").is_some_and(|value| value.eq_ignore_ascii_case("true")),
    run,
    builder: collection,
};

/// The organization, or the collection of a server.
fn collection(environment: &Environment) -> Option<String> {
    url(environment, "SYSTEM_COLLECTIONURI").or_else(|| url(environment, "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"))
}

fn run(environment: &Environment) -> Run {
    let get = |name| environment.get(name);
    let url = match (collection(environment), get("SYSTEM_TEAMPROJECT"), get("BUILD_BUILDID")) {
        (Some(server), Some(project), Some(build)) => {
            Some(format!("{server}/{}/_build/results?buildId={}", encoded(project), encoded(build)))
        }
        _ => None,
    };
    Run {
        id: text(environment, "BUILD_BUILDID"),
        url,
        // A printed name; BUILD_REQUESTEDFOREMAIL is not read.
        actor: text(environment, "BUILD_REQUESTEDFOR"),
        // Of a pull request: refs/pull/7/merge.
        git_ref: text(environment, "BUILD_SOURCEBRANCH"),
    }
}
