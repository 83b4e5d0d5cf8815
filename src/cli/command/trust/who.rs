//! Who may do what, now or then: the auditor's "who could approve this?".

use clap::Args;
use serde::Serialize;

use crate::cli::Start;
use crate::cli::at::At;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::releases::manifest_of;
use crate::cli::ui::Tone;
use crate::envelope::Fingerprint;
use crate::record::{Kind, MemberId, Name, UtcTime};
use crate::trust::{Chain, Holding, Link, MemberType};

/// Say who held a role, now, at a time or for a release.
///
/// With --at TIME by the times that the versions say of themselves: claims of those who signed them. With --at RELEASE by
/// the version that the release's signed manifest names, which is proof.
#[derive(Debug, Args)]
pub struct Who {
    /// Only who holds this role
    #[arg(long)]
    role: Option<Name>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output<'a> {
    schema: &'static str,
    version: u64,
    digest: String,
    created: UtcTime,
    role: Option<&'a Name>,
    /// The kinds of record that the role may sign; of no role: none.
    may_sign: Vec<Kind>,
    members: Vec<Holder<'a>>,
}

#[derive(Serialize)]
struct Holder<'a> {
    id: &'a MemberId,
    name: &'a str,
    #[serde(rename = "type")]
    kind: MemberType,
    roles: Vec<&'a Name>,
    keys: Vec<Fingerprint>,
    since: Moment,
    until: Option<Moment>,
}

#[derive(Serialize)]
struct Moment {
    version: u64,
    created: UtcTime,
}

impl Moment {
    fn of(link: &Link) -> Self {
        Self { version: link.version.version, created: link.version.created }
    }
}

impl<'a> Holder<'a> {
    fn of(holding: &Holding<'a>) -> Self {
        let member = holding.member;
        Self {
            id: &member.id,
            name: &member.name,
            kind: member.kind,
            roles: member.roles.iter().collect(),
            keys: member.keys.iter().map(crate::envelope::PublicKey::fingerprint).collect(),
            since: Moment::of(holding.since),
            until: holding.until.map(Moment::of),
        }
    }
}

impl Who {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let (chains, ui) = (context.chains()?, context.ui);
        let (chain, link) = asked(&context, &chains, start.global.at.as_ref())?;
        let role = self.role.as_ref();
        let found = chain.holding(role.map(Name::as_str), link.version.version);
        let exit = if found.is_empty() { Exit::No } else { Exit::Yes };
        let may = |kind: &Kind| role.is_some_and(|role| link.version.grants[kind].contains(role));
        let may_sign: Vec<Kind> = link.version.grants.keys().copied().filter(may).collect();
        if ui.is_json() {
            ui.json(&Output {
                schema: "git-qms/trust-who/v1",
                version: link.version.version,
                digest: link.digest.to_string(),
                created: link.version.created,
                role,
                may_sign,
                members: found.iter().map(Holder::of).collect(),
            })?;
            return Ok(exit);
        }
        if ui.is_quiet() {
            for one in &found {
                ui.line(one.member.id.as_str());
            }
            return Ok(exit);
        }
        if chain.root() != chains[0].root() {
            ui.line(&format!("project {}, which was continued later", chain.root().short()));
        }
        ui.line(&format!("trust   version {} of {}", link.version.version, link.version.created));
        if let Some(role) = role {
            let kinds: Vec<_> = may_sign.iter().map(ToString::to_string).collect();
            let kinds = if kinds.is_empty() { "no kind of record".to_owned() } else { kinds.join(", ") };
            ui.line(&format!("role    {role}: may sign {kinds}"));
        }
        for one in &found {
            let member = one.member;
            let bot = if member.kind == MemberType::Bot { ", bot" } else { "" };
            ui.line(&format!("{}  {}{bot}", member.id, ui.paint(Tone::Plain, &member.name)));
            if role.is_none() {
                let roles: Vec<_> = member.roles.iter().map(Name::as_str).collect();
                ui.line(&format!("        {}", roles.join(", ")));
            }
            ui.line(&format!("        {}", held(one)));
            for key in &member.keys {
                ui.line(&format!("        {}", key.fingerprint()));
            }
        }
        if found.is_empty() {
            let what = role.map_or_else(|| "is a member".to_owned(), |role| format!("holds the role {role}"));
            ui.line(&format!("nobody {what} under this version"));
            let approve = link.version.grants.get(&Kind::Approval);
            if let Some(roles) = approve.filter(|_| role.is_some() && may_sign.is_empty()) {
                let roles: Vec<&str> = roles.iter().map(Name::as_str).collect();
                ui.note(&format!(
                    "approvals are signed by the roles {}: git qms trust who --role ROLE",
                    roles.join(", ")
                ));
            }
        }
        Ok(exit)
    }
}

fn held(holding: &Holding<'_>) -> String {
    let moment = |link: &Link| format!("version {} of {}", link.version.version, link.version.created);
    let since = moment(holding.since);
    holding.until.map_or_else(|| format!("since {since}"), |until| format!("from {since} to {}", moment(until)))
}

/// The version that is asked about, of the project or, for what was before, of one that it continues.
fn asked<'a>(context: &Context, chains: &'a [Chain], at: Option<&At>) -> Result<(&'a Chain, &'a Link)> {
    let find = |which: &dyn Fn(&'a Chain) -> Option<&'a Link>| {
        chains.iter().find_map(|chain| which(chain).map(|link| (chain, link)))
    };
    match at {
        None => Ok((&chains[0], chains[0].newest())),
        Some(At::Time(time)) => find(&|chain| chain.at(*time)).ok_or_else(|| {
            let first = chains[chains.len() - 1].first().version.created;
            Error::no(format!("at {time} there was no trust: its first version is of {first}"))
        }),
        Some(At::Release(tag)) => {
            let digest = manifest_of(context, tag)?.0.trust.digest;
            find(&|chain| chain.version(digest)).ok_or_else(|| {
                Error::no(format!("release {tag} was made under trust version {digest}, which is not in the chain"))
                    .hint("git qms verify tells what is wrong")
            })
        }
    }
}
