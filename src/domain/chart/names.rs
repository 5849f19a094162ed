//! Names for what comes from other systems: ids that keep the rules, letters and colours for price categories.

use super::{
    Category,
    cinechart::RESERVED,
    validate::{COLORS, MAX_ID, is_id},
};
use crate::domain::text::{self, Text};
use std::collections::{HashMap, HashSet};

/// Makes ids that keep the rules and are unique.
#[derive(Default)]
pub(super) struct Ids {
    taken: HashSet<String>,
    /// How far the numbers behind an id have come.
    last: HashMap<String, usize>,
}

/// What had to be done to make an id of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    None,
    /// It broke the rules of ids.
    Cleaned,
    /// Something else has it.
    Numbered,
}

impl Ids {
    /// The name itself if it can be an id; else what is left of it, and `~2`, `~3` and so on behind it if it is taken.
    pub fn make(&mut self, name: &str, instead: &str) -> (String, Change) {
        let clean = if is_id(name) { name.to_owned() } else { cleaned(name, instead) };
        let change = if clean == name { Change::None } else { Change::Cleaned };
        if self.taken.insert(clean.clone()) {
            return (clean, change);
        }
        let last = self.last.entry(clean.clone()).or_insert(1);
        loop {
            *last += 1;
            let number = format!("~{last}");
            let numbered = format!("{}{number}", shortened(&clean, MAX_ID - number.len()));
            if self.taken.insert(numbered.clone()) {
                return (numbered, Change::Numbered);
            }
        }
    }
}

fn cleaned(name: &str, instead: &str) -> String {
    let plain = text::clean(name, MAX_ID);
    let words: Vec<&str> = plain.split(|c: char| c.is_whitespace() || ",:\"".contains(c)).collect();
    let joined = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let short = shortened(&joined, MAX_ID);
    if is_id(short) { short.to_owned() } else { instead.to_owned() }
}

/// As many characters of a text as fit into so many bytes.
fn shortened(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Makes categories with an id, a letter and a colour each.
#[derive(Default)]
pub(super) struct Categories {
    ids: Ids,
    glyphs: HashSet<char>,
    pub made: Vec<Category>,
}

impl Categories {
    /// Adds a category; `color` is a colour as web pages write it, or anything.
    pub fn add(&mut self, name: &str, color: &str) -> u16 {
        let (id, _) = self.ids.make(name, "category");
        let at = self.made.len();
        let color = named_color(color).unwrap_or(COLORS[at % COLORS.len()]);
        let glyph = self.glyph(name);
        self.made.push(Category { id, name: Text::new(name), glyph, color: color.to_owned() });
        at as u16
    }

    /// A letter of the name that no other category has, else any free letter or digit.
    fn glyph(&mut self, name: &str) -> char {
        let own = name.chars().map(|c| c.to_ascii_lowercase()).filter(char::is_ascii_alphanumeric);
        let any = ('a'..='z').chain('A'..='Z').chain('0'..='9').chain('!'..='~');
        let free = |c: &char| !RESERVED.contains(*c) && !self.glyphs.contains(c);
        let glyph = own.chain(any).find(free).unwrap_or('o');
        self.glyphs.insert(glyph);
        glyph
    }
}

/// The colours that charts have, as red, green and blue.
const SHADES: [(&str, [i32; 3]); 7] = [
    ("blue", [0, 0, 255]),
    ("yellow", [255, 255, 0]),
    ("green", [0, 255, 0]),
    ("red", [255, 0, 0]),
    ("magenta", [255, 0, 255]),
    ("cyan", [0, 255, 255]),
    ("white", [255, 255, 255]),
];
/// Less colour than this is none.
const GREY: i32 = 32;

/// The nearest of the colours that charts have.
fn named_color(web: &str) -> Option<&'static str> {
    let digits: Vec<i32> =
        web.trim().strip_prefix('#')?.chars().map(|c| c.to_digit(16).map(|d| d as i32)).collect::<Option<_>>()?;
    let rgb = match digits[..] {
        [r, g, b] => [17 * r, 17 * g, 17 * b],
        [r, s, g, h, b, c] | [r, s, g, h, b, c, _, _] => [16 * r + s, 16 * g + h, 16 * b + c],
        _ => return None,
    };
    let (low, high) = (rgb.iter().min()?, rgb.iter().max()?);
    if high - low < GREY {
        return Some("white");
    }
    let distance = |shade: &[i32; 3]| -> i32 { shade.iter().zip(&rgb).map(|(a, b)| (a - b).pow(2)).sum() };
    SHADES.iter().min_by_key(|(_, shade)| distance(shade)).map(|(name, _)| *name)
}

/// A chart's colour as web pages write it.
pub(super) fn web_color(name: &str) -> String {
    let (_, [r, g, b]) = SHADES.iter().find(|(shade, _)| *shade == name).unwrap_or(&SHADES[6]);
    format!("#{r:02X}{g:02X}{b:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_the_rules_and_stay_unique() {
        let mut ids = Ids::default();
        let long = "é".repeat(40);
        let names = ["A-1", "A-1", "A-1~2", "A-1", "row A, seat 1", "", "\u{200b}", &long, &long];
        let made: Vec<(String, Change)> = names.iter().map(|name| ids.make(name, "seat")).collect();
        use Change::{Cleaned, None, Numbered};
        assert_eq!(made[0], ("A-1".into(), None));
        assert_eq!(made[1], ("A-1~2".into(), Numbered));
        assert_eq!(made[2], ("A-1~2~2".into(), Numbered));
        assert_eq!(made[3], ("A-1~3".into(), Numbered));
        assert_eq!(made[4], ("row-A-seat-1".into(), Cleaned));
        assert_eq!(made[5], ("seat".into(), Cleaned));
        assert_eq!(made[6].0, "seat~2");
        assert!(made.iter().all(|(id, _)| is_id(id)), "{made:?}");
    }

    #[test]
    fn categories_get_letters_of_their_own_and_the_nearest_colour() {
        let mut categories = Categories::default();
        for (name, color) in [("Standard", "#0072B2"), ("Seats", "#f43"), ("Sofa", "#FFD430"), ("Свечи", "pink")] {
            categories.add(name, color);
        }
        let made: Vec<(char, &str)> = categories.made.iter().map(|c| (c.glyph, c.color.as_str())).collect();
        assert_eq!(made, [('t', "blue"), ('e', "red"), ('o', "yellow"), ('a', "red")]);
        assert_eq!(named_color("#A9A9A9"), Some("white"));
        assert!(COLORS.iter().all(|name| named_color(&web_color(name)) == Some(name)));
    }
}
