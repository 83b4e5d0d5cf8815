//! `git qms demo`: the walk-through, played from an empty repository to the auditor's clone.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::cli::Start;
use crate::cli::environment::Environment;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::ui::{Tone, Ui};

mod play;
mod script;

use play::{Played, Player};

/// Play the whole walk-through in a new directory, with keys made for it.
///
/// Nothing outside the directory is read or changed: it has its own home, git configuration and keys.
#[derive(Debug, Args)]
pub struct Demo {
    /// A directory that is empty or not there yet; by default a fresh temporary one, which is kept
    #[arg(value_name = "DIR")]
    place: Option<PathBuf>,
}

/// Files that stand in for what a pipeline makes.
const FILES: [(&str, &str); 9] = [
    ("reports/junit.xml", include_str!("reports/junit.xml")),
    ("reports/coverage.xml", include_str!("reports/coverage.xml")),
    ("reports/trivy.json", include_str!("reports/trivy.json")),
    ("reports/sbom.cdx.json", include_str!("reports/sbom.cdx.json")),
    ("reports/cov-01.toml", include_str!("reports/cov-01.toml")),
    ("reports/notes.txt", "The module is replaced in June; regression run by hand, all passed.\n"),
    ("dist/payments.tar.gz", "stands in for what was built\n"),
    ("payments/payments/refunds.py", "def refund(paid, asked, limit):\n    return min(paid, asked, limit)\n"),
    ("home/gitconfig", "[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n[advice]\n\tdetachedHead = false\n"),
];

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    dir: String,
    tag: String,
    root: String,
    steps: Vec<StepJson>,
}

#[derive(Serialize)]
struct StepJson {
    command: String,
    exit: i32,
}

impl Demo {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let ui = start.ui;
        let dir = self.folder(&start.environment)?;
        for (name, content) in FILES {
            write(&dir.join(name), content)?;
        }
        std::fs::create_dir_all(dir.join("keys")).while_("making a directory for keys")?;
        ui.note(&format!("playing in {}", dir.display()));
        let mut player = Player::new(ui, &start.environment, &dir.join("payments"), &dir.join("home"))?;
        let mut steps = Vec::new();
        for (number, (title, chapter)) in script::CHAPTERS.iter().enumerate() {
            if !ui.is_json() && !ui.is_quiet() {
                ui.line(&format!("\n{}", ui.paint(Tone::Bold, &format!("── {}. {title}", number + 1))));
            }
            for step in *chapter {
                let Played { command, exit } = player.play(step)?;
                steps.push(StepJson { command, exit });
            }
        }
        let (tag, root) = (player.variable("tag").to_owned(), player.variable("root").to_owned());
        if ui.is_json() {
            let dir = dir.display().to_string();
            ui.json(&Output { schema: "git-qms/demo/v1", dir, tag, root, steps })?;
        } else if ui.is_quiet() {
            ui.line(&tag);
        } else {
            tell_next(ui, &start.environment, &dir, &tag, &root);
        }
        Ok(Exit::Yes)
    }

    /// The directory, made if it is not there yet.
    fn folder(&self, environment: &Environment) -> Result<PathBuf> {
        let folder = match &self.place {
            Some(dir) => dir.clone(),
            None => fresh(&environment.path("TMPDIR").unwrap_or_else(|| PathBuf::from("/tmp")))?,
        };
        std::fs::create_dir_all(&folder).while_(format!("making {}", folder.display()))?;
        let mut entries = std::fs::read_dir(&folder).while_(format!("reading {}", folder.display()))?;
        if entries.next().is_some() {
            return Err(Error::new(format!("{} is not empty", folder.display()))
                .hint("name an empty or new directory, or none: git qms demo"));
        }
        std::fs::canonicalize(&folder).while_(format!("finding {}", folder.display()))
    }
}

/// A name in the directory for temporary files that is not taken.
fn fresh(temporary: &Path) -> Result<PathBuf> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(|error| Error::new(format!("no random bytes: {error}")))?;
    Ok(temporary.join(format!("git-qms-demo-{:08x}", u32::from_be_bytes(bytes))))
}

fn write(file: &Path, content: &str) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).while_(format!("making {}", folder.display()))?;
    std::fs::write(file, content).while_(format!("writing {}", file.display()))
}

fn tell_next(ui: Ui, environment: &Environment, dir: &Path, tag: &str, root: &str) {
    let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', "'\\''"));
    let mut lines: Vec<(String, &str)> = Vec::new();
    if let Some(folder) = off_path(environment) {
        lines.push((format!("export PATH={}:\"$PATH\"", quoted(&folder)), "so that git finds git-qms"));
    }
    lines.extend([
        (format!("cd {}", quoted(&dir.join("payments"))), "Ada's clone"),
        (format!("git qms show {tag}"), "the whole story of the release"),
        (format!("git show {tag}"), "its notes and manifest, by stock git"),
        ("git qms log".to_owned(), "every record"),
        ("git notes --ref=qms show HEAD".to_owned(), "the signed records themselves, by stock git"),
        ("git notes --ref=qms remove HEAD".to_owned(), "now lose the evidence on purpose"),
        (format!("git qms verify --trust-root {}", &root[..root.len().min(64)]), "and see it told: exit 1"),
        (format!("rm -rf {}", quoted(dir)), "when you have seen enough"),
    ]);
    ui.line(&format!("\n{}", ui.paint(Tone::Bold, "── What to look at next")));
    for (command, why) in lines {
        ui.line(&format!("\n{}", ui.paint(Tone::Dim, &format!("# {why}"))));
        ui.line(&ui.paint(Tone::Plain, &command));
    }
}

/// The directory of this program, where `PATH` does not have it.
fn off_path(environment: &Environment) -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?;
    let listed = environment.get("PATH").is_some_and(|path| std::env::split_paths(path).any(|entry| entry == folder));
    (!listed).then(|| folder.to_owned())
}
