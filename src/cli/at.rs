//! The moment to judge by, as people name it: a time, a day, or a release.

use super::error::{Error, Result};
use crate::record::{TagName, UtcTime};
use crate::release::TagObject;
use crate::store::Repository;

/// What `--at` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// A time in UTC; of a day its beginning.
    Time(UtcTime),
    /// When a release was made, by what its tag says.
    Release(TagName),
}

impl At {
    /// Reads RFC 3339, a day, or the name of a release tag.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        time(text).map(Self::Time).or_else(|expected| {
            let tag = text.parse().ok().filter(|_| text.contains('@'));
            tag.map(Self::Release).ok_or_else(|| format!("{expected}; or a release"))
        })
    }

    /// The moment. That of a release is the tagger's word, as times of records are their signers'.
    pub fn moment(&self, repo: &Repository) -> Result<UtcTime> {
        let tag = match self {
            Self::Time(time) => return Ok(*time),
            Self::Release(tag) => tag,
        };
        let raw = repo.tag(tag)?.and_then(|found| found.annotated).ok_or_else(|| {
            Error::no(format!("--at {tag}: there is no such release: refs/tags/{tag} is no annotated tag here"))
                .hint("list releases with: git tag --list '*@*+*'; fetch them with: git qms sync --fetch-only")
        })?;
        let read = TagObject::parse(&raw).ok().and_then(|tag| tag.made());
        read.ok_or_else(|| Error::no(format!("--at {tag}: its tag object says no time at which it was made")))
    }
}

/// Reads a time as people write it: RFC 3339, or a day.
pub fn time(text: &str) -> std::result::Result<UtcTime, String> {
    let day = format!("{text}T00:00:00Z");
    UtcTime::from_rfc3339(text)
        .or_else(|_| UtcTime::from_rfc3339(&day))
        .map_err(|_| "expected a time like 2026-04-13T09:30:00Z, or a day like 2026-04-13, in UTC".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_a_day_and_a_release_are_told_apart() {
        let noon = "2026-04-13T12:00:00Z".parse().expect("a time");
        assert_eq!(At::parse("2026-04-13T14:00:00+02:00"), Ok(At::Time(noon)));
        assert_eq!(At::parse("2026-04-13"), Ok(At::Time("2026-04-13T00:00:00Z".parse().expect("a time"))));
        let tag = "payments-api@2026.04.13+chg-1842";
        assert_eq!(At::parse(tag), Ok(At::Release(tag.parse().expect("a tag"))));
        for wrong in ["yesterday", "2026-13-01", "", "a@b c", "-x@1"] {
            assert!(At::parse(wrong).is_err_and(|message| message.contains("or a release")), "{wrong:?}");
        }
    }
}
