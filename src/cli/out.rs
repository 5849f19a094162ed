//! Printing: documents and tables to standard output, the rest to standard error.

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        money::Glyphs,
    },
    platform::caps::{Caps, Output},
};
use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// For whom the output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    People,
    Json,
}

/// The output of one command.
pub struct Out {
    pub form: Form,
    pub caps: Caps,
    /// Whether styles may be used at all.
    styled: bool,
}

impl Out {
    pub fn new(form: Form, plain: bool, caps: Caps) -> Self {
        Self { form, caps, styled: !plain && caps.output == Output::Terminal }
    }

    pub fn glyphs(&self) -> Glyphs {
        self.caps.glyphs
    }

    pub fn styled(&self) -> bool {
        self.styled
    }

    /// The answer of a command: one JSON document, or text for people.
    pub fn answer(&self, document: impl Serialize, people: impl FnOnce() -> String) -> Result<(), Failure> {
        forgiven(self.deliver(document, people))
    }

    /// The same for an answer that nobody can ask for again: not even a reader that has gone away is forgiven.
    pub fn deliver(&self, document: impl Serialize, people: impl FnOnce() -> String) -> io::Result<()> {
        match self.form {
            Form::Json => write_json(&document),
            Form::People => write(&people()),
        }
    }

    /// A heading in bold, where that can be shown.
    pub fn bold(&self, text: &str) -> String {
        if self.styled { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Columns under headings, aligned; a column whose name begins with `>` is aligned to the right. A column with
    /// nothing in it is left out.
    pub fn table(&self, headings: &[&str], rows: &[Vec<String>]) -> String {
        let filled: Vec<usize> =
            (0..headings.len()).filter(|column| rows.iter().any(|row| !row[*column].is_empty())).collect();
        let headings: Vec<&str> = filled.iter().map(|column| headings[*column]).collect();
        let rows: Vec<Vec<&str>> =
            rows.iter().map(|row| filled.iter().map(|column| row[*column].as_str()).collect()).collect();
        let names: Vec<&str> = headings.iter().map(|name| name.trim_start_matches('>')).collect();
        let widths: Vec<usize> = (0..names.len())
            .map(|column| rows.iter().map(|row| row[column].width()).chain([names[column].width()]).max().unwrap_or(0))
            .collect();
        let line = |cells: &[&str]| {
            let mut text = String::new();
            for (column, cell) in cells.iter().enumerate() {
                let gap = " ".repeat(widths[column] - cell.width());
                let right = headings[column].starts_with('>');
                text.push_str(&if right { format!("{gap}{cell}  ") } else { format!("{cell}{gap}  ") });
            }
            text.truncate(text.trim_end().len());
            text
        };
        let mut text = self.bold(&line(&names));
        for row in rows {
            text.push('\n');
            text.push_str(&line(&row));
        }
        text.push('\n');
        text
    }
}

/// A message for people, on standard error. That it cannot be shown ends nothing.
pub fn tell(message: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// Says why a command failed: as a document on standard output, or in words on standard error, where they go too if
/// the document cannot be written.
pub fn report(form: Form, failure: &Failure) {
    if form == Form::Json {
        let error = json!({ "code": failure.code, "message": failure.why, "conflicts": failure.conflicts, "suggest": failure.suggest });
        if write_json(&json!({ "v": 1, "error": error })).is_ok() {
            return;
        }
    }
    tell(format_args!("frontrow: {}", failure.why));
    for conflict in &failure.conflicts {
        tell(format_args!("  seat {} {}", conflict.label, conflict.reason.words()));
    }
}

/// Writes text to standard output. A reader that has gone away has seen enough: that is no failure.
pub fn print(text: &str) -> Result<(), Failure> {
    forgiven(write(text))
}

fn forgiven(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let why = format!("standard output cannot be written: {error}");
            Err(Failure::new(FailureKind::Other, "stdout", why))
        }
        _ => Ok(()),
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

fn write_json(document: &impl Serialize) -> io::Result<()> {
    write(&format!("{}\n", escape_invisible(&serde_json::to_string(document)?)))
}

/// Controls above ASCII and signs that reorder text are written as `\u` escapes: JSON allows it and terminals need it.
fn escape_invisible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::caps::{Colors, Place};

    fn plain() -> Out {
        let caps =
            Caps { colors: Colors::None, glyphs: Glyphs::Unicode, place: Place::Local, output: Output::Elsewhere };
        Out::new(Form::People, false, caps)
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = vec![vec!["日本".to_owned(), "5".to_owned()], vec!["a".to_owned(), "1234".to_owned()]];
        assert_eq!(plain().table(&["title", ">free"], &rows), "title  free\n日本      5\na      1234\n");
    }

    #[test]
    fn a_column_with_nothing_in_it_is_left_out() {
        let rows = vec![vec!["14:00".to_owned(), String::new(), "7".to_owned()]];
        assert_eq!(plain().table(&["time", "hall", ">free"], &rows), "time   free\n14:00     7\n");
    }

    #[test]
    fn invisible_controls_are_escaped_in_documents() {
        assert_eq!(escape_invisible("\"a\u{202e}b\u{9b}\""), "\"a\\u202eb\\u009b\"");
    }
}
