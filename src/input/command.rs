//! The named commands: what keys are bound to, and what can be written on the command line.

use crate::store::select::Offered;
use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// The longest list of near names in a message.
const MOST_NEAR: usize = 3;

/// The largest party that a command can name; what the hall and the house allow is decided where it is asked for.
const MOST_PEOPLE: usize = 99;

/// What a key means, before the screen it is pressed on. Names in the keymap are these in kebab case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Command {
    Help,
    CommandLine,
    Home,
    Bookings,
    Account,
    /// The pages for those who run the cinema.
    Admin,
    /// To the page beside.
    Page,
    Reload,
    Mouse,
    Redraw,
    Suspend,
    Quit,
    Interrupt,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    First,
    Last,
    /// Previous or next block: by the key's place in the list, as in all pairs below.
    Block,
    Far,
    RowEnd,
    HallEnd,
    Go,
    Back,
    Toggle,
    Party,
    Alternative,
    Best,
    TypeSeats,
    Need,
    Range,
    NextFree,
    Section,
    Drop,
    Undo,
    Fix,
    Clear,
    Extend,
    Again,
    ZoomIn,
    ZoomOut,
    ZoomAuto,
    Level,
    Mirror,
    List,
    Favourite,
    FavouritesOnly,
    RecommendedOnly,
    Trailers,
    CancelBooking,
    SwitchMode,
    OtherWays,
    SignOut,
    Close,
    Yes,
    No,
    /// Finishes the word that is being typed.
    Complete,
    /// An earlier line, and back.
    Past,
}

/// What may follow a command's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    /// One of two ways: the words for the first and the second key of a pair, and which is meant without a word.
    Way([&'static str; 2], usize),
    /// One of several things: the first key of a list means the first of them.
    One(&'static [&'static str]),
    /// How many people.
    Number,
    /// Text to the end of the line.
    Text,
}

/// A command with the place of the pressed key in its list of keys: `[` is 0 and `]` is 1 of `level`; of `party` the
/// first key means one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pressed {
    pub command: Command,
    pub nth: usize,
}

/// A command as it is written: in the keymap's `do`, and on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub command: Command,
    pub with: With,
}

/// What was written after a command's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    Nothing,
    Nth(usize),
    Text(String),
}

impl Command {
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether help, footers and the command line name it: what the box office has nothing for is not named.
    pub fn is_offered(self, offered: Offered) -> bool {
        match self {
            Self::RecommendedOnly => offered.recommended,
            Self::Trailers => offered.trailers,
            Self::Admin => offered.admin,
            Self::CancelBooking => offered.cancel,
            _ => true,
        }
    }

    pub fn takes(self) -> Takes {
        match self {
            Self::Block | Self::Section | Self::Level | Self::Page | Self::Past => Takes::Way(["previous", "next"], 1),
            Self::Alternative => Takes::Way(["next", "previous"], 0),
            Self::Far => Takes::Way(["up", "down"], 1),
            Self::RowEnd | Self::HallEnd => Takes::Way(["first", "last"], 0),
            Self::Admin => Takes::One(&["dashboard", "shows", "bookings", "add"]),
            Self::Party => Takes::Number,
            Self::TypeSeats | Self::Need => Takes::Text,
            _ => Takes::Nothing,
        }
    }

    /// How the whole command is written: `level [previous|next]`.
    pub fn usage(self) -> String {
        match self.takes() {
            Takes::Nothing => self.name().to_owned(),
            Takes::Way([first, second], _) => format!("{} [{first}|{second}]", self.name()),
            Takes::One(all) => format!("{} [{}]", self.name(), all.join("|")),
            Takes::Number => format!("{} NUMBER", self.name()),
            Takes::Text => format!("{} [TEXT]", self.name()),
        }
    }

    /// What a key in that place of the list means, where the name alone does not say it: `next`.
    pub fn way(self, nth: usize) -> Option<String> {
        match self.takes() {
            Takes::Way(ways, _) => Some(ways[nth % 2].to_owned()),
            Takes::One(all) => Some(all[nth % all.len()].to_owned()),
            Takes::Number => Some((nth + 1).to_string()),
            Takes::Nothing | Takes::Text => None,
        }
    }
}

/// Reads a command with what follows its name.
///
/// # Errors
/// A sentence: what is not known, and what comes near; or what the command takes.
pub fn read(text: &str) -> Result<Written, String> {
    let text = text.trim();
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let command = name.parse().map_err(|_| unknown(name, Command::iter()))?;
    Ok(Written { command, with: argument(command, rest.trim())? })
}

/// Reads what follows a command's name.
pub fn argument(command: Command, text: &str) -> Result<With, String> {
    let name = command.name();
    match command.takes() {
        _ if text.is_empty() => Ok(With::Nothing),
        Takes::Nothing => Err(format!("{name} takes nothing after it, so {} is too much", quoted(text))),
        Takes::Text => Ok(With::Text(text.to_owned())),
        Takes::Way(ways, _) => match ways.iter().position(|way| *way == text) {
            Some(nth) => Ok(With::Nth(nth)),
            None => Err(format!("{name} takes {} or {}, not {}", ways[0], ways[1], quoted(text))),
        },
        Takes::One(all) => match all.iter().position(|one| *one == text) {
            Some(nth) => Ok(With::Nth(nth)),
            None => Err(format!("{name} takes one of {}, not {}", all.join(", "), quoted(text))),
        },
        Takes::Number => match text.parse() {
            Ok(people @ 1..=MOST_PEOPLE) => Ok(With::Nth(people - 1)),
            _ => Err(format!("{name} takes a number from 1 to {MOST_PEOPLE}, not {}", quoted(text))),
        },
    }
}

/// The sentence for a name that no command has.
pub fn unknown(name: &str, known: impl Iterator<Item = Command>) -> String {
    let near = near(name, known);
    if near.is_empty() {
        format!("there is no command {}", quoted(name))
    } else {
        format!("there is no command {}; near it: {}", quoted(name), near.join(", "))
    }
}

/// Names that were perhaps meant, the nearest first: those with the text in them, and those a few letters away.
fn near(name: &str, known: impl Iterator<Item = Command>) -> Vec<&'static str> {
    let typed: String = name.to_lowercase().chars().take(40).collect();
    let most = 1 + typed.chars().count() / 3;
    let mut names: Vec<(usize, &'static str)> = known
        .map(Command::name)
        .filter_map(|name| {
            let letters = strsim::damerau_levenshtein(&typed, name);
            let within = typed.len() >= 2 && (name.contains(&typed) || typed.contains(name));
            (within || letters <= most).then_some((letters, name))
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().take(MOST_NEAR).map(|(_, name)| name).collect()
}

/// Text that somebody typed, short enough for a sentence.
pub(super) fn quoted(text: &str) -> String {
    format!("{:?}", crate::domain::text::fit(text, 24))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        read(text).unwrap_err()
    }

    #[test]
    fn commands_are_read_with_what_follows_them() {
        let nth = |command, nth| Written { command, with: With::Nth(nth) };
        assert_eq!(read("zoom-in").unwrap(), Written { command: Command::ZoomIn, with: With::Nothing });
        assert_eq!(read(" level  previous ").unwrap(), nth(Command::Level, 0));
        assert_eq!(read("party 12").unwrap(), nth(Command::Party, 11));
        assert_eq!(read("admin bookings").unwrap(), nth(Command::Admin, 2));
        let typed = With::Text("F7 F8".to_owned());
        assert_eq!(read("type-seats F7 F8").unwrap(), Written { command: Command::TypeSeats, with: typed });
    }

    #[test]
    fn what_cannot_be_read_says_what_is_accepted() {
        assert_eq!(error("zom-in"), "there is no command \"zom-in\"; near it: zoom-in, admin");
        assert!(error("zoom").contains("zoom-in, zoom-out, zoom-auto"), "{}", error("zoom"));
        assert_eq!(error("xyzzy-plugh"), "there is no command \"xyzzy-plugh\"");
        assert_eq!(error("level up"), "level takes previous or next, not \"up\"");
        assert_eq!(error("admin x"), "admin takes one of dashboard, shows, bookings, add, not \"x\"");
        assert_eq!(error("party 0"), "party takes a number from 1 to 99, not \"0\"");
        assert_eq!(error("quit now"), "quit takes nothing after it, so \"now\" is too much");
    }
}
