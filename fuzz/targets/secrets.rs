//! Any bytes as what may hold a secret: each place is within the text, and what is shown of it stands there.
#![no_main]

use git_qms::secrets::{find, text_of};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(text) = text_of(bytes) else { return };
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    for suspect in find(&text) {
        let line = String::from_utf8_lossy(lines[suspect.line - 1]).into_owned();
        let first = suspect.begins.split('\n').next().unwrap_or_default();
        assert!(line.contains(first.trim_end_matches(char::REPLACEMENT_CHARACTER)), "{suspect:?}");
    }
});
