//! The command line: reads arguments, opens the repository, asks the layers below, and tells.

pub mod archive;
pub mod as_it_was;
pub mod at;
pub mod backtest;
mod changes;
pub mod ci;
pub mod clock;
pub mod command;
pub mod context;
pub mod digest;
pub mod environment;
pub mod error;
mod fit;
pub mod hook;
pub mod judge;
pub mod measuring;
mod misuse;
pub mod number;
pub mod outside;
pub mod package;
mod pager;
pub mod pin;
mod range;
pub mod rehearsal;
pub mod releases;
pub mod remembered;
pub mod replace;
pub mod requirements;
pub mod secrets;
pub mod spoken;
pub mod target;
pub mod ui;
pub mod untrusted;
pub mod verification;
pub mod write;

use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser};

use at::At;
pub(crate) use at::time;
use command::Command;
use context::Context;
use environment::Environment;
use error::{Error, Exit};
use remembered::Lost;
use ui::{Color, Ui};

/// Makes a git repository its own immutable audit trail: signed evidence, gates and releases.
#[derive(Debug, Parser)]
#[command(name = "git-qms", bin_name = "git qms", version, max_term_width = 100)]
#[command(after_help = "\
New here:
  git qms demo      plays everything once, in a directory of its own
  git qms init      sets up the repository you are in
  git qms status    says what there is, and the next step
  git qms doctor    finds what is wrong with the setup

Exit: 0 yes, 1 no, 2 could not tell.")]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    dir: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long, global = true)]
    json: bool,
    /// Print the id or tag alone
    #[arg(long, short, global = true)]
    quiet: bool,
    /// When to colour: auto (on a terminal, unless NO_COLOR is set), always, never
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true)]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    color: Color,
    /// Sign with this key: an OpenSSH Ed25519 key file, or a .pub file of a key in ssh-agent
    #[arg(long, value_name = "FILE", global = true)]
    key: Option<String>,
    /// Judge as of this time (RFC 3339), or of a release, not now
    #[arg(long, value_name = "TIME", global = true, value_parser = At::parse)]
    pub(crate) at: Option<At>,
}

/// Runs the program.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            misuse::tell(&error);
            return ExitCode::from(if error.use_stderr() { Exit::CouldNotTell.code() } else { 0 });
        }
    };
    let ui = Ui::new(cli.global.color, cli.global.json, cli.global.quiet);
    let lost = Lost::default();
    let ended =
        panic::catch_unwind(AssertUnwindSafe(|| start(cli, ui, lost.clone()))).unwrap_or_else(|_| Err(own_fault()));
    pager::finish();
    // Whatever was said, it was said without them.
    let ended = lost.take().map_or(ended, Err);
    let exit = ended.unwrap_or_else(|error| {
        error.report(&ui);
        error.exit()
    });
    ExitCode::from(exit.code())
}

/// A library that panics is "could not tell", and not exit 101. What was written is whole: references move last, each at
/// once.
fn own_fault() -> Error {
    Error::new("git-qms stopped by a fault of its own, told above; no reference is half written")
        .hint("run it again, and report it with what was told above")
}

fn start(cli: Cli, ui: Ui, lost: Lost) -> error::Result<Exit> {
    if let Some(dir) = &cli.global.dir {
        // As git does: paths among the arguments count from there, too.
        std::env::set_current_dir(dir).map_err(|error| Error::new(format!("-C {}: {error}", dir.display())))?;
    }
    let environment = Environment::read();
    cli.command.run(&Start { global: cli.global, ui, environment, lost })
}

/// What a command starts from.
pub struct Start {
    /// The options of every command.
    pub global: Global,
    /// How to speak.
    pub ui: Ui,
    /// The process environment.
    pub environment: Environment,
    /// Records that were verified once and that nothing has any more.
    pub lost: Lost,
}

impl Start {
    /// Opens the repository that the current directory is in.
    pub fn open(&self) -> error::Result<Context> {
        Context::open(self)
    }
}
