//! `git qms trust compromised`: a key was stolen or lost; its records count up to a place in the ledger.

use clap::Args;

use super::change::{To, change};
use crate::cli::Start;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::envelope::Fingerprint;
use crate::record::CommitId;
use crate::trust::Chain;
use crate::verify::Ledger;

/// Void what a stolen or lost key signs beyond a place in the ledger.
#[derive(Debug, Args)]
pub struct Compromised {
    /// The key by its fingerprint, or a member: all their keys
    #[arg(value_name = "KEY|MEMBER")]
    whose: String,
    /// The ledger commit up to which its records count
    #[arg(long, value_name = "LEDGER_COMMIT", conflicts_with = "now")]
    after: Option<String>,
    /// Let all count that the ledger has now
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    to: To,
}

impl Compromised {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let ledger = context.ledger()?;
        let keys = keys(ledger.chain(), &self.whose)?;
        let tip = ledger.tip().ok_or_else(|| Error::new("there is no ledger: refs/notes/qms is missing"))?;
        let head = match &self.after {
            Some(revision) => self::head(&context, &ledger, revision)?,
            None if self.now => tip,
            None => return Err(ask(&ledger, &keys, tip)),
        };
        let voided = keys.iter().map(|key| ledger.beyond(*key, head).count()).sum::<usize>();
        let what = format!("{} is compromised, and counts up to ledger commit {head}", self.whose);
        let exit = change(&context, &self.to, &what, |version| {
            for key in &keys {
                version.compromised.insert(*key, head);
            }
            // Whoever has it signs nothing more; its member gets another.
            for member in &mut version.members {
                member.keys.retain(|key| !keys.contains(&key.fingerprint()));
            }
            Ok(())
        })?;
        if voided > 0 {
            context.ui.note(&format!("void    {voided} records beyond it; what is true of them is recorded anew"));
        }
        context.ui.note("next    a new key for its member: git qms trust grant MEMBER --public-key FILE");
        Ok(exit)
    }
}

/// The keys that are meant; also of who left, or that were taken away.
fn keys(chain: &Chain, whose: &str) -> Result<Vec<Fingerprint>> {
    let all = chain.keys().map(crate::envelope::PublicKey::fingerprint);
    let found: Vec<_> = match whose.parse::<Fingerprint>() {
        Ok(key) => all.filter(|other| *other == key).collect(),
        Err(_) => all.filter(|key| chain.holder(*key).is_some_and(|(_, member)| member.as_str() == whose)).collect(),
    };
    if found.is_empty() {
        return Err(Error::new(format!("nobody ever held key {whose}, and no member of that name did hold one"))
            .hint("members and the fingerprints of their keys: git qms trust show"));
    }
    Ok(found)
}

fn head(context: &Context, ledger: &Ledger, revision: &str) -> Result<CommitId> {
    let head = match revision.parse() {
        Ok(head) => head,
        Err(_) => context.repo.resolve(revision)?,
    };
    if ledger.contains_head(head) {
        return Ok(head);
    }
    Err(Error::new(format!("{head} is no commit of the ledger"))
        .hint("name one of: git log --oneline refs/notes/qms; each record is in the commit that introduced it"))
}

/// Which records are genuine only people know: they choose, seeing the last ones.
fn ask(ledger: &Ledger, keys: &[Fingerprint], tip: CommitId) -> Error {
    let records: Vec<_> = ledger.records().iter().filter(|record| keys.contains(&record.seal().key)).collect();
    let mut error = Error::new("up to which ledger commit do records of the key count?");
    error = error.detail(format!("the ledger is at {tip} and has {} of its records; the last ones:", records.len()));
    for record in records.iter().rev().take(10) {
        let (header, seen) = (&record.header, record.header.ledger.map_or_else(String::new, |id| id.to_string()));
        let told = format!("{} {}, says {}; came after {seen}", record.id.short(), header.kind, header.recorded);
        error = error.detail(told);
    }
    error.hint(
        "if all are genuine: --now; else name the commit that the first false one came after: --after LEDGER_COMMIT",
    )
}
