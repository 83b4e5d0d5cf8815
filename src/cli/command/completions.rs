//! `git qms completions`: what a shell needs to complete the commands.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use serde::Serialize;

use crate::cli::error::{Error, Exit, Result};
use crate::cli::{Cli, Start};

/// Print what a shell needs to complete the commands.
///
/// It completes `git-qms COMMAND`; git itself does not hand `git qms COMMAND` on to it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms completions bash > ~/.local/share/bash-completion/completions/git-qms
  git qms completions zsh > ~/.zfunc/_git-qms
  git qms completions fish > ~/.config/fish/completions/git-qms.fish")]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    shell: String,
    script: String,
}

impl Completions {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "git-qms", &mut script);
        let script = String::from_utf8(script).map_err(|_| Error::new("the completions are not UTF-8"))?;
        // clap_complete for bash spells the dash of the program's name in two ways, so that below the first word
        // nothing would be completed.
        let script = script.replace("git__subcmd__qms", "git__qms");
        if start.ui.is_json() {
            start.ui.json(&Output { schema: "git-qms/completions/v1", shell: self.shell.to_string(), script })?;
        } else {
            start.ui.print(&script);
        }
        Ok(Exit::Yes)
    }
}
