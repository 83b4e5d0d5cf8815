//! Names of releases, made from a template.

use std::str::FromStr;

use crate::record::name::{ChangeRef, Name, TagName};
use crate::record::time::UtcTime;

/// The template where the policy has none.
pub const DEFAULT: &str = "{service}@{date}+{change}";

/// A checked template. Names it gives have an `@` and a later `+`, by which tags of releases are told
/// from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate(String);

/// Why a template or the name it gives is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Unknown field, or without `@` and a later `+`.
    #[error("tag template {template:?} {reason}; an example is {DEFAULT}")]
    Template {
        /// The template.
        template: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// What would read as an option or an empty version.
    #[error("version {0:?} does not start with a letter or a digit; an example is 1.4.2")]
    Version(String),
    /// What it gives is no ref name.
    #[error("tag template {template:?} gives {name:?}, which is no valid release name")]
    Name {
        /// The template.
        template: String,
        /// What it gave.
        name: String,
    },
}

impl FromStr for NameTemplate {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let refuse = |reason| TemplateError::Template { template: text.to_owned(), reason };
        let bare = ["{service}", "{date}", "{version}", "{change}"]
            .iter()
            .fold(text.to_owned(), |rest, field| rest.replace(field, ""));
        if bare.contains(['{', '}']) {
            return Err(refuse("has a field other than {service}, {date}, {version} and {change}"));
        }
        let at = bare.find('@').ok_or(refuse("has no @"))?;
        if !bare[at..].contains('+') {
            return Err(refuse("has no + after its @"));
        }
        if !text.contains("{date}") && !text.contains("{version}") {
            return Err(refuse("has neither {date} nor {version}, which are one: the version, or else the date"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl NameTemplate {
    /// The first name that is not `taken`: with the version, or else the day, counted up from the
    /// second release of one day (`2026.04.13.2`). The same inputs give the same name.
    pub fn name(
        &self,
        service: &Name,
        version: Option<&str>,
        at: UtcTime,
        change: &ChangeRef,
        taken: &dyn Fn(&TagName) -> bool,
    ) -> Result<TagName, TemplateError> {
        if let Some(version) = version.filter(|version| !version.starts_with(|c: char| c.is_ascii_alphanumeric())) {
            return Err(TemplateError::Version(version.to_owned()));
        }
        let day = at.date().replace('-', ".");
        let mut number = 1_u32;
        loop {
            let date = match (version, number) {
                (Some(version), _) => version.to_owned(),
                (None, 1) => day.clone(),
                (None, number) => format!("{day}.{number}"),
            };
            let text = self.fill(service, &date, change);
            let name: TagName =
                text.parse().map_err(|_| TemplateError::Name { template: self.0.clone(), name: text.clone() })?;
            // A version is said once: that it is taken is for the caller to refuse.
            if version.is_some() || !taken(&name) {
                return Ok(name);
            }
            number += 1;
        }
    }

    fn fill(&self, service: &Name, date: &str, change: &ChangeRef) -> String {
        // What a ref cannot hold (# and :) becomes a dash.
        let change = change.folded().replace(['#', ':', '/'], "-");
        self.0
            .replace("{service}", service.as_str())
            .replace("{date}", date)
            .replace("{version}", date)
            .replace("{change}", &change)
    }
}

impl Default for NameTemplate {
    fn default() -> Self {
        Self(DEFAULT.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(version: Option<&str>, taken: &[&str]) -> String {
        let at = "2026-04-13T23:59:59Z".parse().expect("a time");
        let taken = |name: &TagName| taken.contains(&name.as_str());
        let (service, change) = ("payments-api".parse().expect("a name"), "CHG-1842".parse().expect("a change"));
        NameTemplate::default().name(&service, version, at, &change, &taken).expect("a name").to_string()
    }

    #[test]
    fn the_second_release_of_a_day_gets_a_number() {
        assert_eq!(name(None, &[]), "payments-api@2026.04.13+chg-1842");
        assert_eq!(name(None, &["payments-api@2026.04.13+chg-1842"]), "payments-api@2026.04.13.2+chg-1842");
    }

    #[test]
    fn a_version_takes_the_place_of_the_date() {
        assert_eq!(name(Some("1.4.0"), &[]), "payments-api@1.4.0+chg-1842");
    }

    #[test]
    fn templates_without_at_and_plus_are_refused() {
        for text in ["{service}-{date}", "{service}+{date}@x", "{service}@{day}+x", "v@1+{change}"] {
            assert!(text.parse::<NameTemplate>().is_err(), "{text}");
        }
    }
}
