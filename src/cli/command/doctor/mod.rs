//! `git qms doctor`: what is wrong with the setup, why it matters, and how to mend it.

use clap::Args;
use serde::Serialize;

use crate::cli::Start;
use crate::cli::context::{Context, Signing};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::remembered::IndexHealth;
use crate::cli::ui::{Tone, Ui};
use crate::cli::verification::{Thoroughness, Verification};
use crate::store::ConfigScope;

mod check;
mod clone;
mod evidence;
mod index;
mod key;
mod mend;
mod remote;
mod repository;

use check::CHECKS;

/// Find what is wrong with the setup, and how to mend it.
///
/// Exit 0 when nothing is wrong, 1 when something is, 2 when it cannot look.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms doctor          look, and change nothing
  git qms doctor --fix    mend what is safe to mend: refspecs, allowed signers, hook, index,
                          cut history, a key file that others can read, a trust checkpoint or
                          release tag that a crash left out")]
pub struct Doctor {
    /// Mend what is safe to mend
    #[arg(long)]
    fix: bool,
}

/// One thing to look at.
struct Check {
    /// Its name, one word.
    name: &'static str,
    /// Why it matters, in a sentence.
    why: &'static str,
    /// Looks.
    look: fn(&Patient) -> Result<Health>,
    /// Mends it, where that is safe. Says what was done.
    mend: Option<fn(&Patient) -> Result<String>>,
}

/// What a look found.
enum Health {
    /// In order.
    Well(String),
    /// Worth knowing, not wrong.
    Odd { what: String, mend: String },
    /// Wrong.
    Ill { what: String, mend: String },
    /// Not looked at, since something else comes first.
    Skipped(String),
}

/// What the checks look at; read once, since most look at the same.
struct Patient {
    context: Context,
    index: IndexHealth,
    signing: Result<Signing>,
    verification: Result<Verification>,
}

impl Patient {
    fn of(context: Context) -> Self {
        let index = context.look_at_index();
        // One that is of no use would be made anew by looking, and nobody would know why everything took long.
        let context = if matches!(index, IndexHealth::Well(_)) { context } else { context.without_index() };
        let (signing, verification) = (context.signing(), context.verify(Thoroughness::default()));
        Self { context, index, signing, verification }
    }

    /// An auditor's clone: nothing here is set up to sign, and nobody here could. What signing takes is not missed.
    fn only_reads(&self) -> bool {
        let founded = !self.context.repo.config_values("qms.trustRoot", ConfigScope::Repository).is_empty();
        let Some(chain) = evidence::chain(self) else { return false };
        let is_member = self.signing.as_ref().is_ok_and(|signing| self.context.member(chain, signing).is_ok());
        !founded && !is_member && !self.context.names_key()
    }

    /// What is wrong for who signs and pushes, and only worth knowing for who reads.
    fn for_signers(&self, health: Health) -> Health {
        match health {
            Health::Ill { what, mend } if self.only_reads() => {
                Health::Odd { what: format!("{what}; to read and verify it is not needed"), mend }
            }
            other => other,
        }
    }
}

/// What was found, and what was done about it.
struct Found {
    check: &'static Check,
    health: Health,
    mended: Option<String>,
}

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    result: &'static str,
    checks: Vec<CheckJson<'a>>,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    name: &'static str,
    state: &'static str,
    what: &'a str,
    why: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mended: Option<&'a str>,
}

impl Doctor {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        if let Some(found) = repository::closed()? {
            tell(start.ui, &[found], true, self.fix)?;
            return Ok(Exit::No);
        }
        let mut patient = Patient::of(start.open()?);
        let mut all = Vec::new();
        for check in CHECKS.iter().copied() {
            let mut found = Found { check, health: look(check, &patient), mended: None };
            if let (true, Health::Ill { .. } | Health::Odd { .. }, Some(mend)) = (self.fix, &found.health, check.mend) {
                match mend(&patient) {
                    Ok(done) => {
                        // Opened anew: configuration is read once, and later checks may see what was mended.
                        patient = Patient::of(start.open()?);
                        found = Found { check, health: look(check, &patient), mended: Some(done) };
                    }
                    Err(error) => start.ui.warn(&format!("{}: not mended: {error}", check.name)),
                }
            }
            all.push(found);
        }
        let is_ill = all.iter().any(|found| matches!(found.health, Health::Ill { .. }));
        tell(start.ui, &all, is_ill, self.fix)?;
        Ok(if is_ill { Exit::No } else { Exit::Yes })
    }
}

fn look(check: &Check, patient: &Patient) -> Health {
    (check.look)(patient).unwrap_or_else(|error| ill_of(&error, "see the message"))
}

fn odd(what: impl Into<String>, mend: impl Into<String>) -> Health {
    Health::Odd { what: what.into(), mend: mend.into() }
}

fn ill(what: impl Into<String>, mend: impl Into<String>) -> Health {
    Health::Ill { what: what.into(), mend: mend.into() }
}

/// An error as a finding; its own hint says how to mend it.
fn ill_of(error: &Error, otherwise: &str) -> Health {
    Health::Ill { what: error.to_string(), mend: error.next_step().unwrap_or(otherwise).to_owned() }
}

impl Health {
    /// The word in JSON, what was found, and how to mend it.
    fn parts(&self) -> (&'static str, &str, Option<&str>) {
        match self {
            Self::Well(what) => ("ok", what, None),
            Self::Odd { what, mend } => ("odd", what, Some(mend)),
            Self::Ill { what, mend } => ("wrong", what, Some(mend)),
            Self::Skipped(what) => ("skipped", what, None),
        }
    }

    fn tone(&self) -> Tone {
        match self {
            Self::Well(_) => Tone::Good,
            Self::Odd { .. } => Tone::Odd,
            Self::Ill { .. } => Tone::Bad,
            Self::Skipped(_) => Tone::Dim,
        }
    }
}

fn tell(ui: Ui, all: &[Found], is_ill: bool, fix: bool) -> Result<()> {
    if ui.is_json() {
        let checks = all.iter().map(|found| {
            let (state, what, mend) = found.health.parts();
            let (name, why) = (found.check.name, found.check.why);
            CheckJson { name, state, what, why, mend, mended: found.mended.as_deref() }
        });
        let result = if is_ill { "fail" } else { "pass" };
        return ui.json(&Output { schema: "git-qms/doctor/v1", result, checks: checks.collect() });
    }
    let mut can_mend = false;
    for found in all {
        let (state, what, mend) = found.health.parts();
        let name = found.check.name;
        if ui.is_quiet() {
            if matches!(found.health, Health::Ill { .. }) {
                ui.line(name);
            }
            continue;
        }
        let word = ui.paint(found.health.tone(), &format!("{state:<7}"));
        ui.line(&format!("{word}  {name:<10} {}", ui.paint(Tone::Plain, what)));
        if let Some(done) = &found.mended {
            ui.line(&format!("{:20}{} {}", "", ui.paint(Tone::Good, "mended:"), ui.paint(Tone::Plain, done)));
        }
        if let Some(mend) = mend {
            ui.line(&format!("{:20}{} {}", "", ui.paint(Tone::Dim, "why:"), found.check.why));
            ui.line(&format!("{:20}{} {}", "", ui.paint(Tone::Bold, "mend:"), ui.paint(Tone::Plain, mend)));
            can_mend |= mend.contains("doctor --fix");
        }
    }
    if can_mend && !fix {
        ui.note("next    git qms doctor --fix mends what is safe to mend");
    }
    Ok(())
}
