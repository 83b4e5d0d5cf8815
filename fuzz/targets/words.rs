//! Any text as an id, a name, a time, a key: refused, or shown as it was written.
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use git_qms::envelope::{Fingerprint, PublicKey};
use git_qms::policy::{Glob, Interval, Retention};
use git_qms::record::{
    ChangeRef, CommitId, FileDigest, Kind, MemberId, Name, RecordId, RequirementId, TagName, UtcTime,
};
use git_qms::release::NameTemplate;
use git_qms::trace::trailers;

/// What has one spelling.
fn exact<T: FromStr + Display>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text, "{}", std::any::type_name::<T>());
    }
}

/// What is shown in one spelling, of several that are read.
fn shown<T: FromStr + Display + Debug + PartialEq>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string().parse::<T>().ok(), Some(value), "{}", std::any::type_name::<T>());
    }
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    exact::<ChangeRef>(text);
    exact::<CommitId>(text);
    exact::<FileDigest>(text);
    exact::<Fingerprint>(text);
    exact::<Kind>(text);
    exact::<MemberId>(text);
    exact::<Name>(text);
    exact::<PublicKey>(text);
    exact::<RecordId>(text);
    exact::<RequirementId>(text);
    exact::<TagName>(text);
    exact::<UtcTime>(text);
    shown::<Interval>(text);
    shown::<Retention>(text);
    shown::<Glob>(text);
    if let Ok(moment) = UtcTime::from_rfc3339(text) {
        assert_eq!(moment.to_string().parse(), Ok(moment));
        let _later = moment.later(1, 1, 1);
        moment.date();
    }

    if let Ok(template) = text.parse::<NameTemplate>() {
        let service = "till".parse().expect("a name");
        let (change, at) = ("CHG-1".parse::<ChangeRef>().expect("a change"), UtcTime::from_seconds(1_776_000_000));
        if let Ok(name) = template.name(&service, None, at, &change, &|_| false) {
            exact::<TagName>(name.as_str());
        }
    }
    trailers(text, &["Implements".to_owned()]);
});
