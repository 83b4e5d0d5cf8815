//! `git qms trust recover`: the project begins anew, because nobody can change its trust any more. What was is kept
//! beside it, and verified as it was left.

use std::collections::BTreeSet;

use clap::Args;
use serde::Serialize;

use super::export;
use crate::cli::Start;
use crate::cli::context::{Context, LEDGER, Signing, TRUST};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::Tone;
use crate::cli::verification::{Thoroughness, count};
use crate::policy;
use crate::record::{MemberId, TrustDigest};
use crate::report::findings;
use crate::store::{ARCHIVE, ConfigScope, Stand};
use crate::trust::version::{ROOT, Thresholds};
use crate::trust::{Chain, Continues, Known, Member, MemberType, TrustEnvelope, TrustVersion};
use crate::verify::{Outcome, Severity};

/// Begin anew where too few root keys are left, and keep the project before beside it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms trust recover --member ada --key ~/.ssh/new     ada lost her key, and has a new one
  git qms trust recover --lost ada                        ada, who had the only root key, is gone

Whoever pinned the root before is told that it differs, until they pin the new one: give it to them
by another way than the repository. Other clones go over to it by: git qms trust follow DIGEST")]
pub struct Recover {
    /// Who you are, where your key is new: it takes the place of all keys that this member had
    #[arg(long, value_name = "MEMBER")]
    member: Option<MemberId>,
    /// Whose keys are lost, too: they stay members, and get new keys by: git qms trust grant
    #[arg(long, value_name = "MEMBER")]
    lost: Vec<MemberId>,
    /// Keep the project before even if it does not verify
    #[arg(long)]
    as_it_is: bool,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    root: String,
    before: String,
    ledger: String,
    archive: String,
}

impl Recover {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let signing = context.signing()?;
        let verification = context.verify(Thoroughness::default())?;
        let chain = verification.ledger.chain();
        let founder = self.founder(chain, &signing)?;
        self.refuse_where_enough_are_left(&chain.newest().version, &founder)?;
        if !self.as_it_is && verification.outcome() != Outcome::Pass {
            let grave = verification.findings.iter().filter(|finding| finding.severity >= Severity::Incomplete);
            let error = Error::no("the project does not verify, and what is kept can hardly be mended later");
            return Err(grave.take(5).fold(error, |error, finding| error.detail(findings::line(finding))).hint(
                "mend it first, from a clone that has it whole: git qms sync --fetch-only; or keep it so: --as-it-is",
            ));
        }
        let ledger = verification
            .ledger
            .tip()
            .ok_or_else(|| Error::new("there is no ledger to continue: refs/notes/qms is missing"))?;
        let continues = Continues { project: chain.root(), trust: chain.newest().digest, ledger };
        let version = self.version(&context, &chain.newest().version, &founder, continues)?;
        let mut envelope = TrustEnvelope::unsigned(version.to_payload()?);
        envelope.add_signature(signing.signer.as_ref())?;
        replace(&context, &signing, &envelope, continues)?;
        let root = context.chain()?.root();
        pin_here(&context, continues.project, root)?;
        export::refresh(&context)?;
        tell(&context, root, continues, verification.ledger.counts().valid)
    }

    /// Who begins anew, and with which key.
    fn founder(&self, chain: &Chain, signing: &Signing) -> Result<Member> {
        let (version, key) = (&chain.newest().version, signing.signer.public_key());
        if let Some(member) = version.holder(key) {
            if self.member.as_ref().is_some_and(|id| *id != member.id) {
                let text = format!("the key {} is that of {}", signing.from, member.id);
                return Err(Error::new(text).hint("leave --member out, or sign with another key: --key"));
            }
            return person(member.clone());
        }
        if let Some((_, holder)) = chain.holder(key.fingerprint()) {
            let text = format!("the key {} was {holder}'s, and was taken away", signing.from);
            return Err(Error::new(text).hint("take a new one: git qms key new FILE"));
        }
        let members = || version.members.iter().map(|member| member.id.as_str()).collect::<Vec<_>>().join(", ");
        let Some(id) = &self.member else {
            let text = format!("the key {} belongs to no member of this project", signing.from);
            return Err(Error::new(text)
                .detail(format!("members are {}", members()))
                .hint("say whose new key it is: --member MEMBER"));
        };
        let member = version.member(id).ok_or_else(|| {
            Error::new(format!("there is no member {id}")).detail(format!("members are {}", members())).hint(
                "only a member begins anew: take another clone that knows them, or git qms init in a new repository",
            )
        })?;
        person(Member { keys: vec![key.clone()], ..member.clone() })
    }

    /// Where enough root people can sign, they change the trust, and nobody has to pin anything anew.
    fn refuse_where_enough_are_left(&self, version: &TrustVersion, founder: &Member) -> Result<()> {
        for id in &self.lost {
            if version.member(id).is_none() {
                return Err(Error::new(format!("there is no member {id}")).hint("see who there is: git qms trust show"));
            }
            if *id == founder.id {
                return Err(Error::new(format!("{id} signs this, so has a key"))
                    .hint("leave them out of --lost; the key that signs replaces theirs by --member"));
            }
        }
        let has_new_key = |member: &&Member| member.id == founder.id && member.keys != founder.keys;
        let is_left = |member: &&Member| {
            member.holds(ROOT) && !member.keys.is_empty() && !self.lost.contains(&member.id) && !has_new_key(member)
        };
        let left: Vec<&str> = version.members.iter().filter(is_left).map(|member| member.id.as_str()).collect();
        if left.len() < version.thresholds.root as usize {
            return Ok(());
        }
        let text = format!("{} may still change the trust: nobody has to begin anew", left.join(", "));
        Err(Error::no(text)
            .detail("a project that begins anew has another root, which everybody has to pin again")
            .hint("change it with their keys: git qms trust grant MEMBER --public-key FILE; or say who has lost theirs: --lost MEMBER"))
    }

    /// The first version of the project that continues: the same people, but for the keys that are lost.
    fn version(
        &self,
        context: &Context,
        before: &TrustVersion,
        founder: &Member,
        continues: Continues,
    ) -> Result<TrustVersion> {
        let kept = |member: &Member| {
            let mut member = if member.id == founder.id { founder.clone() } else { member.clone() };
            if self.lost.contains(&member.id) {
                member.keys.clear();
                member.roles.remove(ROOT);
            }
            if member.id == founder.id {
                member.roles.insert(ROOT.parse()?);
            }
            Ok::<_, Error>(member)
        };
        Ok(TrustVersion {
            version: 1,
            previous: None,
            ledger: None,
            name: before.name.clone(),
            created: context.now,
            members: before.members.iter().map(kept).collect::<Result<_>>()?,
            grants: before.grants.clone(),
            // One signs; how many it takes from now on is the next thing to say.
            thresholds: Thresholds { root: 1 },
            compromised: [].into(),
            known: Known::default(),
            nonce: Some(crate::cli::command::init::nonce()?),
            continues: Some(continues),
        })
    }
}

fn person(member: Member) -> Result<Member> {
    if member.kind == MemberType::Bot {
        return Err(
            Error::new(format!("{} is a bot: a person begins anew", member.id)).hint("sign with your own key: --key")
        );
    }
    Ok(member)
}

/// Puts the project before aside and begins the new one in its place. A crash in between leaves a project without its
/// first checkpoint, which the next write makes.
fn replace(context: &Context, signing: &Signing, envelope: &TrustEnvelope, continues: Continues) -> Result<()> {
    context.repo.with_lock(|locked| -> Result<()> {
        let (ledger, trust) = (locked.tip(LEDGER)?, locked.tip(TRUST)?);
        let (Some(trust), true) = (trust, ledger == Some(continues.ledger)) else {
            return Err(Error::new("somebody wrote to the ledger meanwhile").hint("once more: git qms trust recover"));
        };
        let message = "qms: trust version 1";
        let new = locked.write_first_trust(&envelope.to_bytes(), message, context.now)?;
        let old = Stand { ledger, trust };
        locked.put_aside(continues.project, old, old, Stand { ledger: None, trust: new }, message)?;
        let chain = context.chain()?;
        let member = context.member(&chain, signing)?;
        context.pin_trust(locked, &chain, member, signing.signer.as_ref())?;
        Ok(())
    })
}

/// What this clone pinned for itself follows; what a person pinned elsewhere is for them to change.
pub(super) fn pin_here(context: &Context, before: TrustDigest, root: TrustDigest) -> Result<()> {
    let own: BTreeSet<_> = context.repo.config_values("qms.trustRoot", ConfigScope::Repository).into_iter().collect();
    let pinned = own.iter().filter_map(|text| text.trim().trim_start_matches("sha256:").parse::<TrustDigest>().ok());
    if own.is_empty() || pinned.into_iter().any(|pinned| pinned == before) {
        context.repo.set_config("qms.trustRoot", &root.to_string())?;
    }
    Ok(())
}

fn tell(context: &Context, root: TrustDigest, continues: Continues, records: u64) -> Result<Exit> {
    let (ui, before) = (context.ui, continues.project);
    if ui.is_json() {
        ui.json(&Output {
            schema: "git-qms/trust-recover/v1",
            root: root.to_string(),
            before: before.to_string(),
            ledger: continues.ledger.to_string(),
            archive: format!("{ARCHIVE}{before}"),
        })?;
        return Ok(Exit::Yes);
    }
    if ui.is_quiet() {
        ui.line(&root.to_string());
        return Ok(Exit::Yes);
    }
    let plain = |text: &str| ui.paint(Tone::Plain, text);
    ui.line(&format!("trust   sha256:{root}"));
    ui.line("        give this to whoever verifies, by another way than the repository");
    ui.line(&format!("before  sha256:{before}"));
    ui.line(&format!("        {}, kept at {}", count(records, "record"), plain(&format!("{ARCHIVE}{before}"))));
    let file = policy::PATH;
    ui.note(&format!("next    baseline = \"COMMIT\" in {file}: what was released or checked before; commit it, then: git qms policy ratify"));
    ui.note("        how many have to sign from now on: git qms trust threshold root NUMBER");
    ui.note("        at the remote, once its people have pinned the new root: git push --atomic --force REMOTE refs/notes/qms refs/qms/trust 'refs/qms/archive/*'");
    ui.note(&format!("        in every other clone: git qms trust follow {root}"));
    Ok(Exit::Yes)
}
