//! The command line: every command of the screen by its name, with what follows it.

use super::{
    command::{self, Command, Pressed, Takes, With},
    keymap::{Context, Keymap},
    resolve::{self, Resolved},
};
use crate::store::{
    action::{LineAction, OverlayAction, SeatsAction},
    select::{self, Offered},
    slices::overlay::Overlay,
    state::State,
};
use tui_input::Input;

/// A command that can be written now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer<'a> {
    pub command: Command,
    /// What it does; empty where its name says it.
    pub say: &'a str,
}

/// The commands of a screen, then those of every screen, each once, as far as the box office has something for them.
fn offers(keymap: &Keymap, screen: Context, offered: Offered) -> Vec<Offer<'_>> {
    commands(keymap, screen).into_iter().filter(|offer| offer.command.is_offered(offered)).collect()
}

fn commands(keymap: &Keymap, screen: Context) -> Vec<Offer<'_>> {
    let mut offers: Vec<Offer<'_>> = Vec::new();
    for binding in [screen, Context::Global].into_iter().flat_map(|c| keymap.bindings(c)) {
        let is_line_itself = matches!(binding.command, Command::CommandLine | Command::Complete | Command::Past);
        if !is_line_itself && offers.iter().all(|o| o.command != binding.command) {
            offers.push(Offer { command: binding.command, say: &binding.say });
        }
    }
    offers
}

/// What is said while a line is typed: the commands that it can become, or what its command does.
pub fn hint(keymap: &Keymap, screen: Context, offered: Offered, text: &str) -> String {
    let name = name_in(text);
    let offers = offers(keymap, screen, offered);
    let matching = beginning_with(&offers, name);
    match matching.as_slice() {
        [] => command::unknown(name, offers.iter().map(|o| o.command)),
        _ if name.is_empty() => "a command, such as help or quit; Tab finishes its name".to_owned(),
        [offer] => told(*offer),
        several => match several.iter().find(|o| o.command.name() == name) {
            Some(exact) => told(*exact),
            None => several.iter().map(|o| o.command.name()).collect::<Vec<_>>().join("  "),
        },
    }
}

fn told(offer: Offer<'_>) -> String {
    let usage = offer.command.usage();
    if offer.say.is_empty() { usage } else { format!("{usage}: {}", offer.say) }
}

/// The line as far as it can only be finished in one way.
pub fn completed(keymap: &Keymap, screen: Context, offered: Offered, text: &str) -> String {
    let line = text.trim_start();
    match line.split_once(char::is_whitespace) {
        None => {
            let matching = beginning_with(&offers(keymap, screen, offered), line);
            let names: Vec<&str> = matching.iter().map(|o| o.command.name()).collect();
            match (names.as_slice(), matching.first()) {
                ([name], Some(offer)) if offer.command.takes() != Takes::Nothing => format!("{name} "),
                _ => common(&names).unwrap_or(line).to_owned(),
            }
        }
        Some((name, rest)) => match name.parse().map(Command::takes) {
            Ok(Takes::Way(ways, _)) => format!("{name} {}", word_of(&ways, rest)),
            Ok(Takes::One(all)) => format!("{name} {}", word_of(all, rest)),
            _ => line.to_owned(),
        },
    }
}

/// What is typed, as far as it can only become one of these.
fn word_of<'a>(words: &[&'a str], typed: &'a str) -> &'a str {
    let matching: Vec<&str> = words.iter().copied().filter(|word| word.starts_with(typed.trim())).collect();
    common(&matching).unwrap_or(typed)
}

/// What the names begin with, all of them.
fn common<'a>(names: &[&'a str]) -> Option<&'a str> {
    let first = names.first()?;
    let same = |other: &&str| first.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let length = names.iter().map(same).min()?;
    first.get(..length)
}

fn name_in(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or("")
}

fn beginning_with<'a>(offers: &[Offer<'a>], name: &str) -> Vec<Offer<'a>> {
    offers.iter().filter(|o| o.command.name().starts_with(name)).copied().collect()
}

/// A key that is bound on the command line.
pub(super) fn pressed(state: &State, keymap: &Keymap, pressed: Pressed) -> Resolved {
    let Some(input) = typed(state) else { return Resolved::Nothing };
    let line = |action: LineAction| OverlayAction::Line(action).into();
    match pressed.command {
        Command::Go => enter(state, keymap, input.value().trim()),
        Command::Back => OverlayAction::Close.into(),
        Command::Past => line(LineAction::Past(resolve::turn(pressed))),
        Command::Complete => {
            let (screen, offered) = (resolve::screen_context(state), select::offered(state));
            line(LineAction::Set(completed(keymap, screen, offered, input.value())))
        }
        _ => resolve::command(state, Context::Command, pressed),
    }
}

fn typed(state: &State) -> Option<&Input> {
    match state.overlay.top() {
        Some(Overlay::CommandLine { input, .. }) => Some(input),
        _ => None,
    }
}

fn enter(state: &State, keymap: &Keymap, text: &str) -> Resolved {
    if text.is_empty() {
        return OverlayAction::Close.into();
    }
    match meant(state, keymap, text) {
        Ok(resolved) => Resolved::Both(Box::new([OverlayAction::Line(LineAction::Done).into(), resolved])),
        Err(why) => OverlayAction::Line(LineAction::Refuse(why)).into(),
    }
}

/// What the whole line means on the screen below it. A name may be as short as it stays clear.
fn meant(state: &State, keymap: &Keymap, text: &str) -> Result<Resolved, String> {
    let screen = resolve::screen_context(state);
    let name = name_in(text);
    let (commands, offers) = (commands(keymap, screen), offers(keymap, screen, select::offered(state)));
    let matching = beginning_with(&offers, name);
    // Who writes a name in full is told why there is nothing for it.
    let exact = commands.iter().find(|o| o.command.name() == name);
    let command = match (exact, matching.as_slice()) {
        (Some(offer), _) | (None, [offer]) => offer.command,
        (None, []) if name.parse::<Command>().is_ok() => {
            return Err(format!("{name} means nothing on this screen"));
        }
        (None, []) => return Err(command::unknown(name, offers.iter().map(|o| o.command))),
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|o| o.command.name()).collect();
            return Err(format!("{name} begins {}; write more of one", names.join(", ")));
        }
    };
    let nth = match (command::argument(command, text[name.len()..].trim())?, command.takes()) {
        (With::Text(text), _) if command == Command::Need => {
            return Ok(SeatsAction::TypeIn(resolve::need(state, &text)).into());
        }
        (With::Text(text), _) => return Ok(SeatsAction::TypeIn(text).into()),
        (With::Nth(nth), _) => nth,
        (With::Nothing, Takes::Way(_, usual)) => usual,
        (With::Nothing, Takes::Number) => return Err(format!("{} needs a number: {0} 3", command.name())),
        (With::Nothing, _) => 0,
    };
    Ok(resolve::command(state, screen, Pressed { command, nth }))
}
