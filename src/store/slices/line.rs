//! What lines have in common in which text is typed: earlier lines, and text that comes at once.

use crate::{domain::text, store::action::Turn};
use tui_input::{Input, InputRequest};

/// How many earlier lines are kept.
const MOST_LINES: usize = 50;

/// The longest line, in columns.
const MOST_COLUMNS: usize = 120;

/// Earlier lines, gone through with two keys as in a shell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    lines: Vec<String>,
    /// Which earlier line is shown; none while the new one is.
    at: Option<usize>,
    /// The new line, while an earlier one is shown.
    draft: String,
}

impl Past {
    /// Keeps a line that was entered.
    pub fn keep(&mut self, line: &str) {
        self.at = None;
        if line.is_empty() || self.lines.last().is_some_and(|last| last == line) {
            return;
        }
        if self.lines.len() == MOST_LINES {
            self.lines.remove(0);
        }
        self.lines.push(line.to_owned());
    }

    /// The earlier or later line, where there is one.
    pub fn turn(&mut self, now: &Input, turn: Turn) -> Option<Input> {
        let to = match (turn, self.at) {
            (Turn::Previous, None) => {
                now.value().clone_into(&mut self.draft);
                self.lines.len().checked_sub(1)
            }
            (Turn::Previous, Some(at)) => Some(at.saturating_sub(1)),
            (Turn::Next, None) => return None,
            (Turn::Next, Some(at)) => Some(at + 1).filter(|at| *at < self.lines.len()),
        };
        if to.is_none() && turn == Turn::Previous {
            return None;
        }
        self.at = to;
        Some(Input::new(to.map_or(&self.draft, |at| &self.lines[at]).clone()))
    }
}

/// Changes the text by one key, unless the line is full.
pub fn edit(input: &mut Input, request: InputRequest) {
    if !matches!(request, InputRequest::InsertChar(_)) || input.value().chars().count() < MOST_COLUMNS {
        input.handle(request);
    }
}

/// Puts text in at the cursor, cleaned of all that is no text.
pub fn paste(input: &mut Input, text: &str) {
    for c in text::clean(text, MOST_COLUMNS).chars() {
        edit(input, InputRequest::InsertChar(c));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_lines_come_back_and_the_new_one_is_not_lost() {
        let mut past = Past::default();
        assert!(past.turn(&Input::new("x".into()), Turn::Previous).is_none());
        past.keep("F7");
        past.keep("F7");
        past.keep("3 F");
        let turned = |past: &mut Past, now: &str, turn| past.turn(&Input::new(now.into()), turn).map(|i| i.to_string());
        assert_eq!(turned(&mut past, "G", Turn::Next), None);
        assert_eq!(turned(&mut past, "G", Turn::Previous).as_deref(), Some("3 F"));
        assert_eq!(turned(&mut past, "3 F", Turn::Previous).as_deref(), Some("F7"));
        assert_eq!(turned(&mut past, "F7", Turn::Previous).as_deref(), Some("F7"), "the first stays");
        assert_eq!(turned(&mut past, "F7", Turn::Next).as_deref(), Some("3 F"));
        assert_eq!(turned(&mut past, "3 F", Turn::Next).as_deref(), Some("G"));
    }

    #[test]
    fn so_many_lines_are_kept_and_no_more() {
        let mut past = Past::default();
        for line in 0..3 * MOST_LINES {
            past.keep(&line.to_string());
        }
        assert_eq!(past.lines.len(), MOST_LINES);
        assert_eq!(past.lines[0], (2 * MOST_LINES).to_string());
    }

    #[test]
    fn a_line_ends_growing() {
        let mut input = Input::default();
        paste(&mut input, &"F7 ".repeat(1_000));
        edit(&mut input, InputRequest::InsertChar('x'));
        edit(&mut input, InputRequest::DeletePrevChar);
        assert!(input.value().chars().count() < MOST_COLUMNS);
    }
}
