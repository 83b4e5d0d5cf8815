//! The trust root that the verifier expects.

use super::context::Context;
use super::error::{Error, Result};
use crate::record::TrustDigest;
use crate::store::ConfigScope;
use crate::trust::Chain;
use crate::verify::{Finding, check_pin};

/// The pin that was found, and what it says about this project.
pub struct Pin {
    /// The digest, if there is one for this project.
    pub root: Option<TrustDigest>,
    /// Who pinned it, in words.
    pub by: Option<&'static str>,
    /// What it says; `None` when it agrees.
    pub finding: Option<Finding>,
}

impl Context {
    /// Looks for the pin: the option, `QMS_TRUST_ROOT`, global git configuration, and the
    /// repository's own unless `strict`. Global configuration may list the roots of several projects.
    pub fn pin(&self, chain: &Chain, option: Option<&str>, strict: bool) -> Result<Pin> {
        let root = chain.root();
        let explicit = option.map(|text| ("--trust-root", text));
        let variable = || self.environment.get("QMS_TRUST_ROOT").map(|text| ("QMS_TRUST_ROOT", text));
        let at = |by, text: &str| Ok::<_, Error>((by, digest(by, text)?));
        let mut pinned = explicit.or_else(variable).map(|(by, text)| at(by, text)).transpose()?;
        if pinned.is_none() {
            let listed = self.repo.config_values("qms.trustRoot", ConfigScope::Global);
            let listed = listed.iter().map(|text| at("qms.trustRoot of the global git configuration", text));
            pinned = listed.collect::<Result<Vec<_>>>()?.into_iter().find(|(_, listed)| *listed == root);
        }
        if pinned.is_none() && !strict {
            let own = self.repo.config_values("qms.trustRoot", ConfigScope::Repository);
            pinned = own.last().map(|text| at("qms.trustRoot of the repository's configuration", text)).transpose()?;
        }
        let (by, pinned) = pinned.unzip();
        Ok(Pin { root: pinned, by, finding: check_pin(root, pinned, strict) })
    }
}

fn digest(place: &str, text: &str) -> Result<TrustDigest> {
    let bare = text.trim().strip_prefix("sha256:").unwrap_or(text.trim());
    bare.parse()
        .map_err(|error| Error::new(format!("{place}: {error}")).hint("take it from: git qms trust show --root"))
}
