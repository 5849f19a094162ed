//! From an event to what it means, given the screen it meets.

use super::{
    command::{Command, Pressed},
    event::InputEvent,
    keymap::{Context, Keymap},
    target::{Hits, Target},
};
use crate::{
    domain::chart::grid::Step,
    store::{
        action::{
            Action, AppAction, BookingsAction, CatalogAction, HoldAction, ListStep, NavAction, OverlayAction, Reply,
            SeatsAction, SessionAction, Turn, Zoom,
        },
        effect::Intent,
        slices::{
            nav::Route,
            overlay::{Overlay, Question},
            session::Page,
        },
        state::{SMALLEST, Size, State},
    },
};
use crokey::{
    KeyCombination,
    crossterm::event::{KeyCode, KeyModifiers},
};
use secrecy::zeroize::Zeroizing;
use tui_input::InputRequest;

/// What an event means.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolved {
    Action(Action),
    /// A change of the secret that is being typed; it does not go through the store.
    Secret(SecretKey),
    /// The same for pasted text.
    SecretPaste(Zeroizing<String>),
    /// Concerns the terminal alone.
    Terminal(TerminalWish),
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKey {
    Insert(char),
    DeleteLast,
    Clear,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminalWish {
    Redraw,
    Suspend,
    ToggleMouse,
}

impl<A: Into<Action>> From<A> for Resolved {
    fn from(action: A) -> Self {
        Self::Action(action.into())
    }
}

/// Where keys go now.
pub fn context(state: &State) -> Context {
    match state.overlay.top() {
        Some(Overlay::Help { .. }) => Context::Help,
        Some(Overlay::Ask(_)) => Context::Ask,
        None => screen_context(state),
    }
}

/// The context of the screen, whatever lies over it.
pub fn screen_context(state: &State) -> Context {
    match state.nav.route() {
        Route::Browse if state.catalog.in_times() => Context::Times,
        Route::Browse => Context::Browse,
        Route::Seats if state.seats.typed.is_some() => Context::Typed,
        Route::Seats => Context::Seats,
        Route::Checkout => Context::Checkout,
        Route::Ticket(_) => Context::Ticket,
        Route::Bookings => Context::Bookings,
        Route::Account => match &state.session.sign_in.page {
            _ if state.session.user().is_some() => Context::Account,
            Page::Starting(_) | Page::Approval { .. } => Context::Approval,
            _ => Context::SignIn,
        },
    }
}

pub fn resolve(state: &State, keymap: &Keymap, hits: &Hits, event: InputEvent) -> Resolved {
    let size = state.prefs.size;
    if size.width < SMALLEST.width || size.height < SMALLEST.height {
        return unseen(keymap, event);
    }
    match event {
        InputEvent::Resize { width, height } => AppAction::Resize(Size { width, height }).into(),
        InputEvent::Key(key) => match keymap.find(context(state), key) {
            Some(pressed) => command(state, pressed, key),
            None => text_key(state, key),
        },
        InputEvent::Paste(text) => paste(state, text),
        InputEvent::Click { x, y } => hits.at(x, y).next().map_or(Resolved::Nothing, |t| click(state, t)),
        InputEvent::Wheel { x, y, lines } => wheel(state, hits, x, y, lines),
    }
}

/// While the terminal is too small nothing is shown, so no key may do anything but leave.
fn unseen(keymap: &Keymap, event: InputEvent) -> Resolved {
    match event {
        InputEvent::Resize { width, height } => AppAction::Resize(Size { width, height }).into(),
        InputEvent::Key(key) => match keymap.find(Context::Global, key).map(|pressed| pressed.command) {
            Some(Command::Quit) => AppAction::Quit.into(),
            Some(Command::Interrupt) => AppAction::Interrupt.into(),
            _ => Resolved::Nothing,
        },
        _ => Resolved::Nothing,
    }
}

/// What a command means on the screen that is shown.
pub fn command(state: &State, pressed: Pressed, key: KeyCombination) -> Resolved {
    let turn = if pressed.nth.is_multiple_of(2) { Turn::Previous } else { Turn::Next };
    match pressed.command {
        Command::Help => OverlayAction::Help.into(),
        // Going to the films lets the seats go: that is asked first.
        Command::Home if !state.hold.wanted().is_empty() => OverlayAction::Ask(Question::LetGo).into(),
        Command::Home => NavAction::Home.into(),
        Command::Bookings => SessionAction::Require(Intent::ShowBookings).into(),
        Command::Account => SessionAction::Open.into(),
        Command::Reload => AppAction::Reload.into(),
        Command::Mouse => Resolved::Terminal(TerminalWish::ToggleMouse),
        Command::Redraw => Resolved::Terminal(TerminalWish::Redraw),
        Command::Suspend => Resolved::Terminal(TerminalWish::Suspend),
        Command::Quit => AppAction::Quit.into(),
        Command::Interrupt => AppAction::Interrupt.into(),
        Command::Up => step(state, ListStep::Up),
        Command::Down => step(state, ListStep::Down),
        Command::PageUp => step(state, ListStep::PageUp),
        Command::PageDown => step(state, ListStep::PageDown),
        Command::First => step(state, ListStep::First),
        Command::Last => step(state, ListStep::Last),
        Command::Left => SeatsAction::Step(Step::Left).into(),
        Command::Right => SeatsAction::Step(Step::Right).into(),
        Command::Block => SeatsAction::Step(pick(turn, Step::PreviousBlock, Step::NextBlock)).into(),
        Command::Far => SeatsAction::Step(pick(turn, Step::FarUp, Step::FarDown)).into(),
        Command::RowEnd => SeatsAction::Step(pick(turn, Step::RowStart, Step::RowEnd)).into(),
        Command::HallEnd => SeatsAction::Step(pick(turn, Step::FirstRow, Step::LastRow)).into(),
        Command::Go => AppAction::Go.into(),
        Command::Back => back(state),
        Command::Toggle => SeatsAction::Toggle.into(),
        Command::Party => digit(key).map_or(Resolved::Nothing, |n| SeatsAction::Party(n).into()),
        Command::Alternative => SeatsAction::Alternative(pick(turn, Turn::Next, Turn::Previous)).into(),
        Command::Best => SeatsAction::Best.into(),
        Command::TypeSeats => SeatsAction::OpenTyped.into(),
        Command::Range => SeatsAction::Range.into(),
        Command::NextFree => SeatsAction::NextFree.into(),
        Command::Drop => SeatsAction::DropLast.into(),
        Command::Clear => SeatsAction::Clear.into(),
        Command::Extend => HoldAction::Extend.into(),
        Command::Again => HoldAction::Again.into(),
        Command::ZoomIn => SeatsAction::Zoom(Zoom::In).into(),
        Command::ZoomOut => SeatsAction::Zoom(Zoom::Out).into(),
        Command::ZoomAuto => SeatsAction::Zoom(Zoom::Auto).into(),
        Command::Level => SeatsAction::Level(turn).into(),
        Command::Favourite => CatalogAction::ToggleFavourite.into(),
        Command::FavouritesOnly => CatalogAction::FavouritesOnly.into(),
        Command::CancelBooking => BookingsAction::AskCancel.into(),
        Command::SwitchMode => SessionAction::SwitchMode.into(),
        Command::OtherWays => SessionAction::Others.into(),
        Command::SignOut => SessionAction::SignOut.into(),
        Command::Close => OverlayAction::Close.into(),
        Command::Yes => OverlayAction::Answer(Reply::Yes).into(),
        Command::No => OverlayAction::Answer(Reply::No).into(),
    }
}

fn pick<T>(turn: Turn, first: T, second: T) -> T {
    match turn {
        Turn::Previous => first,
        Turn::Next => second,
    }
}

fn digit(key: KeyCombination) -> Option<u8> {
    match character(key)? {
        c @ '1'..='9' => Some(c as u8 - b'0'),
        _ => None,
    }
}

fn step(state: &State, step: ListStep) -> Resolved {
    match context(state) {
        Context::Browse | Context::Times => CatalogAction::Move(step).into(),
        Context::Bookings => BookingsAction::Move(step).into(),
        Context::Help => OverlayAction::Scroll(step).into(),
        Context::SignIn if step == ListStep::Up => SessionAction::PreviousField.into(),
        Context::SignIn => SessionAction::NextField.into(),
        Context::Seats => match step {
            ListStep::Up => SeatsAction::Step(Step::Up).into(),
            ListStep::Down => SeatsAction::Step(Step::Down).into(),
            _ => Resolved::Nothing,
        },
        _ => Resolved::Nothing,
    }
}

fn back(state: &State) -> Resolved {
    match context(state) {
        Context::Browse | Context::Times => CatalogAction::ClearSearch.into(),
        Context::Typed => SeatsAction::CloseTyped.into(),
        Context::SignIn | Context::Approval => SessionAction::Back.into(),
        _ => NavAction::Back.into(),
    }
}

/// The printable character of a key without control or alt.
fn character(key: KeyCombination) -> Option<char> {
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

/// A key that edits a line of text.
fn edit(key: KeyCombination) -> Option<InputRequest> {
    if let Some(c) = character(key) {
        return Some(InputRequest::InsertChar(c));
    }
    let crokey::OneToThree::One(code) = key.codes else { return None };
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    Some(match (code, control) {
        (KeyCode::Backspace, false) => InputRequest::DeletePrevChar,
        (KeyCode::Backspace | KeyCode::Char('w'), true) => InputRequest::DeletePrevWord,
        (KeyCode::Delete, _) => InputRequest::DeleteNextChar,
        (KeyCode::Left, false) => InputRequest::GoToPrevChar,
        (KeyCode::Right, false) => InputRequest::GoToNextChar,
        (KeyCode::Left, true) => InputRequest::GoToPrevWord,
        (KeyCode::Right, true) => InputRequest::GoToNextWord,
        (KeyCode::Home, _) | (KeyCode::Char('a'), true) => InputRequest::GoToStart,
        (KeyCode::End, _) | (KeyCode::Char('e'), true) => InputRequest::GoToEnd,
        (KeyCode::Char('u'), true) => InputRequest::DeleteLine,
        _ => return None,
    })
}

/// A key that is bound to nothing is text wherever text can be typed.
fn text_key(state: &State, key: KeyCombination) -> Resolved {
    let Some(request) = edit(key) else { return Resolved::Nothing };
    match context(state) {
        // `/` is where many look for search; here all letters search.
        Context::Browse if request == InputRequest::InsertChar('/') => Resolved::Nothing,
        Context::Browse => CatalogAction::Search(request).into(),
        Context::Times if character(key).is_some_and(char::is_alphanumeric) => CatalogAction::Search(request).into(),
        Context::Typed => SeatsAction::Typed(request).into(),
        Context::SignIn => match state.session.sign_in.typing() {
            Some(field) if field.is_secret() => secret_key(request),
            Some(_) => SessionAction::Edit(request).into(),
            None => Resolved::Nothing,
        },
        _ => Resolved::Nothing,
    }
}

fn secret_key(request: InputRequest) -> Resolved {
    match request {
        InputRequest::InsertChar(c) => Resolved::Secret(SecretKey::Insert(c)),
        InputRequest::DeletePrevChar => Resolved::Secret(SecretKey::DeleteLast),
        InputRequest::DeleteLine | InputRequest::DeletePrevWord => Resolved::Secret(SecretKey::Clear),
        _ => Resolved::Nothing,
    }
}

fn paste(state: &State, text: String) -> Resolved {
    match context(state) {
        Context::Browse | Context::Times => CatalogAction::Paste(text).into(),
        Context::Typed => SeatsAction::TypedPaste(text).into(),
        Context::SignIn => match state.session.sign_in.typing() {
            Some(field) if field.is_secret() => Resolved::SecretPaste(Zeroizing::new(text)),
            Some(_) => SessionAction::Paste(text).into(),
            None => Resolved::Nothing,
        },
        _ => Resolved::Nothing,
    }
}

fn click(state: &State, target: &Target) -> Resolved {
    let any_key = KeyCombination::from(KeyCode::Null);
    match target {
        Target::Command(wanted) => command(state, Pressed { command: *wanted, nth: 0 }, any_key),
        Target::Movie(movie) if state.catalog.selected().map(|m| &m.id) == Some(movie) => {
            CatalogAction::EnterTimes.into()
        }
        Target::Movie(movie) => CatalogAction::Select(movie.clone()).into(),
        Target::Show(show) if state.catalog.in_times() && state.catalog.chosen_show().as_ref() == Some(show) => {
            CatalogAction::OpenShow(show.clone()).into()
        }
        Target::Show(show) => CatalogAction::SelectShow(show.clone()).into(),
        Target::Seat(seat) => SeatsAction::ToggleSeat(*seat).into(),
        Target::Place { line, col } => SeatsAction::Jump { line: *line, col: *col }.into(),
        Target::Area(section) => SeatsAction::Area(*section).into(),
        Target::Booking(code) if state.bookings.selected().map(|b| &b.code) == Some(code) => {
            BookingsAction::OpenTicket(code.clone()).into()
        }
        Target::Booking(code) => BookingsAction::Select(code.clone()).into(),
        Target::Field(field) => SessionAction::Focus(*field).into(),
        Target::Choice(choice) => SessionAction::Choose(*choice).into(),
        Target::Films | Target::Times | Target::Map | Target::Row(_) => Resolved::Nothing,
    }
}

fn wheel(state: &State, hits: &Hits, x: u16, y: u16, lines: i32) -> Resolved {
    let list_step = if lines < 0 { ListStep::Up } else { ListStep::Down };
    match context(state) {
        Context::Seats | Context::Typed => SeatsAction::Scroll { lines, cols: 0 }.into(),
        Context::Bookings => BookingsAction::Move(list_step).into(),
        Context::Help => OverlayAction::Scroll(list_step).into(),
        Context::Browse | Context::Times => {
            let over_times = hits.at(x, y).any(|t| matches!(t, Target::Times | Target::Show(_)));
            match (over_times, state.catalog.in_times(), lines) {
                (true, false, _) => CatalogAction::EnterTimes.into(),
                (true, true, _) => CatalogAction::Move(list_step).into(),
                (false, true, _) => CatalogAction::LeaveTimes.into(),
                (false, false, _) => CatalogAction::Move(list_step).into(),
            }
        }
        _ => Resolved::Nothing,
    }
}
