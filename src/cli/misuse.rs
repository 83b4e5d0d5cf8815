//! Wrong use, told so that the next try is right: what does not exist is answered with what does.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _};

use super::Cli;
use super::error::Error;
use super::ui::{Color, Ui};

/// Tells what clap refused, to people and, where they asked for it, as JSON.
pub(super) fn tell(refused: &clap::Error) {
    let is_json = std::env::args_os().any(|argument| argument == "--json");
    let ui = Ui::new(Color::Auto, is_json, false);
    if let Some(error) = unknown_command(refused, &Cli::command(), std::env::args().skip(1)) {
        error.report(&ui);
        return;
    }
    let _ = refused.print();
    if is_json && refused.use_stderr() {
        in_json(refused).report_json(ui);
    }
}

/// clap names the word alone; people need the words that there are.
fn unknown_command(refused: &clap::Error, root: &Command, given: impl Iterator<Item = String>) -> Option<Error> {
    if refused.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(word)) = refused.get(ContextKind::InvalidSubcommand) else { return None };
    let (mut command, mut name) = (root, "git qms".to_owned());
    for argument in given.take_while(|argument| argument != word) {
        if let Some(found) = command.find_subcommand(&argument) {
            command = found;
            name = format!("{name} {argument}");
        }
    }
    let known: Vec<&str> = command.get_subcommands().map(Command::get_name).filter(|name| *name != "help").collect();
    let hint = match (name.as_str(), elsewhere(word)) {
        ("git qms record", Some(written_by)) => format!("{word} records are written by: {written_by}"),
        _ => format!("{name} --help"),
    };
    Some(Error::new(format!("{name} knows no {word:?}")).detail(format!("it knows {}", known.join(", "))).hint(hint))
}

/// The command that writes a kind of record which `record` does not.
fn elsewhere(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "approval" | "approve" => "git qms approve",
        "gate" => "git qms gate --record",
        "policy" => "git qms policy ratify",
        "release" => "git qms release",
        "checkpoint" => "git qms checkpoint",
        _ => return None,
    })
}

fn in_json(refused: &clap::Error) -> Error {
    let text = refused.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let message = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    lines.fold(Error::new(message), Error::detail)
}
