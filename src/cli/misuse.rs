//! Wrong use, told so that the next try is right: what does not exist is answered with what does.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _};

use super::Cli;
use super::error::Error;
use super::ui::{Color, Ui};
use crate::report::escape;

/// Tells what clap refused, to people and, where they asked for it, as JSON.
pub(super) fn tell(refused: &clap::Error) {
    let is_json = std::env::args_os().any(|argument| argument == "--json");
    let ui = Ui::new(Color::Auto, is_json, false);
    if let Some(error) = unknown_command(refused, &Cli::command(), std::env::args().skip(1)) {
        error.report(&ui);
        return;
    }
    match harmless(&refused.render().to_string(), std::env::args()) {
        Some(text) => ui.refusal(&text),
        None => refused.print().unwrap_or_default(),
    }
    if is_json && refused.use_stderr() {
        in_json(refused).report_json(ui);
    }
}

/// The text with every argument in it escaped, where one is not harmless: scripts pass on what others wrote.
fn harmless(text: &str, given: impl Iterator<Item = String>) -> Option<String> {
    let values = given.flat_map(|argument| {
        let value = argument.split_once('=').map(|(_, value)| value.to_owned());
        [Some(argument), value]
    });
    let mut told = text.to_owned();
    for value in values.flatten() {
        let shown = escape(&value);
        // What clap makes of it: sequences that steer a terminal are gone already.
        let stripped = anstream::adapter::strip_str(&value).to_string();
        for form in [&value, &stripped].into_iter().filter(|form| !form.is_empty() && shown != form.as_str()) {
            told = told.replace(form.as_str(), &shown);
        }
    }
    (told != text || told.split('\n').any(|line| escape(line) != line)).then_some(told)
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
    let text = harmless(&text, std::env::args()).unwrap_or(text);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let message = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    lines.fold(Error::new(message), Error::detail)
}
