//! The dossier of a release in a browser: as it is, and with hostile text in whatever people write.

use super::browser;
use super::desk::Desk;

const HOSTILE: &str =
    "</pre></style><script>alert(1)</script><img src=//evil.example onerror=alert(1)> =cmd|' /C calc'!A0";

#[test]
fn pages_a_dossier_can_be_read_by_everybody_and_hostile_text_in_it_is_inert() {
    let (desk, played) = Desk::played();
    let tag = played["tag"].as_str().expect("a tag");
    let folder = browser::folder("dossier");
    let export = |name: &str| {
        let file = folder.join(name);
        desk.qms(&["export", tag, "--format", "html", "--to", file.to_str().expect("a path")]).exit(0);
        file
    };
    let plain = export("dossier.html");
    let name = "<img src=x onerror=alert(1)>.html";
    std::fs::write(desk.path(name), format!("<html>{HOSTILE}</html>")).expect("a file");
    let attached = format!("../{name}");
    let plan = ["record", "plan", "--service", "payments-api", "--change", "CHG-1842", "--reason", HOSTILE];
    let more = ["--known-risk", HOSTILE, "--rollback", HOSTILE, "--attach", &attached];
    desk.qms(&[&plan[..], &more[..]].concat()).exit(0);
    let hostile = export("hostile.html");
    let page = std::fs::read_to_string(&hostile).expect("a page");
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("&lt;img src=x"), "the text is told");
    for tag in ["<script", "<img"] {
        assert!(!page.contains(tag), "{tag}");
    }
    let traced = folder.join("trace.html");
    std::fs::write(&traced, desk.qms(&["trace", "CHG-1842", "--format", "html"]).exit(0).out).expect("a page");
    browser::look_at(&[plain, hostile, traced]);
}
