//! Tekton, which sets no variables: the task hands them over from
//! <https://tekton.dev/docs/pipelines/variables/>, under the names that docs/guide/platform-engineer.md gives.

use super::address::encoded;
use super::{Run, System, text, url};
use crate::cli::environment::Environment;

pub(super) const SYSTEM: System = System {
    name: "tekton",
    is_here: |environment| named(environment).is_some(),
    run,
    builder: |_| Some("https://tekton.dev".to_owned()),
};

/// The run's name, and the list of the dashboard it is in.
fn named(environment: &Environment) -> Option<(&str, &'static str)> {
    let pipeline = environment.get("TEKTON_PIPELINE_RUN").map(|name| (name, "pipelineruns"));
    pipeline.or_else(|| environment.get("TEKTON_TASK_RUN").map(|name| (name, "taskruns")))
}

fn run(environment: &Environment) -> Run {
    let Some((name, list)) = named(environment) else { return Run::default() };
    let namespace = environment.get("TEKTON_NAMESPACE");
    let shown = match (url(environment, "TEKTON_DASHBOARD_URL"), namespace) {
        (Some(dashboard), Some(namespace)) => {
            Some(format!("{dashboard}/#/namespaces/{}/{list}/{}", encoded(namespace), encoded(name)))
        }
        _ => None,
    };
    Run {
        id: Some(namespace.map_or_else(|| name.to_owned(), |namespace| format!("{namespace}/{name}"))),
        url: shown,
        actor: text(environment, "TEKTON_ACTOR"),
        git_ref: text(environment, "TEKTON_REF"),
    }
}
