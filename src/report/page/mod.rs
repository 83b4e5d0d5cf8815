//! Pages for people: one self-contained HTML file, read without a network and without a script, on a screen or on paper.
//!
//! Whatever a repository says is text: `maud` escapes it, what cannot be seen is shown as an escape, the policy in the
//! page (CSP) lets nothing be loaded or run, and the one value that reaches the style sheet is spelt in escapes there.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::escape::escape_page;

pub mod chart;
pub mod part;

const STYLE: &str = concat!(include_str!("style.css"), include_str!("measures.css"));

/// A page.
pub struct Page<'a> {
    /// What kind of page it is, above the title: `Release dossier`.
    pub kind: &'a str,
    /// What it is about.
    pub title: &'a str,
    /// What is most worth knowing, in a few lines.
    pub lead: Markup,
    /// What follows, each with its line in the contents.
    pub sections: Vec<Section>,
    /// Where it comes from, at the end.
    pub origin: Markup,
}

/// A part of a page with a heading.
pub struct Section {
    /// What a link leads to: letters, digits and hyphens.
    pub id: &'static str,
    /// The heading.
    pub title: &'static str,
    /// What it says.
    pub body: Markup,
}

impl Page<'_> {
    /// The whole file.
    pub fn render(&self) -> String {
        let running = self.running();
        let policy = format!(
            "default-src 'none'; style-src {} {}; img-src data:; base-uri 'none'; form-action 'none'",
            hash(STYLE),
            hash(&running)
        );
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="referrer" content="no-referrer";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " – " (self.kind) }
                    link rel="icon" href="data:,";
                    style { (PreEscaped(STYLE)) }
                    style { (PreEscaped(&running)) }
                }
                body {
                    a.skip href="#content" { "Skip to the content" }
                    header.top {
                        p.kind { (self.kind) }
                        h1 { (self.title) }
                        (self.lead)
                    }
                    div.frame {
                        nav.contents aria-labelledby="contents" {
                            h2 #contents { "Contents" }
                            ol { @for section in &self.sections { li { a href={ "#" (section.id) } { (section.title) } } } }
                        }
                        main #content tabindex="-1" {
                            @for section in &self.sections {
                                section id=(section.id) {
                                    h2 { (section.title) }
                                    (section.body)
                                }
                            }
                        }
                    }
                    footer { (self.origin) }
                }
            }
        };
        escape_page(&page.into_string()).into_owned()
    }

    /// The title on every printed page.
    fn running(&self) -> String {
        format!("@page{{@top-left{{content:\"{}\"}}@top-right{{content:\"{}\"}}}}", css(self.title), css(self.kind))
    }
}

fn hash(style: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(style)))
}

/// Text within a string of a style sheet: all but letters, digits and spaces as an escape, so that nothing ends it.
/// Source: CSS Syntax Level 3, 4.3.7.
fn css(text: &str) -> String {
    let mut out = String::new();
    for c in super::escape::escape(text).chars() {
        if c.is_ascii_alphanumeric() || c == ' ' {
            out.push(c);
        } else {
            let _ = write!(out, "\\{:x} ", u32::from(c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile(text: &str) -> String {
        let body = html! { p title=(text) { (text) } (part::table(text, &[text], [vec![html! { (text) }]])) };
        let sections = vec![Section { id: "one", title: "One", body }];
        Page { kind: "Test", title: text, lead: html! { (text) }, sections, origin: html! { (text) } }.render()
    }

    #[test]
    fn a22_nothing_of_the_text_is_markup_style_or_script() {
        for text in [
            "<script>alert(1)</script>",
            "</style><img src=x onerror=alert(1)>",
            "\" onmouseover=\"alert(1)",
            "\"}}body{background:url(//evil)}",
            "<svg/onload=alert(1)>",
            "\\\"}\n@import \"//evil\";",
        ] {
            let page = hostile(text);
            for tag in ["<script", "<img", "<svg", "onmouseover=\"", "@import \""] {
                assert!(!page.contains(tag), "{tag} of {text}");
            }
            assert_eq!(page.matches("</style>").count(), 2, "{text}");
        }
    }

    #[test]
    fn a21_what_cannot_be_seen_is_shown() {
        let page = hostile("admin\u{202e}nimda\u{0}\u{1b}[31m");
        assert!(page.contains("admin\\u{202e}nimda\\u{0}\\u{1b}[31m"), "{page}");
        assert!(!page.contains(|c: char| c.is_control() && c != '\n'));
    }

    #[test]
    fn the_policy_lets_only_its_own_styles_through() {
        let page = hostile("payments");
        let styles: Vec<&str> =
            page.split("<style>").skip(1).filter_map(|rest| rest.split("</style>").next()).collect();
        assert_eq!(styles.len(), 2);
        for style in styles {
            assert!(page.contains(&hash(style)), "{style}");
        }
        assert!(page.contains("default-src 'none'"));
        assert!(!page.contains("style=") && !page.contains("http://") && !page.contains("https://"));
    }
}
