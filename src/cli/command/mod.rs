//! The commands: one file each, one line each in the table below.

use clap::Subcommand;

use super::Start;
use super::error::{Exit, Result};

pub mod approve;
pub mod audit;
pub mod checkpoint;
pub mod completions;
pub mod control;
pub mod demo;
pub mod doctor;
pub mod exception;
pub mod export;
pub mod expunge;
pub mod gate;
pub mod hook;
pub mod import;
pub mod init;
pub mod key;
pub mod log;
pub mod man;
pub mod measure;
pub mod policy;
pub mod record;
pub mod release;
pub mod rollback;
pub mod schema;
pub mod show;
pub mod status;
pub mod sync;
pub mod trace;
pub mod trust;
pub mod verify;

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident $args:ty;)*) => {
        /// What to do.
        #[derive(Debug, Subcommand)]
        pub enum Command {
            $($(#[$doc])* $name($args),)*
        }

        impl Command {
            /// Does it.
            pub fn run(self, start: &Start) -> Result<Exit> {
                match self { $(Self::$name(args) => args.run(start),)* }
            }
        }
    };
}

commands! {
    /// Set up policy, trust root, key, hooks and refspecs; safe to repeat
    Init init::Init;
    /// Write evidence as a signed record on a commit
    Record record::Record;
    /// Sign that you reviewed a commit
    Approve approve::Approve;
    /// Show what there is of a commit or release, what is open, and the next step
    Status status::Status;
    /// Tell whether a commit may go out
    Gate gate::Gate;
    /// Decide, and make the signed release tag
    Release release::Release;
    /// Tell what to restore when a release is taken back, or what is missing for it
    Rollback rollback::Rollback;
    /// Ask that a control may go unsatisfied for a time, and decide about it
    Exception exception::ExceptionCommand;
    /// Show the whole story of a release, a commit or a record
    Show show::Show;
    /// List records; filters combine
    Log log::Log;
    /// Show what leads to a requirement, or which requirements are met
    Trace trace::TraceCommand;
    /// Run every check, and tell the population, what is missing, a sample, what changed
    Audit audit::AuditCommand;
    /// Fetch, unite, verify and push evidence, trust and releases
    Sync sync::Sync;
    /// Write a release as one file: a dossier to read, or a package to verify anywhere
    Export export::Export;
    /// Take the evidence of a package into this repository
    Import import::Import;
    /// Verify the ledger, the trust and every release
    Verify verify::Verify;
    /// Show and change the people, bots, keys and roles of the project
    Trust trust::Trust;
    /// Check, ratify and show the control catalog
    Policy policy::PolicyCommand;
    /// List the controls, how they fared in recorded decisions, and which say nothing
    Control control::ControlCommand;
    /// Show what the records say about quality, in numbers that open to records
    Measure measure::MeasureCommand;
    /// Pin the ledger as it is now
    Checkpoint checkpoint::Checkpoint;
    /// Take an attached file out of the repository, for good; two people have to sign
    Expunge expunge::Expunge;
    /// Install the hook that verifies what is pushed
    Hook hook::Hook;
    /// Make a signing key, or show the one in use
    Key key::Key;
    /// Find what is wrong with the setup, and how to mend it
    Doctor doctor::Doctor;
    /// Play the whole walk-through in a new directory, with keys made for it
    Demo demo::Demo;
    /// Print the JSON schema of what is signed
    Schema schema::Schema;
    /// Print what a shell needs to complete the commands
    Completions completions::Completions;
    /// Print the manual page, or write all of them
    Man man::Man;
}
