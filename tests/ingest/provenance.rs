//! Statements of others: noted by what they are about, and never taken for ours.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use git_qms::record::FileDigest;
use git_qms::record::statement::Artifact;

use super::*;

fn artifact(content: &str) -> Artifact {
    Artifact { name: "till-1.4.tar.gz".into(), sha256: FileDigest::of(content.as_bytes()) }
}

fn envelope(statement: &str) -> String {
    let payload = STANDARD.encode(statement);
    format!(
        r#"{{"payloadType":"application/vnd.in-toto+json","payload":"{payload}","signatures":[{{"sig":"AA=="}},{{"keyid":"k","sig":"AA=="}}]}}"#
    )
}

fn about(digest: &str) -> String {
    format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"a","digest":{{"sha256":"{digest}"}}}},{{"name":"b","digest":{{"gitCommit":"00"}}}}],"predicateType":"https://slsa.dev/provenance/v1","predicate":{{}}}}"#
    )
}

/// E04: by digest, with predicate type and keys.
#[test]
fn provenance_is_matched_with_the_artifact_it_is_about() {
    let report = fixture("provenance.intoto.jsonl");
    let noted = attestations(&report, &[artifact("another\n"), artifact("a till\n")]).expect("it matches");
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].predicate_type, "https://slsa.dev/provenance/v1");
    assert_eq!(noted[0].sha256, FileDigest::of(&bytes("provenance.intoto.jsonl")));
    assert_eq!(noted[0].matches, [artifact("a till\n").sha256]);
    assert_eq!((noted[0].subjects.len(), noted[0].signatures, noted[0].keyids[0].len()), (1, 1, 64));
    let error = attestations(&report, &[artifact("another\n")]).expect_err("other bytes").to_string();
    assert!(error.contains("none of its 1 subjects has the SHA-256 of till-1.4.tar.gz"), "{error}");
}

#[test]
fn bundles_and_lines_and_bare_statements_are_read() {
    let digest = artifact("a").sha256.to_string();
    let bundle = format!(
        r#"{{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{{}},"dsseEnvelope":{}}}"#,
        envelope(&about(&digest))
    );
    let lines = format!("{}\n\n{}\n", envelope(&about(&"00".repeat(32))), envelope(&about(&digest)));
    for (text, count, signatures) in [(bundle, 1, 2), (lines, 2, 2), (about(&digest), 1, 0)] {
        let report = read("p.json", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let noted = attestations(&report, &[artifact("a")]).expect("it matches");
        assert_eq!(noted.len(), count);
        let last = noted.last().expect("one");
        assert_eq!((last.signatures, last.omitted, last.matches.len()), (signatures, 1, 1));
    }
}

#[test]
fn what_is_no_signed_statement_is_refused() {
    let digest = "00".repeat(32);
    let unsigned = envelope(&about(&digest)).replace(r#"[{"sig":"AA=="},{"keyid":"k","sig":"AA=="}]"#, "[]");
    let other = envelope(&about(&digest)).replace("application/vnd.in-toto+json", "text/plain");
    let broken = envelope(&about(&digest)).replace("\"payload\":\"", "\"payload\":\"*");
    for (text, words) in [
        (unsigned, "without a signature"),
        (other, "payloadType \"text/plain\""),
        (broken, "not base64"),
        (envelope("{"), "the payload"),
        (envelope(&about("00")), "not 64 hex digits"),
        (about(&digest).replace("in-toto.io/Statement", "example.com/Statement"), "no in-toto statement"),
        (format!("{}\n{{\n", envelope(&about(&digest))), "line 2"),
        (format!("{}\n", envelope(&about(&digest))).repeat(101), "101 statements"),
    ] {
        assert!(refusal(&text).contains(words), "{words}: {}", refusal(&text));
    }
}

#[test]
fn subjects_without_end_are_counted() {
    let subjects: Vec<String> = (0..5_000).map(|at| format!(r#"{{"digest":{{"sha256":"{at:064x}"}}}}"#)).collect();
    let statement = format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{},{{"digest":{{"sha256":"{}"}}}}],"predicateType":"{}","predicate":{{}}}}"#,
        subjects.join(","),
        artifact("a").sha256,
        "p".repeat(5_000)
    );
    let noted = attestations(&read("p.json", statement.as_bytes()).expect("a statement"), &[artifact("a")])
        .expect("it matches");
    assert_eq!((noted[0].subjects.len() as u64 + noted[0].omitted, noted[0].matches.len()), (5_001, 1));
    assert!(serde_json::to_vec(&noted).expect("JSON").len() < 10 << 10);
}
