//! The checks of what is in the repository: trust, ledger, releases, policy.

#![expect(clippy::unnecessary_wraps, reason = "each check has the form that the table asks for")]

use super::{Health, Patient, ill, ill_of, odd};
use crate::cli::error::{Error, Result};
use crate::policy::{self, InForce, in_force};
use crate::record::kind::checkpoint::{Checkpoint, Occasion};
use crate::record::{Claim, FileDigest};
use crate::store::LEDGER;
use crate::trust::Chain;
use crate::verify::{Outcome, Severity};

/// The chain of the verification; checks that need it are skipped where there is none.
pub(super) fn chain(patient: &Patient) -> Option<&Chain> {
    patient.verification.as_ref().ok().map(|verification| verification.ledger.chain())
}

pub(super) fn no_chain() -> Health {
    Health::Skipped("there is no trust to look at it by".to_owned())
}

pub(super) fn trust(patient: &Patient) -> Result<Health> {
    let chain = patient.context.chain()?;
    if let Some(fault) = chain.fault() {
        return Ok(ill(
            fault.to_string(),
            "look closer: git qms verify; fetch refs/qms/trust from a clone that has it sound",
        ));
    }
    let newest = &chain.newest().version;
    let members = match newest.members.len() {
        1 => "1 member".to_owned(),
        many => format!("{many} members"),
    };
    Ok(Health::Well(format!("{}, version {}, {members}", newest.name, newest.version)))
}

pub(super) fn pin(patient: &Patient) -> Result<Health> {
    let Some(chain) = chain(patient) else { return Ok(no_chain()) };
    let root = chain.root();
    let outside = patient.context.pin(chain, None, true)?;
    if outside.root == Some(root) {
        return Ok(Health::Well(format!("root {} is pinned outside the repository", root.short())));
    }
    let from_people = "take the root from the project's people, then: git config --global --add qms.trustRoot DIGEST";
    if let Some(finding) = outside.finding.filter(|finding| finding.severity == Severity::Error) {
        return Ok(ill(finding.message, "check QMS_TRUST_ROOT and git config --global qms.trustRoot"));
    }
    let own = patient.context.pin(chain, None, false)?;
    Ok(if own.root == Some(root) {
        odd(
            "the root is pinned by this repository's own configuration only, which verify --strict does not take",
            format!(
                "if you founded the project, or compared it with its people: git config --global --add qms.trustRoot {root}"
            ),
        )
    } else if let Some(finding) = own.finding.filter(|finding| finding.severity == Severity::Error) {
        ill(finding.message, "check git config --local qms.trustRoot")
    } else {
        odd("the root is not pinned", from_people)
    })
}

/// The checkpoint that pins the newest trust version.
pub(super) fn checkpoint(patient: &Patient) -> Result<Health> {
    let Ok(verification) = &patient.verification else { return Ok(no_chain()) };
    let newest = verification.ledger.chain().newest();
    let pins = |claim: &Claim| matches!(claim, Claim::Checkpoint(Checkpoint { occasion: Occasion::Trust }));
    let is_there =
        verification.ledger.on(newest.commit).any(|record| record.header.trust == newest.digest && pins(&record.claim));
    let number = newest.version.version;
    Ok(if is_there {
        Health::Well(format!("trust version {number} is pinned in the ledger"))
    } else if patient.context.repo.ref_tip(LEDGER)?.is_none() {
        ill("there is a trust but no ledger", "fetch it: git qms sync --fetch-only")
    } else {
        ill(
            format!("trust version {number} has no checkpoint in the ledger"),
            "git qms doctor --fix, signed by a root person; or fetch the rest: git qms sync --fetch-only",
        )
    })
}

pub(super) fn tags(patient: &Patient) -> Result<Health> {
    let Ok(verification) = &patient.verification else { return Ok(no_chain()) };
    let (mut there, mut missing) = (0, Vec::new());
    for (_, release) in crate::release::releases(&verification.ledger) {
        match patient.context.repo.tag(&release.tag)? {
            Some(_) => there += 1,
            None => missing.push(release.tag.to_string()),
        }
    }
    Ok(if missing.is_empty() {
        Health::Well(format!("{there} of {there} release tags are here"))
    } else {
        ill(
            format!("missing: {}", missing.join(", ")),
            "git qms doctor --fix where the tag object is here, else git qms sync --fetch-only",
        )
    })
}

pub(super) fn ledger(patient: &Patient) -> Result<Health> {
    let verification = match &patient.verification {
        Ok(verification) => verification,
        // The check of the trust has said so.
        Err(_) if patient.context.chain().is_err() => return Ok(no_chain()),
        Err(error) => return Ok(ill_of(error, "git qms verify")),
    };
    let counts = verification.ledger.counts();
    let worst = verification.findings.first().filter(|_| verification.outcome() != Outcome::Pass);
    Ok(match worst {
        None => Health::Well(format!("{} records verify", counts.valid)),
        Some(finding) => {
            ill(format!("{}: {}", verification.outcome().as_str(), finding.message), finding.next_step().to_owned())
        }
    })
}

pub(super) fn policy(patient: &Patient) -> Result<Health> {
    let Ok(verification) = &patient.verification else { return Ok(no_chain()) };
    let context = &patient.context;
    let Some(tree) = context.repo.workdir() else { return Ok(Health::Skipped("there is no work tree".to_owned())) };
    let bytes = match std::fs::read(tree.join(policy::PATH)) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(ill(format!("{}: {error}", policy::PATH), "git qms init writes one")),
    };
    let text = String::from_utf8(bytes).map_err(|_| Error::new(format!("{} is not UTF-8", policy::PATH)))?;
    let catalog = match policy::parse(&text, policy::PATH) {
        Ok(catalog) => catalog,
        Err(errors) => {
            return Ok(ill(format!("{} has {} mistakes", policy::PATH, errors.errors().len()), "git qms policy check"));
        }
    };
    let found = FileDigest::of(text.as_bytes());
    let controls = catalog.controls.len();
    Ok(match in_force(&verification.ledger, context.at) {
        InForce::Ratified { sha256, record, .. } if sha256 == found => {
            Health::Well(format!("{controls} controls, ratified by {}", record.header.recorder))
        }
        InForce::Ratified { .. } => odd(
            "the work tree has another catalog than the one in force: it is proposed",
            "git qms policy ratify, once it is committed",
        ),
        InForce::Ambiguous(_) => {
            ill("several catalogs were ratified at once", "the policy owner decides: git qms policy ratify")
        }
        InForce::None => {
            odd("proposed, not ratified: the gate gives a preview", "git qms policy ratify, once it is committed")
        }
    })
}
