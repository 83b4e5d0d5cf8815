//! `git qms expunge`: two people take an attached file out of the repository; its digest, the reason and the legal basis stay.

use clap::Args;
use serde::Serialize;

use crate::cli::Start;
use crate::cli::context::{Context, printed_name};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::Tone;
use crate::cli::write::Draft;
use crate::record::kind::tombstone::Tombstone;
use crate::record::{Claim, CommitId, FileDigest, Kind, TreeId};
use crate::verify::expunged::{Tombstones, tombstones};
use crate::verify::{Ledger, files};

mod list;

/// Take an attached file out of the repository, for good; two people have to sign.
///
/// The first says which, why, and on what legal basis; the second repeats the command with their own key. Then the file
/// leaves refs/qms/files here, and with the next sync there and in every clone. What stays is its digest, the reason and
/// the legal basis: verify says "expunged". The bytes themselves go with git gc --prune=now, in each clone and at the
/// server. A record's own text cannot be taken out: it is signed, and pinned by all that came after it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms expunge 3f9ac1d2e4b5 --reason \"names a customer\" --legal-basis \"GDPR Art. 17(1)(b)\"
  git qms expunge 3f9ac1d2e4b5          the second person
  git qms expunge                       list what was expunged, and what waits for a second person")]
pub struct Expunge {
    /// The file's SHA-256, or 12 or more digits of it
    #[arg(value_name = "DIGEST")]
    digest: Option<String>,
    /// Why; the second person's is the first's unless said otherwise
    #[arg(long, requires = "digest")]
    reason: Option<String>,
    /// What obliges or allows to take it out: a law, an order, a contract
    #[arg(long, value_name = "BASIS", requires = "digest")]
    legal_basis: Option<String>,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    record: String,
    file: String,
    state: &'static str,
    people: Vec<String>,
    removed: usize,
}

impl Expunge {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let ledger = context.ledger()?;
        let Some(prefix) = &self.digest else { return list::run(&context, &ledger) };
        let file = super::show::files::resolve(&ledger, prefix)?;
        let signing = context.signing()?;
        let chain = ledger.chain();
        let member = context.person(chain, &signing, Kind::Tombstone, "expunging files")?;
        let all = tombstones(&ledger);
        let before = all.get(&file);
        refuse_again(&context, &ledger, file, before, &member.id)?;
        let claim = self.tombstone(file, before)?;
        let (commit, tree) = place(&context, &ledger, file)?;
        let header = context.header(chain, member, Kind::Tombstone, tree);
        let draft = Draft { commit, header, artifacts: Vec::new(), claim: Claim::Tombstone(claim) };
        let written = context.record(&signing, draft)?;
        let ledger = context.ledger()?;
        let all = tombstones(&ledger);
        let signed = all.get(&file).ok_or_else(|| Error::no("the tombstone was written and does not count"))?;
        let removed = if signed.is_in_force() {
            let expunged = crate::verify::expunged::expunged(&ledger);
            context.repo.with_lock(|locked| locked.expunge_files(&expunged))?
        } else {
            0
        };
        tell(&context, file, signed, &written.id.to_string(), removed)?;
        Ok(Exit::Yes)
    }

    /// What is signed: what was said now, or else what the first person said.
    fn tombstone(&self, file: FileDigest, before: Option<&Tombstones<'_>>) -> Result<Tombstone> {
        let first = before.and_then(Tombstones::first).map(|(_, said)| said);
        let of = |given: &Option<String>, said: Option<&String>, what: &str| {
            given.clone().or_else(|| said.cloned()).ok_or_else(|| {
                Error::new(format!("{what} is missing: it is what stays of the file"))
                    .hint("git qms expunge DIGEST --reason \"names a customer\" --legal-basis \"GDPR Art. 17(1)(b)\"")
            })
        };
        Ok(Tombstone {
            file,
            reason: of(&self.reason, first.map(|said| &said.reason), "--reason")?,
            legal_basis: of(&self.legal_basis, first.map(|said| &said.legal_basis), "--legal-basis")?,
        })
    }
}

/// Nobody signs twice, and nothing is expunged twice.
fn refuse_again(
    context: &Context,
    ledger: &Ledger,
    file: FileDigest,
    before: Option<&Tombstones<'_>>,
    member: &crate::record::MemberId,
) -> Result<()> {
    let Some(before) = before else { return Ok(()) };
    if before.is_in_force() {
        let expunged = crate::verify::expunged::expunged(ledger);
        let removed = context.repo.with_lock(|locked| locked.expunge_files(&expunged))?;
        let more = if removed > 0 { "; it was still here, and was taken out now" } else { "" };
        return Err(Error::no(format!("file {file} was {}{more}", before.told()))
            .hint("git qms sync takes it out elsewhere; its bytes go with: git gc --prune=now"));
    }
    if before.people().contains(member) {
        return Err(Error::no(format!(
            "{} has signed that file {} goes",
            printed_name(ledger.chain(), member),
            file.short()
        ))
        .hint("another person has to sign, too, with their key: git qms expunge DIGEST"));
    }
    Ok(())
}

/// Where the tombstone lies: on the commit of the first record that names the file and whose commit is here.
fn place(context: &Context, ledger: &Ledger, file: FileDigest) -> Result<(CommitId, TreeId)> {
    let (stored, _) = files::named(ledger);
    if !stored.contains_key(&file) {
        return Err(Error::new(format!("file {file} is not stored in git: no record says so"))
            .hint("it is kept elsewhere; take it out there"));
    }
    let names = |record: &&crate::verify::Verified<crate::record::Record>| {
        record.header.files.iter().any(|named| named.sha256 == file) && context.repo.commit(&record.commit).is_ok()
    };
    let record = ledger.records().iter().find(names);
    record.map(|record| (record.commit, record.header.tree)).ok_or_else(|| {
        Error::new(format!("no commit of the records that name file {file} is in this clone"))
            .hint("do it in a clone that has one of them")
    })
}

fn tell(context: &Context, file: FileDigest, signed: &Tombstones<'_>, record: &str, removed: usize) -> Result<()> {
    let ui = context.ui;
    if ui.is_json() {
        let state = if signed.is_in_force() { "expunged" } else { "pending" };
        let people = signed.people().into_iter().map(ToString::to_string).collect();
        let (schema, record, file) = ("git-qms/expunge/v1", record.to_owned(), file.to_string());
        return ui.json(&Output { schema, record, file, state, people, removed });
    }
    if ui.is_quiet() {
        ui.line(record);
        return Ok(());
    }
    let what = ui.paint(Tone::Plain, &format!("file {}: {}", file.short(), signed.told()));
    if signed.is_in_force() {
        ui.line(&format!("{}  {what}", &record[..12]));
        ui.note("next    git qms sync; then, in every clone and at the server: git gc --prune=now");
    } else {
        ui.line(&format!("{}  {what}; a second person has to sign", &record[..12]));
        ui.note(&format!("next    git qms sync; then another person: git qms expunge {}", file.short()));
    }
    Ok(())
}
