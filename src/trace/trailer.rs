//! Trailers of a commit: `Implements: REQ-7, REQ-8` in the last paragraph of its message.
//!
//! Source: `git-interpret-trailers(1)`. Folded lines are read as git folds them.

use crate::record::RequirementId;

/// The ids that trailers of these keys name, each with its key as written. What is no id is passed over: `Refs: #12` and
/// `Refs: https://…` speak of something else.
pub fn trailers(message: &str, keys: &[String]) -> Vec<(String, RequirementId)> {
    let message = message.trim_end();
    // The subject is no paragraph of trailers.
    let Some((_, last)) = message.rsplit_once("\n\n").or_else(|| message.rsplit_once("\r\n\r\n")) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut open: Option<&str> = None;
    for line in last.lines() {
        let value = if line.starts_with([' ', '\t']) {
            line
        } else {
            let split = line.split_once(':');
            let known = split.filter(|(key, _)| keys.iter().any(|known| known.eq_ignore_ascii_case(key.trim_end())));
            open = known.map(|(key, _)| key.trim_end());
            known.map_or("", |(_, value)| value)
        };
        let Some(key) = open else { continue };
        let words = value.split([',', ';', ' ', '\t']).filter(|word| !word.is_empty());
        found.extend(words.filter_map(|word| Some((key.to_owned(), word.parse().ok()?))));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::trailers;

    #[test]
    fn only_the_last_paragraph_and_only_these_keys_are_read() {
        let keys = ["Implements".to_owned(), "Refs".to_owned()];
        let told = |message: &str| -> Vec<String> {
            trailers(message, &keys).into_iter().map(|(key, id)| format!("{key} {id}")).collect()
        };
        let message = "Limit refunds\n\nRefs: REQ-1\n\nImplements: REQ-7, req~limit~2\n  REQ-8\nSigned-off-by: REQ-9\nrefs: #12 REQ-10\n";
        assert_eq!(told(message), ["Implements REQ-7", "Implements req~limit~2", "Implements REQ-8", "refs REQ-10"]);
        assert!(told("Implements: REQ-7").is_empty(), "a subject is no trailer");
        assert_eq!(told("Limit\r\n\r\nImplements: REQ-7\r\n"), ["Implements REQ-7"]);
    }
}
