//! The check of the key to sign with.

use std::path::Path;

use super::{Check, Health, Patient, evidence, ill};
use crate::cli::error::{Error, Result, While as _};
use crate::keys::file::FileError;
use crate::keys::{self, FindError, Found, PlaceError, Places};

pub(super) static CHECK: Check =
    Check { name: "key", why: "without a key nothing can be recorded, approved or released", look, mend: Some(mend) };

#[expect(clippy::unnecessary_wraps, reason = "each check has the form that the table asks for")]
fn look(patient: &Patient) -> Result<Health> {
    if let Some(named) = overlooked(patient) {
        return Ok(ill(
            format!("user.signingKey names the SSH key {named}, but gpg.format is not ssh, so it is not taken"),
            "git qms doctor --fix has git-qms sign with it; to have git sign commits with it, too: git config --global gpg.format ssh",
        ));
    }
    let error = match patient.context.key() {
        Ok(found) => {
            let key = found.signer.public_key().fingerprint();
            return Ok(Health::Well(format!("{key} from {}", found.from)));
        }
        Err(error) => error,
    };
    if patient.only_reads() {
        return Ok(
            patient.for_signers(ill("there is no signing key", "git qms key new ~/.ssh/id_ed25519, and have it added"))
        );
    }
    let next = next_step(&error);
    Ok(ill(error.to_string(), next))
}

/// What makes the key usable, or gives another.
fn next_step(error: &FindError) -> String {
    match error {
        FindError::Nowhere { user: "" } => "git qms key new ~/.ssh/id_ed25519, and have it added: git qms trust add".to_owned(),
        FindError::Nowhere { .. } => {
            "git config qms.signingKey PATH names an SSH key for git-qms alone; gpg.format ssh makes git sign with one, too".to_owned()
        }
        FindError::At { source: PlaceError::File(file), place } => match file {
            FileError::Encrypted { path, .. } | FileError::Hardware { path, .. } => with_agent(path),
            FileError::PublicOnly { path, .. } => with_agent(&path.with_extension("")),
            FileError::Exposed { path, .. } => format!("git qms doctor --fix, or: chmod 600 {}", path.display()),
            _ => format!("name another key by {place}, or make one: git qms key new PATH"),
        },
        FindError::At { source: PlaceError::Agent(_), .. } => {
            "start an agent and give it the private key: eval \"$(ssh-agent)\" && ssh-add PATH".to_owned()
        }
        FindError::At { place, .. } => format!("name another key by {place}, or make one: git qms key new PATH"),
    }
}

fn with_agent(path: &Path) -> String {
    format!("eval \"$(ssh-agent)\" unless one is running, and: ssh-add {}", path.display())
}

/// An SSH key that the user names for git, though git is told to sign with something else; unless another key serves.
fn overlooked(patient: &Patient) -> Option<String> {
    let context = &patient.context;
    if context.names_key() || context.repo.config("gpg.format").as_deref() == Some("ssh") {
        return None;
    }
    let named = context.repo.config("user.signingKey")?;
    let found = keys::find(&Places {
        user_signing_key: Some(named.clone()),
        gpg_format: Some("ssh".to_owned()),
        home: context.environment.path("HOME"),
        agent: context.environment.path("SSH_AUTH_SOCK"),
        ..Places::default()
    });
    let is_members = |found: &Found| {
        let chain = evidence::chain(patient)?;
        chain.newest().version.holder(found.signer.public_key())
    };
    let found = found.ok()?;
    let is_better = match context.key() {
        Err(_) => true,
        Ok(other) => is_members(&other).is_none() && is_members(&found).is_some(),
    };
    is_better.then_some(named)
}

/// Takes an overlooked key for git-qms, or takes a key file away from others.
fn mend(patient: &Patient) -> Result<String> {
    if let Some(named) = overlooked(patient) {
        patient.context.repo.set_config("qms.signingKey", &named)?;
        return Ok(format!("qms.signingKey of this repository is {named}"));
    }
    match patient.context.key() {
        Err(FindError::At { source: PlaceError::File(FileError::Exposed { path, .. }), .. }) => {
            make_private(&path)?;
            Ok(format!("{} can be read by you alone", path.display()))
        }
        _ => Err(Error::new("a key is yours to make, name or unlock")),
    }
}

#[cfg(unix)]
fn make_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).while_(format!("chmod {}", path.display()))
}

#[cfg(not(unix))]
fn make_private(_: &Path) -> Result<()> {
    Err(Error::new("files have no mode here"))
}
