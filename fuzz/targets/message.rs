//! Any text as the message of a release tag: refused, or written as it was read. No section forges a line of another.
#![no_main]

use git_qms::release::{Notes, forged_line};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(notes) = Notes::parse(text) else { return };
    assert!(Notes::claims_manifest(text));
    assert_eq!(notes.to_message().as_deref(), Ok(text));
    for section in &notes.sections {
        assert_eq!(forged_line(section), None);
    }
});
