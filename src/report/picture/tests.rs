use super::*;
use crate::report::drawing::Drawn;

fn drawing(nodes: &[(usize, &str)], edges: &[(usize, usize)]) -> Drawing {
    let node = |(rank, text): &(usize, &str)| Drawn {
        id: "X-1".into(),
        kind: "change",
        text: (*text).into(),
        recorder: None,
        recorded: None,
        record: None,
        rank: *rank,
        place: 0,
    };
    Drawing::of_parts(nodes.iter().map(node).collect(), edges.to_vec())
}

#[test]
fn f02_columns_are_ranks_and_no_two_boxes_meet() {
    let drawing = drawing(&[(0, ""), (0, ""), (2, ""), (7, ""), (7, ""), (7, "")], &[(0, 2), (1, 2), (2, 3), (2, 5)]);
    let layout = Layout::of(&drawing).expect("a picture");
    let columns: std::collections::BTreeSet<u32> = layout.spots.iter().map(|spot| spot.x).collect();
    assert_eq!(columns.len(), 3, "a rank that is empty has no column");
    for (at, one) in layout.spots.iter().enumerate() {
        for other in &layout.spots[..at] {
            assert!(one.x.abs_diff(other.x) >= BOX.0 || one.y.abs_diff(other.y) >= BOX.1, "{one:?} {other:?}");
        }
        assert!(one.x + BOX.0 <= layout.size.0 && one.y + BOX.1 <= layout.size.1);
    }
}

#[test]
fn f02_lines_that_would_cross_do_not() {
    // As they come, both lines cross.
    let drawing = drawing(&[(0, "a"), (0, "b"), (1, "of b"), (1, "of a")], &[(0, 3), (1, 2)]);
    let spots = Layout::of(&drawing).expect("a picture").spots;
    assert_eq!(spots[0].y < spots[1].y, spots[3].y < spots[2].y, "{spots:?}");
}

#[test]
fn a22_words_in_a_picture_are_text_and_nothing_is_loaded() {
    let hostile = drawing(&[(0, "</text><script>alert(1)</script>"), (1, "\u{1b}[31m\u{202e}")], &[(0, 1)]);
    let told = Told {
        facts: vec![("introduced", "<img src=x>".into())],
        now: vec!["<b>".into()],
        outcome: Outcome::Pass,
        verified: "<i>".into(),
    };
    for text in [svg(&hostile).expect("a picture"), page(&hostile, &told)] {
        for tag in ["<script", "<img", "<b>", "<i>", "href=\"http", "\u{1b}", "\u{202e}"] {
            assert!(!text.contains(tag), "{tag:?} in {text}");
        }
        assert!(text.contains("<svg") && text.contains("\\u{1b}"), "{text}");
    }
}

#[test]
fn f02_what_is_too_much_is_not_drawn_and_is_said() {
    let much = drawing(&vec![(0, "a"); MOST + 1], &[]);
    assert!(svg(&much).is_none());
    let told = Told { facts: Vec::new(), now: Vec::new(), outcome: Outcome::Pass, verified: String::new() };
    let text = page(&much, &told);
    assert!(text.contains("too much to be drawn") && text.contains("in no environment"), "{}", &text[..2000]);
}

#[test]
fn f02_what_does_not_fit_in_a_box_is_cut() {
    assert_eq!(cut("short"), "short");
    assert_eq!(cut(&"a".repeat(LETTERS)), "a".repeat(LETTERS));
    assert_eq!(cut(&"a".repeat(LETTERS + 1)), "a".repeat(LETTERS - 1) + "…");
    assert_eq!(cut(&"返".repeat(LETTERS)), "返".repeat(LETTERS / 2 - 1) + "…");
}

use crate::verify::Outcome;
