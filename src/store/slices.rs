//! The slices of the state and the root reducer. A slice changes itself only; what concerns another slice goes
//! there as a following action.

pub mod admin;
pub mod bookings;
pub mod catalog;
pub mod checkout;
pub mod hold;
pub mod line;
pub mod nav;
pub mod net;
pub mod notice;
pub mod overlay;
pub mod posters;
pub mod prefs;
pub mod seats;
pub mod session;

use super::{
    Now, Out,
    action::{
        Action, AdminAction, AppAction, BookingsAction, CatalogAction, CheckoutAction, NavAction, NoticeAction,
        SeatsAction, SessionAction,
    },
    effect::Effect,
    remote::Req,
    state::State,
};
use catalog::ahead;
use nav::Route;

/// Hands out request numbers.
pub struct Requests<'a>(&'a mut Req);

impl Requests<'_> {
    pub fn number(&mut self) -> Req {
        *self.0 += 1;
        *self.0
    }
}

/// The root reducer: each action to its slice.
pub fn reduce(state: &mut State, now: Now, action: &Action, out: &mut Out) {
    let mut requests = Requests(&mut state.last_req);
    match action {
        Action::App(action) => app(state, now, action, out),
        Action::Net(action) => net::reduce(&mut state.net, now, action, out),
        Action::Session(action) => {
            let around = session::Around { prefs: &state.prefs, route: state.nav.route(), now };
            session::reduce(&mut state.session, &around, &mut requests, action, out)
        }
        Action::Catalog(action) => {
            catalog::reduce(&mut state.catalog, &state.prefs, now, &mut requests, action, out);
            if let (CatalogAction::ShowsLoaded(_, _, Ok(shows)), Some(open)) = (action, &state.seats.show) {
                let show = shows.iter().find(|show| show.id == open.id && show.chart != open.chart);
                out.then_some(show.cloned().map(SeatsAction::ShowChanged));
            }
            if let CatalogAction::CinemaLoaded(_, Ok(_)) = action {
                // Whether anybody can do more here than buy is known with the cinema.
                out.then(AdminAction::Ask);
            }
        }
        Action::Seats(action) => {
            if seats::is_choice(action) {
                // What was said of the last choice is over.
                notice::reduce(&mut state.notice, now, &NoticeAction::Dismiss);
            }
            let around = seats::Around {
                hold: &state.hold,
                prefs: &state.prefs,
                cinema: state.catalog.cinema.value(),
                route: state.nav.route(),
                now,
            };
            seats::reduce(&mut state.seats, around, &mut requests, action, out)
        }
        Action::Hold(action) => hold::reduce(&mut state.hold, now, &mut requests, action, out),
        Action::Checkout(action) => {
            let refused = state.seats.judged.as_ref().is_some_and(seats::Judged::is_refused);
            let abilities = state.catalog.abilities();
            let (seed, count) = (state.prefs.seed, &mut state.sales);
            let sale = checkout::Sale { hold: &state.hold, refused, abilities, seed, count };
            checkout::reduce(&mut state.checkout, sale, now, &mut requests, action, out)
        }
        Action::Bookings(action) => {
            let (abilities, route) = (state.catalog.abilities(), state.nav.route());
            let around = bookings::Around { prefs: &state.prefs, abilities, route, now };
            bookings::reduce(&mut state.bookings, &around, &mut requests, action, out)
        }
        Action::Admin(action) => {
            let around = admin::Around {
                session: &state.session,
                cinema: state.catalog.cinema.value(),
                route: state.nav.route(),
                place: state.prefs.place,
                is_open: state.nav.is_in_admin(),
                size: state.prefs.size,
                now,
            };
            admin::reduce(&mut state.admin, &around, &mut requests, action, out)
        }
        Action::Nav(action) => {
            // What was said belongs to the screen that is left.
            notice::reduce(&mut state.notice, now, &NoticeAction::Dismiss);
            let before = state.nav.route().clone();
            let keeps_seats = state.keeps_seats();
            nav::reduce(&mut state.nav, keeps_seats, action, out);
            let after = state.nav.route();
            if before == Route::Account && *after != Route::Account {
                out.then(SessionAction::Left);
            }
            if before != *after {
                let ticket = match after {
                    Route::Ticket(code) => Some(code.clone()),
                    _ => None,
                };
                out.then(BookingsAction::Watch(ticket));
            }
            let shows_seats = |route: &Route| matches!(route, Route::Seats | Route::Checkout);
            match (shows_seats(&before), shows_seats(after)) {
                (false, true) => out.then(SeatsAction::Shown),
                (true, false) => out.then(SeatsAction::Hidden),
                _ => {}
            }
        }
        Action::Overlay(action) => overlay::reduce(&mut state.overlay, &state.prefs, action, out),
        Action::Notice(action) => notice::reduce(&mut state.notice, now, action),
        Action::Posters(action) => posters::reduce(&mut state.posters, &mut state.prefs, action),
    }
    if matches!(action, Action::Catalog(CatalogAction::Load)) {
        posters::try_again(&mut state.posters);
    }
    if matches!(action, Action::Catalog(_) | Action::Nav(_) | Action::Posters(_)) {
        let (prefs, route, movie) = (&state.prefs, state.nav.route(), state.catalog.selected());
        let around = posters::Around { prefs, route, movie };
        posters::want(&mut state.posters, &around, &mut Requests(&mut state.last_req), out);
    }
    if *state.nav.route() == Route::Browse && state.net.is_online() {
        let requests = &mut Requests(&mut state.last_req);
        ahead::look(&mut state.catalog, &state.prefs, state.session.person(), now, requests, out);
    }
}

fn app(state: &mut State, now: Now, action: &AppAction, out: &mut Out) {
    match action {
        AppAction::Start => out.effect(Effect::Connect { after_ms: 0 }),
        AppAction::Tick => {
            if *state.nav.route() == Route::Checkout && state.hold.runs_out(now) {
                // There is nothing left to pay; the seats are chosen where they are seen.
                out.then(NavAction::Back);
            }
            hold::tick(&mut state.hold, now, &mut Requests(&mut state.last_req), out);
            let around = seats::Around {
                hold: &state.hold,
                prefs: &state.prefs,
                cinema: state.catalog.cinema.value(),
                route: state.nav.route(),
                now,
            };
            seats::tick(&mut state.seats, around, &mut Requests(&mut state.last_req), out);
            bookings::tick(&mut state.bookings, now, state.net.is_online(), out);
            notice::tick(&mut state.notice, now);
            session::sign_in::tick(&mut state.session, now, out);
        }
        AppAction::Resize(size) => {
            if state.prefs.size != *size {
                state.prefs.size = *size;
                seats::keep_cursor_in_view(&mut state.seats, *size);
            }
        }
        AppAction::Go => go(state, out),
        AppAction::Interrupt => {
            if state.prefs.interrupted_at.is_some_and(|at| now.mono_ms.saturating_sub(at) < 2_000) {
                out.then(AppAction::Quit);
            } else {
                state.prefs.interrupted_at = Some(now.mono_ms);
                let held = if state.keeps_seats() { " and let the seats go" } else { "" };
                out.then(notice::say(super::action::Tone::Info, format!("Press {{interrupt}} again to leave{held}.")));
            }
        }
        AppAction::Quit => {
            hold::release(&mut state.hold, &mut Requests(&mut state.last_req), out);
            out.effect(Effect::Quit);
        }
        AppAction::Reload => reload(state, out),
        AppAction::TaskPanicked(what) => {
            let text = format!("Something inside failed ({what}). What you see may be old: {{reload}} asks again.");
            out.then(notice::say(super::action::Tone::Bad, text));
        }
    }
}

/// What `Enter` means on each screen: the step that the footer shows.
fn go(state: &mut State, out: &mut Out) {
    match state.nav.route() {
        Route::Browse => match (state.catalog.in_times(), state.catalog.chosen_show()) {
            (true, Some(show)) => out.then(CatalogAction::OpenShow(show)),
            (true, None) => {}
            (false, _) => out.then(CatalogAction::EnterTimes),
        },
        Route::Seats => out.then(SeatsAction::Go),
        Route::Checkout => out.then(CheckoutAction::Pay),
        Route::Ticket(code) if state.bookings.is_paying(code) => out.then(BookingsAction::Pay),
        Route::Ticket(_) => out.then(NavAction::Back),
        Route::Bookings => out.then(BookingsAction::OpenSelected),
        Route::Account => out.then(SessionAction::Submit),
        Route::Admin(_) => out.then(AdminAction::Go),
    }
}

fn reload(state: &mut State, out: &mut Out) {
    if !state.net.is_online() {
        out.then(super::action::NetAction::Connect);
        return;
    }
    match state.nav.route() {
        Route::Browse => out.then(CatalogAction::Load),
        Route::Account => out.then(SessionAction::Again),
        Route::Admin(_) => out.then(AdminAction::Reload),
        Route::Seats | Route::Checkout => {
            out.then(SeatsAction::Refresh);
            // The show itself may have changed: its prices, its plan.
            out.then(CatalogAction::Stale);
        }
        Route::Bookings | Route::Ticket(_) => out.then(BookingsAction::Load),
    }
}
