//! `git qms gate`: may this go out?

use clap::{Args, ValueEnum};

use crate::cli::Start;
use crate::cli::context::{Context, Signing};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::judge::{Judged, Question, for_gate};
use crate::cli::target::Target;
use crate::cli::write::{Draft, Written};
use crate::record::kind::Resource;
use crate::record::kind::gate::{ControlOutcome, GateDetail, VerificationResult, VerificationSummary, Verifier};
use crate::record::{ChangeRef, Claim, Kind, Name};
use crate::report;
use crate::store::CommitInfo;
use crate::trust::{Chain, Member};
use crate::verify::Outcome;

/// Tell whether a commit may go out.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms gate                                 HEAD, for the only service and environment
  git qms gate v2 --environment production     any revision git knows
  git qms gate --record                        sign the decision, pass or fail

Exit: 0 passes, 1 fails, 2 could not tell.")]
pub struct Gate {
    /// The commit or release; HEAD by default
    #[arg(value_name = "REV|RELEASE")]
    target: Option<String>,
    /// The service; a sole one needn't be named
    #[arg(long)]
    service: Option<Name>,
    /// The environment; a sole one needn't be named
    #[arg(long)]
    environment: Option<Name>,
    /// The change; that of the only plan here needn't be named
    #[arg(long)]
    change: Option<ChangeRef>,
    /// Write the decision down as a signed record
    #[arg(long)]
    record: bool,
    /// How to tell it
    #[arg(long, value_enum, default_value_t)]
    format: FormatOf,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum FormatOf {
    /// For people
    #[default]
    Text,
    /// For scripts
    Json,
}

impl Gate {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let verification = context.verify(for_gate())?;
        let commit =
            match context.target(&verification.ledger, self.target.as_deref()).map_err(Error::could_not_tell)? {
                Target::Commit(commit) | Target::Release { commit, .. } => commit,
                Target::Record(_) => {
                    return Err(Error::new("a record does not go out, a commit or release does").hint("name a commit"));
                }
            };
        let change =
            self.change.clone().or_else(|| super::approve::sole_change(&context, &verification.ledger, &commit));
        let question = Question { service: self.service, environment: self.environment, change };
        let judged = context.judge(&verification, &commit, &question)?;
        if self.record {
            let signing = context.signing()?;
            let chain = verification.ledger.chain();
            let member = context.member(chain, &signing)?;
            let written = record(&context, chain, member, &signing, &commit, &judged)?;
            if context.ui.is_quiet() && !context.ui.is_json() {
                context.ui.line(&written.id.to_string());
            }
            context.ui.note(&format!("decision recorded as {}", written.id.short()));
        }
        if context.ui.is_json() || self.format == FormatOf::Json {
            tell(&context, &judged, "json");
        } else if !context.ui.is_quiet() {
            tell(&context, &judged, "text");
        }
        Ok(Exit::from(judged.verdict.result))
    }
}

fn tell(context: &Context, judged: &Judged, format: &str) {
    if let Some(format) = report::format(format) {
        context.ui.print(&(format.write)(&judged.verdict, context.ui.style()));
    }
}

/// Writes the decision down.
pub fn record(
    context: &Context,
    chain: &Chain,
    member: &Member,
    signing: &Signing,
    commit: &CommitInfo,
    judged: &Judged,
) -> Result<Written> {
    context.check_grant(chain, member, signing, Kind::Gate)?;
    let mut header = context.header(chain, member, Kind::Gate, commit.tree);
    header.service.clone_from(&judged.subject.service);
    header.environment.clone_from(&judged.subject.environment);
    header.change.clone_from(&judged.subject.change);
    header.source = crate::cli::ci::source(&context.environment);
    header.gate = Some(detail(judged)?);
    let claim = Claim::Gate(summary(judged));
    context.record(signing, Draft { commit: commit.id, header, artifacts: Vec::new(), claim })
}

fn detail(judged: &Judged) -> Result<GateDetail> {
    let verdict = &judged.verdict;
    let controls = verdict.controls.iter().map(|control| {
        Ok(ControlOutcome {
            id: control.id.clone(),
            outcome: control.outcome.as_str().parse()?,
            required: control.required.clone(),
            found: control.found.clone(),
            records: control.records.iter().map(|proof| proof.record).collect(),
            hint: control.hint.clone(),
        })
    });
    Ok(GateDetail { tier: verdict.tier.clone(), controls: controls.collect::<Result<_>>()? })
}

fn summary(judged: &Judged) -> VerificationSummary {
    let verdict = &judged.verdict;
    let by_sha256 = |name: Option<String>, uri: Option<String>, hex: String| Resource {
        name,
        uri,
        digest: [("sha256".to_owned(), hex)].into(),
    };
    let inputs = verdict
        .records()
        .into_iter()
        .map(|id| by_sha256(None, Some(format!("urn:git-qms:record:{id}")), id.to_string()));
    VerificationSummary {
        verifier: Verifier { id: "urn:git-qms".to_owned() },
        time_verified: verdict.at,
        resource_uri: format!("git+commit:{}", verdict.commit),
        policy: by_sha256(None, Some(crate::policy::PATH.to_owned()), verdict.policy.to_string()),
        input_attestations: inputs.collect(),
        verification_result: match verdict.result {
            Outcome::Pass => VerificationResult::Passed,
            Outcome::Fail | Outcome::Incomplete => VerificationResult::Failed,
        },
        verified_levels: Vec::new(),
        slsa_version: "1.0".to_owned(),
    }
}
