//! The kinds of record: one file each, one line each in the table below.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::digests::Digests;
use super::misfit::{self, Misfit};
use super::statement::StatementError;
use super::strict;

pub mod analysis;
pub mod approval;
pub mod build;
pub mod checkpoint;
pub mod defect;
pub mod deploy;
pub mod exception;
pub mod findings;
pub mod gate;
pub mod incident;
pub mod monitor;
pub mod plan;
pub mod policy;
pub mod release;
pub mod scan;
pub mod test;
pub mod tombstone;

/// The stages of a change's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Why and how the change is made.
    Plan,
    /// What was built from it.
    Build,
    /// What was found in it.
    Test,
    /// Who let it pass.
    Approve,
    /// Where it went.
    Deploy,
    /// How it did there.
    Monitor,
}

impl Stage {
    /// All six, in order.
    pub const ALL: [Self; 6] = [Self::Plan, Self::Build, Self::Test, Self::Approve, Self::Deploy, Self::Monitor];
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plan => "plan",
            Self::Build => "build",
            Self::Test => "test",
            Self::Approve => "approve",
            Self::Deploy => "deploy",
            Self::Monitor => "monitor",
        })
    }
}

/// The predicate of one kind, as it stands in the statement.
pub trait Predicate: Serialize + DeserializeOwned {
    /// Its in-toto predicate type.
    const TYPE: &'static str;
    /// Its stage; `None` for bookkeeping.
    const STAGE: Option<Stage>;
    /// What its types alone cannot say: an empty reason, a count that does not add up.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
    /// One line for lists, for instance `unit: 212 passed, 3 skipped`. Not escaped.
    fn summary(&self) -> String;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $text:literal $predicate:ty;)*) => {
        /// What kind of statement a record is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $text)] $kind,)*
        }

        impl Kind {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The name in headers and on the command line.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $text,)* }
            }

            /// The stage it belongs to.
            pub fn stage(self) -> Option<Stage> {
                match self { $(Self::$kind => <$predicate as Predicate>::STAGE,)* }
            }

            /// The in-toto predicate type it is written under.
            pub fn predicate_type(self) -> &'static str {
                match self { $(Self::$kind => <$predicate as Predicate>::TYPE,)* }
            }
        }

        impl FromStr for Kind {
            type Err = UnknownKind;
            fn from_str(text: &str) -> Result<Self, UnknownKind> {
                match text {
                    $($text => Ok(Self::$kind),)*
                    _ => Err(UnknownKind(text.chars().take(64).collect())),
                }
            }
        }

        /// What a record claims, by kind.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Claim {
            $($(#[$doc])* $kind($predicate),)*
        }

        impl Claim {
            /// The kind of this claim.
            pub fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind,)* }
            }

            /// Reads the predicate of `kind`.
            pub(super) fn parse(kind: Kind, predicate: &str) -> Result<Self, StatementError> {
                Ok(match kind {
                    $(Kind::$kind => Self::$kind(read(kind, predicate)?),)*
                })
            }

            /// Reads the predicate of `kind` from strict JSON, and says where it does not fit.
            pub(super) fn fit(kind: Kind, predicate: &serde_json::Value) -> Result<Self, Misfit> {
                Ok(match kind {
                    $(Kind::$kind => Self::$kind(misfit::fit(predicate)?),)*
                })
                .and_then(|claim: Self| match claim.check() {
                    Ok(()) => Ok(claim),
                    Err(message) => Err(Misfit::new("", message)),
                })
            }

            /// Checks what the types alone cannot say.
            pub fn check(&self) -> Result<(), String> {
                match self { $(Self::$kind(claim) => claim.check(),)* }
            }

            /// One line for lists. Not escaped: it may hold text from the repository.
            pub fn summary(&self) -> String {
                match self { $(Self::$kind(claim) => claim.summary(),)* }
            }
        }

        impl Serialize for Claim {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$kind(claim) => claim.serialize(serializer),)* }
            }
        }
    };
}

kinds! {
    /// Why a change is made, and how it will be rolled out, watched and taken back.
    Plan "plan" plan::Plan;
    /// What was built, by whom, from what.
    Build "build" build::Provenance;
    /// What the tests found.
    Test "test" test::TestResult;
    /// What a vulnerability scanner found.
    Scan "scan" scan::Vulnerabilities;
    /// What a static analysis found.
    Analysis "analysis" analysis::Analysis;
    /// A person's word on what they reviewed.
    Approval "approval" approval::Approval;
    /// A gate's recorded decision.
    Gate "gate" gate::VerificationSummary;
    /// What went where.
    Deploy "deploy" deploy::Deploy;
    /// How it did there.
    Monitor "monitor" monitor::Monitor;
    /// What went wrong where users are.
    Incident "incident" incident::Incident;
    /// What was found to be wrong in what was built.
    Defect "defect" defect::Defect;
    /// Ratifies the control catalog.
    Policy "policy" policy::PolicyRatification;
    /// Names a release tag's object, for ever.
    Release "release" release::Release;
    /// Pins the ledger.
    Checkpoint "checkpoint" checkpoint::Checkpoint;
    /// Asks that a control may go unsatisfied for a time.
    Exception "exception" exception::Exception;
    /// Decides about an exception.
    ExceptionDecision "exception-decision" exception::ExceptionDecision;
    /// Asks, together with another person's, that an attached file leaves the repository.
    Tombstone "tombstone" tombstone::Tombstone;
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A kind that this version of the format does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind {0:?}: expected one of {all}", all = Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", "))]
pub struct UnknownKind(String);

fn read<T: Predicate>(kind: Kind, predicate: &str) -> Result<T, StatementError> {
    let claim: T = strict::read(predicate.as_bytes())
        .map_err(|error| StatementError::Predicate { kind, reason: error.to_string() })?;
    claim.check().map_err(|reason| StatementError::Predicate { kind, reason })?;
    Ok(claim)
}

/// Refuses a text that says nothing.
pub(crate) fn not_empty(what: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() { Err(format!("{what} is empty: it has to say something")) } else { Ok(()) }
}

/// An in-toto ResourceDescriptor, as far as records use it.
/// Source: <https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// A name unique within the statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is, or a package URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Its digests, algorithm → lower-case hex.
    #[serde(default, skip_serializing_if = "Digests::is_empty")]
    pub digest: Digests,
}

impl Resource {
    /// Checks what in-toto asks of every descriptor.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.name.is_none() && self.uri.is_none() && self.digest.is_empty() {
            return Err("a resource has neither name, uri nor digest: it has to have one".into());
        }
        for (name, text) in [("name", &self.name), ("uri", &self.uri)] {
            text.as_deref().map_or(Ok(()), |text| not_empty(&format!("{name} of a resource"), text))?;
        }
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match self.digest.iter().find(|(_, value)| value.is_empty() || !value.bytes().all(hex)) {
            Some((algorithm, value)) => Err(format!("digest {algorithm} {value:?} is not lower-case hex")),
            None => Ok(()),
        }
    }
}
