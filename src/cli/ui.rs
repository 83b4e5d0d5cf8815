//! The terminal: the only place that prints. Results go to standard output, chatter to standard error.

#![expect(clippy::disallowed_methods, reason = "this is where the program speaks")]

use std::io::{IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use serde::Serialize;

use super::environment::Environment;
use super::error::{Error, Result};
use super::pager;
use crate::report::{Paint, escape, escape_json};

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What a piece of text is, for colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it stands.
    Plain,
    /// In order.
    Good,
    /// Wrong.
    Bad,
    /// To be looked at.
    Odd,
    /// Beside the point.
    Dim,
    /// A title.
    Bold,
}

impl Tone {
    fn start(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "\u{1b}[32m",
            Self::Bad => "\u{1b}[31m",
            Self::Odd => "\u{1b}[33m",
            Self::Dim => "\u{1b}[2m",
            Self::Bold => "\u{1b}[1m",
        }
    }
}

/// How to speak to whoever called.
#[derive(Debug, Clone, Copy)]
pub struct Ui {
    color: Color,
    json: bool,
    quiet: bool,
}

impl Ui {
    /// From the global options.
    pub fn new(color: Color, json: bool, quiet: bool) -> Self {
        Self { color, json, quiet }
    }

    /// Whether the result is asked for as JSON.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// The same, where the result is asked for as JSON.
    #[must_use]
    pub fn as_json(self) -> Self {
        Self { json: true, ..self }
    }

    /// Whether the result goes to a terminal.
    pub fn is_terminal(self) -> bool {
        std::io::stdout().is_terminal()
    }

    /// The columns that a line has: those of the terminal, or `COLUMNS`. `None` where nobody counts them.
    pub fn width(self, environment: &Environment) -> Option<usize> {
        let said = environment.get("COLUMNS").and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
        let terminal = || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
        said.or_else(terminal)
    }

    /// Whether only the id or tag is asked for.
    pub fn is_quiet(self) -> bool {
        self.quiet
    }

    /// A line of the result. The caller escapes what comes from the repository.
    pub fn line(self, text: &str) {
        self.print(&format!("{text}\n"));
    }

    /// Text of the result in a tone, broken between words where a terminal ends; what follows the first line begins with
    /// `indent`. Elsewhere it is one line.
    pub fn told(self, tone: Tone, text: &str, indent: &str) {
        let width = if self.is_terminal() { terminal_size::terminal_size().map(|(width, _)| width.0) } else { None };
        let text = escape(text);
        let lines = width.map_or_else(|| vec![text.to_string()], |width| broken(&text, width.into(), indent));
        for line in lines {
            self.line(&self.paint(tone, &line));
        }
    }

    /// Text of the result, as it stands.
    pub fn print(self, text: &str) {
        let paged = if self.is_coloured() { text.into() } else { anstream::adapter::strip_str(text).to_string() };
        if pager::write(&paged) {
            return;
        }
        let mut out = AutoStream::new(std::io::stdout().lock(), self.choice(std::io::stdout().is_terminal()));
        // A closed pipe (head, a pager that quit) is the reader's wish.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Bytes of the result, as they are.
    pub fn bytes(self, bytes: &[u8]) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(bytes).and_then(|()| out.flush());
    }

    /// A JSON object as the whole result.
    pub fn json(self, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value).map_err(|error| Error::new(format!("writing JSON: {error}")))?;
        self.line(&escape_json(&text));
        Ok(())
    }

    /// A line of chatter: what is being done, what to do next. Not in JSON or quiet mode.
    pub fn note(self, text: &str) {
        if !self.json && !self.quiet {
            self.to_stderr(&format!("{}\n", escape(text)));
        }
    }

    /// Something to be looked at; told in every mode.
    pub fn warn(self, text: &str) {
        self.to_stderr(&format!("{}: {}\n", self.paint(Tone::Odd, "warning"), escape(text)));
    }

    /// What went wrong.
    pub fn error(self, message: &str, details: &[String], hint: Option<&str>) {
        // Faults of a catalog are shown as compilers do, and say so of themselves.
        let message = message.strip_prefix("error: ").unwrap_or(message);
        let mut text = format!("{}: {}\n", self.paint(Tone::Bad, "error"), escape_lines(message));
        for detail in details {
            text.extend(["  ", &escape_lines(detail), "\n"]);
        }
        if let Some(hint) = hint {
            text.extend([&self.paint(Tone::Bold, "hint"), ": ", &escape_lines(hint), "\n"]);
        }
        self.to_stderr(&text);
    }

    /// Escaped text in a tone; the stream strips the colour where it is not wanted.
    pub fn paint(self, tone: Tone, text: &str) -> String {
        let text = escape(text);
        match tone {
            Tone::Plain => text.into(),
            _ => format!("{}{text}\u{1b}[0m", tone.start()),
        }
    }

    /// Sends what follows through git's pager, where somebody is there to read it.
    pub fn page(self, environment: &Environment) {
        if !self.json && !self.quiet && std::io::stdout().is_terminal() {
            pager::start(environment);
        }
    }

    /// Whether standard output is coloured.
    pub fn is_coloured(self) -> bool {
        match self.choice(std::io::stdout().is_terminal()) {
            ColorChoice::Auto => AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
            choice => choice != ColorChoice::Never,
        }
    }

    /// Colour for reports; the stream strips it where it is not wanted.
    pub fn style(self) -> Paint {
        Paint::Ansi
    }

    fn to_stderr(self, text: &str) {
        let mut err = AutoStream::new(std::io::stderr().lock(), self.choice(std::io::stderr().is_terminal()));
        let _ = err.write_all(text.as_bytes());
    }

    fn choice(self, terminal: bool) -> ColorChoice {
        match self.color {
            Color::Always => ColorChoice::AlwaysAnsi,
            // Knows NO_COLOR, CLICOLOR and TERM=dumb.
            Color::Auto if terminal => ColorChoice::Auto,
            Color::Never | Color::Auto => ColorChoice::Never,
        }
    }
}

/// Escaped line by line: messages of ours may have several.
fn escape_lines(text: &str) -> String {
    text.split('\n').map(escape).collect::<Vec<_>>().join("\n")
}

/// Lines of at most this many characters, broken at spaces; a word that is longer has a line of its own.
fn broken(text: &str, width: usize, indent: &str) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_inclusive(' ') {
        let is_begun = !line.trim().is_empty();
        if is_begun && line.chars().count() + word.trim_end().chars().count() > width {
            lines.push(std::mem::replace(&mut line, indent.to_owned()).trim_end().to_owned());
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_between_words_and_a_long_word_stays_whole() {
        let text = "error[x] refs/notes/qms: what was found is told in words";
        for width in [20, 60, 80, 120] {
            let lines = broken(text, width, "  ");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&lines.join(" ")), words(text));
            assert!(lines.iter().all(|line| line.chars().count() <= width), "{width}: {lines:?}");
            assert!(lines[1..].iter().all(|line| line.starts_with("  ")), "{lines:?}");
        }
        let digest = "0".repeat(64);
        assert_eq!(broken(&format!("  a {digest} b"), 20, "    ")[1], format!("    {digest}"));
        assert_eq!(broken("", 60, "  "), [""]);
    }
}
