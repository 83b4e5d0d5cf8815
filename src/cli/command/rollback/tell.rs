//! The way back, for people and as JSON.

use serde::Serialize;

use crate::cli::ui::{Tone, Ui};
use crate::record::kind::build::Inventory;
use crate::record::{Name, TagName};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output<'a> {
    pub(super) schema: &'static str,
    pub(super) release: &'a TagName,
    pub(super) environment: &'a Name,
    pub(super) production: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) restore: Option<Restore<'a>>,
    pub(super) migrations: Vec<MigrationJson<'a>>,
    pub(super) procedure: Vec<String>,
    pub(super) missing: Vec<String>,
}

/// What to go back to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Restore<'a> {
    pub(super) release: &'a TagName,
    pub(super) commit: String,
    pub(super) deployment: String,
    pub(super) deployed: String,
    pub(super) artifacts: Vec<ArtifactJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) inventory: Option<&'a Inventory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) infrastructure_revision: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct ArtifactJson {
    pub(super) name: String,
    pub(super) sha256: String,
}

#[derive(Serialize)]
pub(super) struct MigrationJson<'a> {
    pub(super) name: &'a str,
    pub(super) release: &'a TagName,
    pub(super) outcome: &'static str,
    pub(super) deployment: String,
}

/// The way back on a few lines; what is missing comes last.
pub(super) fn tell(ui: Ui, output: &Output<'_>) {
    let Output { release, environment, .. } = output;
    if ui.is_quiet() {
        output.restore.iter().for_each(|restore| ui.line(restore.release.as_str()));
        return;
    }
    let plain = |text: &str| ui.paint(Tone::Plain, text);
    let place = if output.production { "production" } else { "not production" };
    ui.line(&format!("take back  {release} in {environment}   ({place})"));
    if let Some(restore) = &output.restore {
        let commit = restore.commit.get(..7).unwrap_or_default();
        ui.line(&format!("restore    {} on {commit}, deployed {}", restore.release, restore.deployed));
        for artifact in &restore.artifacts {
            ui.line(&format!("  artifact   {}  sha256:{}", plain(&artifact.name), artifact.sha256));
        }
        if let Some(inventory) = restore.inventory {
            let format = plain(&inventory.format);
            ui.line(&format!(
                "  inventory  {format}, {} components  sha256:{}",
                inventory.components, inventory.sha256
            ));
        }
        if let Some(revision) = restore.infrastructure_revision {
            ui.line(&format!("  infra      {}", plain(revision)));
        }
    }
    if output.migrations.is_empty() {
        ui.line("undo       no migration is recorded since");
    }
    for migration in &output.migrations {
        let of = format!("{} of {}, {}", migration.name, migration.release, migration.outcome);
        ui.line(&format!("undo       {}", plain(&of)));
    }
    for (at, step) in output.procedure.iter().enumerate() {
        let step = step.split('\n').map(plain).collect::<Vec<_>>().join("\n             ");
        ui.line(&format!("{:<10} {}. {step}", if at == 0 { "procedure" } else { "" }, at + 1));
    }
    for missing in &output.missing {
        ui.line(&format!("{}    {}", ui.paint(Tone::Bad, "missing"), plain(missing)));
    }
}
