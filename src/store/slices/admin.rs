//! The pages for those who run the cinema. Whoever is signed in may see them once the box office has said that it is
//! somebody who runs it; until then a page waits, and does not guess.

mod add;
mod finder;

pub use add::{Adding, Field, Step};
pub use finder::Finder;

use super::{
    Requests,
    catalog::moved,
    line,
    nav::Route,
    notice::say,
    prefs::Place,
    session::{Auth, Session},
};
use crate::{
    domain::{
        admin::{Candidate, Dashboard, FOR_STAFF, NOT_ADMIN, Role, ShowSales, SoldBooking},
        cinema::Cinema,
        failure::{Failure, FailureKind, sentence},
        ids::{MovieId, ShowId},
        time,
    },
    store::{
        Now, Out,
        action::{AdminAction, NavAction, NetAction, SessionAction, Tone, Turn},
        effect::{Effect, Intent},
        remote::{Remote, Req},
        state::Size,
        tracked::Tracked,
    },
};
use iso_currency::Currency;
use tui_input::InputRequest;

const NO_PAGES: &str = "This box office has no pages for those who run it.";
const NOT_HERE: &str = "The pages for those who run the cinema are not opened on a machine that everybody uses.";

#[derive(Clone, Debug, Default)]
pub struct Admin {
    /// What whoever is signed in may do here; idle until it was asked.
    pub role: Remote<Role>,
    pub dashboard: Remote<Dashboard>,
    pub shows: Remote<Vec<ShowSales>>,
    pub bookings: Remote<Vec<SoldBooking>>,
    pub candidates: Remote<Vec<Candidate>>,
    /// The list of shows, and the same shows on the dashboard.
    pub find_show: Finder<ShowId>,
    pub find_booking: Finder<String>,
    pub find_film: Finder<MovieId>,
    pub on_dashboard: Option<ShowId>,
    pub adding: Adding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    Dashboard,
    Shows,
    Bookings,
    Add,
}

impl Page {
    /// In the order in which they stand side by side.
    pub const ALL: [Page; 4] = [Page::Dashboard, Page::Shows, Page::Bookings, Page::Add];

    fn turned(self, turn: Turn) -> Page {
        let at = Self::ALL.iter().position(|page| *page == self).unwrap_or(0);
        let step = if turn == Turn::Next { 1 } else { Self::ALL.len() - 1 };
        Self::ALL[(at + step) % Self::ALL.len()]
    }
}

/// What a line of a page's list is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Show(ShowId),
    Booking(String),
    Film(MovieId),
    Field(Field),
}

impl Admin {
    pub fn is_admin(&self) -> bool {
        self.role.value() == Some(&Role::Admin)
    }

    /// Whether a colon belongs to what is being typed.
    pub fn is_typing(&self, route: &Route) -> bool {
        match route {
            Route::Admin(Page::Shows) => !self.find_show.search.value().is_empty(),
            Route::Admin(Page::Bookings) => !self.find_booking.search.value().is_empty(),
            Route::Admin(Page::Add) if self.adding.step == Step::Film => !self.find_film.search.value().is_empty(),
            Route::Admin(Page::Add) => self.adding.step == Step::Form,
            _ => false,
        }
    }

    pub fn all_shows(&self) -> &[ShowSales] {
        self.shows.value().map(Vec::as_slice).unwrap_or_default()
    }

    pub fn all_bookings(&self) -> &[SoldBooking] {
        self.bookings.value().map(Vec::as_slice).unwrap_or_default()
    }

    pub fn films(&self) -> &[Candidate] {
        self.candidates.value().map(Vec::as_slice).unwrap_or_default()
    }

    /// The shows of the dashboard.
    pub fn on_sale(&self) -> &[ShowSales] {
        self.dashboard.value().map(|dashboard| dashboard.shows.as_slice()).unwrap_or_default()
    }

    /// The line of the dashboard's list that is marked.
    pub fn dashboard_position(&self) -> usize {
        self.on_sale().iter().position(|sales| Some(&sales.show) == self.on_dashboard.as_ref()).unwrap_or(0)
    }

    fn refilter(&mut self, zone: &time::Calendar) {
        let shows = self.shows.value().map(Vec::as_slice).unwrap_or_default();
        self.find_show.filter(shows, |sales| show_words(sales, zone));
        let bookings = self.bookings.value().map(Vec::as_slice).unwrap_or_default();
        self.find_booking.filter(bookings, |sold| booking_words(sold, zone));
        let films = self.candidates.value().map(Vec::as_slice).unwrap_or_default();
        self.find_film.filter(films, |film| format!("{} {}", film.title, film.year));
    }

    /// Whether the page's own load has failed.
    fn has_failed(&self, page: Page) -> bool {
        match page {
            Page::Dashboard => self.dashboard.failure().is_some(),
            Page::Shows => self.shows.failure().is_some(),
            Page::Bookings => self.bookings.failure().is_some(),
            Page::Add => self.candidates.failure().is_some(),
        }
    }
}

/// What a show is found by.
fn show_words(sales: &ShowSales, zone: &time::Calendar) -> String {
    format!("{} {}", sales.movie_title, when_words(sales.starts_at, zone))
}

/// What a booking is found by.
fn booking_words(sold: &SoldBooking, zone: &time::Calendar) -> String {
    let person = if sold.person.is_empty() { "removed" } else { sold.person.as_str() };
    let paid = if sold.paid { "paid" } else { "not paid unpaid" };
    let twice = if sold.doubled.is_empty() { "" } else { "sold twice" };
    let seats: Vec<&str> = sold.seats.iter().map(|seat| seat.as_str()).collect();
    let when = when_words(sold.starts_at, zone);
    format!("{person} {} {when} {} {paid} {twice}", sold.movie_title, seats.join(" "))
}

fn when_words(at: Option<jiff::Timestamp>, zone: &time::Calendar) -> String {
    at.map(|at| format!("{} {}", time::short_day_words(time::business_day(at, zone)), time::clock_words(at, zone)))
        .unwrap_or_default()
}

/// What the slice sees of the rest.
pub struct Around<'a> {
    pub session: &'a Session,
    pub cinema: Option<&'a Cinema>,
    pub route: &'a Route,
    pub place: Place,
    /// Whether one of the pages is open, be it below another screen.
    pub is_open: bool,
    pub size: Size,
    pub now: Now,
}

impl Around<'_> {
    /// The page that is shown.
    fn page(&self) -> Option<Page> {
        match self.route {
            Route::Admin(page) => Some(*page),
            _ => None,
        }
    }

    fn currency(&self) -> Currency {
        self.cinema.and_then(|cinema| Currency::from_code(&cinema.currency)).unwrap_or(Currency::XXX)
    }

    fn zone(&self) -> time::Calendar {
        self.cinema.map_or_else(|| jiff::tz::TimeZone::UTC.into(), Cinema::calendar)
    }
}

pub fn reduce(
    admin: &mut Tracked<Admin>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    action: &AdminAction,
    out: &mut Out,
) {
    let now_ms = around.now.mono_ms;
    match action {
        AdminAction::Ask => ask(admin, around, requests, out),
        AdminAction::RoleLoaded(req, result) => role_loaded(admin, around, requests, *req, result, out),
        AdminAction::Forget => {
            **admin = Admin::default();
            if around.is_open {
                out.then(NavAction::LeaveAdmin);
            }
        }
        AdminAction::Open(page) => open(admin, around, requests, *page, out),
        AdminAction::Turn(turn) => {
            if let Some(page) = around.page() {
                open(admin, around, requests, page.turned(*turn), out);
            }
        }
        AdminAction::Reload => match around.page() {
            Some(page) if admin.is_admin() => load(admin, around, requests, page, out),
            _ => ask_again(admin, around, requests, out),
        },
        AdminAction::DashboardLoaded(req, result) => {
            if admin.dashboard.settle(*req, now_ms, result.clone()) {
                loaded(admin, around, requests, Page::Dashboard, result.as_ref().err(), out);
            }
        }
        AdminAction::ShowsLoaded(req, result) => {
            if admin.shows.settle(*req, now_ms, result.clone()) {
                if result.is_ok() {
                    admin.adding.looked(*req);
                }
                loaded(admin, around, requests, Page::Shows, result.as_ref().err(), out);
            }
        }
        AdminAction::BookingsLoaded(req, result) => {
            if admin.bookings.settle(*req, now_ms, result.clone()) {
                loaded(admin, around, requests, Page::Bookings, result.as_ref().err(), out);
            }
        }
        AdminAction::CandidatesLoaded(req, result) => {
            if admin.candidates.settle(*req, now_ms, result.clone()) {
                loaded(admin, around, requests, Page::Add, result.as_ref().err(), out);
            }
        }
        AdminAction::Added(req, result) => {
            if let Some(why) = add::settled(&mut admin.adding, around, *req, result, out) {
                refused(admin, around, requests, &why, out);
            }
        }
        AdminAction::Move(step) => match around.page() {
            Some(Page::Dashboard) => {
                let page = usize::from(around.size.height.saturating_sub(12)).max(1);
                let at = moved(Some(admin.dashboard_position()), admin.on_sale().len(), *step, page);
                let show = at.map(|at| admin.on_sale()[at].show.clone());
                admin.on_dashboard = show;
            }
            Some(Page::Add) if admin.adding.step != Step::Film => admin.adding.step_field(*step),
            Some(page) => {
                let lines = usize::from(around.size.height.saturating_sub(10)).max(1);
                let Admin { shows, bookings, candidates, find_show, find_booking, find_film, .. } = &mut **admin;
                match page {
                    Page::Shows => find_show.step(shows.value(), |sales| sales.show.clone(), *step, lines),
                    Page::Bookings => find_booking.step(bookings.value(), |sold| sold.id.clone(), *step, lines / 2),
                    _ => find_film.step(candidates.value(), |film| film.id.clone(), *step, lines),
                }
            }
            None => {}
        },
        AdminAction::Select(entry) => select(admin, around.page(), entry),
        AdminAction::Edit(InputRequest::DeletePrevChar)
            if around.page() == Some(Page::Add) && admin.adding.takes_back() => {}
        AdminAction::Edit(request) => typed(admin, around, |input| line::edit(input, *request)),
        AdminAction::Paste(text) => typed(admin, around, |input| line::paste(input, text)),
        AdminAction::Go => go(admin, around, requests, out),
        AdminAction::Back => back(admin, around, out),
    }
}

/// Asks what whoever is signed in may do here, where that is not known yet and there is something to do.
fn ask(admin: &mut Tracked<Admin>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    match admin.role {
        Remote::Idle | Remote::Failed { .. } => ask_again(admin, around, requests, out),
        // The connection is new: what failed with the old one is asked for again.
        Remote::Ready { value: Role::Admin, .. } => {
            if let Some(page) = around.page().filter(|page| admin.has_failed(*page)) {
                load(admin, around, requests, page, out);
            }
        }
        _ => {}
    }
}

fn ask_again(admin: &mut Tracked<Admin>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    let can = around.place == Place::Own && around.cinema.is_some_and(|cinema| cinema.abilities.admin);
    if can && around.session.person().is_some() {
        let req = requests.number();
        admin.role.begin(req, around.now.mono_ms);
        out.effect(Effect::LoadRole(req));
    }
}

fn role_loaded(
    admin: &mut Tracked<Admin>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    req: Req,
    result: &Result<Role, Failure>,
    out: &mut Out,
) {
    if !admin.role.settle(req, around.now.mono_ms, result.clone()) {
        return;
    }
    match (result, around.page()) {
        (Ok(Role::Customer), Some(_)) => send_home(out),
        (Ok(Role::Admin), Some(page)) => load(admin, around, requests, page, out),
        (Err(why), page) if why.kind == FailureKind::SignIn => {
            out.then(SessionAction::Ended { why: why.clone(), wanted: page.map(Intent::Administer) });
        }
        (Err(why), _) if why.kind == FailureKind::Offline => out.then(NetAction::Lost(why.clone())),
        _ => {}
    }
}

/// Back to where these pages were opened, with the reason.
fn send_home(out: &mut Out) {
    out.then(NavAction::LeaveAdmin);
    out.then(say(Tone::Bad, sentence(FOR_STAFF)));
}

fn open(admin: &mut Tracked<Admin>, around: &Around<'_>, requests: &mut Requests<'_>, page: Page, out: &mut Out) {
    if around.place == Place::Kiosk {
        return out.then(say(Tone::Info, NOT_HERE));
    }
    if around.cinema.is_some_and(|cinema| !cinema.abilities.admin) {
        return out.then(say(Tone::Info, NO_PAGES));
    }
    if !matches!(around.session.auth, Auth::SignedIn(_)) {
        return out.then(SessionAction::Require(Intent::Administer(page)));
    }
    match admin.role.value() {
        Some(Role::Customer) => {
            out.then(say(Tone::Info, sentence(FOR_STAFF)));
            // It may have been given to them since: the next time it is known.
            return ask_again(admin, around, requests, out);
        }
        Some(Role::Admin) => load(admin, around, requests, page, out),
        None => ask(admin, around, requests, out),
    }
    out.then(NavAction::Open(Route::Admin(page)));
}

fn load(admin: &mut Tracked<Admin>, around: &Around<'_>, requests: &mut Requests<'_>, page: Page, out: &mut Out) {
    let (req, now_ms) = (requests.number(), around.now.mono_ms);
    match page {
        Page::Dashboard => {
            admin.dashboard.begin(req, now_ms);
            out.effect(Effect::LoadDashboard(req));
        }
        Page::Shows => {
            admin.shows.begin(req, now_ms);
            out.effect(Effect::LoadAllShows(req));
        }
        Page::Bookings => {
            admin.bookings.begin(req, now_ms);
            out.effect(Effect::LoadAllBookings(req));
        }
        Page::Add => {
            admin.candidates.begin(req, now_ms);
            out.effect(Effect::LoadCandidates(req));
        }
    }
}

/// A page's load was answered.
fn loaded(
    admin: &mut Tracked<Admin>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    page: Page,
    failed: Option<&Failure>,
    out: &mut Out,
) {
    admin.refilter(&around.zone());
    match failed {
        None => out.then(NetAction::Back),
        Some(why) if why.kind == FailureKind::Offline => out.then(NetAction::Lost(why.clone())),
        Some(why) if why.needs_sign_in() => {
            let wanted = around.page().filter(|shown| *shown == page).map(Intent::Administer);
            out.then(SessionAction::Ended { why: why.clone(), wanted });
        }
        Some(why) if why.kind == FailureKind::Refused => refused(admin, around, requests, why, out),
        // The page says it where its list would be.
        Some(_) => {}
    }
}

/// The box office does not let this person: either it says that they do not run the cinema, or it is asked whether
/// they do.
fn refused(admin: &mut Tracked<Admin>, around: &Around<'_>, requests: &mut Requests<'_>, why: &Failure, out: &mut Out) {
    if why.code != NOT_ADMIN {
        return ask_again(admin, around, requests, out);
    }
    **admin = Admin::default();
    admin.role.set(Role::Customer, around.now.mono_ms);
    if around.page().is_some() {
        send_home(out);
    }
}

fn select(admin: &mut Tracked<Admin>, page: Option<Page>, entry: &Entry) {
    match entry {
        Entry::Show(show) if page == Some(Page::Dashboard) => admin.on_dashboard = Some(show.clone()),
        Entry::Show(show) => admin.find_show.selected = Some(show.clone()),
        Entry::Booking(id) => admin.find_booking.selected = Some(id.clone()),
        Entry::Film(film) => admin.find_film.selected = Some(film.clone()),
        Entry::Field(field) => admin.adding.focus(*field),
    }
}

/// Lets a key change the text that is being typed: what is searched, or a field.
fn typed(admin: &mut Tracked<Admin>, around: &Around<'_>, change: impl FnOnce(&mut tui_input::Input)) {
    match around.page() {
        Some(Page::Shows) => change(&mut admin.find_show.search),
        Some(Page::Bookings) => change(&mut admin.find_booking.search),
        Some(Page::Add) if admin.adding.step == Step::Film => change(&mut admin.find_film.search),
        Some(Page::Add) => return admin.adding.typed(change),
        Some(Page::Dashboard) | None => return,
    }
    let (page, zone) = (around.page(), around.zone());
    // While typing, the first that fits is what is meant.
    match page {
        Some(Page::Shows) => admin.find_show.selected = None,
        Some(Page::Bookings) => admin.find_booking.selected = None,
        _ => admin.find_film.selected = None,
    }
    admin.refilter(&zone);
}

/// What `Enter` means, as the footer says it.
fn go(admin: &mut Tracked<Admin>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    if !admin.is_admin() {
        return;
    }
    match around.page() {
        Some(Page::Dashboard) => {
            let show = admin.on_sale().get(admin.dashboard_position()).map(|sales| sales.show.clone());
            admin.find_show.search.reset();
            admin.find_show.selected = show;
            open(admin, around, requests, Page::Shows, out);
        }
        Some(Page::Shows) => {
            let chosen = admin.find_show.chosen(admin.all_shows(), |sales| sales.show.clone());
            let Some(film) = chosen.and_then(add::film_of) else { return };
            admin.adding.choose(film);
            open(admin, around, requests, Page::Add, out);
        }
        Some(Page::Bookings) | None => {}
        Some(Page::Add) if admin.adding.step == Step::Film => {
            let chosen = admin.find_film.chosen(admin.films(), |film| film.id.clone()).cloned();
            if let Some(film) = chosen {
                admin.adding.choose(film);
            }
        }
        Some(Page::Add) if admin.adding.must_look() => open(admin, around, requests, Page::Shows, out),
        Some(Page::Add) => add::go(&mut admin.adding, around, requests, out),
    }
}

fn back(admin: &mut Tracked<Admin>, around: &Around<'_>, out: &mut Out) {
    let search = match around.page() {
        Some(Page::Add) if admin.adding.is_sending() => return out.then(NavAction::Back),
        Some(Page::Add) if admin.adding.step != Step::Film => return admin.adding.step_back(),
        Some(Page::Shows) => &mut admin.find_show.search,
        Some(Page::Bookings) => &mut admin.find_booking.search,
        Some(Page::Add) => &mut admin.find_film.search,
        Some(Page::Dashboard) | None => return out.then(NavAction::Back),
    };
    if search.value().is_empty() {
        return out.then(NavAction::Back);
    }
    search.reset();
    admin.refilter(&around.zone());
}
