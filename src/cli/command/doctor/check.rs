//! The checks: one function each, one line each in the table. Here are those of the tools and the configuration.

#![expect(clippy::unnecessary_wraps, reason = "each check has the form that the table asks for")]

use super::evidence::{self, chain, no_chain};
use super::{Check, Health, Patient, clone, ill, ill_of, index, key, mend, odd, remote};
use crate::cli::command::trust::export;
use crate::cli::error::Result;
use crate::cli::hook::{self, State};
use crate::record::{Kind, Name};
use crate::store::{ConfigScope, LEDGER};
use crate::trust::Member;

/// The oldest git that signs and verifies with SSH keys.
const OLDEST_GIT: (u32, u32) = (2, 34);

/// Everything that is looked at, in the order in which it is best mended.
#[rustfmt::skip]
pub(super) static CHECKS: &[&Check] = &[
    &Check { name: "git", why: "older ones know no SSH signatures, so they cannot verify release tags", look: git, mend: None },
    &clone::CHECK,
    &Check { name: "trust", why: "without it nobody is a member, and no record counts", look: evidence::trust, mend: None },
    &Check { name: "pin", why: "without it, whoever gave you this clone could have made up all of it", look: evidence::pin, mend: None },
    &key::CHECK,
    &Check { name: "member", why: "what a stranger signs does not count", look: member, mend: None },
    &Check { name: "checkpoint", why: "a trust version that no checkpoint pins is unfinished", look: evidence::checkpoint, mend: Some(mend::checkpoint) },
    &Check { name: "tags", why: "a release whose tag is missing is one that others cannot fetch", look: evidence::tags, mend: Some(mend::tags) },
    &Check { name: "ledger", why: "what does not verify does not count", look: evidence::ledger, mend: None },
    &index::CHECK,
    &Check { name: "policy", why: "only a catalog that its owner ratified lets a release through", look: evidence::policy, mend: None },
    &Check { name: "refspecs", why: "without them git fetch leaves the evidence at the remote", look: refspecs, mend: Some(mend::refspecs) },
    &remote::CHECK,
    &Check { name: "signers", why: "git verify-tag needs to be told whose signatures are good", look: signers, mend: Some(mend::signers) },
    &Check { name: "hook", why: "without it a push can send what the other side will reject", look: hook, mend: Some(mend::hook) },
    &Check { name: "rewriting", why: "notes that git copies to an amended or rebased commit are void there: they name another commit", look: rewriting, mend: None },
];

fn git(patient: &Patient) -> Result<Health> {
    let version = patient.context.repo.git_version()?;
    let numbers: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    let is_new = matches!(numbers[..], [major, minor, ..] if (major, minor) >= OLDEST_GIT);
    let (major, minor) = OLDEST_GIT;
    Ok(if is_new {
        Health::Well(format!("version {version}"))
    } else {
        ill(format!("version {version}"), format!("install git {major}.{minor} or newer"))
    })
}

fn member(patient: &Patient) -> Result<Health> {
    let Ok(signing) = &patient.signing else { return Ok(Health::Skipped("there is no key".to_owned())) };
    let Some(chain) = chain(patient) else { return Ok(no_chain()) };
    let member: &Member = match patient.context.member(chain, signing) {
        Ok(member) => member,
        Err(error) => return Ok(patient.for_signers(ill_of(&error, "git qms trust add"))),
    };
    let roles: Vec<&str> = member.roles.iter().map(Name::as_str).collect();
    let version = &chain.newest().version;
    let kinds: Vec<&str> = Kind::ALL
        .iter()
        .filter(|kind| version.grants(&member.id, signing.signer.public_key(), **kind))
        .map(|kind| kind.as_str())
        .collect();
    if kinds.is_empty() {
        let roles = if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") };
        return Ok(odd(
            format!("{} ({roles}) may sign nothing", member.id),
            format!("git qms trust grant {} --role ROLE", member.id),
        ));
    }
    Ok(Health::Well(format!("{} ({}) signs {}", member.id, roles.join(", "), kinds.join(", "))))
}

fn refspecs(patient: &Patient) -> Result<Health> {
    let repo = &patient.context.repo;
    let remotes = repo.remotes()?;
    let mut bare = Vec::new();
    for remote in &remotes {
        if !repo.is_remote_set_up(remote)? {
            bare.push(remote.as_str());
        }
        if let Some(spec) = repo.forced_refspecs(remote)?.pop() {
            return Ok(odd(
                format!(
                    "remote.{remote}.fetch {spec}: git fetch replaces the ledger here by the remote's, records and all"
                ),
                format!("git config --unset-all --fixed-value remote.{remote}.fetch '{spec}'"),
            ));
        }
    }
    Ok(match (&remotes[..], &bare[..]) {
        ([], _) => Health::Well("there is no remote".to_owned()),
        (_, []) => Health::Well(format!("git fetch brings the evidence of {}", remotes.join(", "))),
        _ => ill(format!("git fetch does not bring the evidence of {}", bare.join(", ")), "git qms doctor --fix"),
    })
}

fn signers(patient: &Patient) -> Result<Health> {
    let context = &patient.context;
    if chain(patient).is_none() {
        return Ok(no_chain());
    }
    let configured = context.repo.config_values("gpg.ssh.allowedSignersFile", ConfigScope::Any).pop();
    let Some(configured) = configured.filter(|path| !path.is_empty()) else {
        return Ok(patient.for_signers(ill("gpg.ssh.allowedSignersFile is not set", "git qms doctor --fix")));
    };
    let file = match (configured.strip_prefix("~/"), context.environment.path("HOME")) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => context.repo.workdir().unwrap_or_else(|| context.repo.git_dir()).join(&configured),
    };
    let wanted = export::allowed_signers(&context.chains()?);
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    let missing = wanted.lines().filter(|line| !found.lines().any(|other| other == *line)).count();
    let is_ours = file == export::file(context);
    Ok(match (missing, is_ours) {
        (0, _) => Health::Well(format!("{} names every member's key", file.display())),
        (_, true) => ill(format!("{} lacks {missing} keys", file.display()), "git qms doctor --fix"),
        (_, false) => odd(
            format!("{} is your own file, and lacks {missing} keys of this project", file.display()),
            format!("git qms trust export >> {configured}"),
        ),
    })
}

fn hook(patient: &Patient) -> Result<Health> {
    let folder = hook::folder(&patient.context);
    let folder = folder.display();
    Ok(match hook::state(&patient.context) {
        State::Installed | State::Beside => Health::Well(format!("pre-push in {folder}")),
        State::Absent => {
            let what = format!("there is no pre-push hook in {folder}");
            patient.for_signers(ill(what, "git qms doctor --fix, or: git qms hook install"))
        }
        State::Foreign => {
            let what = format!("the pre-push hook in {folder} is not ours");
            patient.for_signers(ill(what, "git qms hook install puts ours beside it"))
        }
    })
}

/// git can be told to copy notes along when it rewrites commits.
fn rewriting(patient: &Patient) -> Result<Health> {
    let context = &patient.context;
    let mut globs = context.repo.config_values("notes.rewriteRef", ConfigScope::Any);
    globs.extend(
        context
            .environment
            .get("GIT_NOTES_REWRITE_REF")
            .into_iter()
            .flat_map(|refs| refs.split(':'))
            .map(str::to_owned),
    );
    let copies = globs.iter().find(|glob| covers(glob, LEDGER));
    Ok(match copies {
        None => Health::Well("git copies no evidence to other commits".to_owned()),
        Some(glob) => odd(
            format!("notes.rewriteRef is {glob}: git copies evidence along when it amends or rebases"),
            format!(
                "name your other notes one by one, or: git config --unset-all notes.rewriteRef '{glob}'; evidence follows an identical tree by itself"
            ),
        ),
    })
}

/// Whether a notes glob of git's covers a reference: a short name counts from `refs/notes/`.
fn covers(glob: &str, reference: &str) -> bool {
    let full = match glob.strip_prefix("notes/") {
        _ if glob.starts_with("refs/notes/") => glob.to_owned(),
        Some(rest) => format!("refs/notes/{rest}"),
        None => format!("refs/notes/{glob}"),
    };
    let mut parts = full.split('*');
    let Some(mut rest) = parts.next().and_then(|first| reference.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    for (at, part) in parts.iter().enumerate() {
        let is_last = at + 1 == parts.len();
        let found = if is_last { rest.ends_with(part).then(|| rest.len() - part.len()) } else { rest.find(part) };
        match found {
            Some(start) => rest = &rest[start + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_that_covers_the_ledger_is_known() {
        for glob in ["refs/notes/qms", "refs/notes/*", "refs/notes/q*", "refs/notes/*ms", "qms", "notes/qms", "*"] {
            assert!(covers(glob, LEDGER), "{glob}");
        }
        for glob in ["refs/notes/commits", "refs/notes/", "refs/notes/q", "refs/notes/qmsx", "refs/heads/*", "commits"]
        {
            assert!(!covers(glob, LEDGER), "{glob}");
        }
    }
}
