//! Drawings with a text alternative: a figure, its words, and the numbers behind it as a table.

use std::fmt::Write as _;

use maud::{Markup, html};

/// A drawing. `id` is letters, digits and hyphens and of its own in the page; `drawing` is what stands inside `<svg>`,
/// in a system of `size` units. Colours come from the classes `line`, `area`, `dot`, `axis`, `grid`, `second` and `label`:
/// the policy of the page allows no style of an element's own.
pub struct Figure<'a> {
    /// What a link leads to.
    pub id: &'a str,
    /// What is drawn.
    pub title: &'a str,
    /// What is to be seen in it, for who does not see it.
    pub words: &'a str,
    /// Width and height of the drawing.
    pub size: (u32, u32),
    /// What is drawn.
    pub drawing: Markup,
    /// The numbers, as [`super::part::table`].
    pub numbers: Option<Markup>,
}

impl Figure<'_> {
    /// Drawn.
    pub fn render(&self) -> Markup {
        let (width, height) = self.size;
        html! {
            figure {
                figcaption { (self.title) }
                svg.chart viewBox={ "0 0 " (width) " " (height) } role="img" aria-labelledby={ (self.id) "-t " (self.id) "-d" } {
                    title id={ (self.id) "-t" } { (self.title) }
                    desc id={ (self.id) "-d" } { (self.words) }
                    (self.drawing)
                }
                @if let Some(numbers) = &self.numbers { details { summary { "The numbers" } (numbers) } }
            }
        }
    }
}

/// A line through points, of which those that are missing interrupt it; each point a dot that says what it is.
pub fn line(class: &str, points: &[Option<(f64, f64)>], labels: &[String]) -> Markup {
    let mut path = String::new();
    let mut pen_is_up = true;
    for point in points {
        match point {
            Some((x, y)) => {
                let _ = write!(path, "{}{x:.1} {y:.1}", if pen_is_up { "M" } else { "L" });
                pen_is_up = false;
            }
            None => pen_is_up = true,
        }
    }
    html! {
        path class={ "line " (class) } d=(path) {}
        @for (at, (x, y)) in points.iter().enumerate().filter_map(|(at, point)| point.map(|point| (at, point))) {
            circle class={ "dot " (class) } cx={ (format!("{x:.1}")) } cy={ (format!("{y:.1}")) } r="3" {
                @if let Some(label) = labels.get(at) { title { (label) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_point_interrupts_the_line() {
        let drawn = line("first", &[Some((0.0, 1.0)), None, Some((2.0, 3.0)), Some((4.0, 5.0))], &[]).into_string();
        assert!(drawn.contains("d=\"M0.0 1.0M2.0 3.0L4.0 5.0\""), "{drawn}");
        assert_eq!(drawn.matches("<circle").count(), 3);
    }

    #[test]
    fn a22_words_in_a_drawing_are_text() {
        let text = "</desc><script>alert(1)</script>";
        let figure = Figure {
            id: "f",
            title: text,
            words: text,
            size: (10, 10),
            drawing: html! { text { (text) } },
            numbers: None,
        };
        assert!(!figure.render().into_string().contains("<script"));
    }
}
