//! `git qms exception approve|reject|review|renew|close`.

use clap::Args;

use super::expiry::Expiry;
use super::find::{catalog, find};
use crate::cli::Start;
use crate::cli::command::record;
use crate::cli::command::record::attach::Attach;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::write::Draft;
use crate::policy::exception::{Asked, Decider, ExceptionState, Register, Unfit};
use crate::record::kind::exception::{Decided, ExceptionDecision};
use crate::record::{Claim, Kind, Name};
use crate::trust::Member;

/// What every decision has in common.
#[derive(Debug, Args)]
struct Deciding {
    /// The beginning of a request's id, or a control with one request
    #[arg(value_name = "EXCEPTION|CONTROL")]
    exception: String,
    /// The role you decide in; by default the first of yours that answers for the control
    #[arg(long)]
    role: Option<Name>,
    /// Why, in your words
    #[arg(long, alias = "reason", value_name = "TEXT")]
    comment: Option<String>,
    #[command(flatten)]
    attach: Attach,
}

macro_rules! decisions {
    ($($(#[$doc:meta])* $name:ident $decided:ident;)*) => {
        $($(#[$doc])*
        #[derive(Debug, Args)]
        pub(super) struct $name {
            #[command(flatten)]
            deciding: Deciding,
        }

        impl $name {
            /// Runs the command.
            pub(super) fn run(self, start: &Start) -> Result<Exit> {
                self.deciding.run(start, Decided::$decided, None)
            }
        })*
    };
}

decisions! {
    /// Let it hold, until it expires; never one's own.
    Approve Approved;
    /// Do not let it hold.
    Reject Rejected;
    /// Look at it again: an emergency asks for it after the fact.
    Review Reviewed;
    /// Say that it is not needed any more.
    Close Closed;
}

/// Let it hold longer; it counts as a recurrence.
#[derive(Debug, Args)]
pub(super) struct Renew {
    /// When it ends now: so long from now (12h, 30d), or a day or time in UTC
    #[arg(long, value_name = "30d|TIME")]
    expires: Expiry,
    #[command(flatten)]
    deciding: Deciding,
}

impl Renew {
    /// Runs the command.
    pub(super) fn run(self, start: &Start) -> Result<Exit> {
        self.deciding.run(start, Decided::Renewed, Some(self.expires))
    }
}

impl Deciding {
    fn run(self, start: &Start, decision: Decided, expires: Option<Expiry>) -> Result<Exit> {
        let context = start.open()?;
        let signing = context.signing()?;
        let ledger = context.ledger()?;
        let chain = ledger.chain();
        let member = context.person(chain, &signing, Kind::ExceptionDecision, "deciding about exceptions")?;
        let policy = catalog(&context, &ledger)?;
        let register = Register::of(&ledger, &policy, context.now);
        let all = register.all();
        let asked = find(&ledger, &all, &self.exception, &|one| why_not(one, decision).is_none())?;
        if let Some(reason) = why_not(asked, decision) {
            return Err(Error::no(format!("exception {} cannot be {decision}: {reason}", asked.record.id.short()))
                .hint(format!("all that was decided: git qms exception show {}", asked.record.id.short())));
        }
        let role = role(register, asked, member, self.role.as_ref(), decision)?;
        self.check_evidence(asked, decision)?;
        let expires = expires.map(|expires| expires.moment(&policy, context.now)).transpose()?;
        let claim =
            ExceptionDecision { exception: asked.record.id, decision, role, comment: self.comment.clone(), expires };
        let claim = Claim::ExceptionDecision(claim);
        claim.check().map_err(|reason| Error::new(reason).hint("--comment TEXT"))?;
        let commit = context.commit_info(asked.record.commit)?;
        let mut header = context.header(chain, member, Kind::ExceptionDecision, commit.tree);
        let of = &asked.record.header;
        header.service.clone_from(&of.service);
        header.environment.clone_from(&of.environment);
        header.release.clone_from(&of.release);
        header.change.clone_from(&of.change);
        warn_of_own_work(&context, asked, member, decision);
        let summary = format!("{}, from {}", claim.summary(), asked.claim.control);
        let draft = Draft { commit: commit.id, header, artifacts: Vec::new(), claim };
        let written = self.attach.record(&context, &signing, draft, &[])?;
        let next = matches!(decision, Decided::Approved | Decided::Renewed).then_some("git qms gate");
        record::tell(&context, &written, &summary, next)
    }

    /// What an emergency lacked at night has to come with its review.
    fn check_evidence(&self, asked: &Asked<'_>, decision: Decided) -> Result<()> {
        let closes_review = matches!(decision, Decided::Reviewed | Decided::Renewed) && asked.claim.review_by.is_some();
        let there = asked.records().iter().any(|record| !record.header.files.is_empty());
        if closes_review && !there && self.attach.is_empty() {
            return Err(Error::new("the emergency was asked for without evidence: its review has to bring it")
                .hint("--attach FILE"));
        }
        Ok(())
    }
}

/// Of commits that it names, nobody lets their own go.
fn warn_of_own_work(context: &Context, asked: &Asked<'_>, member: &Member, decision: Decided) {
    let Ok(commit) = context.commit_info(asked.record.commit) else { return };
    let mut hands = [&commit.author.email, &commit.committer.email].into_iter().chain(&commit.co_authors);
    let own = hands.any(|email| member.emails.iter().any(|mine| mine.eq_ignore_ascii_case(email)));
    if own && decision == Decided::Approved && asked.claim.reach != crate::record::kind::exception::Reach::Service {
        context.ui.warn("you are an author of what it is for: your decision is recorded, but lets nothing of yours go");
    }
}

/// Why a request in this state takes no such decision.
fn why_not(asked: &Asked<'_>, decision: Decided) -> Option<String> {
    let state = asked.state;
    let approved = asked.approval().is_some();
    let refused = match decision {
        Decided::Approved if approved => return Some("it is approved already".into()),
        Decided::Approved => {
            state.is_final()
                || matches!(
                    state,
                    ExceptionState::Expired
                        | ExceptionState::TooLong
                        | ExceptionState::NoEvidence
                        | ExceptionState::NotAllowed
                )
        }
        Decided::Renewed if !approved => return Some("nobody approved it yet".into()),
        Decided::Renewed | Decided::Rejected => state.is_final() || state == ExceptionState::NotAllowed,
        // That it is over does not make the review unnecessary.
        Decided::Reviewed if asked.review_due().is_some() => false,
        Decided::Reviewed if !approved => return Some("nobody approved it yet".into()),
        Decided::Reviewed | Decided::Closed => state.is_final(),
    };
    refused.then(|| format!("it is {state}"))
}

/// The role named, or the first of the member's that answers for the control.
fn role(
    register: Register<'_>,
    asked: &Asked<'_>,
    member: &Member,
    named: Option<&Name>,
    decision: Decided,
) -> Result<Name> {
    let roles = register.deciders(&asked.claim.control);
    let own =
        || roles.iter().find(|role| member.roles.contains(*role)).or_else(|| roles.first().or(member.roles.first()));
    let role = named.or_else(own).ok_or_else(|| Error::new(format!("{} holds no role", member.id)))?;
    let by = Decider { member: &member.id, role, holds: member.roles.contains(role) };
    let list = roles.iter().map(Name::as_str).collect::<Vec<_>>().join(" or ");
    let way = if list.is_empty() {
        "nobody answers for a control that the catalog does not have; who asked closes it: git qms exception close"
            .into()
    } else {
        format!("one who is {list} signs with their own key (--key)")
    };
    match register.unfit(asked.record, &asked.claim.control, by) {
        None => Ok(role.clone()),
        // What one asked for one can take back.
        Some(Unfit::Requester) if matches!(decision, Decided::Closed | Decided::Rejected) => Ok(role.clone()),
        Some(Unfit::Requester) => {
            Err(Error::new(format!("{} asked for it: another person decides", member.id)).hint(way))
        }
        Some(unfit) => Err(Error::new(format!("{} cannot decide about it as {role}: {unfit}", member.id)).hint(way)),
    }
}
