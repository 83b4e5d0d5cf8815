//! What is remembered of a verification, and what is learned besides.

use serde::{Deserialize, Serialize};

use crate::record::CommitId;
use crate::store::{Here, Index, Kept, Stamps};
use crate::verify::{FileCounts, Finding, Grown, Piece, Summary};

/// Another program may judge otherwise: its version, and a digest of the sources that judge (`build.rs`).
pub(super) const PROGRAM: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("QMS_RULES"));

/// What is kept beside the records.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    pub(super) program: String,
    /// What exists though it is never read.
    pub(super) warnings: Vec<String>,
    pub(super) here: Here,
    pub(super) summary: Summary,
    releases: Option<Releases>,
    files: Option<Attached>,
}

/// What release tags, held against their records, came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Releases {
    /// How many there are.
    pub count: usize,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
}

/// What attached files, held against their digests, came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// What `refs/qms/files` named.
    pub tip: Option<CommitId>,
    /// How many are what.
    pub counts: FileCounts,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
}

impl State {
    /// Of a ledger; nothing is known of releases and files.
    pub(super) fn of(summary: Summary, here: Here, warnings: Vec<String>) -> Self {
        Self { program: PROGRAM.to_owned(), warnings, here, summary, releases: None, files: None }
    }
}

/// What is remembered, as it holds now.
pub struct Memory {
    index: Index,
    kept: Kept,
    state: State,
    stamps: Stamps,
    /// The records that came since, as they are to be kept.
    pending: Vec<Piece>,
    /// Whether it says more than what is kept.
    is_news: bool,
}

impl Memory {
    /// What was kept, found to hold still with these references and files.
    pub(super) fn of(index: Index, kept: Kept, mut state: State, here: Here, stamps: Stamps) -> Self {
        let is_news = state.here != here;
        if !state.here.same_tags(&here) {
            state.releases = None;
        }
        state.here = here;
        Self { index, kept, state, stamps, pending: Vec::new(), is_news }
    }

    pub(super) fn summary(&self) -> &Summary {
        &self.state.summary
    }

    pub(super) fn kept(&self) -> &Kept {
        &self.kept
    }

    pub(super) fn pending(&self) -> &[Piece] {
        &self.pending
    }

    /// Takes in what has come since.
    pub(super) fn grow(&mut self, grown: Grown) {
        self.is_news = true;
        self.state.summary = grown.summary;
        self.pending = grown.pieces.into();
        // What was wrong with a release may be mended by what came.
        if grown.brings_release || self.state.releases.as_ref().is_some_and(|releases| !releases.findings.is_empty()) {
            self.state.releases = None;
        }
        if grown.brings_file {
            self.state.files = None;
        }
    }

    /// Keeps what was learned, for the next command. Where that cannot be done, the next command learns it anew.
    pub fn keep(self) {
        if !self.is_news {
            return;
        }
        if let Ok(text) = serde_json::to_vec(&self.state) {
            self.index.advance(&self.kept, &text, &self.stamps.to_bytes(), &self.pending);
        }
    }

    /// What release tags came to, if nothing has come that could change it.
    pub fn releases(&self) -> Option<&Releases> {
        self.state.releases.as_ref()
    }

    /// What attached files came to, if nothing has come that could change it.
    pub fn files(&self, tip: Option<CommitId>) -> Option<&Attached> {
        self.state.files.as_ref().filter(|files| files.tip == tip)
    }

    /// Takes in what release tags come to.
    pub fn learn_releases(&mut self, releases: Releases) {
        self.state.releases = Some(releases);
        self.is_news = true;
    }

    /// Takes in what attached files come to.
    pub fn learn_files(&mut self, files: Attached) {
        let is_known = self.files(files.tip).is_some();
        self.state.files = Some(files);
        self.is_news |= !is_known;
    }
}
