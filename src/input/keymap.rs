//! Which key does what where: the embedded `assets/keymap.toml`, and a person's own file laid over it.

use super::command::{self, Command, Pressed, Takes, With, Written};
use crokey::{
    KeyCombination, KeyCombinationFormat,
    crossterm::event::{KeyCode, KeyModifiers},
};
use serde::Deserialize;
use std::{collections::HashMap, ops::Range, str::FromStr};
use strum::{EnumIter, IntoStaticStr};
use thiserror::Error;
use toml::Spanned;

/// The default keymap.
pub const DEFAULT: &str = include_str!("../../assets/keymap.toml");

/// In a person's own file: the keys do nothing.
const NONE: &str = "none";

/// Where a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, EnumIter, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Context {
    Global,
    Browse,
    Times,
    Seats,
    /// The seats as lines of text.
    List,
    Typed,
    Checkout,
    Ticket,
    /// A booking is paid at a page.
    Payment,
    Bookings,
    SignIn,
    /// Something has to be approved elsewhere.
    Approval,
    Account,
    /// The pages for those who run the cinema.
    Admin,
    Help,
    /// The list of trailers over the screen.
    Trailers,
    Ask,
    /// The command line.
    Command,
}

impl Context {
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether letters are text here, so that they cannot be keys.
    fn types_text(self) -> bool {
        matches!(self, Self::Browse | Self::Typed | Self::SignIn | Self::Admin | Self::Command)
    }
}

/// What is wrong with a keymap: the line, the entry, and what is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct KeymapError(pub String);

/// One entry: keys, what they do, and what help and footer say.
#[derive(Clone, Debug)]
pub struct Binding {
    pub keys: Vec<KeyCombination>,
    pub command: Command,
    /// What all keys mean of a pair or a number, where the entry says so; else each key's place decides.
    pub nth: Option<usize>,
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
    r#do: String,
    say: Option<String>,
    foot: Option<String>,
}

/// The entries of a file, by context and in their order.
type Entries = Vec<(Context, Vec<Spanned<Entry>>)>;

impl FromStr for Keymap {
    type Err = KeymapError;

    fn from_str(text: &str) -> Result<Self, KeymapError> {
        Self::default().laid_over(text)
    }
}

impl Keymap {
    /// This keymap with a person's own entries over it: a key means what they say and nothing else in its context;
    /// `do = "none"` takes keys away, and an entry without keys takes all keys of its command away.
    ///
    /// # Errors
    /// A sentence that begins with the line: what is wrong there and what is accepted.
    pub fn overridden_by(&self, text: &str) -> Result<Self, KeymapError> {
        let keymap = self.clone().laid_over(text)?;
        self.check_ways_out(&keymap)?;
        Ok(keymap)
    }

    fn laid_over(mut self, text: &str) -> Result<Self, KeymapError> {
        let mut entries: Entries = read(text)?.into_iter().collect();
        entries.sort_by_key(|(context, _)| *context);
        for (context, entries) in entries {
            let mut seen: HashMap<KeyCombination, String> = HashMap::new();
            // Without keys to begin with this is the default keymap itself.
            let overriding = self.contexts.contains_key(&context);
            for entry in entries {
                let refuse = |why: String| refuse(text, &entry.span(), &why);
                let entry = entry.get_ref();
                let keys =
                    entry.keys.iter().map(|key| parse_key(key)).collect::<Result<Vec<_>, _>>().map_err(refuse)?;
                for key in &keys {
                    if overriding && context.types_text() && is_letter(*key) {
                        let place = context.name();
                        return Err(refuse(format!(
                            "{} is typed as text in [[{place}]], so it cannot be a key there; with ctrl or alt it can",
                            name(*key)
                        )));
                    }
                    if let Some(other) = seen.insert(*key, entry.r#do.clone()) {
                        let (key, place) = (name(*key), context.name());
                        let why = if other == entry.r#do {
                            format!("{key} is bound twice in [[{place}]]")
                        } else {
                            format!("{key} is bound twice in [[{place}]]: to {other} and to {}", entry.r#do)
                        };
                        return Err(refuse(why));
                    }
                }
                self.unbind(context, &keys);
                if entry.r#do != NONE {
                    self.bind(context, entry, keys, overriding).map_err(refuse)?;
                }
            }
        }
        Ok(self)
    }

    fn unbind(&mut self, context: Context, keys: &[KeyCombination]) {
        for binding in self.contexts.entry(context).or_default() {
            binding.keys.retain(|key| !keys.contains(key));
        }
        for key in keys {
            self.by_key.remove(&(context, *key));
        }
    }

    fn bind(
        &mut self,
        context: Context,
        entry: &Entry,
        keys: Vec<KeyCombination>,
        overriding: bool,
    ) -> Result<(), String> {
        let written = command::read(&entry.r#do).map_err(|why| format!("do = {:?}: {why}", entry.r#do))?;
        let nth = match written.with {
            With::Nothing => None,
            With::Nth(nth) => Some(nth),
            With::Text(_) => return Err(format!("do = {:?}: a key cannot type text", entry.r#do)),
        };
        let command = written.command;
        let bindings = self.contexts.entry(context).or_default();
        if overriding && keys.is_empty() {
            for binding in bindings.iter_mut().filter(|b| b.command == command) {
                binding.keys.clear();
            }
            self.by_key.retain(|(place, _), pressed| *place != context || pressed.command != command);
            return Ok(());
        }
        let before = bindings.iter().rposition(|b| b.command == command);
        let inherited = before.map(|at| &bindings[at]);
        let say = entry.say.clone().or(inherited.map(|b| b.say.clone())).unwrap_or_default();
        let foot = entry.foot.clone().or(inherited.and_then(|b| b.foot.clone()));
        for (place, key) in keys.iter().enumerate() {
            self.by_key.insert((context, *key), Pressed { command, nth: nth.unwrap_or(place) });
        }
        let binding = Binding { keys, command, nth, say, foot };
        let at = before.filter(|_| overriding).map_or(bindings.len(), |at| at + 1);
        bindings.insert(at, binding);
        Ok(())
    }

    /// Nobody may be locked in: what closes, goes back or leaves in the default keymap needs a key.
    fn check_ways_out(&self, new: &Self) -> Result<(), KeymapError> {
        let has = |keymap: &Self, context: Context, ways: &[Command]| {
            keymap.bindings(context).iter().any(|b| ways.contains(&b.command) && !b.keys.is_empty())
        };
        let leave: &[Command] = &[Command::Quit, Command::Interrupt];
        for context in self.contexts.keys() {
            for ways in [leave, &[Command::Back], &[Command::Close], &[Command::No]] {
                if has(self, *context, ways) && !has(new, *context, ways) {
                    let (way, place) = (ways[0].name(), context.name());
                    return Err(KeymapError(format!("no key is left for {way} in [[{place}]]; give it one")));
                }
            }
        }
        Ok(())
    }

    /// The keymap of a machine that everybody uses: letters begin a typed seat on the seat map, so they are no keys.
    #[must_use]
    pub fn for_kiosk(mut self) -> Self {
        let letters: Vec<KeyCombination> = self
            .by_key
            .keys()
            .filter(|(context, key)| *context == Context::Seats && letter(*key).is_some_and(char::is_alphabetic))
            .map(|(_, key)| *key)
            .collect();
        self.unbind(Context::Seats, &letters);
        self
    }

    /// What a key does in a context. What the context does not know is asked of `Global`, by
    /// [`find_global`](Self::find_global).
    pub fn find(&self, context: Context, key: KeyCombination) -> Option<Pressed> {
        self.by_key.get(&(context, key)).copied()
    }

    /// What a key does everywhere.
    pub fn find_global(&self, key: KeyCombination) -> Option<Pressed> {
        self.find(Context::Global, key)
    }

    /// The bindings of a context, in the order of the file; some have no key.
    pub fn bindings(&self, context: Context) -> &[Binding] {
        self.contexts.get(&context).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first key of a command in a context, as people read it.
    pub fn key_of(&self, context: Context, command: Command) -> Option<String> {
        let find = |c: Context| self.bindings(c).iter().find(|b| b.command == command && !b.keys.is_empty());
        let binding = find(context).or_else(|| find(Context::Global))?;
        binding.keys.first().map(|k| name(*k))
    }

    /// The first key that does what is written, such as `level next`, as people read it: in a context, everywhere, or
    /// on the seat map. A command without a key is reached by its name: `:fix`. `None` for what is no command.
    fn key_for(&self, context: Context, written: &str) -> Option<String> {
        let Written { command, with } = command::read(written).ok()?;
        let fits = |nth: usize| match (command.takes(), &with) {
            (Takes::Way(_, usual), With::Nothing) => nth % 2 == usual,
            (Takes::Way(..), With::Nth(way)) => nth % 2 == *way,
            (_, With::Nth(wanted)) => nth == *wanted,
            (_, With::Nothing | With::Text(_)) => true,
        };
        let does = |place: Context, key: &KeyCombination| {
            let pressed = self.find(place, *key).filter(|pressed| pressed.command == command)?;
            fits(pressed.nth).then(|| name(*key))
        };
        let keys = |place: Context| self.bindings(place).iter().flat_map(|b| &b.keys).find_map(|key| does(place, key));
        let key = [context, Context::Global, Context::Seats].into_iter().find_map(keys);
        Some(key.unwrap_or_else(|| format!(":{}", command.name())))
    }

    /// A sentence with keys in the place of the commands that it names in braces: `{best} takes the best 3`.
    pub fn spell(&self, context: Context, text: &str) -> String {
        let (mut spelled, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, after)) = rest.split_once('{') {
            spelled.push_str(before);
            let key = after.split_once('}').and_then(|(written, end)| Some((self.key_for(context, written)?, end)));
            match key {
                Some((key, end)) => {
                    spelled.push_str(&key);
                    rest = end;
                }
                None => {
                    spelled.push('{');
                    rest = after;
                }
            }
        }
        spelled.push_str(rest);
        spelled
    }
}

fn read(text: &str) -> Result<HashMap<Context, Vec<Spanned<Entry>>>, KeymapError> {
    toml::from_str(text).map_err(|error| {
        let why = error.message().lines().collect::<Vec<_>>().join(" ");
        refuse(text, &error.span().unwrap_or_default(), &why)
    })
}

/// The error with the line on which its entry begins.
fn refuse(text: &str, span: &Range<usize>, why: &str) -> KeymapError {
    let line = 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count();
    KeymapError(format!("line {line}: {why}"))
}

fn parse_key(key: &str) -> Result<KeyCombination, String> {
    // crokey reads an upper-case letter as the lower-case one; people write `G` for shift-g.
    let written = match key.chars().next() {
        Some(c) if key.chars().count() == 1 && c.is_ascii_uppercase() => format!("shift-{}", c.to_ascii_lowercase()),
        _ => key.to_owned(),
    };
    crokey::parse(&written)
        .map(KeyCombination::normalized)
        .map_err(|_| format!("{} is not a key such as \"ctrl-b\", \"f3\", \"space\" or \"G\"", command::quoted(key)))
}

/// The character that a key types: one without control and alt.
pub(super) fn letter(key: KeyCombination) -> Option<char> {
    if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
        return None;
    }
    match key.codes {
        crokey::OneToThree::One(KeyCode::Char(c)) if key.modifiers.contains(KeyModifiers::SHIFT) => {
            Some(c.to_uppercase().next().unwrap_or(c))
        }
        crokey::OneToThree::One(KeyCode::Char(c)) => Some(c),
        _ => None,
    }
}

fn is_letter(key: KeyCombination) -> bool {
    letter(key).is_some_and(|c| c.is_alphanumeric() || c == ' ')
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
mod tests;
