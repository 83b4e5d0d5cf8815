//! What is refused, so that nothing is recorded.

use super::*;

/// A23: entities, subsets, depth, truncation.
#[test]
fn hostile_xml() {
    let bomb = r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>"#;
    assert!(refusal(bomb).contains("internal subset"), "{}", refusal(bomb));
    let custom = r#"<testsuite><testcase name="&file;"/></testsuite>"#;
    assert!(refusal(custom).contains("file"), "{}", refusal(custom));
    let in_text = "<testsuite><testcase name='x'><failure>&file;</failure></testcase></testsuite>";
    assert!(refusal(in_text).contains("entity \"file\""), "{}", refusal(in_text));
    let deep = format!("{}{}", "<testsuite>".repeat(65), "</testsuite>".repeat(65));
    assert!(refusal(&deep).contains("deeper than 64"), "{}", refusal(&deep));
    for broken in [
        "<testsuite><testcase name='x'/>",
        "<testsuite><testcase name='x'></testsuite></testcase>",
        "<testsuite><testcase name='x'/></testsuite><testsuite/>",
        "<testsuite><testcase name='x'/></testsuite>more",
        "<testsuite><testcase name='x' name='y'/></testsuite>",
        "<testsuite><testcase name='x'/></testsuite",
        "<testsuite><testcase name='x'>&#0;</testcase></testsuite>",
    ] {
        assert!(refusal(broken).contains("is not sound JUnit XML"), "{broken}: {}", refusal(broken));
    }
}

#[test]
fn an_outside_dtd_is_passed_over() {
    let text = r#"<!DOCTYPE testsuite SYSTEM "https://example.com/a.dtd"><testsuite><testcase name="&lt;&#65;&amp;"><failure/></testcase></testsuite>"#;
    assert_eq!(suite(junit(text)).cases[0].name, "<A&");
}

/// G05: nothing counted is never "all passed".
#[test]
fn reports_of_nothing() {
    for empty in ["<testsuites/>", r#"<testsuite tests="3"></testsuite>"#] {
        assert!(refusal(empty).contains("has no test case: nothing recorded"), "{}", refusal(empty));
    }
    assert!(refusal(r#"<coverage line-rate="1"><packages/></coverage>"#).contains("lists no line"));
    assert!(refusal("TN:x\nSF:a.c\nLF:10\nLH:10\nend_of_record\n").contains("lists no line"));
    for empty in ["", "  \n", "\u{feff}"] {
        assert!(refusal(empty).contains("is empty"), "{}", refusal(empty));
    }
    for unknown in [
        r#"{"SchemaVersion":2,"ArtifactName":"x"}"#,
        r#"{"SchemaVersion":2,"ArtifactName":"x","Results":null}"#,
        r#"{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"a","Class":"secret"}]}"#,
    ] {
        assert!(refusal(unknown).contains("not zero vulnerabilities"), "{}", refusal(unknown));
    }
    let real = String::from_utf8(bytes("trivy-config.json")).expect("UTF-8");
    assert!(refusal(&real).contains("not zero vulnerabilities"), "{}", refusal(&real));
    let clean = br#"{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"a","Class":"os-pkgs"}]}"#;
    let (_, detail) = scan_claim(&read("trivy.json", clean).expect("a scan"), noon()).expect("a claim");
    assert_eq!(detail.summary(), "trivy: no vulnerabilities");
}

#[test]
fn ambiguous_json() {
    let twice = r#"{"SchemaVersion":2,"Results":[],"Results":[{"Target":"a","Class":"os-pkgs"}]}"#;
    assert!(refusal(twice).contains("duplicate key \"Results\""), "{}", refusal(twice));
    let deep = format!(r#"{{"SchemaVersion":2,"Results":{}{}}}"#, "[".repeat(100), "]".repeat(100));
    assert!(refusal(&deep).contains("deeper than 64"), "{}", refusal(&deep));
}

#[test]
fn unsound_tracefiles() {
    for broken in [
        "SF:a.c\nDA:1,1\n",
        "SF:a.c\nDA:1,1\nSF:b.c\nend_of_record\n",
        "TN:\nDA:1,1\nend_of_record\n",
        "SF:a.c\nDA:x,1\nend_of_record\n",
        "SF:a.c\nDA:1,many\nend_of_record\n",
        "SF:a.c\nDA:1,1\nBRDA:1,0,1\nend_of_record\n",
        "SF:a.c\nDA:1,1\nFNA:0,1,f\nend_of_record\n",
        "SF:a.c\nDA:1,1\nwhat\nend_of_record\n",
    ] {
        assert!(refusal(broken).contains("is not sound LCOV"), "{broken}: {}", refusal(broken));
    }
}

#[test]
fn unknown_content_is_shown_escaped_with_what_is_understood() {
    let error = refusal("\u{1b}[31m{\"hello\":1}");
    assert!(error.contains(r"\x1b[31m{"), "{error}");
    insta::assert_snapshot!(refusal("hello\tworld"));
}

#[test]
fn a_report_of_another_kind_is_sent_where_it_belongs() {
    let commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904".parse().expect("hex");
    let scan = fixture("trivy-image.json");
    let error = test_claim(&[("unit".parse().expect("a name"), scan)], commit, None).expect_err("no test");
    insta::assert_snapshot!(error);
    assert!(scan_claim(&fixture("junit-jest.xml"), noon()).is_err());
    assert!(inventory(&fixture("lcov-gcovr.info")).is_err());
    assert!(test_claim(&[], commit, None).is_err());
}

/// A23: whatever the byte at which the writing stopped, nothing is recorded.
#[test]
fn every_truncation() {
    for entry in std::fs::read_dir(fixtures()).expect("a folder") {
        let name = entry.expect("a file").file_name().into_string().expect("UTF-8");
        // Lists of records, each with its own end.
        if name == "README.md" || name.starts_with("lcov") || name.starts_with("go-test") {
            continue;
        }
        let whole = bytes(&name);
        for length in 0..whole.trim_ascii_end().len() {
            assert!(read(&name, &whole[..length]).is_err(), "{name} cut at {length}");
        }
    }
    // A tracefile is a list of records, each with its own end.
    let whole = bytes("lcov-gcovr.info");
    for length in 0..whole.trim_ascii_end().len() {
        assert!(read("lcov", &whole[..length]).is_err(), "cut at {length}");
    }
}

#[test]
fn a_report_over_the_limit() {
    let large = [&b"SF:a\n"[..], &vec![b' '; ingest::MAX_REPORT]].concat();
    assert!(matches!(read("large", &large), Err(IngestError::TooLarge { .. })));
}
