//! Package URLs: whether a text is one, and which one names the other.
//!
//! Source: <https://github.com/package-url/purl-spec>.

use packageurl::PackageUrl;

/// The longest package URL that is read, in bytes.
const MAX_PURL: usize = 2_000;

/// Whether `text` is a package URL, in printable ASCII as they are written.
pub(super) fn is_valid(text: &str) -> bool {
    parsed(text).is_some()
}

/// Whether the package that `named` means is, or includes, `package`: type, namespace and name are equal,
/// and so is what `named` says of version, qualifiers and subpath. What it leaves out is any.
pub(super) fn names(named: &str, package: &str) -> bool {
    let (Some(named), Some(package)) = (parsed(named), parsed(package)) else { return false };
    let same = |one: Option<&str>, other: Option<&str>| one.is_none_or(|one| other == Some(one));
    (named.ty(), named.namespace(), named.name()) == (package.ty(), package.namespace(), package.name())
        && same(named.version(), package.version())
        && same(named.subpath(), package.subpath())
        && named.qualifiers().iter().all(|(key, value)| package.qualifiers().get(key) == Some(value))
}

fn parsed(text: &str) -> Option<PackageUrl<'static>> {
    let fits = text.len() <= MAX_PURL && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_any() {
        for (named, package, expected) in [
            ("pkg:npm/lodash@4.17.20", "pkg:npm/lodash@4.17.20", true),
            ("pkg:npm/lodash", "pkg:npm/lodash@4.17.20", true),
            ("pkg:npm/lodash@4.17.20", "pkg:npm/lodash", false),
            ("pkg:npm/lodash@4.17.2", "pkg:npm/lodash@4.17.20", false),
            ("pkg:npm/lodash", "pkg:npm/lodash-es@4.17.20", false),
            ("pkg:npm/%40a/b@1", "pkg:npm/%40a/b@1", true),
            ("pkg:npm/b@1", "pkg:npm/%40a/b@1", false),
            ("pkg:deb/debian/curl@7?arch=amd64", "pkg:deb/debian/curl@7?arch=amd64&distro=12", true),
            ("pkg:deb/debian/curl@7?arch=arm64", "pkg:deb/debian/curl@7?arch=amd64", false),
            ("pkg:pypi/Jinja2@2.11.2", "pkg:pypi/jinja2@2.11.2", true),
            ("lodash", "lodash", false),
        ] {
            assert_eq!(names(named, package), expected, "{named} {package}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["", "pkg:", "pkg:/", "pkg:npm", "pkg:npm/", "npm/a@1", "pkg:npm/a\u{1b}b", "pkg:npm/a b"] {
            assert!(!is_valid(text), "{text}");
        }
        assert!(!is_valid(&format!("pkg:npm/{}", "a".repeat(MAX_PURL))));
        assert!(is_valid("pkg:golang/github.com/a/b@v1.0.0#sub/path"));
    }
}
