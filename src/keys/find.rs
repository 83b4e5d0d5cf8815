//! The key to sign with, found in the order that the command line promises.

use std::fmt;
use std::path::{Path, PathBuf};

use super::agent::{self, AgentError};
use super::file::{self, FileError, FileKey, pub_of};
use super::public::{self, PublicError};
use super::secret::{self, SecretError};
use crate::envelope::Signer;

/// What the user, the environment and git's configuration say about keys. Not `Debug`: it may hold a secret.
#[derive(Clone, Default)]
pub struct Places {
    /// `--key`.
    pub explicit: Option<String>,
    /// `QMS_SIGNING_KEY`: a path or the key itself.
    pub variable: Option<String>,
    /// `git config qms.signingKey`.
    pub qms_signing_key: Option<String>,
    /// `git config user.signingKey`.
    pub user_signing_key: Option<String>,
    /// `git config gpg.format`: unless it is `ssh`, `user.signingKey` is none of ours.
    pub gpg_format: Option<String>,
    /// The home directory.
    pub home: Option<PathBuf>,
    /// The agent's socket, `SSH_AUTH_SOCK`.
    pub agent: Option<PathBuf>,
}

/// Where a key can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The option.
    Option,
    /// The environment.
    Variable,
    /// Git's configuration, for git-qms.
    QmsSigningKey,
    /// Git's configuration, for git.
    UserSigningKey,
    /// The default file of ssh.
    Home,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Option => "--key",
            Self::Variable => "QMS_SIGNING_KEY",
            Self::QmsSigningKey => "git config qms.signingKey",
            Self::UserSigningKey => "git config user.signingKey",
            Self::Home => HOME_KEY,
        })
    }
}

const HOME_KEY: &str = "~/.ssh/id_ed25519";

/// A key, and where it was found.
pub struct Found {
    /// What signs.
    pub signer: Box<dyn Signer>,
    /// Where it comes from.
    pub from: Origin,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Found({} from {})", self.signer.public_key().fingerprint(), self.from)
    }
}

/// Where a key comes from. Displays as words: `~/.ssh/id_ed25519`, `../keys/ada (--key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where it was named.
    pub place: Place,
    /// The file, as it was named; none when the place holds the key or names it by its public half.
    pub path: Option<String>,
    /// Whether ssh-agent signs.
    pub agent: bool,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) if self.place == Place::Home => f.write_str(path)?,
            Some(path) => write!(f, "{path} ({})", self.place)?,
            None => self.place.fmt(f)?,
        }
        f.write_str(if self.agent { ", in ssh-agent" } else { "" })
    }
}

/// Why there is no key to sign with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// A place names a key that cannot be used. Later places are not tried: another key is another person.
    #[error("{place}: {source}{}", way_around(*.place))]
    At {
        /// Where it is named.
        place: Place,
        /// Why it cannot be used.
        source: PlaceError,
    },
    /// No place names a key.
    #[error(
        "no signing key: looked at --key, QMS_SIGNING_KEY, git config qms.signingKey, \
         git config user.signingKey{user} and {HOME_KEY}; make one with: git qms key new {HOME_KEY}"
    )]
    Nowhere {
        /// Why `user.signingKey` does not count, if it is set.
        user: &'static str,
    },
}

/// What git signs with need not be what git-qms signs with.
fn way_around(place: Place) -> &'static str {
    if place == Place::UserSigningKey { "; git config qms.signingKey PATH sets a key for git-qms alone" } else { "" }
}

/// Why a place's key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// No value.
    #[error("is empty: give a key file")]
    Empty,
    /// A secret where everybody can see it.
    #[error("holds a private key where others can see it: put it into a file or into QMS_SIGNING_KEY, and replace it")]
    SecretShown,
    /// Neither a file nor a key. Not repeated: it may be a broken secret.
    #[error(
        "names no file and is no key ({0} characters, not shown as it may be a secret): \
         give a path, or a key file's text from -----BEGIN OPENSSH PRIVATE KEY----- to its end"
    )]
    Neither(usize),
    /// A file that cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// A secret that cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A public key that cannot be used.
    #[error(transparent)]
    Public(#[from] PublicError),
    /// A public key that the agent does not help with.
    #[error(transparent)]
    Agent(#[from] AgentError),
}

/// The first key named, in the order of [`Place`].
pub fn find(places: &Places) -> Result<Found, FindError> {
    let is_ssh = places.gpg_format.as_deref() == Some("ssh");
    let named = [
        (Place::Option, &places.explicit),
        (Place::Variable, &places.variable),
        (Place::QmsSigningKey, &places.qms_signing_key),
        (Place::UserSigningKey, if is_ssh { &places.user_signing_key } else { &None }),
    ];
    for (place, value) in named {
        let value = value.as_deref().map(str::trim);
        // Pipelines set a variable to nothing where a secret is not given out; an option is meant.
        if let Some(value) = value.filter(|value| place == Place::Option || !value.is_empty()) {
            return at(place, value, places).map_err(|source| FindError::At { place, source });
        }
    }
    if let Some(path) = places.home.as_ref().map(|home| home.join(".ssh").join("id_ed25519"))
        && (path.exists() || pub_of(&path).exists())
    {
        let place = Place::Home;
        return of_file(place, HOME_KEY, &path, places).map_err(|source| FindError::At { place, source });
    }
    let user = if places.user_signing_key.is_some() && !is_ssh { " (not ssh: gpg.format)" } else { "" };
    Err(FindError::Nowhere { user })
}

fn at(place: Place, value: &str, places: &Places) -> Result<Found, PlaceError> {
    if value.is_empty() {
        return Err(PlaceError::Empty);
    }
    if secret::is_private_key(value) {
        if place != Place::Variable {
            return Err(PlaceError::SecretShown);
        }
        let from = Origin { place, path: None, agent: false };
        return Ok(Found { signer: Box::new(secret::key(value)?), from });
    }
    if let Some(line) = public::literal(value) {
        let key = agent::key(places.agent.as_deref(), &public::parse(line)?)?;
        return Ok(Found { signer: Box::new(key), from: Origin { place, path: None, agent: true } });
    }
    let path = expanded(value, places.home.as_deref());
    if place == Place::Variable && may_be_secret(value) && !path.exists() && !pub_of(&path).exists() {
        return Err(PlaceError::Neither(value.chars().count()));
    }
    of_file(place, value, &path, places)
}

fn of_file(place: Place, name: &str, path: &Path, places: &Places) -> Result<Found, PlaceError> {
    let key = file::key(path, places.agent.as_deref())?;
    let agent = matches!(key, FileKey::Held(_));
    Ok(Found { signer: Box::new(key), from: Origin { place, path: Some(name.into()), agent } })
}

/// `~/` is the home directory, as in git's own configuration.
fn expanded(value: &str, home: Option<&Path>) -> PathBuf {
    match (value.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => value.into(),
    }
}

/// Whether a value could be part of a key: base64 knows no `.` and no `~`, and spans no such line.
fn may_be_secret(value: &str) -> bool {
    !["./", "../", "~/"].iter().any(|head| value.starts_with(head)) || value.contains(['\n', '\\'])
}
