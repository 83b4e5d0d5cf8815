//! `git qms exception`: a person asks that a control may go unsatisfied for a time; another person decides.

use clap::{Args, Subcommand};

use crate::cli::Start;
use crate::cli::error::{Exit, Result};

mod decide;
mod expiry;
mod find;
pub mod json;
mod list;
mod request;
mod show;

/// Ask that a control may go unsatisfied for a time, decide about it, and list what was asked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms exception request COV-01 --reason \"legacy module\" --compensating \"manual regression run\" --expires 30d --attach notes.txt
  git qms exception approve COV-01 --key ../keys/grace     another person, in the control's owner or escalation role
  git qms exception list --overdue

EXCEPTION is the beginning of a request's id, or a control with one request that it can be about.")]
pub struct ExceptionCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Ask that a control may go unsatisfied: exactly for what is named, until it expires
    Request(Box<request::Request>),
    /// Let it hold, until it expires; never one's own
    Approve(decide::Approve),
    /// Do not let it hold
    Reject(decide::Reject),
    /// Look at it again: an emergency asks for it after the fact
    Review(decide::Review),
    /// Let it hold longer; it counts as a recurrence
    Renew(decide::Renew),
    /// Say that it is not needed any more
    Close(decide::Close),
    /// List them, and how each stands
    List(list::List),
    /// Show one, with all that was decided about it
    Show(show::Show),
}

impl ExceptionCommand {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        match self.action {
            Action::Request(request) => request.run(start),
            Action::Approve(approve) => approve.run(start),
            Action::Reject(reject) => reject.run(start),
            Action::Review(review) => review.run(start),
            Action::Renew(renew) => renew.run(start),
            Action::Close(close) => close.run(start),
            Action::List(list) => list.run(start),
            Action::Show(show) => show.run(start),
        }
    }
}
