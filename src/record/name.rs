//! Names that end up in refs, files and terminals: checked once, on the way in.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ids::as_text;

/// Why a text cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {value:?} must be {expected}")]
pub struct NameError {
    what: &'static str,
    value: String,
    expected: &'static str,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $also:literal, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                let ok = |byte: u8| byte.is_ascii_alphanumeric() || $also.as_bytes().contains(&byte);
                let good = (1..=$max).contains(&text.len())
                    && text.bytes().all(ok)
                    && text.as_bytes()[0].is_ascii_alphanumeric()
                    && !text.contains("..")
                    && !text.contains("//")
                    && !text.contains("@{")
                    && !text.ends_with(['.', '/'])
                    // git refuses such ref components.
                    && !text.split('/').any(|part| part.starts_with('.') || part.to_ascii_lowercase().ends_with(".lock"));
                if good {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NameError { what: $what, value: text.chars().take(100).collect(), expected: $expected })
                }
            }
        }
        as_text!($name);
    };
}

name! {
    /// A service, environment, role, suite type or risk tier.
    Name, "name", 64, "._-",
    "1 to 64 of A-Z a-z 0-9 . _ - starting with a letter or digit"
}
name! {
    /// A person's or bot's id in the trust; never reused.
    MemberId, "member id", 64, "._-",
    "1 to 64 of A-Z a-z 0-9 . _ - starting with a letter or digit"
}
name! {
    /// A change or ticket reference, such as `CHG-1842`. Compared without regard to case.
    ChangeRef, "change reference", 100, "._-#/:",
    "1 to 100 of A-Z a-z 0-9 . _ - # / : starting with a letter or digit"
}
name! {
    /// An incident's or a defect's id, such as `INC-7`. Compared without regard to case.
    CaseId, "incident or defect id", 100, "._-#/:",
    "1 to 100 of A-Z a-z 0-9 . _ - # / : starting with a letter or digit"
}
name! {
    /// A requirement's id, such as `REQ-7`.
    RequirementId, "requirement id", 100, "._-#/:~",
    "1 to 100 of A-Z a-z 0-9 . _ - # / : ~ starting with a letter or digit"
}
name! {
    /// The name of a release and of its tag below `refs/tags/`.
    TagName, "release", 200, "._-@+/",
    "1 to 200 of A-Z a-z 0-9 . _ - @ + / starting with a letter or digit, without .. or // or @{, not ending in . or .lock"
}

impl ChangeRef {
    /// The form by which two references are compared: ASCII, case folded.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl CaseId {
    /// The form by which two ids are compared: ASCII, case folded.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_harm_refs_or_terminals_are_refused() {
        for bad in
            ["", "-x", "..", "a..b", "a\u{1b}[31m", "a b", "a*", "a\n", "é", ".a", "a.", "a.lock", &"a".repeat(65)]
        {
            assert!(bad.parse::<Name>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_release_is_a_valid_ref_name() {
        assert!("payments-api@2026.04.13+chg-1842".parse::<TagName>().is_ok());
        for bad in ["a@{1}", "a//b", "a/.b", "a/b.lock", "a/", "@", "a~1", "a^", "a:b", "a?b"] {
            assert!(bad.parse::<TagName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn change_references_fold_case() {
        let [a, b] = ["CHG-1", "chg-1"].map(|text| text.parse::<ChangeRef>().expect("valid"));
        assert_eq!(a.folded(), b.folded());
    }
}
