//! The pages for those who run the cinema.

mod add;
mod dashboard;

pub use add::{AddVm, FieldVm, FormVm, ReviewVm, SERVER_CLOCK, whole_amount};
pub use dashboard::{Bar, Card, DashboardVm};

use super::{browse::first_shown, zone};
use crate::{
    domain::{
        admin::{Candidate, Role, ShowSales, SoldBooking},
        failure::Failure,
        money::Money,
        text::Text,
        time,
    },
    store::{
        Now,
        remote::Remote,
        slices::{
            admin::{Entry, Finder, Page, Step},
            net::Link,
        },
        state::{Size, State},
    },
};
use jiff::Timestamp;

/// Screens of fewer lines have no blank lines between the parts of a page.
pub const TALL: u16 = 20;
/// Screens of fewer columns give a show two lines and a booking three.
pub const WIDE: u16 = 64;

pub struct AdminVm {
    pub pages: Vec<PageVm>,
    pub body: Body,
    pub status: String,
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PageVm {
    pub page: Page,
    pub word: &'static str,
    pub selected: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Why there is nothing to show.
    Instead {
        words: String,
        /// It is bad news.
        alert: bool,
    },
    Dashboard(DashboardVm),
    Shows(ListVm<ShowVm>),
    Bookings(ListVm<BookingVm>),
    Films(ListVm<FilmVm>),
    Add(AddVm),
}

/// A list in which is searched.
#[derive(Clone, Debug, PartialEq)]
pub struct ListVm<Row> {
    pub search: String,
    pub cursor: usize,
    pub rows: Vec<Row>,
    pub instead: Option<String>,
    /// What is shown is old, and why.
    pub alert: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ShowVm {
    pub entry: Entry,
    pub film: String,
    pub when: String,
    pub price: String,
    pub taken: String,
    pub earnings: String,
    pub selected: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BookingVm {
    pub entry: Entry,
    pub person: String,
    /// The server does not know who it was any more.
    pub removed: bool,
    pub film: String,
    pub when: String,
    pub seats: String,
    pub amount: String,
    pub paid: bool,
    pub state: &'static str,
    /// `C4 sold twice`; empty where all is well.
    pub doubled: String,
    pub selected: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FilmVm {
    pub entry: Entry,
    pub title: String,
    pub year: String,
    pub rating: String,
    /// Of the selected film.
    pub overview: String,
    pub selected: bool,
}

/// Whether the screen has blank lines between the parts of a page.
pub fn is_tall(size: Size) -> bool {
    size.height >= TALL
}

/// The lines that a page's list has, below its search and headings.
pub fn list_lines(size: Size) -> usize {
    let around = match (is_tall(size), size.width < WIDE) {
        (true, _) => 10,
        (false, false) => 7,
        // There are no headings.
        (false, true) => 6,
    };
    usize::from(size.height.saturating_sub(around)).max(1)
}

/// The lines of a booking in the list.
pub fn booking_lines(size: Size) -> usize {
    if size.width < WIDE { 3 } else { 2 }
}

/// The lines of a show in the list.
pub fn show_lines(size: Size) -> usize {
    if size.width < WIDE { 2 } else { 1 }
}

/// Since when a page has had nothing to show but that it waits.
pub fn waiting_since(state: &State, page: Page) -> Option<u64> {
    let admin = &state.admin;
    if !admin.is_admin() {
        let connecting = (state.net.link == Link::Connecting).then_some(0);
        return admin.role.waiting_since().or(connecting);
    }
    match page {
        Page::Dashboard => admin.dashboard.waiting_since(),
        Page::Shows => admin.shows.waiting_since(),
        Page::Bookings => admin.bookings.waiting_since(),
        Page::Add => admin.adding.sending_since().or(admin.candidates.waiting_since()),
    }
}

pub fn select(state: &State, now: Now, page: Page, waiting: bool) -> AdminVm {
    let pages = Page::ALL.map(|each| PageVm { page: each, word: word(each), selected: each == page });
    let mut vm = AdminVm {
        pages: pages.to_vec(),
        body: Body::Instead { words: String::new(), alert: false },
        status: String::new(),
        next: None,
    };
    match state.admin.role.value() {
        Some(Role::Admin) => fill(&mut vm, state, now, page, waiting),
        _ => {
            vm.pages.clear();
            vm.body = guard(state, waiting);
        }
    }
    vm
}

fn word(page: Page) -> &'static str {
    match page {
        Page::Dashboard => "Dashboard",
        Page::Shows => "Shows",
        Page::Bookings => "Bookings",
        Page::Add => "Add shows",
    }
}

/// What is said until it is known whether these pages may be seen.
fn guard(state: &State, waiting: bool) -> Body {
    let unknown = |why: &Failure| Body::Instead {
        words: format!("What you may do here is not known. {} {{reload}} asks again.", why.sentence()),
        alert: true,
    };
    match (state.admin.role.failure(), state.catalog.cinema.failure()) {
        (Some(why), _) => unknown(why),
        (None, Some(why)) if state.catalog.cinema.value().is_none() => unknown(why),
        _ if waiting => Body::Instead { words: "Asking what you may do here …".to_owned(), alert: false },
        _ => Body::Instead { words: String::new(), alert: false },
    }
}

fn fill(vm: &mut AdminVm, state: &State, now: Now, page: Page, waiting: bool) {
    match page {
        Page::Dashboard => dashboard::select(vm, state, now, waiting),
        Page::Shows => shows(vm, state, waiting),
        Page::Bookings => bookings(vm, state, waiting),
        Page::Add if state.admin.adding.step == Step::Film => films(vm, state, waiting),
        Page::Add => add::select(vm, state),
    }
}

/// What stands where a page would be of which nothing is known.
fn nothing<T>(remote: &Remote<T>, waiting: bool) -> Option<Body> {
    if remote.value().is_some() {
        return None;
    }
    Some(match remote.failure() {
        Some(why) => Body::Instead { words: format!("{} {{reload}} asks again.", why.sentence()), alert: true },
        None => Body::Instead { words: if waiting { "Loading …" } else { "" }.to_owned(), alert: false },
    })
}

/// Why what is shown is old.
fn old<T>(remote: &Remote<T>) -> Option<String> {
    remote.failure().map(|why| format!("Not up to date: {} {{reload}} asks again.", why.sentence()))
}

fn film_words(sales: &ShowSales) -> String {
    title_words(&sales.movie_title)
}

/// The title of a film that may have been removed.
pub fn title_words(title: &Text) -> String {
    if title.is_empty() { "film removed".to_owned() } else { title.to_string() }
}

fn when_words(at: Option<Timestamp>, zone: &time::Calendar) -> String {
    at.map_or_else(
        || "time unknown".to_owned(),
        |at| format!("{} {}", time::short_day_words(time::business_day(at, zone)), time::clock_words(at, zone)),
    )
}

/// A list with its search, the selected line in the middle where it is longer than the screen.
fn list<T, Id: PartialEq, Row>(
    all: &Remote<Vec<T>>,
    finder: &Finder<Id>,
    id: impl Fn(&T) -> Id,
    height: usize,
    empty: &str,
    row: impl Fn(&T, bool) -> Row,
) -> ListVm<Row> {
    let entries = all.value().map(Vec::as_slice).unwrap_or_default();
    let position = finder.position(entries, id);
    let first = first_shown(position, finder.visible(entries).count(), height.max(1));
    let shown = finder.visible(entries).enumerate().skip(first).take(height.max(1));
    let rows: Vec<Row> = shown.map(|(at, entry)| row(entry, at == position)).collect();
    let instead = match (rows.is_empty(), entries.is_empty()) {
        (false, _) => None,
        (true, true) => Some(empty.to_owned()),
        (true, false) => Some("Nothing in the list fits. {back} clears the search.".to_owned()),
    };
    ListVm {
        search: finder.search.value().to_owned(),
        cursor: finder.search.visual_cursor(),
        rows,
        instead,
        alert: old(all),
    }
}

fn shows(vm: &mut AdminVm, state: &State, waiting: bool) {
    let admin = &state.admin;
    if let Some(body) = nothing(&admin.shows, waiting) {
        vm.body = body;
        return;
    }
    let (zone, glyphs, size) = (zone(state), state.prefs.glyphs, state.prefs.size);
    let id = |sales: &ShowSales| sales.show.clone();
    let height = list_lines(size) / show_lines(size);
    let row = |sales: &ShowSales, selected| ShowVm {
        entry: Entry::Show(sales.show.clone()),
        film: film_words(sales),
        when: when_words(sales.starts_at, &zone),
        price: sales.price.map_or_else(|| "unknown".to_owned(), |price| price.words(glyphs)),
        taken: sales.taken.to_string(),
        earnings: sales.earnings().map_or_else(|| "unknown".to_owned(), |sum| sum.words(glyphs)),
        selected,
    };
    vm.body = Body::Shows(list(&admin.shows, &admin.find_show, id, height, "No shows are on sale.", row));
    let shown: Vec<&ShowSales> = admin.find_show.visible(admin.all_shows()).collect();
    let taken: u64 = shown.iter().map(|sales| u64::from(sales.taken)).sum();
    let earned = Money::sum(shown.iter().map(|sales| sales.earnings()));
    let earned = earned.map(|sum| format!(" for {}", sum.words(glyphs))).unwrap_or_default();
    vm.status = match shown.len() {
        0 => String::new(),
        1 => format!("1 show, {taken} seats taken{earned}, unpaid ones included."),
        count => format!("{count} shows, {taken} seats taken{earned}, unpaid ones included."),
    };
    let chosen = admin.find_show.chosen(admin.all_shows(), id);
    vm.next = chosen.filter(|sales| sales.movie.is_some()).map(|sales| format!("Add shows of {}", film_words(sales)));
}

fn bookings(vm: &mut AdminVm, state: &State, waiting: bool) {
    let admin = &state.admin;
    if let Some(body) = nothing(&admin.bookings, waiting) {
        vm.body = body;
        return;
    }
    let (zone, glyphs, size) = (zone(state), state.prefs.glyphs, state.prefs.size);
    let id = |sold: &SoldBooking| sold.id.clone();
    let height = list_lines(size) / booking_lines(size);
    let row = |sold: &SoldBooking, selected| BookingVm {
        entry: Entry::Booking(sold.id.clone()),
        person: person_words(sold),
        removed: sold.person.is_empty(),
        film: title_words(&sold.movie_title),
        when: match (&sold.show, sold.starts_at) {
            (None, None) => "show removed".to_owned(),
            (_, at) => when_words(at, &zone),
        },
        seats: joined(&sold.seats),
        amount: sold.total.map_or_else(|| "unknown".to_owned(), |total| total.words(glyphs)),
        paid: sold.paid,
        state: paid_word(sold),
        doubled: doubled_words(sold),
        selected,
    };
    vm.body = Body::Bookings(list(
        &admin.bookings,
        &admin.find_booking,
        id,
        height,
        "No bookings are listed. Some servers list only those that are paid.",
        row,
    ));
    let shown: Vec<&SoldBooking> = admin.find_booking.visible(admin.all_bookings()).collect();
    let paid = Money::sum(shown.iter().filter(|sold| sold.paid).map(|sold| sold.total));
    let paid = paid.map(|sum| format!(", {} paid", sum.words(glyphs))).unwrap_or_default();
    let twice = match shown.iter().filter(|sold| !sold.doubled.is_empty()).count() {
        0 => String::new(),
        1 => " One has a seat that is sold twice.".to_owned(),
        count => format!(" {count} have a seat that is sold twice."),
    };
    vm.status = match shown.len() {
        0 => String::new(),
        1 => format!("1 booking{paid}.{twice}"),
        count => format!("{count} bookings{paid}.{twice}"),
    };
}

/// Who made a booking.
pub fn person_words(sold: &SoldBooking) -> String {
    if sold.person.is_empty() { "person removed".to_owned() } else { sold.person.to_string() }
}

pub fn paid_word(sold: &SoldBooking) -> &'static str {
    if sold.paid { "paid" } else { "not paid" }
}

/// `C4 sold twice`, `C4 D5 sold twice`; nothing where all is well.
pub fn doubled_words(sold: &SoldBooking) -> String {
    if sold.doubled.is_empty() { String::new() } else { format!("{} sold twice", joined(&sold.doubled)) }
}

/// `C3 C4`
pub fn joined(seats: &[Text]) -> String {
    seats.iter().map(Text::as_str).collect::<Vec<_>>().join(" ")
}

fn films(vm: &mut AdminVm, state: &State, waiting: bool) {
    let admin = &state.admin;
    if let Some(body) = nothing(&admin.candidates, waiting) {
        vm.body = body;
        return;
    }
    let id = |film: &Candidate| film.id.clone();
    let row = |film: &Candidate, selected| FilmVm {
        entry: Entry::Film(film.id.clone()),
        title: film.title.to_string(),
        year: year_words(film),
        rating: film.rating.map(|rating| format!("{rating:.1}")).unwrap_or_default(),
        overview: if selected { film.overview.to_string() } else { String::new() },
        selected,
    };
    let empty = "The box office names no film that could be added.";
    let height = list_lines(state.prefs.size);
    vm.body = Body::Films(list(&admin.candidates, &admin.find_film, id, height, empty, row));
    vm.status = match admin.find_film.visible(admin.films()).count() {
        0 => String::new(),
        1 => "1 film that can be added.".to_owned(),
        count => format!("{count} films that can be added. Type to search."),
    };
    vm.next = admin.find_film.chosen(admin.films(), id).map(|film| format!("Add shows of {}", film.title));
}

pub(super) fn year_words(film: &Candidate) -> String {
    if film.year == 0 { String::new() } else { film.year.to_string() }
}
