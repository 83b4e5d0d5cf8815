//! A proposed trust version in a file: the `trust.json` that it becomes, with the signatures so far.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::change::shown;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::ui::Tone;
use crate::record::MemberId;
use crate::trust::{Chain, Next, Quorum, TrustEnvelope, TrustVersion, changes, envelope};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// More people have to sign.
    Open,
    /// It is the newest version now.
    InForce,
    /// It was looked at, and not signed.
    Shown,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    schema: &'static str,
    file: String,
    version: u64,
    digest: String,
    changes: Vec<String>,
    before: Option<People>,
    own: People,
    in_force: bool,
}

#[derive(Serialize)]
struct People {
    signed: Vec<MemberId>,
    open: Vec<MemberId>,
    needed: usize,
}

impl From<&Quorum> for People {
    fn from(quorum: &Quorum) -> Self {
        Self { signed: quorum.signed.clone(), open: quorum.open.clone(), needed: quorum.needed }
    }
}

/// Where a proposal goes that was not told where.
pub fn default_file(version: &TrustVersion) -> PathBuf {
    format!("trust-version-{}.json", version.version).into()
}

/// Writes a new proposal; what is there already is left alone.
pub fn create(file: &Path, envelope: &TrustEnvelope) -> Result<()> {
    let mut new = std::fs::File::create_new(file).map_err(|error| {
        Error::new(format!("writing the proposal {}: {error}", file.display())).hint("name another file: --to FILE")
    })?;
    new.write_all(&envelope.to_bytes()).while_(format!("writing {}", file.display()))
}

/// Reads a proposal: the exact bytes that a writer makes.
pub fn read(file: &Path) -> Result<TrustEnvelope> {
    let reading = || format!("reading the proposal {}", file.display());
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).while_(reading())?;
    opened.take(envelope::MAX_BYTES as u64 + 1).read_to_end(&mut bytes).while_(reading())?;
    TrustEnvelope::parse(&bytes).map_err(|error| {
        let what = format!("{} is no trust proposal: {error}", file.display());
        Error::no(what.replace("trust.json", "the file"))
            .hint("get it anew from whoever proposed it; it must not be edited")
    })
}

/// Refuses a signature that does not hold, or by a key of nobody who could sign: somebody altered the file.
pub fn refuse_tampered(chain: &Chain, envelope: &TrustEnvelope, version: &TrustVersion) -> Result<()> {
    let members = || chain.newest().version.members.iter().chain(&version.members);
    for keyid in envelope.keyids() {
        let key = members().flat_map(|member| &member.keys).find(|key| key.fingerprint() == keyid);
        let what = match key {
            Some(key) if envelope.is_signed_by(key) => continue,
            Some(_) => {
                format!("the signature of key {keyid} does not hold: the proposal was altered after it was signed")
            }
            None => format!("the proposal has a signature of key {keyid}, which is no member's"),
        };
        return Err(Error::no(what).hint("get the proposal anew from whoever proposed it, and ask them what happened"));
    }
    Ok(())
}

/// Says what a proposal changes, who signed it, and what is left to do.
pub fn tell(
    context: &Context,
    chain: &Chain,
    file: &Path,
    envelope: &TrustEnvelope,
    next: &Next,
    state: State,
) -> Result<Exit> {
    let ui = context.ui;
    let changed = changes(Some(&chain.newest().version), &next.version);
    if ui.is_json() {
        ui.json(&Output {
            schema: "git-qms/trust-proposal/v1",
            file: shown(file),
            version: next.version.version,
            digest: envelope.digest().to_string(),
            changes: changed,
            before: next.before.as_ref().map(People::from),
            own: (&next.own).into(),
            in_force: state == State::InForce,
        })?;
        return Ok(Exit::Yes);
    }
    if ui.is_quiet() {
        ui.line(&if state == State::InForce { envelope.digest().to_string() } else { shown(file) });
        return Ok(Exit::Yes);
    }
    let number = next.version.version;
    ui.line(&format!("trust   version {number}, proposed {}: {}", next.version.created, envelope.digest().short()));
    for line in &changed {
        ui.line(&format!("        {}", ui.paint(Tone::Plain, line)));
    }
    if changed.is_empty() {
        ui.line("        nothing");
    }
    for (quorum, whose) in [(next.before.as_ref(), "of the version before"), (Some(&next.own), "of its own")] {
        let Some(quorum) = quorum else { continue };
        ui.line(&format!("signed  {quorum} {whose}: {}", names(&quorum.signed)));
    }
    if state == State::InForce {
        ui.line(&format!("in force: version {number}"));
        return Ok(Exit::Yes);
    }
    ui.line(&format!("file    {}", ui.paint(Tone::Plain, &shown(file))));
    ui.note(&format!("next    {}", whose_turn(next, file)));
    Ok(Exit::Yes)
}

fn whose_turn(next: &Next, file: &Path) -> String {
    let lacking = [next.before.as_ref(), Some(&next.own)].into_iter().flatten().filter(|quorum| !quorum.is_reached());
    let mut open: Vec<MemberId> = Vec::new();
    for id in lacking.flat_map(|quorum| &quorum.open) {
        if !open.contains(id) {
            open.push(id.clone());
        }
    }
    let file = file.display();
    if open.is_empty() {
        let last = [&next.own.signed[..], &next.own.open].concat();
        return format!("one of {} brings it into force: git qms trust sign {file}", names(&last));
    }
    let each = if open.len() > 1 { "each " } else { "" };
    format!("to sign: {}, {each}with: git qms trust sign {file}", names(&open))
}

fn names(ids: &[MemberId]) -> String {
    if ids.is_empty() {
        return "nobody".into();
    }
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
