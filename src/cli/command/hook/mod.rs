//! `git qms hook`: install the hook, tell its state, and be it.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cli::Start;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::hook::{self, State};

mod along;
mod branches;
mod growing;
mod pre_push;
mod pre_receive;
mod releases;
mod updates;

/// The hook that verifies what is pushed.
#[derive(Debug, Args)]
pub struct Hook {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Install pre-push, or pre-receive in a bare repository, beside what is there
    Install,
    /// Tell what stands where git looks for the hook
    Status,
    /// Verify what is being pushed; git calls it
    PrePush {
        /// The remote's name
        remote: Option<String>,
        /// The remote's address
        url: Option<String>,
    },
    /// Verify what a server is about to take; git calls it
    PreReceive,
}

impl Hook {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        match self.action {
            Action::Install => {
                let context = start.open()?;
                let changed = hook::install(&context)?;
                let folder = hook::folder(&context);
                if context.ui.is_json() {
                    tell_json(&context, changed)?;
                    return Ok(Exit::Yes);
                }
                if context.ui.is_quiet() {
                    return Ok(Exit::Yes);
                }
                let word = if changed { "installed in" } else { "is already in" };
                let name = hook::name(&context);
                context.ui.line(&format!("{name} hook {word} {}", folder.display()));
                Ok(Exit::Yes)
            }
            Action::Status => status(start),
            Action::PreReceive => pre_receive::run(start),
            Action::PrePush { remote, .. } => pre_push::run(start, remote.as_deref().unwrap_or("origin")),
        }
    }
}

/// What to look at: the gate, where one speaks against the push.
fn closer(refusals: &[String]) -> &'static str {
    let is_gate = |refusal: &String| refusal.contains("not pass its gate");
    if refusals.iter().any(is_gate) { "git qms gate" } else { "git qms verify" }
}

/// An error with a line for each reason.
fn refused(what: &str, refusals: Vec<String>) -> Error {
    refusals.into_iter().fold(Error::no(what), Error::detail)
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    hook: &'static str,
    state: &'static str,
    folder: String,
    changed: bool,
}

fn tell_json(context: &Context, changed: bool) -> Result<()> {
    let state = match hook::state(context) {
        State::Absent => "absent",
        State::Installed => "installed",
        State::Beside => "beside",
        State::Foreign => "foreign",
    };
    let folder = hook::folder(context).display().to_string();
    context.ui.json(&Output { schema: "git-qms/hook/v1", hook: hook::name(context), state, folder, changed })
}

fn status(start: &Start) -> Result<Exit> {
    let context = start.open()?;
    let state = hook::state(&context);
    let text = match state {
        State::Absent => "not installed: git qms hook install",
        State::Installed => "installed",
        State::Beside => "installed, after the hook that was there before",
        State::Foreign => "somebody else's only: git qms hook install puts ours beside it",
    };
    if context.ui.is_json() {
        tell_json(&context, false)?;
    } else if !context.ui.is_quiet() {
        let name = hook::name(&context);
        context.ui.line(&format!("{name}  {text}  ({})", hook::folder(&context).display()));
    }
    Ok(if matches!(state, State::Installed | State::Beside) { Exit::Yes } else { Exit::No })
}
