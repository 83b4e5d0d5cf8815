//! Errors as people meet them: what is wrong, why, and what to do next.

use std::error::Error as StdError;
use std::fmt;

use serde::Serialize;

use super::ui::Ui;
use crate::store::ReadError;
use crate::verify::Code;

/// How a command ended, for the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Yes, or done: 0.
    Yes,
    /// No: a gate fails, verification rejects, nothing is found: 1.
    No,
    /// Could not tell: wrong use, unreadable input, an incomplete clone: 2.
    CouldNotTell,
}

impl Exit {
    /// The process exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::CouldNotTell => 2,
        }
    }
}

impl From<crate::verify::Outcome> for Exit {
    fn from(outcome: crate::verify::Outcome) -> Self {
        match outcome {
            crate::verify::Outcome::Pass => Self::Yes,
            crate::verify::Outcome::Fail => Self::No,
            crate::verify::Outcome::Incomplete => Self::CouldNotTell,
        }
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub struct Error {
    message: String,
    details: Vec<String>,
    hint: Option<String>,
    exit: Exit,
}

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    error: &'a str,
    details: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    exit: u8,
}

/// What commands return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Could not tell, or could not do it: exit 2.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), details: Vec::new(), hint: None, exit: Exit::CouldNotTell }
    }

    /// The answer is no: exit 1.
    pub fn no(message: impl Into<String>) -> Self {
        Self { exit: Exit::No, ..Self::new(message) }
    }

    /// For a command that was asked something else: it could not tell that.
    #[must_use]
    pub fn could_not_tell(self) -> Self {
        Self { exit: Exit::CouldNotTell, ..self }
    }

    /// One line of what is behind it.
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// What to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An object with other bytes than its id says is a no; what is merely absent cannot be told. Both have a next step.
    fn learn_of_object(&mut self, error: &(dyn StdError + 'static)) {
        let code = match error.downcast_ref::<ReadError>() {
            Some(ReadError::WrongHash { .. }) => {
                self.exit = Exit::No;
                Code::ObjectWrong
            }
            Some(ReadError::Missing { .. }) => Code::ObjectMissing,
            Some(ReadError::Malformed { .. }) | None => return,
        };
        self.hint.get_or_insert_with(|| code.next_step().to_owned());
    }

    /// What to do next, if that is known.
    pub fn next_step(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// How the process ends.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Tells it on standard error, with everything from the repository escaped; whoever asked for JSON gets that, too.
    pub fn report(&self, ui: &Ui) {
        if ui.is_json() {
            self.report_json(*ui);
        }
        ui.error(&self.message, &self.details, self.hint.as_deref());
    }

    /// Tells it as JSON on standard output.
    pub fn report_json(&self, ui: Ui) {
        let (error, details, hint) = (&self.message, &self.details, self.hint.as_deref());
        // Text always has a JSON form.
        ui.json(&Output { schema: "git-qms/error/v1", error, details, hint, exit: self.exit.code() }).ok();
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Every error of the layers below becomes a message and its causes. Layers say what to do next in their own words.
impl<E: StdError + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        let mut result = Self::new(error.to_string());
        let mut cause = error.source();
        result.learn_of_object(&error);
        while let Some(error) = cause {
            result.learn_of_object(error);
            let text = error.to_string();
            if !result.message.contains(&text) {
                result.details.push(text);
            }
            cause = error.source();
        }
        result
    }
}

/// Says what was being done when something failed.
pub trait While<T> {
    /// `doing` reads like "reading junit.xml".
    fn while_(self, doing: impl fmt::Display) -> Result<T>;
}

impl<T, E: Into<Error>> While<T> for std::result::Result<T, E> {
    fn while_(self, doing: impl fmt::Display) -> Result<T> {
        self.map_err(|error| {
            let error: Error = error.into();
            Error { message: format!("{doing}: {}", error.message), ..error }
        })
    }
}
