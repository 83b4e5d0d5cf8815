//! The newest trust version.

use clap::Args;
use serde::Serialize;

use crate::cli::Start;
use crate::cli::error::{Exit, Result};
use crate::cli::ui::Tone;
use crate::trust::{Chain, Link, MemberType, TrustVersion};

/// Show the newest version, or the root alone.
#[derive(Debug, Args)]
pub struct Show {
    /// Print only the digest of the first version: what a verifier pins
    #[arg(long)]
    root: bool,
}

#[derive(Serialize)]
pub(super) struct Output<'a> {
    schema: &'static str,
    root: String,
    versions: Vec<Entry<'a>>,
    fault: Option<String>,
}

#[derive(Serialize)]
struct Entry<'a> {
    digest: String,
    commit: String,
    #[serde(flatten)]
    version: &'a TrustVersion,
}

fn entry(link: &Link) -> Entry<'_> {
    Entry { digest: link.digest.to_string(), commit: link.commit.to_string(), version: &link.version }
}

/// What `trust` says in JSON about these versions.
pub(super) fn output<'a>(chain: &'a Chain, links: &'a [Link]) -> Output<'a> {
    Output {
        schema: "git-qms/trust/v1",
        root: chain.root().to_string(),
        versions: links.iter().map(entry).collect(),
        fault: chain.fault().map(ToString::to_string),
    }
}

/// No, where the chain is broken.
pub(super) fn exit(chain: &Chain) -> Exit {
    if chain.fault().is_some() { Exit::No } else { Exit::Yes }
}

impl Show {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let (chain, ui) = (context.chain()?, context.ui);
        if (self.root || ui.is_quiet()) && !ui.is_json() {
            ui.line(&chain.root().to_string());
            return Ok(exit(&chain));
        }
        if ui.is_json() {
            ui.json(&output(&chain, std::slice::from_ref(chain.newest())))?;
            return Ok(exit(&chain));
        }
        let newest = &chain.newest().version;
        ui.line(&format!("root      sha256:{}", chain.root()));
        ui.line(&format!("project   {}", ui.paint(Tone::Plain, &newest.name)));
        let people = newest.thresholds.root;
        ui.line(&format!(
            "version   {} of {}, changed by {people} root {}",
            newest.version,
            newest.created,
            if people == 1 { "person" } else { "people" }
        ));
        for member in &newest.members {
            let kind = if member.kind == MemberType::Bot { ", bot" } else { "" };
            let roles: Vec<&str> = member.roles.iter().map(crate::record::Name::as_str).collect();
            let who = format!("{}{kind}: {} <{}>", member.id, member.name, member.emails.join(">, <"));
            ui.line(&format!("member    {}", ui.paint(Tone::Plain, who.trim_end_matches(" <>"))));
            ui.line(&format!("          roles {}", roles.join(", ")));
            for key in &member.keys {
                ui.line(&format!("          key   {}", key.fingerprint()));
            }
        }
        for (kind, roles) in &newest.grants {
            let roles: Vec<&str> = roles.iter().map(crate::record::Name::as_str).collect();
            ui.line(&format!("grant     {kind}: {}", roles.join(", ")));
        }
        if let Some(fault) = chain.fault() {
            ui.warn(&format!("the chain is used up to version {}: {fault}", newest.version));
        }
        Ok(exit(&chain))
    }
}
