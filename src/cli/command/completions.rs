//! `git qms completions`: what a shell needs to complete the commands.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use serde::Serialize;

use crate::cli::error::{Error, Exit, Result};
use crate::cli::{Cli, Start};

/// Print what a shell needs to complete the commands.
///
/// It completes `git qms COMMAND`, by git's own completion, and `git-qms COMMAND`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms completions bash > ~/.local/share/bash-completion/completions/git-qms
  git qms completions zsh > ~/.zfunc/_git-qms
  git qms completions fish > ~/.config/fish/completions/git-qms.fish
  git qms completions fish --behind-git > ~/.config/fish/conf.d/git-qms.fish

bash needs the package bash-completion; zsh a folder of its fpath, before compinit.
fish needs the second file up to its version 3.6, to complete behind git, too.")]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
    /// Of fish: the few lines that it reads at its start, to complete behind git, too
    #[arg(long)]
    behind_git: bool,
}

/// git's completion calls this for `git qms …`, after it has looked for a file git-qms among the completions.
const BEHIND_GIT_IN_BASH: &str = r#"
_git_qms() {
    local at=1 words
    while ((at < COMP_CWORD)) && [[ ${COMP_WORDS[at]} != qms ]]; do ((at++)); done
    words=(git-qms "${COMP_WORDS[@]:at + 1}")
    local COMP_CWORD=$((COMP_CWORD - at)) COMP_WORDS
    COMP_WORDS=("${words[@]}")
    _git__qms git-qms "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
}
"#;

/// fish's own completion of git asks this for `git qms …`. Up to 3.6 it looks for a command `git-qms` of git's.
const BEHIND_GIT_IN_FISH: &str = "\
function __fish_git_qms_behind_git
    set -l words (commandline -opc)
    set -l at (contains -i -- qms $words); or return
    set -e words[1..$at]
    complete -C \"git-qms \"(string join ' ' -- (string escape -- $words) (commandline -ct))
end
complete -c git -n __fish_git_needs_command -f -a qms -d 'Evidence, gates and releases'
complete -c git -n '__fish_git_using_command qms' -f -a '(__fish_git_qms_behind_git)'
";

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    shell: String,
    script: String,
}

impl Completions {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let script = match (self.shell, self.behind_git) {
            (Shell::Fish, true) => BEHIND_GIT_IN_FISH.to_owned(),
            (_, false) => self.script()?,
            (shell, true) => {
                return Err(Error::new(format!("{shell} needs nothing more to complete behind git"))
                    .hint(format!("git qms completions {shell}")));
            }
        };
        if start.ui.is_json() {
            start.ui.json(&Output { schema: "git-qms/completions/v1", shell: self.shell.to_string(), script })?;
        } else {
            start.ui.print(&script);
        }
        Ok(Exit::Yes)
    }

    fn script(&self) -> Result<String> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "git-qms", &mut script);
        let script = String::from_utf8(script).map_err(|_| Error::new("the completions are not UTF-8"))?;
        // clap_complete for bash spells the dash of the program's name in two ways, so that below the first word
        // nothing would be completed.
        Ok(match self.shell {
            Shell::Bash => script.replace("git__subcmd__qms", "git__qms") + BEHIND_GIT_IN_BASH,
            // zsh's completion of git takes what follows for the description of the command.
            Shell::Zsh => script.replacen('\n', "\n#description evidence, gates and releases\n", 1),
            _ => script,
        })
    }
}
