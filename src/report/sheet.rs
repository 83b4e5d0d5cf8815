//! Cells of a table for spreadsheets: RFC 4180, and nothing that a spreadsheet, a terminal or a pipeline's log would run.

use super::escape;

/// One row, ended by CRLF.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    cells.join(",") + "\r\n"
}

/// A cell. What begins like a formula gets an apostrophe in front: spreadsheets take it as text. What cannot be seen, line breaks
/// too, is shown as an escape: a line of its own could be a command of the log that the table is printed to.
///
/// Source: RFC 4180, section 2; OWASP, CSV Injection.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    let text = escape(text);
    // A semicolon parts cells where a spreadsheet's own settings say so.
    if guard.is_empty() && !text.contains([',', ';', '"']) {
        return text.into_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn f02_no_cell_is_a_formula_and_no_cell_ends_another() {
        assert_eq!(row(["a", "b c"]), "a,b c\r\n");
        assert_eq!(row(["=1+1", "+a", "-b", "@c", "\td"]), "\"'=1+1\",\"'+a\",\"'-b\",\"'@c\",\"'\\u{9}d\"\r\n");
        assert_eq!(row(["a;=1"]), "\"a;=1\"\r\n");
        assert_eq!(row(["a,\"b\"\n", ""]), "\"a,\"\"b\"\"\\u{a}\",\r\n");
    }
}
