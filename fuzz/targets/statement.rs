//! Any bytes as the payload of a record: refused, or strict JSON, and written so that the same record is read back.
#![no_main]

use git_qms::record::{statement, strict};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(record) = statement::parse(bytes) else { return };
    assert_eq!(strict::check(bytes), Ok(()), "read in one pass what is not strict");
    let again = statement::write(record.commit, &record.header, &record.artifacts, &record.claim).expect("written");
    let reread = statement::parse(&again).expect("read back");
    assert_eq!((&reread.header, &reread.artifacts, &reread.claim), (&record.header, &record.artifacts, &record.claim));
    assert_eq!(record.claim.check(), Ok(()));
    record.summary();
});
