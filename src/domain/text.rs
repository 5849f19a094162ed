//! Text from anyone else, made safe for a terminal at the edge where it is decoded.
//!
//! ratatui drops control characters but lets bidirectional overrides and zero-width characters pass, and titles,
//! plain output and log lines do not go through ratatui at all. So text is cleaned once, by its type.

use serde::{Deserialize, Deserializer, Serialize};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The longest text kept, in columns; longer text ends in an ellipsis.
pub const MAX_WIDTH: usize = 2_000;

/// One line of text without anything that could control a terminal or reorder what is around it.
///
/// Deserializing cleans, so a server's answer is safe before anything else sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    pub fn new(raw: &str) -> Self {
        Self(clean(raw, MAX_WIDTH))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d).map(|raw| Self::new(&raw))
    }
}

/// One line of untrusted text as text that is safe in any cell, title, log line or plain print, at most `max_width`
/// columns wide: controls become U+FFFD, line breaks and tabs a space; bidirectional and zero-width characters,
/// tags and fillers are dropped; of stacked combining marks two stay; absurdly long clusters keep their first
/// character; what is too wide ends in an ellipsis.
pub fn clean(raw: &str, max_width: usize) -> String {
    let mut out = String::with_capacity(raw.len().min(4 * max_width));
    let (mut width, mut marks) = (0usize, 0u8);
    for cluster in raw.graphemes(true) {
        let mut piece = clean_cluster(cluster);
        if piece.is_empty() {
            continue;
        }
        if piece.width() == 0 {
            marks += 1;
            if marks > 2 || out.is_empty() {
                continue;
            }
        } else {
            marks = 0;
            if piece.chars().count() > 8 {
                piece = piece.chars().take(1).collect();
            }
        }
        let piece_width = piece.width();
        if width + piece_width > max_width {
            while width + 1 > max_width {
                let Some((at, last)) = out.grapheme_indices(true).next_back() else { break };
                width -= last.width();
                out.truncate(at);
            }
            if max_width > 0 {
                out.push('…');
            }
            break;
        }
        width += piece_width;
        out.push_str(&piece);
    }
    out
}

fn clean_cluster(cluster: &str) -> String {
    let mut piece = String::new();
    for c in cluster.chars() {
        match c {
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => return " ".to_owned(),
            c if c.is_control() => piece.push('\u{fffd}'),
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'
            | '\u{200c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}' => {}
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => piece.push('\u{fffd}'),
            c => piece.push(c),
        }
    }
    piece
}

/// `text` cut to `width` columns, with an ellipsis where something is left out.
pub fn fit(text: &str, width: usize) -> String {
    clean(text, width)
}

/// `text` broken at spaces into lines of at most `width` columns.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let needed = line.width() + usize::from(!line.is_empty()) + word.width();
        if needed > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&if word.width() > width { fit(word, width) } else { word.to_owned() });
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_lose_their_escape() {
        assert_eq!(clean("a\u{1b}[31mred\u{7}", 80), "a\u{fffd}[31mred\u{fffd}");
        assert_eq!(clean("one\ntwo\tthree", 80), "one two three");
        assert_eq!(clean("a\u{202e}b\u{200b}c\u{feff}", 80), "abc");
    }

    #[test]
    fn long_text_ends_in_an_ellipsis_and_never_exceeds_its_width() {
        assert_eq!(clean("Metropolis", 5), "Metr…");
        assert_eq!(clean("日本語映画", 5), "日本…");
        assert_eq!(clean("abc", 0), "");
    }

    #[test]
    fn wrapping_breaks_at_spaces() {
        assert_eq!(wrap("a society of astronomers", 10), ["a society", "of", "astronome…"]);
    }

    proptest! {
        #[test]
        fn nothing_that_controls_a_terminal_survives(raw: String, width in 0usize..100) {
            let cleaned = clean(&raw, width);
            prop_assert!(cleaned.width() <= width);
            let hostile = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
            prop_assert!(!cleaned.chars().any(hostile));
        }
    }
}
