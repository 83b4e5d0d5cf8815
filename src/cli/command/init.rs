//! `git qms init`: policy, trust root, key, hooks and refspecs. Safe to repeat: what is there stays.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::trust::export;
use crate::cli::context::{Context, LEDGER, Signing, TRUST};
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::ui::Tone;
use crate::cli::{Start, hook};
use crate::keys::Place;
use crate::policy;
use crate::record::{Kind, MemberId, Name};
use crate::store::{ConfigScope, tracking_trust};
use crate::trust::version::{ROOT, Thresholds};
use crate::trust::{Chain, Known, Member, MemberType, TrustEnvelope, TrustVersion};

/// Set up policy, trust root, key, hooks and refspecs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms key new ~/.ssh/qms                    where you have no Ed25519 key yet
  git qms init                                  person from git config, key from ~/.ssh
  git qms init --preset regulated               a dozen controls in risk tiers, for teams that are audited
  git qms init --key ~/.ssh/qms --member ada    another key, and the id you go by")]
pub struct Init {
    /// The project's and first service's name; by default the folder's
    #[arg(long)]
    name: Option<String>,
    /// The catalog to begin with
    #[arg(long, value_enum, default_value_t = Preset::Small)]
    preset: Preset,
    /// Your member id; by default from your address
    #[arg(long)]
    member: Option<MemberId>,
}

/// A catalog to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Preset {
    /// Three controls: tests, approval, vulnerabilities
    Small,
    /// Tiers, types of change and a dozen controls, for teams that are audited
    Regulated,
}

/// Which roles may sign which kind, in a new project.
const GRANTS: &[(Kind, &[&str])] = &[
    (Kind::Plan, &["developer", "release-manager"]),
    (Kind::Build, &["ci", "developer"]),
    (Kind::Test, &["ci", "developer", "qa"]),
    (Kind::Scan, &["ci", "developer", "security"]),
    (Kind::Analysis, &["ci", "developer", "security"]),
    (Kind::Approval, &["developer", "qa", "release-manager", "security"]),
    (Kind::Gate, &["ci", "developer", "release-manager"]),
    (Kind::Deploy, &["ci", "release-manager"]),
    (Kind::Monitor, &["ci", "release-manager"]),
    (Kind::Incident, &["ci", "developer", "release-manager"]),
    (Kind::Defect, &["developer", "qa", "release-manager"]),
    (Kind::Policy, &["policy-owner"]),
    (Kind::Release, &["release-manager"]),
    (Kind::Checkpoint, &["ci", "developer", "release-manager", "root"]),
    (Kind::Exception, &["developer", "qa", "release-manager", "security"]),
    (Kind::ExceptionDecision, &["developer", "policy-owner", "qa", "release-manager", "security"]),
    (Kind::Tombstone, &["policy-owner", "qa", "release-manager", "root"]),
];

/// What the founder may do; approving and releasing take a second person.
const FOUNDER: [&str; 3] = [ROOT, "policy-owner", "developer"];

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    root: String,
    member: String,
    policy: String,
    done: Vec<String>,
}

impl Init {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let signing = context.signing()?;
        let mut done = Vec::new();
        let name = self.project_name(&context);
        if context.repo.ref_tip(TRUST)?.is_none() {
            refuse_second_root(&context)?;
            found(&context, &signing, &self.founder(&context, &signing)?, &name)?;
            done.push("trust root".to_owned());
        }
        let chain = context.chain()?;
        let member = context.member(&chain, &signing)?;
        done.extend(write_policy(&context, &name, self.preset)?);
        configure(&context, &mut done)?;
        remember_key(&context, &mut done)?;
        tell(&context, &chain, member, &signing, done)
    }

    fn project_name(&self, context: &Context) -> String {
        let folder = context.repo.workdir().unwrap_or_else(|| context.repo.common_dir());
        let folder = folder.file_name().map(|name| name.to_string_lossy().trim_end_matches(".git").to_owned());
        self.name.clone().or(folder).unwrap_or_else(|| "project".to_owned())
    }

    fn founder(&self, context: &Context, signing: &Signing) -> Result<Member> {
        let config = |key: &str| {
            context.repo.config(key).filter(|value| !value.trim().is_empty()).ok_or_else(|| {
                Error::new(format!("git does not know who you are: {key} is not set"))
                    .hint(format!("git config --global {key} …, and again: git qms init"))
            })
        };
        let (name, email) = (config("user.name")?, config("user.email")?);
        let id = match &self.member {
            Some(id) => id.clone(),
            None => {
                let local = email.split('@').next().unwrap_or_default().to_ascii_lowercase();
                let id: String = local
                    .chars()
                    .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' })
                    .collect();
                id.parse().map_err(|_| {
                    Error::new(format!("no member id can be made from {email:?}")).hint("choose one: --member ID")
                })?
            }
        };
        let roles: BTreeSet<Name> = names(&FOUNDER)?;
        let keys = vec![signing.signer.public_key().clone()];
        Ok(Member { id, name, emails: vec![email], kind: MemberType::Person, roles, keys })
    }
}

/// A clone of a project that has a trust root must not found another one.
fn refuse_second_root(context: &Context) -> Result<()> {
    // A catalog in the history says that somebody began, and none can be seen before a checkout; only then is it worth
    // asking over the network.
    let head = context.repo.head()?;
    let is_begun =
        head.is_none_or(|head| matches!(context.repo.read_blob_at(&head, policy::PATH, 1 << 20), Ok(Some(_))));
    for remote in context.repo.remotes()? {
        let is_fetched = context.repo.ref_tip(&tracking_trust(&remote))?.is_some();
        let has_trust = is_fetched
            || is_begun
                && context.repo.remote_has_trust(&remote).unwrap_or_else(|error| {
                    context.ui.warn(&format!("it cannot be told whether {remote} has a trust root already: {error}"));
                    false
                });
        if has_trust {
            return Err(Error::new(format!("the remote {remote} has a trust root already"))
                .hint("take it over instead of founding another: git qms sync --fetch-only"));
        }
    }
    Ok(())
}

fn names(texts: &[&str]) -> Result<BTreeSet<Name>> {
    texts.iter().map(|text| Ok(text.parse::<Name>()?)).collect()
}

/// Writes trust version 1 and the ledger's root, its checkpoint.
fn found(context: &Context, signing: &Signing, founder: &Member, name: &str) -> Result<()> {
    if context.repo.ref_tip(LEDGER)?.is_some() {
        return Err(Error::new("refs/notes/qms is there already, without a trust root")
            .hint("it is no ledger of git-qms, or its trust was lost: bring refs/qms/trust from another clone, or rename the notes ref"));
    }
    let grants = GRANTS.iter().map(|(kind, roles)| Ok((*kind, names(roles)?))).collect::<Result<_>>()?;
    let version = TrustVersion {
        version: 1,
        previous: None,
        ledger: None,
        name: name.to_owned(),
        created: context.now,
        members: vec![founder.clone()],
        grants,
        thresholds: Thresholds { root: 1 },
        compromised: [].into(),
        known: Known::default(),
        nonce: Some(nonce()?),
        continues: None,
    };
    let mut envelope = TrustEnvelope::unsigned(version.to_payload()?);
    envelope.add_signature(signing.signer.as_ref())?;
    context.repo.with_lock(|locked| -> Result<()> {
        locked.write_trust(&envelope.to_bytes(), None, "qms: trust version 1", context.now)?;
        context.pin_trust(locked, &context.chain()?, founder, signing.signer.as_ref())?;
        Ok(())
    })?;
    // For this clone alone: whoever verifies elsewhere pins the root themselves.
    context.repo.set_config("qms.trustRoot", &context.chain()?.root().to_string())?;
    Ok(())
}

/// 128 random bits in hex, so that no two projects share an id.
pub(super) fn nonce() -> Result<String> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|error| Error::new(format!("no random bytes: {error}")))?;
    Ok(format!("{:032x}", u128::from_be_bytes(nonce)))
}

/// The catalog to begin with, unless there is one, and the cases that show what it does.
fn write_policy(context: &Context, name: &str, preset: Preset) -> Result<Vec<String>> {
    let Some(tree) = context.repo.workdir() else { return Ok(Vec::new()) };
    let file = tree.join(policy::PATH);
    if file.exists() {
        if preset == Preset::Regulated {
            context.ui.warn(&format!("{} is there already and stays as it is", policy::PATH));
        }
        return Ok(Vec::new());
    }
    let service: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect();
    let service: Name = service.parse()?;
    let head = context.repo.head()?;
    let (text, cases) = match preset {
        Preset::Small => (policy::starter(head, &service), policy::starter_cases()),
        Preset::Regulated => (policy::regulated(head, &service), policy::regulated_cases()),
    };
    write(&file, &text)?;
    let mut written = vec![policy::PATH.to_owned()];
    let example = tree.join(policy::EXAMPLE);
    if !example.exists() {
        write(&example, cases)?;
        written.push(policy::EXAMPLE.to_owned());
    }
    Ok(written)
}

fn write(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).while_(format!("making {}", folder.display()))?;
    std::fs::write(file, text).while_(format!("writing {}", file.display()))
}

/// Refspecs, allowed signers and the hook; none of them touches what somebody else configured.
fn configure(context: &Context, done: &mut Vec<String>) -> Result<()> {
    for remote in context.repo.remotes()? {
        if context.repo.set_up_remote(&remote)? {
            done.push(format!("refspecs of {remote}"));
        }
    }
    export::write(context)?;
    let signers = context.repo.config_values("gpg.ssh.allowedSignersFile", ConfigScope::Any);
    if signers.is_empty() {
        context.repo.set_config("gpg.ssh.allowedSignersFile", &export::file(context).display().to_string())?;
        done.push("allowed signers".to_owned());
    }
    if hook::install(context)? {
        done.push("pre-push hook".to_owned());
    }
    Ok(())
}

/// Who says once which key is theirs in a repository need not say it again; what was configured before stays.
fn remember_key(context: &Context, done: &mut Vec<String>) -> Result<()> {
    let named = context.key()?.from;
    let is_configured = !context.repo.config_values("qms.signingKey", ConfigScope::Any).is_empty();
    let Some(file) = named.path.filter(|_| named.place == Place::Option && !is_configured) else { return Ok(()) };
    // Commands are run in any folder.
    let file = if file.starts_with('~') { PathBuf::from(file) } else { std::path::absolute(file)? };
    context.repo.set_config("qms.signingKey", &file.display().to_string())?;
    done.push("signing key".to_owned());
    Ok(())
}

fn tell(context: &Context, chain: &Chain, member: &Member, signing: &Signing, done: Vec<String>) -> Result<Exit> {
    let ui = context.ui;
    if ui.is_json() {
        let policy = policy::PATH.to_owned();
        let (root, member) = (chain.root().to_string(), member.id.to_string());
        ui.json(&Output { schema: "git-qms/init/v1", root, member, policy, done })?;
        return Ok(Exit::Yes);
    }
    if ui.is_quiet() {
        ui.line(&chain.root().to_string());
        return Ok(Exit::Yes);
    }
    let plain = |text: &str| ui.paint(Tone::Plain, text);
    let email = member.emails.first().map(|email| format!(" <{email}>")).unwrap_or_default();
    ui.line(&format!("you     {}", plain(&format!("{}, {}{email}, key {}", member.id, member.name, signing.from))));
    if context.repo.workdir().is_some() {
        let controls = controls(context).unwrap_or_default();
        ui.line(&format!("policy  {}{}", policy::PATH, plain(&controls)));
    }
    ui.line(&format!("trust   sha256:{}   give this to whoever verifies", chain.root()));
    if !done.is_empty() {
        ui.line(&format!("done    {}", plain(&done.join(", "))));
    }
    let repeated = if done.is_empty() { "nothing was missing; " } else { "" };
    let next = match context.repo.head()? {
        Some(_) => "git qms record test --from junit.xml".to_owned(),
        None => "git add .qms && git commit: evidence is about commits".to_owned(),
    };
    ui.note(&format!("next    {repeated}{next}"));
    Ok(Exit::Yes)
}

/// `: TEST-01, APPROVE-01, SCAN-01`.
fn controls(context: &Context) -> Option<String> {
    let text = std::fs::read_to_string(context.repo.workdir()?.join(policy::PATH)).ok()?;
    let policy = policy::parse(&text, policy::PATH).ok()?;
    let ids: Vec<String> = policy.controls.iter().map(|control| control.id.to_string()).collect();
    Some(format!(": {}", ids.join(", ")))
}
