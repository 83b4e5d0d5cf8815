//! `git qms trust follow`: this clone goes over to the project that continues its own.

use clap::Args;
use serde::Serialize;

use super::export;
use super::recover::pin_here;
use crate::cli::Start;
use crate::cli::context::{Context, LEDGER, TRUST, Tips};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::Tone;
use crate::cli::verification::count;
use crate::record::TrustDigest;
use crate::report::findings;
use crate::store::{ARCHIVE, Continued, Stand, archived_ledger, archived_trust};
use crate::trust::Continues;
use crate::verify::{Finding, Severity};

/// Go over to the project that continues the one in this clone.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms trust follow 5f0c…    its root, as the project's people gave it to you

The project that was here is kept beside it. Records that only this clone has stay in what is kept;
they are named, and recorded anew where they are needed.")]
pub struct Follow {
    /// The root of the project that continues this one, as its people gave it to you
    #[arg(value_name = "DIGEST")]
    root: String,
    /// The remote that has it
    #[arg(long, value_name = "REMOTE", default_value = "origin")]
    remote: String,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    root: String,
    before: String,
    archive: String,
    /// Records of the project before that only this clone has.
    left: Vec<String>,
}

impl Follow {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let bare = self.root.trim().strip_prefix("sha256:").unwrap_or(self.root.trim());
        let root: TrustDigest = bare.parse().map_err(|error| {
            Error::new(format!("{}: {error}", self.root)).hint("ask the project's people for all 64 digits of it")
        })?;
        let own = context.ledger()?;
        if own.chain().root() == root {
            return Err(Error::new("this clone has that project already").hint("bring it up to date: git qms sync"));
        }
        let theirs = context.repo.fetch_continued(&self.remote)?;
        let followed = self.follow(&context, &own, root, &theirs);
        context.repo.forget_continued()?;
        let (continues, left) = followed?;
        let text: Vec<String> = left.iter().map(|(id, _)| id.clone()).collect();
        let (ui, before) = (context.ui, continues.project);
        if ui.is_json() {
            let archive = format!("{ARCHIVE}{before}");
            let (root, before) = (root.to_string(), before.to_string());
            ui.json(&Output { schema: "git-qms/trust-follow/v1", root, before, archive, left: text })?;
            return Ok(Exit::Yes);
        }
        if ui.is_quiet() {
            ui.line(&root.to_string());
            return Ok(Exit::Yes);
        }
        ui.line(&format!("trust   sha256:{root}"));
        ui.line(&format!("before  sha256:{before}, kept at {ARCHIVE}{before}"));
        if !left.is_empty() {
            let records = count(left.len() as u64, "record");
            ui.line(&format!("left    {records} that only this clone has: recorded anew where needed"));
            for (_, told) in &left {
                ui.line(&format!("        {}", ui.paint(Tone::Plain, told)));
            }
        }
        ui.note(&format!("next    git qms sync; and where you pinned {before} yourself: QMS_TRUST_ROOT, git config --global qms.trustRoot"));
        Ok(Exit::Yes)
    }

    /// Verifies what came before anything moves.
    fn follow(
        &self,
        context: &Context,
        own: &crate::verify::Ledger,
        root: TrustDigest,
        theirs: &Continued,
    ) -> Result<(Continues, Vec<(String, String)>)> {
        let (Some(ledger), Some(trust)) = (theirs.ledger, theirs.trust) else {
            return Err(Error::no(format!(
                "{} has no project: refs/qms/trust or refs/notes/qms is missing",
                self.remote
            ))
            .hint("whoever began it anew pushes it first"));
        };
        let chain = context.chain_at(Some(trust))?;
        if chain.root() != root {
            let text = format!("{} has project {}, not {root}", self.remote, chain.root());
            return Err(Error::no(text).hint("ask the project's people, not the remote, which root is theirs"));
        }
        let project = own.chain().root();
        let continues = chain.continues().filter(|continues| continues.project == project).ok_or_else(|| {
            Error::no(format!("project {root} does not continue {project}, which is here"))
                .hint("it is another project: clone it into a folder of its own")
        })?;
        if context.repo.ref_tip(&archived_ledger(project))?.is_none() {
            context.repo.fetch_archive(&self.remote, project)?;
        }
        let (old_ledger, old_trust) = (context.repo.ref_tip(LEDGER)?, context.repo.ref_tip(TRUST)?);
        let old_trust =
            old_trust.ok_or_else(|| Error::new("refs/qms/trust is gone").hint("git qms sync --fetch-only"))?;
        // What this clone has of the project before is kept, if it has all that was continued.
        let has_all = own.contains_head(continues.ledger) && own.chain().version(continues.trust).is_some();
        let there = (context.repo.ref_tip(&archived_ledger(project))?, context.repo.ref_tip(&archived_trust(project))?);
        let seen_otherwise = || -> Result<bool> {
            let Some(tip) = old_ledger.filter(|_| !has_all) else { return Ok(false) };
            Ok(!context.repo.is_ancestor(&tip, &continues.ledger)?)
        };
        if seen_otherwise()? {
            return Err(Error::no("this clone has records of the project before that those who began anew did not have, and lacks some of theirs")
                .hint("nothing was changed: keep it, clone afresh into another folder, and compare: git qms log"));
        }
        let kept = match there {
            _ if has_all => Stand { ledger: old_ledger, trust: old_trust },
            (Some(ledger), Some(trust)) => Stand { ledger: Some(ledger), trust },
            _ => {
                let text = format!("neither this clone nor {} has all of project {project}", self.remote);
                return Err(Error::new(text).hint("whoever began anew pushes 'refs/qms/archive/*', too"));
            }
        };
        let tips = Tips { ledger: Some(ledger), trust: Some(trust), ..Tips::default() };
        let verified = context.ledger_at(&tips, crate::envelope::Arithmetic::Tables)?;
        let grave: Vec<&Finding> =
            verified.findings().iter().filter(|finding| finding.severity == Severity::Error).collect();
        if !grave.is_empty() {
            let error = Error::no(format!("project {root}, as {} has it, does not verify", self.remote));
            let error = grave.iter().take(5).fold(error, |error, finding| error.detail(findings::line(finding)));
            return Err(error.hint("nothing was changed; find out who pushed it"));
        }
        let is_left =
            |record: &&crate::verify::Verified<crate::record::Record>| !own.head_contains(continues.ledger, record);
        let told = |record: &crate::verify::Verified<crate::record::Record>| {
            let text = format!(
                "{}  {} by {}: {}, on {}",
                record.id.short(),
                record.header.kind,
                record.header.recorder,
                record.summary(),
                record.commit.short()
            );
            (record.id.to_string(), text)
        };
        let left = if has_all { own.records().iter().filter(is_left).map(told).collect() } else { Vec::new() };
        context.repo.with_lock(|locked| -> Result<()> {
            let old = Stand { ledger: old_ledger, trust: old_trust };
            let new = Stand { ledger: Some(ledger), trust };
            locked.put_aside(project, old, kept, new, "qms: follow the project that continues this one")?;
            locked.track_continued(&self.remote, theirs)?;
            Ok(())
        })?;
        pin_here(context, project, root)?;
        export::refresh(context)?;
        Ok((continues, left))
    }
}
