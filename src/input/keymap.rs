//! Which key does what where; read from the embedded `assets/keymap.toml`.

use super::command::{Command, Pressed};
use crokey::{KeyCombination, KeyCombinationFormat};
use serde::Deserialize;
use std::{collections::HashMap, str::FromStr};
use thiserror::Error;

/// The default keymap.
pub const DEFAULT: &str = include_str!("../../assets/keymap.toml");

/// Where a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    Global,
    Browse,
    Times,
    Seats,
    Typed,
    Checkout,
    Ticket,
    Bookings,
    SignIn,
    /// Something has to be approved elsewhere.
    Approval,
    Account,
    Help,
    Ask,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct KeymapError(pub String);

/// One entry: keys, what they do, and what help and footer say.
#[derive(Clone, Debug)]
pub struct Binding {
    pub keys: Vec<KeyCombination>,
    pub command: Command,
    /// Empty for what help does not list.
    pub say: String,
    pub foot: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Keymap {
    contexts: HashMap<Context, Vec<Binding>>,
    by_key: HashMap<(Context, KeyCombination), Pressed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    keys: Vec<String>,
    r#do: Command,
    #[serde(default)]
    say: String,
    foot: Option<String>,
}

impl FromStr for Keymap {
    type Err = KeymapError;

    fn from_str(text: &str) -> Result<Self, KeymapError> {
        let refuse = |why: &dyn std::fmt::Display| KeymapError(format!("keymap: {why}"));
        let read: HashMap<Context, Vec<Entry>> = toml::from_str(text).map_err(|e| refuse(&e))?;
        let mut keymap = Keymap::default();
        for (context, entries) in read {
            for entry in entries {
                let binding = Binding::read(entry)?;
                for (nth, key) in binding.keys.iter().enumerate() {
                    let pressed = Pressed { command: binding.command, nth };
                    if keymap.by_key.insert((context, *key), pressed).is_some() {
                        return Err(refuse(&format!("{} is bound twice in {context:?}", name(*key))));
                    }
                }
                keymap.contexts.entry(context).or_default().push(binding);
            }
        }
        Ok(keymap)
    }
}

impl Binding {
    fn read(entry: Entry) -> Result<Self, KeymapError> {
        let parse = |key: &String| {
            // crokey reads an upper-case letter as the lower-case one; people write `G` for shift-g.
            let written = match key.chars().next() {
                Some(c) if key.chars().count() == 1 && c.is_ascii_uppercase() => {
                    format!("shift-{}", c.to_ascii_lowercase())
                }
                _ => key.clone(),
            };
            crokey::parse(&written)
                .map(KeyCombination::normalized)
                .map_err(|_| KeymapError(format!("keymap: {key:?} is not a key such as \"ctrl-b\", \"f3\" or \"G\"")))
        };
        let keys = entry.keys.iter().map(parse).collect::<Result<_, _>>()?;
        Ok(Self { keys, command: entry.r#do, say: entry.say, foot: entry.foot })
    }
}

impl Keymap {
    /// What a key does in a context; what the context does not know is asked of `Global`.
    pub fn find(&self, context: Context, key: KeyCombination) -> Option<Pressed> {
        self.by_key.get(&(context, key)).or_else(|| self.by_key.get(&(Context::Global, key))).copied()
    }

    /// The bindings of a context, in the order of the file.
    pub fn bindings(&self, context: Context) -> &[Binding] {
        self.contexts.get(&context).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first key of a command in a context, as people read it.
    pub fn key_of(&self, context: Context, command: Command) -> Option<String> {
        let find = |c: Context| self.bindings(c).iter().find(|b| b.command == command);
        let binding = find(context).or_else(|| find(Context::Global))?;
        binding.keys.first().map(|k| name(*k))
    }
}

/// A key as people read it: `Ctrl-B`, `F3`, `G`, `Space`.
pub fn name(key: KeyCombination) -> String {
    let written = KeyCombinationFormat::default().with_implicit_shift().to_string(key);
    match written.rsplit_once('-') {
        // A letter with Ctrl is printed on the keyboard in upper case.
        Some((modifiers, letter)) if letter.len() == 1 && !modifiers.is_empty() => {
            format!("{modifiers}-{}", letter.to_ascii_uppercase())
        }
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_keymap_is_sound() {
        let keymap: Keymap = DEFAULT.parse().unwrap();
        let screens = [Context::Browse, Context::Seats, Context::Checkout, Context::Bookings, Context::Account];
        for context in screens.into_iter().chain([Context::SignIn, Context::Approval]) {
            assert!(keymap.bindings(context).iter().any(|b| b.command == Command::Back), "{context:?} has a way back");
        }
        assert_eq!(keymap.key_of(Context::Seats, Command::HallEnd).as_deref(), Some("g"));
        assert_eq!(keymap.key_of(Context::Seats, Command::Bookings).as_deref(), Some("F3"));
    }

    #[test]
    fn upper_and_lower_case_letters_are_different_keys() {
        let keymap: Keymap = DEFAULT.parse().unwrap();
        let press = |c: char, modifiers| {
            let event = crossterm::event::KeyEvent::new(crossterm::event::KeyCode::Char(c), modifiers);
            keymap.find(Context::Seats, crate::input::event::combination(event))
        };
        use crossterm::event::KeyModifiers;
        assert_eq!(press('g', KeyModifiers::NONE), Some(Pressed { command: Command::HallEnd, nth: 0 }));
        assert_eq!(press('G', KeyModifiers::SHIFT), Some(Pressed { command: Command::HallEnd, nth: 1 }));
        assert_eq!(press('?', KeyModifiers::NONE), Some(Pressed { command: Command::Help, nth: 0 }));
        assert_eq!(press('?', KeyModifiers::SHIFT), Some(Pressed { command: Command::Help, nth: 0 }));
    }

    #[test]
    fn a_faulty_keymap_says_what_is_wrong() {
        let error = |text: &str| text.parse::<Keymap>().unwrap_err().to_string();
        assert!(error("[[seats]]\nkeys=[\"hyper-7\"]\ndo=\"go\"").contains("hyper-7"));
        assert!(error("[[seats]]\nkeys=[\"x\"]\ndo=\"fly\"").contains("fly"));
        assert!(error("[[seats]]\nkeys=[\"x\", \"x\"]\ndo=\"go\"").contains("bound twice"));
    }
}
