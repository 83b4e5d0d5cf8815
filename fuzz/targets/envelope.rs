//! Any bytes as a line of a note: an envelope that is written back as it was read, or refused.
#![no_main]

use git_qms::envelope::Envelope;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(envelope) = Envelope::parse(bytes) {
        assert_eq!(envelope.to_line().as_bytes(), bytes);
    }
});
