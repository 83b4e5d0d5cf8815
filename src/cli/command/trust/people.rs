//! Changes of people, roles, keys and accepted flaws.

use std::collections::BTreeSet;

use clap::Args;

use super::change::{To, change};
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::verification::count;
use crate::envelope::Fingerprint;
use crate::keys;
use crate::record::{CommitId, LineDigest, MemberId, Name};
use crate::trust::{Member, MemberType, TrustVersion};

/// Add a person or a bot.
#[derive(Debug, Args)]
pub struct Add {
    /// The member's id, for ever
    id: MemberId,
    /// The printed name
    #[arg(long)]
    name: String,
    /// An address they author commits under; repeat for more
    #[arg(long = "email", value_name = "ADDRESS")]
    emails: Vec<String>,
    /// Their public key: a .pub file or the text ssh-ed25519 AAAA…
    #[arg(long, value_name = "FILE")]
    public_key: String,
    /// A role; repeat for more
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<Name>,
    /// It is a bot: it signs what a pipeline says, and never counts as a person
    #[arg(long)]
    bot: bool,
    #[command(flatten)]
    to: To,
}

impl Add {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let key = keys::public(&self.public_key)?;
        if !self.bot && self.emails.is_empty() {
            return Err(Error::new(format!("{} is a person without an address", self.id))
                .hint("name the address of their commits, by which authors are told from approvers: --email ADDRESS"));
        }
        let kind = if self.bot { MemberType::Bot } else { MemberType::Person };
        let member = Member {
            id: self.id.clone(),
            name: self.name,
            emails: self.emails,
            kind,
            roles: self.roles.into_iter().collect(),
            keys: vec![key],
        };
        change(&context, &self.to, &format!("add {}", self.id), |version| {
            if version.member(&self.id).is_some() {
                return Err(Error::new(format!("member {} is there already", self.id))
                    .hint("give further roles with: git qms trust grant"));
            }
            known_roles(version, &member)?;
            version.members.push(member);
            Ok(())
        })
    }
}

/// A role that no grant mentions is most likely a slip of the pen.
fn known_roles(version: &TrustVersion, member: &Member) -> Result<()> {
    let granted = version.grants.values().flatten().map(Name::as_str);
    let roles: BTreeSet<&str> = granted.chain([crate::trust::version::ROOT]).collect();
    match member.roles.iter().find(|role| !roles.contains(role.as_str())) {
        None => Ok(()),
        Some(role) => {
            let roles = roles.into_iter().collect::<Vec<_>>().join(", ");
            Err(Error::new(format!("role {role} may sign nothing in this project"))
                .hint(format!("roles are {roles}; or first: git qms trust grant --kind KIND --role {role}")))
        }
    }
}

/// Give a member further roles or keys, or a role further kinds.
#[derive(Debug, Args)]
pub struct Grant {
    /// The member
    #[arg(required_unless_present = "kind", conflicts_with = "kind")]
    id: Option<MemberId>,
    /// A role; repeat for more
    #[arg(long = "role", value_name = "ROLE", required_unless_present_any = ["public_keys", "emails"])]
    roles: Vec<Name>,
    /// A further public key, such as the one that replaces another; repeat for more
    #[arg(long = "public-key", value_name = "FILE", conflicts_with = "kind")]
    public_keys: Vec<String>,
    /// A further address they author commits under; repeat for more
    #[arg(long = "email", value_name = "ADDRESS", conflicts_with = "kind")]
    emails: Vec<String>,
    /// Let the roles sign records of this kind
    #[arg(long, value_name = "KIND", requires = "roles")]
    kind: Option<String>,
    #[command(flatten)]
    to: To,
}

impl Grant {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let roles = self.roles.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        if let Some(kind) = self.kind {
            let kind: crate::record::Kind = kind.parse()?;
            return change(&context, &self.to, &format!("let {roles} sign {kind}"), |version| {
                version.grants.entry(kind).or_default().extend(self.roles);
                Ok(())
            });
        }
        let id = self.id.ok_or_else(|| Error::new("name a member or a kind"))?;
        let keys = self.public_keys.iter().map(|key| Ok(keys::public(key)?)).collect::<Result<Vec<_>>>()?;
        let given = self.roles.iter().map(ToString::to_string);
        let given = given.chain(keys.iter().map(|key| format!("key {}", key.fingerprint())));
        let given = given.chain(self.emails.iter().cloned()).collect::<Vec<_>>().join(", ");
        change(&context, &self.to, &format!("grant {id} {given}"), |version| {
            let member = find(version, &id)?;
            member.roles.extend(self.roles);
            member.keys.extend(keys);
            member.emails.extend(self.emails);
            let member = member.clone();
            known_roles(version, &member)
        })
    }
}

/// Take a member, a role or a key away.
#[derive(Debug, Args)]
pub struct Remove {
    /// The member
    id: MemberId,
    /// Only this role
    #[arg(long)]
    role: Option<Name>,
    /// Only this key, by its fingerprint
    #[arg(long = "key-fingerprint", value_name = "SHA256:…", conflicts_with = "role")]
    fingerprint: Option<Fingerprint>,
    #[command(flatten)]
    to: To,
}

impl Remove {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let what = match (&self.role, &self.fingerprint) {
            (Some(role), _) => format!("{} is no longer {role}", self.id),
            (_, Some(key)) => format!("{} no longer has key {key}", self.id),
            _ => format!("{} leaves", self.id),
        };
        change(&context, &self.to, &what, |version| {
            let member = find(version, &self.id)?;
            if let Some(role) = &self.role {
                if !member.roles.remove(role) {
                    return Err(Error::new(format!("{} does not have the role {role}", self.id)));
                }
            } else if let Some(fingerprint) = self.fingerprint {
                let before = member.keys.len();
                member.keys.retain(|key| key.fingerprint() != fingerprint);
                if member.keys.len() == before {
                    return Err(Error::new(format!("{} does not have key {fingerprint}", self.id)));
                }
            } else {
                version.members.retain(|member| member.id != self.id);
            }
            Ok(())
        })
    }
}

/// Accept void or lost lines and lost heads as such.
#[derive(Debug, Args)]
pub struct Known {
    /// A line, by the SHA-256 that verify shows; repeat for more
    #[arg(long = "line", value_name = "SHA256", required_unless_present = "heads")]
    lines: Vec<LineDigest>,
    /// A ledger commit that is gone; repeat for more
    #[arg(long = "head", value_name = "COMMIT")]
    heads: Vec<CommitId>,
    #[command(flatten)]
    to: To,
}

impl Known {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let named = [(self.lines.len(), "line"), (self.heads.len(), "head")].into_iter();
        let named = named.filter(|(number, _)| *number > 0).map(|(number, what)| count(number as u64, what));
        let what = format!("accept {} as flawed", named.collect::<Vec<_>>().join(" and "));
        change(&context, &self.to, &what, |version| {
            version.known.lines.extend(self.lines);
            version.known.heads.extend(self.heads);
            Ok(())
        })
    }
}

fn find<'a>(version: &'a mut TrustVersion, id: &MemberId) -> Result<&'a mut Member> {
    let names = version.members.iter().map(|member| member.id.as_str()).collect::<Vec<_>>().join(", ");
    version
        .members
        .iter_mut()
        .find(|member| member.id == *id)
        .ok_or_else(|| Error::new(format!("there is no member {id}")).hint(format!("members are {names}")))
}
