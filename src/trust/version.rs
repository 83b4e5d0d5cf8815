//! One trust version: the people and bots, their keys, roles, and which role may sign which kind.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::continues::Continues;
use crate::envelope::{Fingerprint, PublicKey};
use crate::record::ids::{CommitId, LineDigest, TrustDigest};
use crate::record::kind::Kind;
use crate::record::name::{MemberId, Name};
use crate::record::strict::{self, JsonError};
use crate::record::time::UtcTime;

/// The role whose members sign trust versions.
pub const ROOT: &str = "root";

/// The payload of one trust version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustVersion {
    /// From 1, each one more than the one before.
    pub version: u64,
    /// Digest of the one before; absent in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<TrustDigest>,
    /// The ledger's tip when it was written; absent in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "not_null")]
    pub ledger: Option<CommitId>,
    /// The project's name, for people.
    pub name: String,
    /// When it was written: a claim.
    pub created: UtcTime,
    /// Everybody who may sign something.
    pub members: Vec<Member>,
    /// Which roles may sign which kind. A kind that is not listed nobody may sign.
    pub grants: BTreeMap<Kind, BTreeSet<Name>>,
    /// How many members have to sign.
    pub thresholds: Thresholds,
    /// Stolen or lost keys, and the ledger head up to which their records count.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub compromised: BTreeMap<Fingerprint, CommitId>,
    /// Flaws of the ledger that are accepted as flaws.
    #[serde(default, skip_serializing_if = "Known::is_empty")]
    pub known: Known,
    /// 128 random bits in hex, so that no two projects share an id; in version 1 only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The project that this one continues; in version 1 only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continues>,
}

fn not_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<CommitId>, D::Error> {
    CommitId::deserialize(deserializer).map(Some)
}

/// A person or a bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Never reused.
    pub id: MemberId,
    /// The printed name.
    pub name: String,
    /// The addresses under which they author commits.
    pub emails: Vec<String>,
    /// Bots never count as people.
    #[serde(rename = "type")]
    pub kind: MemberType,
    /// What they do.
    pub roles: BTreeSet<Name>,
    /// What they sign with. Never reused.
    pub keys: Vec<PublicKey>,
}

/// A person or a bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemberType {
    /// Can approve.
    Person,
    /// Signs what the pipeline says.
    Bot,
}

/// How many members have to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Distinct root-role people under a trust version.
    pub root: u32,
}

/// Flaws that were looked at and accepted; they stay listed but are no error any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Void or lost lines.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lines: BTreeSet<LineDigest>,
    /// Signed heads that are gone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub heads: BTreeSet<CommitId>,
}

impl Known {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.heads.is_empty()
    }
}

/// Why a payload is not a sound trust version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// Not strict JSON of the shape.
    #[error("payload: {0}")]
    Json(#[from] JsonError),
    /// A rule that the shape alone does not say.
    #[error("{0}")]
    Rule(String),
}

impl TrustVersion {
    /// Reads a payload and checks what can be told from it alone.
    pub fn parse(payload: &[u8]) -> Result<Self, VersionError> {
        let version: Self = strict::from_slice(payload)?;
        version.check().map_err(VersionError::Rule)?;
        Ok(version)
    }

    /// Writes the payload.
    pub fn to_payload(&self) -> Result<Vec<u8>, VersionError> {
        self.check().map_err(VersionError::Rule)?;
        serde_json::to_vec(self).map_err(|error| JsonError::from(error).into())
    }

    fn check(&self) -> Result<(), String> {
        let first = self.version == 1;
        if self.version == 0 {
            return Err("version 0: the first one is 1".into());
        }
        if first != self.previous.is_none() || first != self.ledger.is_none() || first != self.nonce.is_some() {
            return Err("version 1 has a nonce and no previous or ledger; every later one the reverse".into());
        }
        if !first && self.continues.is_some() {
            return Err("continues is in version 1 alone: a project does not begin twice".into());
        }
        let hex = |nonce: &str| nonce.len() == 32 && nonce.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !self.nonce.as_deref().is_none_or(hex) {
            return Err("nonce is not 32 lower-case hex digits".into());
        }
        check_text("project name", &self.name)?;
        let mut ids = BTreeSet::new();
        let mut keys = BTreeSet::new();
        for member in &self.members {
            member.check()?;
            if !ids.insert(&member.id) {
                return Err(format!("member {} is there twice", member.id));
            }
            for key in &member.keys {
                if !keys.insert(key.fingerprint()) {
                    return Err(format!("key {} is there twice", key.fingerprint()));
                }
            }
        }
        let roots = self.members.iter().filter(|member| member.holds(ROOT) && !member.keys.is_empty()).count();
        if self.thresholds.root == 0 || (self.thresholds.root as usize) > roots {
            return Err(format!(
                "threshold of {} root people, of whom there are {roots} with a key: add another root person first, or ask for fewer",
                self.thresholds.root
            ));
        }
        Ok(())
    }

    /// The member with this id.
    pub fn member(&self, id: &MemberId) -> Option<&Member> {
        self.members.iter().find(|member| member.id == *id)
    }

    /// The member who holds this key.
    pub fn holder(&self, key: &PublicKey) -> Option<&Member> {
        self.members.iter().find(|member| member.keys.contains(key))
    }

    /// The member who authors commits under this address. Compared without regard to ASCII case.
    pub fn by_email(&self, email: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.emails.iter().any(|own| own.eq_ignore_ascii_case(email)))
    }

    /// Whether a member with `key` may sign records of `kind`.
    pub fn grants(&self, member: &MemberId, key: &PublicKey, kind: Kind) -> bool {
        let roles = self.grants.get(&kind);
        self.member(member).is_some_and(|member| {
            member.keys.contains(key) && roles.is_some_and(|roles| !member.roles.is_disjoint(roles))
        })
    }
}

impl Member {
    /// Whether they hold the role.
    pub fn holds(&self, role: &str) -> bool {
        self.roles.contains(role)
    }

    fn check(&self) -> Result<(), String> {
        check_text("member name", &self.name)?;
        for email in &self.emails {
            check_email(email)?;
        }
        if self.kind == MemberType::Bot && self.holds(ROOT) {
            return Err(format!("bot {} has the role root, which only people hold", self.id));
        }
        Ok(())
    }
}

/// A text that people read in lists: one line, not empty, nothing that steers a terminal.
fn check_text(what: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err(format!("{what} {text:?} has to be one line of 1 to 200 characters without control characters"));
    }
    Ok(())
}

/// An address that git's allowed-signers file takes literally: it is a pattern there.
fn check_email(email: &str) -> Result<(), String> {
    let odd = |c: char| c.is_control() || c.is_whitespace() || "*?!,\"#".contains(c);
    let shape = email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    if !shape || email.len() > 254 || email.chars().any(odd) || email.starts_with('-') {
        return Err(format!(
            "e-mail {email:?} is not one plain address, such as ada@example.com, without * ? ! , \" #"
        ));
    }
    Ok(())
}
