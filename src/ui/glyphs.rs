//! The characters that the program draws with: one cell each, in two sets.

use crate::domain::money::Glyphs;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlyphSet {
    pub kind: Glyphs,
    pub free: char,
    /// What is free in the second category, the third and so on; empty where their letters are used.
    pub others: &'static [char],
    pub mine: char,
    pub pending: char,
    pub proposed: char,
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
    /// The back of a chair, seen from above: its ends, and what is between them.
    pub chair: [char; 3],
    /// There is more: to the left, the right, above and below.
    pub more: [char; 4],
    /// The share that is free, as far as eight dots tell it: `None` for braille.
    pub shares: Option<[char; 9]>,
    /// A bar, from nothing to a whole cell in eighths.
    pub bar: [char; 9],
    /// Corners and edges of what lies over the screen: ┌ ┐ └ ┘ ─ │
    pub border: [char; 6],
}

pub const UNICODE: GlyphSet = GlyphSet {
    kind: Glyphs::Unicode,
    free: '○',
    others: &['◇', '△', '□', '▽', '◎'],
    mine: '●',
    pending: '◍',
    proposed: '◆',
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
    chair: ['╰', '─', '╯'],
    more: ['◂', '▸', '▴', '▾'],
    shares: None,
    bar: [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
    border: ['╭', '╮', '╰', '╯', '─', '│'],
};

pub const ASCII: GlyphSet = GlyphSet {
    kind: Glyphs::Ascii,
    free: 'o',
    others: &[],
    mine: '@',
    pending: '?',
    proposed: '*',
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
    chair: ['\\', '_', '/'],
    more: ['<', '>', '^', 'v'],
    shares: Some(['#', '1', '2', '3', '4', '5', '6', '7', '8']),
    bar: [' ', ' ', ' ', ' ', '#', '#', '#', '#', '#'],
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
            let states = [
                set.free,
                set.mine,
                set.pending,
                set.proposed,
                set.held,
                set.sold,
                set.blocked,
                set.wheelchair,
                set.companion,
            ];
            let mut others = vec![set.couch.0, set.couch.1, set.marker, set.heart, set.screen, set.rule, set.gauge.0];
            others.extend(
                set.border
                    .into_iter()
                    .chain(set.chair)
                    .chain(set.more)
                    .chain(set.bar)
                    .chain(set.others.iter().copied()),
            );
            others.extend(set.shares.into_iter().flatten());
            assert!(states.iter().chain(&others).all(|c| c.width() == Some(1)));
            let mut unique: Vec<char> = states.iter().chain(set.others).copied().collect();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!(unique.len(), states.len() + set.others.len(), "a state is told by its shape alone");
            if set.kind == Glyphs::Ascii {
                assert!(states.iter().chain(&others).all(char::is_ascii));
            }
        }
    }
}
