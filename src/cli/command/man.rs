//! `git qms man`: the manual pages, made from the same words as `--help`.

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory as _};
use serde::Serialize;

use crate::cli::error::{Exit, Result, While as _};
use crate::cli::{Cli, Start};

mod page;

use page::page;

/// Print the manual page, or write all of them to a directory.
///
/// `git qms --help` and `git help qms` show the page git-qms(1) once it is where `man` looks.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms man | man -l -
  git qms man --to ~/.local/share/man/man1 && git help qms")]
pub struct Man {
    /// Write git-qms.1, and a page for each command, to DIR
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    files: Vec<String>,
}

impl Man {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let mut program = Cli::command();
        program.build();
        let ui = start.ui;
        let Some(to) = self.to else {
            let page = page(&program, "git-qms")?;
            if ui.is_json() {
                ui.json(&Output { schema: "git-qms/man/v1", page: Some(page), files: Vec::new() })?;
            } else {
                ui.print(&page);
            }
            return Ok(Exit::Yes);
        };
        std::fs::create_dir_all(&to).while_(format!("making {}", to.display()))?;
        let mut files = Vec::new();
        write(&program, "git-qms", &to, &mut files)?;
        if ui.is_json() {
            ui.json(&Output { schema: "git-qms/man/v1", page: None, files })?;
        } else {
            for file in &files {
                ui.line(file);
            }
        }
        Ok(Exit::Yes)
    }
}

/// Writes the page of a command, and those of what is below it.
fn write(command: &Command, name: &str, to: &Path, files: &mut Vec<String>) -> Result<()> {
    let file = to.join(format!("{name}.1"));
    std::fs::write(&file, page(command, name)?).while_(format!("writing {}", file.display()))?;
    files.push(file.display().to_string());
    for below in shown(command) {
        write(below, &format!("{name}-{}", below.get_name()), to, files)?;
    }
    Ok(())
}

/// What is below a command, but for help.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help")
}
