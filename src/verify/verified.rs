//! The proof that something was checked, as a type.

use std::ops::Deref;

use super::few::Few;
use crate::envelope::Fingerprint;
use crate::record::ids::LineDigest;

/// Something whose signature, signer and place in the ledger were all checked. Made by the ledger's verification alone, or
/// recalled from what it handed out.
///
/// ```compile_fail
/// # use git_qms::verify::Verified;
/// // Nobody else can make one.
/// let forged = Verified { inner: "evidence", seal: () };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    /// Boxed: records are large, and lists of them grow and are sorted.
    inner: Box<T>,
    seal: Seal,
}

/// Where and by which key it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The note line it was read from.
    pub line: LineDigest,
    /// The key that signed it.
    pub key: Fingerprint,
    /// Whether its commit is reached by nothing any more: then it counts only by tree.
    pub orphaned: bool,
    /// The ledger commits that introduced it, as places in the history.
    pub(super) introduced: Few<u32>,
    /// The ledger commit it was signed over, as a place in the history.
    pub(super) head: Option<u32>,
}

impl<T> Verified<T> {
    /// The only place where verified things are made; the caller has just checked `inner`.
    pub(super) fn admit(inner: Box<T>, seal: Seal) -> Self {
        Self { inner, seal }
    }

    /// Where and by which key it was signed.
    pub fn seal(&self) -> &Seal {
        &self.seal
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner
    }
}
