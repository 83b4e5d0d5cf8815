//! Web addresses without what could be a secret.

/// `http` or `https`, without user name and password; `None` for anything else.
pub fn address(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    if rest.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // The last @: a password may hold one.
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    (!host.is_empty()).then(|| format!("{}://{host}{path}", scheme.to_ascii_lowercase()))
}

/// The same without query, fragment and closing slash.
pub fn bare(text: &str) -> Option<String> {
    let address = address(text)?;
    let end = address.find(['?', '#']).unwrap_or(address.len());
    Some(address[..end].trim_end_matches('/').to_owned())
}

/// A part of a path, with everything but letters, digits and `-._~` as `%XX` (RFC 3986, 2.1 and 2.3).
pub(super) fn encoded(part: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    part.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_passwords_and_queries_are_left_out() {
        for (text, expected) in [
            ("https://ci.example.com/job/1/", Some("https://ci.example.com/job/1")),
            ("https://user:p@ss@ci.example.com/job/1?token=x#y", Some("https://ci.example.com/job/1")),
            ("HTTPS://token@ci.example.com:8443", Some("https://ci.example.com:8443")),
            ("https://ci.example.com/a@b", Some("https://ci.example.com/a@b")),
            ("https://user:pw@", None),
            ("javascript:alert(1)", None),
            ("file:///etc/passwd", None),
            ("https://a b", None),
            ("https://a\n", None),
            ("", None),
        ] {
            assert_eq!(bare(text).as_deref(), expected, "{text}");
        }
        assert_eq!(address("https://u:p@h/r?buildId=7").as_deref(), Some("https://h/r?buildId=7"));
    }

    #[test]
    fn a_part_of_a_path_is_encoded() {
        assert_eq!(encoded("Pay ments/é"), "Pay%20ments%2F%C3%A9");
    }
}
