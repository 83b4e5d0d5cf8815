//! Any bytes as a tag object: refused, or written as it was read. A signature is of these bytes alone.
#![no_main]

use git_qms::release::TagObject;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(tag) = TagObject::parse(bytes) else { return };
    assert_eq!(tag.to_bytes(), bytes);
    if tag.signer().is_some() {
        let other = TagObject { message: format!("{}\n", tag.message), ..tag };
        assert_eq!(other.signer(), None);
    }
});
