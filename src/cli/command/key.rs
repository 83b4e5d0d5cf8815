//! `git qms key`: make a signing key, or show the one in use.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::keys;

/// Make a signing key, or show the one in use.
#[derive(Debug, Args)]
pub struct Key {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make an OpenSSH Ed25519 key: FILE (mode 0600) and FILE.pub
    New {
        /// Where to write it; outside the work tree
        file: PathBuf,
        /// The comment in the public key
        #[arg(long, default_value = "git-qms")]
        comment: String,
    },
    /// Show the key that would sign, and whose it is
    Show,
}

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    file: Option<String>,
    from: Option<String>,
    fingerprint: String,
    #[serde(rename = "publicKey")]
    public_key: String,
    member: Option<&'a str>,
}

impl Key {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        match self.action {
            Action::New { file, comment } => new(start, &file, &comment),
            Action::Show => show(start),
        }
    }
}

fn new(start: &Start, file: &Path, comment: &str) -> Result<Exit> {
    refuse_inside_work_tree(start, file)?;
    let key = keys::new::new(file, comment).while_("making a key")?;
    let (fingerprint, public_key) = (key.fingerprint().to_string(), key.to_string());
    if start.ui.is_json() {
        let file = Some(file.display().to_string());
        start.ui.json(&Output { schema: "git-qms/key/v1", file, from: None, fingerprint, public_key, member: None })?;
    } else if start.ui.is_quiet() {
        start.ui.line(&fingerprint);
    } else {
        start.ui.line(&format!(
            "{}  {fingerprint}",
            start.ui.paint(crate::cli::ui::Tone::Plain, &file.display().to_string())
        ));
        start.ui.note("next    git config --global qms.signingKey FILE, or QMS_SIGNING_KEY=FILE; it has no passphrase: keep it where only you read");
    }
    Ok(Exit::Yes)
}

/// A key in the work tree is one `git add .` away from being everybody's.
fn refuse_inside_work_tree(start: &Start, file: &Path) -> Result<()> {
    let Ok(context) = start.open() else { return Ok(()) };
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let parent = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let inside = match (context.repo.workdir().and_then(real), real(parent), real(context.repo.git_dir())) {
        (Some(tree), Some(parent), git_dir) => {
            parent.starts_with(&tree) && !git_dir.is_some_and(|dir| parent.starts_with(dir))
        }
        _ => false,
    };
    if inside {
        return Err(Error::new(format!(
            "{} is inside the work tree, from where it could be committed",
            file.display()
        ))
        .hint("write it elsewhere, for instance: git qms key new ~/.ssh/qms_ed25519"));
    }
    Ok(())
}

fn show(start: &Start) -> Result<Exit> {
    let context = start.open()?;
    let signing = context.signing()?;
    let chain = context.chain().ok();
    let key = signing.signer.public_key();
    let holder = chain.as_ref().and_then(|chain| chain.newest().version.holder(key));
    let (fingerprint, public_key) = (key.fingerprint().to_string(), key.to_string());
    if start.ui.is_json() {
        let member = holder.map(|member| member.id.as_str());
        let from = Some(signing.from);
        start.ui.json(&Output { schema: "git-qms/key/v1", file: None, from, fingerprint, public_key, member })?;
    } else if start.ui.is_quiet() {
        start.ui.line(&fingerprint);
    } else {
        let member =
            holder.map_or_else(|| "no member's".to_owned(), |member| format!("{}, {}", member.id, member.name));
        start.ui.line(&format!("key     {fingerprint}"));
        start.ui.line(&format!("from    {}", start.ui.paint(crate::cli::ui::Tone::Plain, &signing.from)));
        start.ui.line(&format!("member  {}", start.ui.paint(crate::cli::ui::Tone::Plain, &member)));
        start.ui.line(&format!("public  {public_key}"));
    }
    Ok(Exit::Yes)
}
