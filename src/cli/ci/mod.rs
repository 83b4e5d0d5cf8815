//! Continuous integration: what its environment says about the run. Never a token: each system reads the few variables
//! that its file names, and addresses lose what a user name, a password or a query could carry.

use super::environment::Environment;
use crate::record::Source;

mod address;
mod azure;
mod buildkite;
mod circleci;
mod github;
mod gitlab;
mod jenkins;
mod tekton;

pub use address::{address, bare};

/// The system of a run that is named by options alone.
pub const OTHER: &str = "other";

/// How one CI system tells of a run.
struct System {
    /// The name in records.
    name: &'static str,
    /// Whether this is it.
    is_here: fn(&Environment) -> bool,
    /// The run.
    run: fn(&Environment) -> Run,
    /// Who builds there, as a URI.
    builder: fn(&Environment) -> Option<String>,
}

/// What is told of a run.
#[derive(Default)]
struct Run {
    id: Option<String>,
    url: Option<String>,
    actor: Option<String>,
    git_ref: Option<String>,
}

/// One line a system.
static SYSTEMS: &[System] = &[
    github::SYSTEM,
    gitlab::SYSTEM,
    azure::SYSTEM,
    buildkite::SYSTEM,
    circleci::SYSTEM,
    jenkins::SYSTEM,
    tekton::SYSTEM,
];

fn here(environment: &Environment) -> Option<&'static System> {
    SYSTEMS.iter().find(|system| (system.is_here)(environment))
}

/// The run this process is part of, if it is part of one.
pub fn source(environment: &Environment) -> Option<Source> {
    let system = here(environment)?;
    let Run { id, url, actor, git_ref } = (system.run)(environment);
    Some(Source { system: system.name.to_owned(), run: id, url, actor, git_ref })
}

/// The builder of provenance, as a URI.
pub fn builder(environment: &Environment) -> Option<String> {
    (here(environment)?.builder)(environment)
}

/// A variable as text.
fn text(environment: &Environment, name: &str) -> Option<String> {
    environment.get(name).map(str::to_owned)
}

/// A variable that holds an address.
fn url(environment: &Environment, name: &str) -> Option<String> {
    environment.get(name).and_then(bare)
}

/// The first variable that is set, with the ref that its value stands for.
fn first_ref(environment: &Environment, names: &[(&str, &str)]) -> Option<String> {
    names.iter().find_map(|(name, prefix)| environment.get(name).map(|value| format!("{prefix}{value}")))
}

#[cfg(test)]
mod tests;
