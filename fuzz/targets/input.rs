//! The first byte as a kind, the rest as what is given to be recorded: refused, or a record can be written of it.
#![no_main]

use git_qms::record::header::Signatory;
use git_qms::record::input::{Place, RECORDED, read};
use git_qms::record::{Header, UtcTime, statement};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((kind, text)) = bytes.split_first() else { return };
    let kind = RECORDED[usize::from(*kind) % RECORDED.len()];
    let input = match read(kind, text) {
        Ok(input) => input,
        Err(misfit) => {
            let _told = format!("{misfit:?}");
            return;
        }
    };
    assert_eq!(input.claim.kind(), kind);
    let digest = "11".repeat(32);
    let signatory = Signatory {
        project: digest.parse().expect("hex"),
        recorder: "ada".parse().expect("an id"),
        trust: digest.parse().expect("hex"),
        ledger: None,
        recorded: UtcTime::from_seconds(1_776_000_000),
    };
    let commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    let mut header = Header::new(kind, commit.parse().expect("hex"), signatory);
    if let Some(span) = input.happened() {
        header.occurred = span;
    }
    let Place { occurred, service, environment, release, change, source, supersedes } = input.place;
    header.occurred = occurred.unwrap_or(header.occurred);
    (header.service, header.environment, header.release, header.change) = (service, environment, release, change);
    (header.source, header.supersedes) = (source, supersedes);
    if let Some(detail) = input.detail {
        detail.into_header(&mut header);
    }
    statement::write(commit.parse().expect("hex"), &header, &input.artifacts, &input.claim).expect("a record");
});
