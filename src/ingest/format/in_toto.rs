//! in-toto statements of others: DSSE envelopes in JSON or JSON Lines, Sigstore bundles around one, or bare.
//!
//! Sources: <https://github.com/secure-systems-lab/dsse>, <https://github.com/in-toto/attestation>,
//! <https://docs.sigstore.dev/about/bundle/>. The signatures are counted, not checked: whoever wants to
//! rely on them has the file, byte by byte, and the tool that knows the signer.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::Deserialize;
use std::collections::BTreeMap;

use super::{Glance, Source};
use crate::ingest::attestation::{AttestationReport, ForeignStatement, MAX_STATEMENTS};
use crate::ingest::error::IngestError;
use crate::ingest::{Report, json};
use crate::record::ids::FileDigest;

/// What an envelope around an in-toto statement says that it holds.
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    dsse_envelope: Envelope,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload_type: String,
    payload: String,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    keyid: Option<String>,
    sig: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    predicate_type: String,
    subject: Vec<Subject>,
}

#[derive(Deserialize)]
struct Subject {
    digest: Option<BTreeMap<String, String>>,
}

pub(super) fn sniff(glance: &Glance) -> bool {
    let envelope = glance.has("payloadType") && glance.has("payload");
    envelope || glance.has("dsseEnvelope") || (glance.has("_type") && glance.has("predicateType"))
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let text = source.text()?;
    let lines: Vec<&str> = if json::check(text.as_bytes()).is_ok() {
        vec![text]
    } else {
        text.lines().filter(|line| !line.trim().is_empty()).collect()
    };
    if lines.len() > MAX_STATEMENTS {
        let reason =
            format!("{} statements are more than {MAX_STATEMENTS}; give those of the artifacts alone", lines.len());
        return Err(source.malformed(reason));
    }
    let statements = lines.iter().enumerate().map(|(at, line)| {
        statement(line).map_err(|reason| match lines.len() {
            1 => source.malformed(reason),
            _ => source.malformed(format!("line {}: {reason}", at + 1)),
        })
    });
    Ok(Report::Attestation(AttestationReport {
        origin: source.origin(),
        sha256: FileDigest::of(source.bytes()?),
        statements: statements.collect::<Result<_, _>>()?,
    }))
}

fn statement(line: &str) -> Result<ForeignStatement, String> {
    let bytes = line.as_bytes();
    let members = json::members(bytes);
    let has = |name: &str| members.iter().any(|member| member == name);
    let (statement, signatures) = if has("dsseEnvelope") {
        read_as::<Bundle>(bytes)?.dsse_envelope.open()?
    } else if has("_type") {
        (read_as(bytes)?, Vec::new())
    } else {
        read_as::<Envelope>(bytes)?.open()?
    };
    if !statement.kind.starts_with("https://in-toto.io/Statement/") {
        let kind: String = statement.kind.chars().take(60).collect();
        return Err(format!("_type {kind:?} is no in-toto statement"));
    }
    if statement.predicate_type.trim().is_empty() {
        return Err("has no predicateType".into());
    }
    let mut subjects = Vec::new();
    let mut without_sha256 = 0;
    for subject in statement.subject {
        match subject.digest.as_ref().and_then(|digest| digest.get("sha256")) {
            None => without_sha256 += 1,
            Some(hex) => {
                let digest = hex.to_ascii_lowercase().parse();
                subjects.push(digest.map_err(|_| "a subject's sha256 is not 64 hex digits")?);
            }
        }
    }
    Ok(ForeignStatement { predicate_type: statement.predicate_type, subjects, without_sha256, signatures })
}

fn read_as<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    json::read(bytes).map_err(|error| error.to_string())
}

impl Envelope {
    fn open(self) -> Result<(Statement, Vec<Option<String>>), String> {
        if self.payload_type != PAYLOAD_TYPE {
            let found: String = self.payload_type.chars().take(60).collect();
            return Err(format!("payloadType {found:?} is not {PAYLOAD_TYPE}"));
        }
        if self.signatures.is_empty() || self.signatures.iter().any(|signature| signature.sig.is_empty()) {
            return Err("an envelope without a signature: nobody says it".into());
        }
        // DSSE allows both alphabets.
        let payload = STANDARD.decode(&self.payload).or_else(|_| URL_SAFE.decode(&self.payload));
        let payload = payload.map_err(|_| "the payload is not base64")?;
        let statement = read_as(&payload).map_err(|error| format!("the payload: {error}"))?;
        Ok((statement, self.signatures.into_iter().map(|signature| signature.keyid).collect()))
    }
}
