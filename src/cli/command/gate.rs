//! `git qms gate`: may this go out?

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::cli::Start;
use crate::cli::context::{Context, LEDGER, Signing};
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::judge::{Judged, Question, for_gate};
use crate::cli::target::Target;
use crate::cli::verification::Verification;
use crate::cli::write::{Draft, Written};
use crate::policy::Purpose;
use crate::record::kind::Resource;
use crate::record::kind::gate::{
    AskedFor, ControlOutcome, GateDetail, VerificationResult, VerificationSummary, Verifier,
};
use crate::record::{ChangeRef, Claim, Kind, Name, TagName};
use crate::report::{self, Format};
use crate::store::CommitInfo;
use crate::trust::Member;
use crate::verify::{Ledger, Outcome};

mod replay;

/// Tell whether a commit may go out.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms gate                                 HEAD, for the only service and environment
  git qms gate v2 --environment production     any revision git knows
  git qms gate --deploy --environment prod     in a deployment: a candidate does not go out
  git qms gate --record                        sign the decision, pass or fail
  git qms gate --replay 9f31c0a4b2d1           evaluate a recorded decision again
  git qms gate --explain                       all that is known of each control
  git qms gate --report sarif=gate.sarif --report junit=gate.xml

Exit: 0 passes, 1 fails, 2 could not tell; of --replay: 0 the same, 1 differs.")]
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
    /// Asked by whoever is about to deploy: only a release goes to production, and only by who may deploy there
    #[arg(long)]
    deploy: bool,
    /// The tag it would get: for exceptions that are for one release
    #[arg(long, value_name = "TAG")]
    release: Option<TagName>,
    /// Write the decision down as a signed record
    #[arg(long)]
    record: bool,
    /// Evaluate a recorded decision again, from what it was made from; a release stands for its decision
    #[arg(long, value_name = "RECORD|RELEASE")]
    #[arg(conflicts_with_all = ["target", "service", "environment", "change", "deploy", "record", "format", "report", "explain"])]
    replay: Option<String>,
    /// How to tell it; github also adds to the step's summary
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = PossibleValuesParser::new(report::FORMATS.iter().map(|format| format.name)))]
    format: String,
    /// Tell it in a file as well: junit=gate.xml; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report_file)]
    report: Vec<ReportFile>,
    /// Tell of each control all that is known
    #[arg(long, conflicts_with = "format")]
    explain: bool,
}

/// A report that goes to a file.
#[derive(Debug, Clone)]
struct ReportFile {
    format: &'static Format,
    file: PathBuf,
}

fn report_file(text: &str) -> std::result::Result<ReportFile, String> {
    let names = || report::FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
    let (name, file) =
        text.split_once('=').ok_or_else(|| format!("expected FORMAT=FILE, FORMAT one of {}", names()))?;
    let format = report::format(name).ok_or_else(|| format!("no format {name:?}; there are {}", names()))?;
    if file.is_empty() {
        return Err(format!("no file behind {name}=, for instance {name}=gate.{name}"));
    }
    Ok(ReportFile { format, file: file.into() })
}

impl Gate {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        if self.replay.is_some() && start.global.at.is_some() {
            return Err(Error::new("a decision is evaluated again as of its own moment: leave --at out"));
        }
        let context = start.open()?;
        if let Some(decision) = &self.replay {
            return replay::run(&context, decision);
        }
        let verification = context.verify(for_gate())?;
        let (commit, tag) =
            match context.target(&verification.ledger, self.target.as_deref()).map_err(Error::could_not_tell)? {
                Target::Commit(commit) => (commit, None),
                Target::Release { commit, tag, .. } => (commit, Some(tag)),
                Target::Record(_) => {
                    return Err(Error::new("a record does not go out, a commit or release does").hint("name a commit"));
                }
            };
        let change =
            self.change.clone().or_else(|| super::approve::sole_change(&context, &verification.ledger, &commit));
        let release = self.release.or(tag);
        let purpose = if self.deploy { deployment(&context, &verification)? } else { Purpose::Gate };
        let (service, environment) = (self.service, self.environment);
        let question = Question { service, environment, change, release, purpose };
        let judged = context.judge(&verification, &commit, &question)?;
        for report in &self.report {
            let text = (report.format.write)(&judged.verdict, report::Paint::Plain);
            std::fs::write(&report.file, text).while_(format!("writing {}", report.file.display()))?;
        }
        if self.record {
            let signing = context.signing()?;
            let ledger = &verification.ledger;
            let member = context.member(ledger.chain(), &signing)?;
            let written = record(&context, ledger, member, &signing, &commit, &judged)?;
            if context.ui.is_quiet() && !context.ui.is_json() {
                context.ui.line(&written.id.to_string());
            }
            context.ui.note(&format!("decision recorded as {}", written.id.short()));
        }
        let ui = context.ui;
        if ui.is_json() {
            tell(&context, &judged, "json");
        } else if self.explain {
            ui.print(&report::explained(&judged.verdict, ui.style()));
        } else if self.format != "text" || !ui.is_quiet() {
            tell(&context, &judged, &self.format);
        }
        if self.format == "github"
            && let Some(file) = context.environment.path("GITHUB_STEP_SUMMARY")
        {
            summarize(&file, &judged)?;
        }
        Ok(Exit::from(judged.verdict.result))
    }
}

/// Who is about to deploy: whoever holds the key at hand. A key that was named and cannot be read is a slip, and no stranger.
fn deployment(context: &Context, verification: &Verification) -> Result<Purpose> {
    let signing = match context.signing() {
        Ok(signing) => Some(signing),
        Err(error) if context.names_key() => return Err(error),
        Err(_) => None,
    };
    let member = signing.and_then(|signing| context.member(verification.ledger.chain(), &signing).ok());
    Ok(Purpose::Deploy { by: member.map(|member| member.id.clone()) })
}

fn tell(context: &Context, judged: &Judged, format: &str) {
    if let Some(format) = report::format(format) {
        context.ui.print(&(format.write)(&judged.verdict, context.ui.style()));
    }
}

/// Adds to the summary of a step of GitHub Actions; what other steps said stays.
fn summarize(file: &Path, judged: &Judged) -> Result<()> {
    let Some(format) = report::format("markdown") else { return Ok(()) };
    let text = (format.write)(&judged.verdict, report::Paint::Plain);
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(file);
    opened.and_then(|mut opened| opened.write_all(text.as_bytes())).while_(format!("adding to {}", file.display()))?;
    Ok(())
}

/// Writes the decision down, over the ledger that it was made from: whoever evaluates it again sees what it saw.
pub fn record(
    context: &Context,
    ledger: &Ledger,
    member: &Member,
    signing: &Signing,
    commit: &CommitInfo,
    judged: &Judged,
) -> Result<Written> {
    let chain = ledger.chain();
    context.check_grant(chain, member, signing, Kind::Gate)?;
    let mut header = context.header(chain, member, Kind::Gate, commit.tree);
    header.service.clone_from(&judged.subject.service);
    header.environment.clone_from(&judged.subject.environment);
    header.change.clone_from(&judged.subject.change);
    header.source = crate::cli::ci::source(&context.environment);
    header.gate = Some(detail(judged)?);
    let claim = Claim::Gate(summary(judged));
    context.repo.with_lock(|locked| {
        if locked.tip(LEDGER)? != ledger.tip() {
            let text = "something was recorded while the gate judged, so its decision is not written down";
            return Err(Error::new(text).hint("judge again: git qms gate --record"));
        }
        context.record_locked(locked, signing, Draft { commit: commit.id, header, artifacts: Vec::new(), claim })
    })
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
    Ok(GateDetail {
        purpose: match judged.purpose {
            Purpose::Gate => AskedFor::Gate,
            Purpose::Tag => AskedFor::Tag,
            Purpose::Deploy { .. } => AskedFor::Deploy,
        },
        release: judged.subject.release.clone(),
        tier: verdict.tier.clone(),
        controls: controls.collect::<Result<_>>()?,
    })
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
