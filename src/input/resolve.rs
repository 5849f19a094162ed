//! From an event to what it means, given the screen it meets.

use super::{
    command::{Command, Pressed},
    command_line,
    event::InputEvent,
    keymap::{self, Context, Keymap},
    target::{Hits, Target},
};
use crate::{
    domain::chart::grid::Step,
    store::{
        action::{
            Action, AdminAction, AppAction, BookingsAction, CatalogAction, HoldAction, LineAction, ListStep, NavAction,
            OverlayAction, Reply, SeatsAction, SessionAction, Turn, Zoom,
        },
        effect::Intent,
        slices::{
            admin,
            nav::Route,
            overlay::{Overlay, Question},
            prefs::Place,
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
    /// One after the other.
    Both(Box<[Resolved; 2]>),
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
        Some(Overlay::Trailers(_)) => Context::Trailers,
        Some(Overlay::Ask(_)) => Context::Ask,
        Some(Overlay::CommandLine { .. }) => Context::Command,
        None => screen_context(state),
    }
}

/// The context of the screen, whatever lies over it.
pub fn screen_context(state: &State) -> Context {
    match state.nav.route() {
        Route::Browse if state.catalog.in_times() => Context::Times,
        Route::Browse => Context::Browse,
        Route::Seats if state.seats.typed.is_some() => Context::Typed,
        Route::Seats if state.seats.list.is_some() => Context::List,
        Route::Seats => Context::Seats,
        Route::Checkout => Context::Checkout,
        Route::Ticket(code) if state.bookings.is_paying(code) => Context::Payment,
        Route::Ticket(_) => Context::Ticket,
        Route::Bookings => Context::Bookings,
        Route::Account => match &state.session.sign_in.page {
            _ if state.session.user().is_some() => Context::Account,
            Page::Starting(_) | Page::Approval { .. } => Context::Approval,
            _ => Context::SignIn,
        },
        Route::Admin(_) => Context::Admin,
    }
}

pub fn resolve(state: &State, keymap: &Keymap, hits: &Hits, event: InputEvent) -> Resolved {
    let size = state.prefs.size;
    if size.width < SMALLEST.width || size.height < SMALLEST.height {
        return unseen(keymap, event);
    }
    match event {
        InputEvent::Resize { width, height } => AppAction::Resize(Size { width, height }).into(),
        InputEvent::Key(key) => self::key(state, keymap, key),
        InputEvent::Paste(text) => paste(state, text),
        InputEvent::Click { x, y } => hits.at(x, y).next().map_or(Resolved::Nothing, |t| click(state, keymap, t)),
        InputEvent::Drag { x, y } => drag(state, hits, x, y),
        InputEvent::Release if state.seats.drag.is_some() => SeatsAction::EndDrag.into(),
        InputEvent::Release => Resolved::Nothing,
        InputEvent::Details { x, y } => details(hits, x, y),
        InputEvent::Wheel { x, y, lines, cols } => wheel(state, hits, (x, y), lines, cols),
        InputEvent::Zoom(zoom) if context(state) == Context::Seats => SeatsAction::Zoom(zoom).into(),
        InputEvent::Zoom(_) => Resolved::Nothing,
    }
}

/// A key means what its context binds it to; else, if it is a letter, text, where text is typed; else what it means
/// everywhere; else what it does to a line of text.
fn key(state: &State, keymap: &Keymap, key: KeyCombination) -> Resolved {
    let context = context(state);
    if let Some(bound) = keymap.find(context, key) {
        return pressed(state, keymap, context, bound);
    }
    let text = text_key(state, context, key);
    let types = text != Resolved::Nothing && keymap::letter(key).is_some();
    match keymap.find_global(key) {
        Some(bound) if !types => pressed(state, keymap, context, bound),
        _ => text,
    }
}

fn pressed(state: &State, keymap: &Keymap, context: Context, pressed: Pressed) -> Resolved {
    match context {
        Context::Command => command_line::pressed(state, keymap, pressed),
        _ => command(state, context, pressed),
    }
}

/// While the terminal is too small nothing is shown, so no key may do anything but leave.
fn unseen(keymap: &Keymap, event: InputEvent) -> Resolved {
    match event {
        InputEvent::Resize { width, height } => AppAction::Resize(Size { width, height }).into(),
        InputEvent::Key(key) => match keymap.find_global(key).map(|pressed| pressed.command) {
            Some(Command::Quit) => AppAction::Quit.into(),
            Some(Command::Interrupt) => AppAction::Interrupt.into(),
            _ => Resolved::Nothing,
        },
        _ => Resolved::Nothing,
    }
}

/// The typed line that asks for the best seats with something, for the party that is being seated.
pub(super) fn need(state: &State, what: &str) -> String {
    let wanted = state.hold.wanted().len().min(usize::from(u8::MAX)) as u8;
    format!("{} need {what}", state.seats.party().max(wanted))
}

/// Which way a key of a pair goes.
pub(super) fn turn(pressed: Pressed) -> Turn {
    if pressed.nth.is_multiple_of(2) { Turn::Previous } else { Turn::Next }
}

/// What a command means in a context.
pub fn command(state: &State, context: Context, pressed: Pressed) -> Resolved {
    let turn = turn(pressed);
    match pressed.command {
        Command::Help => OverlayAction::Help.into(),
        Command::CommandLine => OverlayAction::CommandLine.into(),
        // Going to the films lets the seats go: that is asked first.
        Command::Home if state.keeps_seats() => OverlayAction::Ask(Question::LetGo).into(),
        Command::Home => NavAction::Home.into(),
        Command::Bookings => SessionAction::Require(Intent::ShowBookings).into(),
        Command::Account => SessionAction::Open.into(),
        Command::Admin => AdminAction::Open(admin::Page::ALL[pressed.nth % admin::Page::ALL.len()]).into(),
        Command::Page => AdminAction::Turn(turn).into(),
        Command::Reload => AppAction::Reload.into(),
        Command::Mouse => Resolved::Terminal(TerminalWish::ToggleMouse),
        Command::Redraw => Resolved::Terminal(TerminalWish::Redraw),
        Command::Suspend => Resolved::Terminal(TerminalWish::Suspend),
        Command::Quit => AppAction::Quit.into(),
        Command::Interrupt => AppAction::Interrupt.into(),
        Command::Up => step(context, ListStep::Up),
        Command::Down => step(context, ListStep::Down),
        Command::PageUp => step(context, ListStep::PageUp),
        Command::PageDown => step(context, ListStep::PageDown),
        Command::First => step(context, ListStep::First),
        Command::Last => step(context, ListStep::Last),
        Command::Left => SeatsAction::Step(Step::Left).into(),
        Command::Right => SeatsAction::Step(Step::Right).into(),
        Command::Block => SeatsAction::Step(pick(turn, Step::PreviousBlock, Step::NextBlock)).into(),
        Command::Far => SeatsAction::Step(pick(turn, Step::FarUp, Step::FarDown)).into(),
        Command::RowEnd => SeatsAction::Step(pick(turn, Step::RowStart, Step::RowEnd)).into(),
        Command::HallEnd => SeatsAction::Step(pick(turn, Step::FirstRow, Step::LastRow)).into(),
        Command::Go if context == Context::Trailers => OverlayAction::OpenTrailer.into(),
        Command::Go => AppAction::Go.into(),
        Command::Back => back(context),
        Command::Toggle => SeatsAction::Toggle.into(),
        Command::Party => SeatsAction::Party(u8::try_from(pressed.nth + 1).unwrap_or(u8::MAX)).into(),
        Command::Alternative => SeatsAction::Alternative(pick(turn, Turn::Next, Turn::Previous)).into(),
        Command::Best => SeatsAction::Best.into(),
        Command::TypeSeats => SeatsAction::OpenTyped.into(),
        Command::Need => SeatsAction::TypeFrom(need(state, "")).into(),
        Command::Range => SeatsAction::Range.into(),
        Command::NextFree => SeatsAction::NextFree.into(),
        Command::Section => SeatsAction::Section(turn).into(),
        Command::Drop => SeatsAction::DropLast.into(),
        Command::Undo => SeatsAction::Undo.into(),
        Command::Fix => SeatsAction::Fix.into(),
        Command::Clear => SeatsAction::Clear.into(),
        Command::Extend => HoldAction::Extend.into(),
        Command::Again => HoldAction::Again.into(),
        Command::ZoomIn => SeatsAction::Zoom(Zoom::In).into(),
        Command::ZoomOut => SeatsAction::Zoom(Zoom::Out).into(),
        Command::ZoomAuto => SeatsAction::Zoom(Zoom::Auto).into(),
        Command::Level => SeatsAction::Level(turn).into(),
        Command::Mirror => SeatsAction::Mirror.into(),
        Command::List => SeatsAction::List.into(),
        Command::Favourite => CatalogAction::ToggleFavourite.into(),
        Command::FavouritesOnly => CatalogAction::FavouritesOnly.into(),
        Command::RecommendedOnly => CatalogAction::RecommendedOnly.into(),
        Command::Trailers => CatalogAction::Trailers.into(),
        Command::CancelBooking => BookingsAction::AskCancel.into(),
        Command::SwitchMode => SessionAction::SwitchMode.into(),
        Command::OtherWays => SessionAction::Others.into(),
        Command::SignOut => SessionAction::SignOut.into(),
        Command::Close => OverlayAction::Close.into(),
        Command::Yes => OverlayAction::Answer(Reply::Yes).into(),
        Command::No => OverlayAction::Answer(Reply::No).into(),
        Command::Complete => SeatsAction::TypedComplete.into(),
        Command::Past => SeatsAction::TypedPast(turn).into(),
    }
}

fn pick<T>(turn: Turn, first: T, second: T) -> T {
    match turn {
        Turn::Previous => first,
        Turn::Next => second,
    }
}

fn step(context: Context, step: ListStep) -> Resolved {
    match context {
        Context::Browse | Context::Times => CatalogAction::Move(step).into(),
        Context::Bookings => BookingsAction::Move(step).into(),
        Context::Help | Context::Trailers => OverlayAction::Scroll(step).into(),
        Context::SignIn if step == ListStep::Up => SessionAction::PreviousField.into(),
        Context::SignIn => SessionAction::NextField.into(),
        Context::List => SeatsAction::ListStep(step).into(),
        Context::Admin => AdminAction::Move(step).into(),
        Context::Seats => match step {
            ListStep::Up => SeatsAction::Step(Step::Up).into(),
            ListStep::Down => SeatsAction::Step(Step::Down).into(),
            _ => Resolved::Nothing,
        },
        _ => Resolved::Nothing,
    }
}

fn back(context: Context) -> Resolved {
    match context {
        Context::Browse | Context::Times => CatalogAction::ClearSearch.into(),
        Context::Typed => SeatsAction::CloseTyped.into(),
        Context::List => SeatsAction::ListBack.into(),
        Context::SignIn | Context::Approval => SessionAction::Back.into(),
        Context::Admin => AdminAction::Back.into(),
        _ => NavAction::Back.into(),
    }
}

/// A key that edits a line of text.
fn edit(key: KeyCombination) -> Option<InputRequest> {
    if let Some(c) = keymap::letter(key) {
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

/// What a key types or edits, where text can be typed.
fn text_key(state: &State, context: Context, key: KeyCombination) -> Resolved {
    let Some(request) = edit(key) else { return Resolved::Nothing };
    match context {
        // `/` is where many look for search; here all letters search.
        Context::Browse if request == InputRequest::InsertChar('/') => Resolved::Nothing,
        // No title begins with the sign of the command line.
        Context::Browse if request == InputRequest::InsertChar(':') && state.catalog.search.value().is_empty() => {
            Resolved::Nothing
        }
        Context::Browse => CatalogAction::Search(request).into(),
        Context::Times if keymap::letter(key).is_some_and(char::is_alphanumeric) => {
            CatalogAction::Search(request).into()
        }
        Context::Typed => SeatsAction::Typed(request).into(),
        // Who stands at a machine for everybody types a seat as it is printed on tickets.
        Context::Seats if state.prefs.place == Place::Kiosk => match keymap::letter(key) {
            Some(c) if c.is_alphabetic() => SeatsAction::TypeFrom(c.to_uppercase().collect()).into(),
            _ => Resolved::Nothing,
        },
        Context::Command => OverlayAction::Line(LineAction::Edit(request)).into(),
        // A time has a colon in it; where nothing is typed yet it begins a command.
        Context::Admin if request == InputRequest::InsertChar(':') && !state.admin.is_typing(state.nav.route()) => {
            Resolved::Nothing
        }
        Context::Admin => AdminAction::Edit(request).into(),
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
        Context::Command => OverlayAction::Line(LineAction::Paste(text)).into(),
        Context::Admin => AdminAction::Paste(text).into(),
        Context::SignIn => match state.session.sign_in.typing() {
            Some(field) if field.is_secret() => Resolved::SecretPaste(Zeroizing::new(text)),
            Some(_) => SessionAction::Paste(text).into(),
            None => Resolved::Nothing,
        },
        _ => Resolved::Nothing,
    }
}

fn click(state: &State, keymap: &Keymap, target: &Target) -> Resolved {
    match target {
        Target::Command(wanted) => pressed(state, keymap, context(state), Pressed { command: *wanted, nth: 0 }),
        Target::Movie(movie) if state.catalog.selected().map(|m| &m.id) == Some(movie) => {
            CatalogAction::EnterTimes.into()
        }
        Target::Movie(movie) => CatalogAction::Select(movie.clone()).into(),
        Target::Show(show) if state.catalog.in_times() && state.catalog.chosen_show().as_ref() == Some(show) => {
            CatalogAction::OpenShow(show.clone()).into()
        }
        Target::Show(show) => CatalogAction::SelectShow(show.clone()).into(),
        Target::Seat(seat) => SeatsAction::Press(*seat).into(),
        Target::Place { line, col } => SeatsAction::Jump { line: *line, col: *col }.into(),
        Target::Row(line) => SeatsAction::BestInRow(*line).into(),
        Target::Area(section) => SeatsAction::Area(*section).into(),
        Target::SeatLine(line) => SeatsAction::ListOpen(*line).into(),
        Target::Booking(code) if state.bookings.selected().map(|b| &b.code) == Some(code) => {
            BookingsAction::OpenTicket(code.clone()).into()
        }
        Target::Booking(code) => BookingsAction::Select(code.clone()).into(),
        Target::Field(field) => SessionAction::Focus(*field).into(),
        Target::AdminPage(page) => AdminAction::Open(*page).into(),
        Target::Entry(entry) => AdminAction::Select(entry.clone()).into(),
        Target::Choice(choice) => SessionAction::Choose(*choice).into(),
        Target::Films | Target::Times | Target::Map => Resolved::Nothing,
    }
}

/// The button is drawn over the map: every seat that it comes to counts, each once.
fn drag(state: &State, hits: &Hits, x: u16, y: u16) -> Resolved {
    let Some(drag) = &state.seats.drag else { return Resolved::Nothing };
    match hits.at(x, y).next() {
        Some(Target::Seat(seat)) if *seat != drag.at() => SeatsAction::DragTo(*seat).into(),
        _ => Resolved::Nothing,
    }
}

/// The second button shows what is there; nothing is chosen.
fn details(hits: &Hits, x: u16, y: u16) -> Resolved {
    match hits.at(x, y).next() {
        Some(Target::Seat(seat)) => SeatsAction::Point(*seat).into(),
        Some(Target::Movie(movie)) => CatalogAction::Select(movie.clone()).into(),
        Some(Target::Show(show)) => CatalogAction::SelectShow(show.clone()).into(),
        Some(Target::Booking(code)) => BookingsAction::Select(code.clone()).into(),
        _ => Resolved::Nothing,
    }
}

fn wheel(state: &State, hits: &Hits, (x, y): (u16, u16), lines: i32, cols: i32) -> Resolved {
    let context = context(state);
    if cols != 0 && context != Context::Seats {
        return Resolved::Nothing;
    }
    let list_step = if lines < 0 { ListStep::Up } else { ListStep::Down };
    match context {
        Context::Seats | Context::Typed if state.seats.list.is_none() => SeatsAction::Scroll { lines, cols }.into(),
        Context::List => SeatsAction::ListStep(list_step).into(),
        Context::Bookings => BookingsAction::Move(list_step).into(),
        Context::Admin => AdminAction::Move(list_step).into(),
        Context::Help | Context::Trailers => OverlayAction::Scroll(list_step).into(),
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
