//! Selectors: what a screen shows, as plain data. All texts are made here, once; screens, plain output and speech
//! show the same facts.

pub mod account;
pub mod admin;
pub mod bookings;
pub mod browse;
pub mod checkout;
pub mod overlay;
pub mod payment;
pub mod seats;
pub mod ticket;

pub use super::action::Tone;
use super::{
    Now,
    slices::{checkout::Phase, nav::Route, net::Link, prefs::Motion, session::Auth},
    state::{SMALLEST, Size, State},
};
use crate::domain::{booking::Booking, failure::FailureKind, money::Glyphs, time};

/// Something awaited is shown as awaited only after this; most answers are quicker.
pub const PATIENCE_MS: u64 = 150;

/// All that is on the screen.
pub struct View<'a> {
    pub size: Size,
    pub offered: Offered,
    pub chrome: Chrome,
    pub screen: Screen<'a>,
    pub overlay: Option<overlay::OverlayVm>,
}

pub enum Screen<'a> {
    TooSmall(String),
    Browse(browse::BrowseVm<'a>),
    Seats(Box<seats::SeatsVm<'a>>),
    SeatList(seats::ListVm),
    Checkout(checkout::CheckoutVm),
    Ticket(ticket::TicketVm),
    Payment(payment::PaymentVm),
    Bookings(bookings::BookingsVm),
    Account(account::AccountVm),
    Admin(Box<admin::AdminVm>),
}

/// What there is a key for only where the box office has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    pub recommended: bool,
    pub trailers: bool,
    /// The pages for those who run the cinema.
    pub admin: bool,
    /// Cancelling a booking.
    pub cancel: bool,
}

/// What surrounds every screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Chrome {
    /// What the screen is about.
    pub title: String,
    /// `held for you 9:41`, while seats are held, or `pay within 9:41`; urgent in the last minute.
    pub countdown: Option<Countdown>,
    /// Who is signed in.
    pub person: String,
    /// The sentence that is true now.
    pub status: String,
    pub tone: Option<Tone>,
    /// What `Enter` will do, with what.
    pub next: Option<String>,
    /// Why the box office is out of reach.
    pub offline: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Countdown {
    /// What runs out.
    pub label: &'static str,
    pub words: String,
    pub urgent: bool,
}

/// What decides whether the screen has to be drawn again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewKey {
    revisions: [u64; 13],
    countdowns: Vec<u64>,
    waiting: bool,
}

/// Changes of slices that the shown screen does not read do not count.
pub fn key(state: &State, now: Now) -> ViewKey {
    let when = |shown: bool, rev: u64| if shown { rev } else { 0 };
    let route = state.nav.route();
    let selling = matches!(route, Route::Seats | Route::Checkout);
    let revisions = [
        state.net.rev(),
        state.session.rev(),
        state.nav.rev(),
        state.overlay.rev(),
        state.notice.rev(),
        state.prefs.rev(),
        when(*route == Route::Browse || selling, state.catalog.rev()),
        when(selling, state.seats.rev()),
        state.hold.rev(),
        when(*route == Route::Checkout, state.checkout.rev()),
        when(matches!(route, Route::Bookings | Route::Ticket(_)), state.bookings.rev()),
        when(*route == Route::Browse, state.posters.rev()),
        // Elsewhere only the way there is shown.
        if matches!(route, Route::Admin(_)) { state.admin.rev() } else { u64::from(state.admin.is_admin()) },
    ];
    let step_ms = step_ms(state.prefs.motion);
    let countdowns = countdowns(state, now).into_iter().map(|left| left.div_ceil(step_ms)).collect();
    ViewKey { revisions, countdowns, waiting: is_waiting(state, now) }
}

/// Milliseconds left of what is shown to be running out: the hold, an approval, the time to pay bookings.
fn countdowns(state: &State, now: Now) -> Vec<u64> {
    let approval = state.session.sign_in.ends_at_ms().map(|end| end.saturating_sub(now.mono_ms));
    let shown = |booking: &&Booking| match state.nav.route() {
        Route::Ticket(code) => booking.code == *code,
        route => *route == Route::Bookings,
    };
    let payments = state.bookings.all().iter().filter(shown).filter_map(|b| payment::left_ms(state, b, now));
    [state.hold.left_ms(now.mono_ms), approval].into_iter().flatten().chain(payments).collect()
}

/// How often the number of a countdown changes: each second, or each minute where nothing should move.
fn step_ms(motion: Motion) -> u64 {
    match motion {
        Motion::Full => 1_000,
        Motion::Reduced => 60_000,
    }
}

/// What is left, as people read it.
fn countdown_words(left_ms: u64, motion: Motion) -> String {
    match motion {
        Motion::Full => time::countdown_words(left_ms),
        Motion::Reduced => format!("{} min", left_ms.div_ceil(60_000)),
    }
}

/// Since when the screen has been waiting with nothing to show.
fn waiting_since(state: &State) -> Option<u64> {
    let connecting = (state.net.link == Link::Connecting).then_some(0);
    let waits = match state.nav.route() {
        Route::Browse => state
            .catalog
            .movies
            .waiting_since()
            .or(state.catalog.times().and_then(|t| t.waiting_since()))
            .or(connecting.filter(|_| state.catalog.movies.value().is_none())),
        Route::Seats => state.seats.plan.waiting_since().or(state.seats.states.waiting_since()),
        Route::Bookings | Route::Ticket(_) => state.bookings.list.waiting_since(),
        Route::Checkout => match state.checkout.phase {
            Phase::Paying { since_ms, .. } => Some(since_ms),
            _ => None,
        },
        Route::Account => account::waiting_since(state),
        Route::Admin(page) => admin::waiting_since(state, *page),
    };
    waits.map(|since| since + PATIENCE_MS)
}

fn is_waiting(state: &State, now: Now) -> bool {
    waiting_since(state).is_some_and(|at| at <= now.mono_ms)
}

/// The next moment at which something changes by itself; with none, the program sleeps.
pub fn deadline(state: &State, now: Now) -> Option<u64> {
    let notice = state.notice.current.as_ref().map(|n| n.until_ms);
    let waiting = waiting_since(state).filter(|at| *at > now.mono_ms);
    let step_ms = step_ms(state.prefs.motion);
    let next_figure = |left: u64| {
        let over = left % step_ms;
        now.mono_ms + if over == 0 { step_ms } else { over }
    };
    let countdown = countdowns(state, now).into_iter().filter(|left| *left > 0).map(next_figure).min();
    let approval = state.session.sign_in.ends_at_ms();
    let reading = state.bookings.deadline().filter(|_| state.net.is_online());
    let looking = state.seats.live.deadline();
    [notice, waiting, countdown, approval, state.hold.deadline(), reading, looking].into_iter().flatten().min()
}

/// Everything that is on the screen now.
pub fn view<'a>(state: &'a State, now: Now) -> View<'a> {
    let size = state.prefs.size;
    let waiting = is_waiting(state, now);
    let offered = offered(state);
    if size.width < SMALLEST.width || size.height < SMALLEST.height {
        let text = format!(
            "This terminal has {} columns and {} lines; frontrow needs at least {} by {}. Make it larger, or use the \
             commands: frontrow movies, frontrow book.",
            size.width, size.height, SMALLEST.width, SMALLEST.height
        );
        let chrome = chrome(state, now, String::new(), String::new(), None);
        return View { size, offered, chrome, screen: Screen::TooSmall(text), overlay: None };
    }
    let (screen, title, status, next) = match state.nav.route() {
        Route::Browse => {
            let vm = browse::select(state, now, waiting);
            let (title, status, next) = (cinema_name(state), vm.status.clone(), vm.next.clone());
            (Screen::Browse(vm), title, status, next)
        }
        Route::Seats if let Some(opened) = &state.seats.list => {
            let vm = seats::list(state, opened, waiting);
            let (title, status, next) = (vm.title.clone(), vm.status.clone(), vm.next.clone());
            (Screen::SeatList(vm), title, status, next)
        }
        Route::Seats => {
            let vm = seats::select(state, waiting);
            let (title, status, next) = (vm.title.clone(), vm.status.clone(), vm.next.clone());
            (Screen::Seats(Box::new(vm)), title, status, next)
        }
        Route::Checkout => {
            let vm = checkout::select(state, now);
            let (status, next) = (vm.status.clone(), vm.next.clone());
            let title = if state.catalog.abilities().pays_later { "Booking" } else { "Payment" };
            (Screen::Checkout(vm), title.to_owned(), status, next)
        }
        Route::Ticket(code) if let Some(vm) = payment::select(state, code, now) => {
            let (status, next) = (vm.status.clone(), vm.next.clone());
            (Screen::Payment(vm), "Payment".to_owned(), status, Some(next))
        }
        Route::Ticket(code) => {
            let vm = ticket::select(state, code, now);
            let status = vm.status.clone();
            let next = if state.nav.is_in_sale() { "Back to the films" } else { "Back to your bookings" };
            (Screen::Ticket(vm), "Ticket".to_owned(), status, Some(next.to_owned()))
        }
        Route::Bookings => {
            let vm = bookings::select(state, now, waiting);
            let (status, next) = (vm.status.clone(), vm.next.clone());
            (Screen::Bookings(vm), "My bookings".to_owned(), status, next)
        }
        Route::Account => {
            let vm = account::select(state, now, waiting);
            let (title, status, next) = (vm.title.clone(), vm.status.clone(), vm.next.clone());
            (Screen::Account(vm), title, status, next)
        }
        Route::Admin(page) => {
            let vm = admin::select(state, now, *page, waiting);
            let (status, next) = (vm.status.clone(), vm.next.clone());
            (Screen::Admin(Box::new(vm)), "Admin".to_owned(), status, next)
        }
    };
    let overlay = overlay::select(state);
    // What lies over the screen takes the keys, so the screen has no next step.
    let next = next.filter(|_| overlay.is_none());
    View { size, offered, chrome: chrome(state, now, title, status, next), screen, overlay }
}

/// What there is a key for now.
pub fn offered(state: &State) -> Offered {
    Offered {
        recommended: state.catalog.recommends(),
        trailers: state.catalog.has_trailers(),
        admin: state.admin.is_admin(),
        cancel: state.catalog.abilities().cancels,
    }
}

fn chrome(state: &State, now: Now, title: String, status: String, next: Option<String>) -> Chrome {
    let notice = state.notice.current.as_ref();
    let person = match &state.session.auth {
        // The code of a ticket may need the whole height of the screen.
        Auth::SignedIn(person) if !matches!(state.nav.route(), Route::Ticket(_)) => person.user.name.to_string(),
        _ => String::new(),
    };
    let offline = match &state.net.link {
        Link::Offline(why) => {
            let state = if why.kind == FailureKind::Offline { "Offline" } else { "No box office" };
            // What to do comes first: the reason may be longer than the line.
            Some(format!("{state}, {{reload}} tries again. {}", why.sentence()))
        }
        _ => None,
    };
    Chrome {
        title,
        countdown: countdown(state, now),
        person,
        status: notice.map_or(status, |n| n.text.clone()),
        tone: notice.map(|n| n.tone),
        next,
        offline,
    }
}

fn countdown(state: &State, now: Now) -> Option<Countdown> {
    let due = match state.nav.route() {
        Route::Ticket(code) => state.bookings.find(code).and_then(|booking| payment::left_ms(state, booking, now)),
        _ => None,
    };
    let held = || state.hold.left_ms(now.mono_ms).map(|left| ("held for you", left));
    let (label, left) = due.map(|left| ("pay within", left)).or_else(held)?;
    Some(Countdown { label, words: countdown_words(left, state.prefs.motion), urgent: left <= 60_000 })
}

fn cinema_name(state: &State) -> String {
    state.catalog.cinema.value().map(|c| c.name.to_string()).unwrap_or_default()
}

/// The cinema's zone; all times are shown in it.
fn zone(state: &State) -> time::Calendar {
    state.catalog.cinema.value().map_or_else(|| jiff::tz::TimeZone::UTC.into(), |cinema| cinema.calendar())
}

/// `today 14:00`, `Wed 25 20:15`.
fn when_words(at: jiff::Timestamp, now: Now, zone: &time::Calendar) -> String {
    let day = time::day_words(time::business_day(at, zone), time::today(now.wall, zone));
    format!("{day} {}", time::clock_words(at, zone))
}

/// What stands where a list would be, when there is none.
fn instead(waiting: bool, failure: Option<&crate::domain::failure::Failure>, empty: &str) -> String {
    match failure {
        Some(why) => why.sentence(),
        None if waiting => "Loading …".to_owned(),
        None => empty.to_owned(),
    }
}

/// The sign between two amounts: `×`.
fn times_sign(glyphs: Glyphs) -> &'static str {
    match glyphs {
        Glyphs::Unicode => "×",
        Glyphs::Ascii => "x",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::ids::{HoldId, SaleKey},
        store::{Store, action::NavAction},
    };

    #[test]
    fn a_payment_that_takes_long_is_shown_as_awaited_by_itself() {
        let at = |mono_ms| Now { mono_ms, wall: jiff::Timestamp::UNIX_EPOCH };
        let mut state = State::default();
        let (hold, key) = (HoldId::new("h"), SaleKey::new("k"));
        state.checkout.phase = Phase::Paying { req: 1, since_ms: 1_000, hold, key };
        let mut store = Store::new(state);
        store.dispatch(at(1_000), NavAction::Open(Route::Checkout));
        assert_eq!(deadline(store.state(), at(1_000)), Some(1_000 + PATIENCE_MS));
        assert_ne!(key_of(&store, at(1_000)), key_of(&store, at(1_000 + PATIENCE_MS)));
    }

    fn key_of(store: &Store, now: Now) -> ViewKey {
        super::key(store.state(), now)
    }
}
