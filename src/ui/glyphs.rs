//! The characters that the program draws with: one cell each, in two sets.

use crate::domain::money::Glyphs;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlyphSet {
    pub kind: Glyphs,
    pub free: char,
    pub mine: char,
    pub pending: char,
    pub held: char,
    pub sold: char,
    pub blocked: char,
    pub wheelchair: char,
    pub companion: char,
    pub couch: (char, char),
    /// Marks the selected line of a list.
    pub marker: char,
    pub heart: char,
    pub screen: char,
    pub rule: char,
    /// A gauge: the full and the empty part.
    pub gauge: (char, char),
    pub prompt: char,
    /// Corners and edges of what lies over the screen: ┌ ┐ └ ┘ ─ │
    pub border: [char; 6],
}

pub const UNICODE: GlyphSet = GlyphSet {
    kind: Glyphs::Unicode,
    free: '○',
    mine: '●',
    pending: '◍',
    held: '◌',
    sold: '×',
    blocked: '·',
    wheelchair: 'W',
    companion: 'C',
    couch: ('[', ']'),
    marker: '▌',
    heart: '♥',
    screen: '━',
    rule: '─',
    gauge: ('━', '─'),
    prompt: '/',
    border: ['╭', '╮', '╰', '╯', '─', '│'],
};

pub const ASCII: GlyphSet = GlyphSet {
    kind: Glyphs::Ascii,
    free: 'o',
    mine: '@',
    pending: '?',
    held: '~',
    sold: '#',
    blocked: '-',
    wheelchair: 'W',
    companion: 'C',
    couch: ('[', ']'),
    marker: '>',
    heart: '*',
    screen: '=',
    rule: '-',
    gauge: ('#', '.'),
    prompt: '/',
    border: ['+', '+', '+', '+', '-', '|'],
};

pub fn set(kind: Glyphs) -> &'static GlyphSet {
    match kind {
        Glyphs::Unicode => &UNICODE,
        Glyphs::Ascii => &ASCII,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthChar;

    #[test]
    fn every_glyph_takes_one_cell_and_seat_states_differ() {
        for set in [&UNICODE, &ASCII] {
            let states =
                [set.free, set.mine, set.pending, set.held, set.sold, set.blocked, set.wheelchair, set.companion];
            let mut others = vec![set.couch.0, set.couch.1, set.marker, set.heart, set.screen, set.rule, set.gauge.0];
            others.extend(set.border);
            assert!(states.iter().chain(&others).all(|c| c.width() == Some(1)));
            let mut unique = states.to_vec();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!(unique.len(), states.len(), "a state is told by its shape alone");
            if set.kind == Glyphs::Ascii {
                assert!(states.iter().chain(&others).all(char::is_ascii));
            }
        }
    }
}
