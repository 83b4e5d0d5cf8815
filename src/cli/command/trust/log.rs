//! The chain of trust versions as a story: what each one changed, by the versions themselves, and who signed it.

use clap::Args;
use serde::Serialize;

use super::show::exit;
use crate::cli::Start;
use crate::cli::error::{Exit, Result};
use crate::cli::ui::{Tone, Ui};
use crate::record::MemberId;
use crate::trust::{Chain, Link, TrustVersion, changes};

/// Tell the chain of versions: what each changed, and who signed it.
#[derive(Debug, Args)]
pub struct Log {}

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    root: String,
    versions: Vec<Chapter<'a>>,
    fault: Option<String>,
}

#[derive(Serialize)]
struct Chapter<'a> {
    digest: String,
    commit: String,
    signers: &'a [MemberId],
    changes: Vec<String>,
    #[serde(flatten)]
    version: &'a TrustVersion,
}

impl<'a> Chapter<'a> {
    fn of(before: Option<&Link>, link: &'a Link) -> Self {
        Self {
            digest: link.digest.to_string(),
            commit: link.commit.to_string(),
            signers: &link.signers,
            changes: changes(before.map(|before| &before.version), &link.version),
            version: &link.version,
        }
    }
}

impl Log {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let (chain, ui) = (context.chain()?, context.ui);
        let chapters = chapters(chain.links());
        let fault = chain.fault().map(ToString::to_string);
        if ui.is_json() {
            let root = chain.root().to_string();
            ui.json(&Output { schema: "git-qms/trust-log/v1", root, versions: chapters, fault })?;
            return Ok(exit(&chain));
        }
        if ui.is_quiet() {
            for chapter in &chapters {
                ui.line(&chapter.digest);
            }
            return Ok(exit(&chain));
        }
        ui.page(&context.environment);
        for before in context.chains()?.iter().skip(1).rev() {
            ui.line(&format!(
                "project {}, which was continued later",
                ui.paint(Tone::Bold, &before.root().to_string())
            ));
            tell(ui, before);
        }
        if chain.continues().is_some() {
            ui.line(&format!("project {}", ui.paint(Tone::Bold, &chain.root().to_string())));
        }
        tell(ui, &chain);
        if let Some(fault) = fault {
            ui.warn(&fault);
        }
        Ok(exit(&chain))
    }
}

/// Each version with what it changed, and who signed it.
fn tell(ui: Ui, chain: &Chain) {
    for chapter in chapters(chain.links()) {
        let signers: Vec<_> = chapter.signers.iter().map(MemberId::as_str).collect();
        let head = format!("version {}, {}", chapter.version.version, chapter.version.created);
        ui.line(&format!("{}  {}", ui.paint(Tone::Bold, &head), &chapter.digest[..12]));
        for change in &chapter.changes {
            ui.line(&format!("    {}", ui.paint(Tone::Plain, change)));
        }
        if chapter.changes.is_empty() {
            ui.line("    nothing changes");
        }
        ui.line(&format!("    signed by {}", signers.join(", ")));
    }
}

fn chapters(links: &[Link]) -> Vec<Chapter<'_>> {
    let befores = std::iter::once(None).chain(links.iter().map(Some));
    befores.zip(links).map(|(before, link)| Chapter::of(before, link)).collect()
}
