//! What stock git verifies tags with: an allowed-signers file.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::cli::Start;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::trust::Chain;

/// Write what stock git verifies tags with.
#[derive(Debug, Args)]
pub struct Export {
    /// The format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write it to FILE, not to standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    /// See ALLOWED SIGNERS in ssh-keygen(1)
    #[default]
    AllowedSigners,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    text: String,
}

impl Export {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let Format::AllowedSigners = self.format;
        let context = start.open()?;
        let text = allowed_signers(&context.chains()?);
        if let Some(file) = &self.to {
            std::fs::write(file, &text).while_(format!("writing {}", file.display()))?;
        }
        if context.ui.is_json() {
            let file = self.to.map(|file| file.display().to_string());
            context.ui.json(&Output { schema: "git-qms/trust-export/v1", file, text })?;
        } else if self.to.is_none() {
            context.ui.print(&text);
        }
        Ok(Exit::Yes)
    }
}

/// Everybody who ever was a member: stock git knows no ledger, so it cannot tell when somebody left.
///
/// Of projects that are continued, too: their releases are still here.
pub fn allowed_signers(chains: &[Chain]) -> String {
    let mut text = String::new();
    let mut seen = std::collections::BTreeSet::new();
    let links = chains.iter().flat_map(|chain| chain.links().iter().rev());
    for member in links.flat_map(|link| &link.version.members) {
        let principal = member.emails.first().cloned().unwrap_or_else(|| member.id.to_string());
        for key in &member.keys {
            if seen.insert(key.fingerprint()) {
                let _ = writeln!(text, "{principal} namespaces=\"git\" {key}");
            }
        }
    }
    text
}

/// The file that `init` points git at; absolute, since git resolves it from where it runs.
pub fn file(context: &Context) -> PathBuf {
    context.repo.common_dir().join("qms").join("allowed_signers")
}

/// Brings that file up to date, if `init` made one here.
pub fn refresh(context: &Context) -> Result<()> {
    let file = file(context);
    if file.parent().is_some_and(std::path::Path::is_dir) {
        write(context)?;
    }
    Ok(())
}

/// Writes that file.
pub fn write(context: &Context) -> Result<()> {
    let file = file(context);
    let folder = file.parent().ok_or_else(|| Error::new("the git directory has no parent"))?;
    std::fs::create_dir_all(folder).while_(format!("making {}", folder.display()))?;
    let text = allowed_signers(&context.chains()?);
    std::fs::write(&file, text).while_(format!("writing {}", file.display()))
}
