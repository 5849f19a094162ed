//! Bookings that are paid after they were made, at a page: for how long that may be done, and the screen on which it is.

use super::Bookings;
use crate::{
    domain::{
        booking::{Booking, BookingStatus, GONE},
        failure::{Failure, FailureKind},
        ids::BookingCode,
        text::Text,
    },
    store::{
        Now, Out,
        action::{BookingsAction, Tone},
        effect::Effect,
        slices::{nav::Route, notice::say},
        tracked::Tracked,
    },
};
use jiff::Timestamp;

/// How often a booking is read while somebody is paying it, and at most how seldom where the box office does not answer.
const READ_MS: u64 = 5_000;
const PATIENT_READ_MS: u64 = 30_000;
/// What was read so long ago is still believed.
const FRESH_MS: u64 = 8_000;
/// A payment may be on its way when the time is up: the booking is read for so much longer.
const GRACE_MS: u64 = 180_000;

/// For how long a booking may be paid, counted from when that was learned.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    until: Timestamp,
    left_ms: u64,
    at: Now,
    /// When the booking was last read.
    seen_ms: u64,
}

impl Due {
    /// Of a booking in a list. The clock here may be slow, so no booking has more time than all have.
    fn read(until: Timestamp, created_at: Timestamp, now: Now) -> Self {
        let left_ms = millis(now.wall, until).min(millis(created_at, until));
        Self { until, left_ms, at: now, seen_ms: now.mono_ms }
    }

    /// Of a booking that has just been made, first asked for at `asked_ms`: the clocks need not agree.
    fn made(until: Timestamp, created_at: Timestamp, asked_ms: u64, now: Now) -> Self {
        let left_ms = millis(created_at, until).saturating_sub(now.mono_ms.saturating_sub(asked_ms));
        Self { until, left_ms, at: now, seen_ms: now.mono_ms }
    }

    /// What is left, and how long ago it was over. A machine that slept knows it by the clock on the wall alone.
    fn left_or_over_ms(&self, now: Now) -> (u64, u64) {
        let gone = now.mono_ms.saturating_sub(self.at.mono_ms).max(millis(self.at.wall, now.wall));
        (self.left_ms.saturating_sub(gone), gone.saturating_sub(self.left_ms))
    }
}

/// Milliseconds from one moment to another; none backwards.
fn millis(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_millis()).unwrap_or(0)
}

/// The booking whose screen is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    code: BookingCode,
    /// Whether it was read since the screen was opened: what it says of its seats is true now.
    checked: bool,
    /// Whether its page is shown although its seats are in trouble.
    all_the_same: bool,
    /// Whether its page is opened as soon as it has been read again.
    opening: bool,
    /// When it is read again by itself.
    read_at_ms: Option<u64>,
    /// How often it could not be read, one after the other.
    failures: u32,
    /// Whether its time was up when that was last looked at.
    late: bool,
}

impl Watched {
    pub fn code(&self) -> &BookingCode {
        &self.code
    }
}

/// Where a booking stands with its payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Paid,
    Cancelled,
    /// It may be paid at its page for so many milliseconds more.
    Due(u64),
    /// It is not paid, and there is no page at which it could be.
    NoPage,
    /// It was not paid in time.
    Late,
}

/// What the payment screen may show of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// First it is looked whether the booking still has its seats.
    Checking,
    /// Its seats are in trouble.
    Warned,
    Open,
}

impl Bookings {
    pub fn standing(&self, booking: &Booking, now: Now) -> Standing {
        match (booking.status, &booking.payment_page) {
            (BookingStatus::Paid, _) => Standing::Paid,
            (BookingStatus::Cancelled, _) => Standing::Cancelled,
            (BookingStatus::Expired, _) => Standing::Late,
            (BookingStatus::Pending, None) => Standing::NoPage,
            (BookingStatus::Pending, Some(_)) => match self.left_or_over_ms(booking, now) {
                Some((left, _)) if left > 0 => Standing::Due(left),
                _ => Standing::Late,
            },
        }
    }

    fn left_or_over_ms(&self, booking: &Booking, now: Now) -> Option<(u64, u64)> {
        self.dues.get(&booking.code).map(|due| due.left_or_over_ms(now))
    }

    /// Whether the screen of this booking is the one on which it is paid.
    pub fn is_paying(&self, code: &BookingCode) -> bool {
        let late = self.watched.as_ref().is_some_and(|watched| watched.late);
        !late && self.find(code).is_some_and(|b| b.status == BookingStatus::Pending && b.payment_page.is_some())
    }

    pub fn access(&self, booking: &Booking) -> Access {
        match self.watched.as_ref().filter(|watched| watched.code == booking.code) {
            Some(watched) if !watched.checked => Access::Checking,
            Some(watched) if !booking.troubles.is_empty() && !watched.all_the_same => Access::Warned,
            Some(_) => Access::Open,
            None => Access::Checking,
        }
    }

    /// When a booking is read again by itself.
    pub fn deadline(&self) -> Option<u64> {
        self.watched.as_ref()?.read_at_ms
    }

    /// Learns from a list until when its bookings may be paid. What is known of a booking stays: its time does not
    /// grow by being read again.
    pub(super) fn learn(&mut self, list: &[Booking], now: Now) {
        let known = std::mem::take(&mut self.dues);
        for booking in list {
            let due = match (&booking.payment_page, known.get(&booking.code), booking.status) {
                (Some(page), Some(due), BookingStatus::Pending) if due.until == page.until => due.clone(),
                (Some(page), _, BookingStatus::Pending) => Due::read(page.until, booking.created_at, now),
                (_, Some(due), BookingStatus::Expired) => due.clone(),
                _ => continue,
            };
            self.dues.insert(booking.code.clone(), Due { seen_ms: now.mono_ms, ..due });
        }
    }

    /// Learns it from a sale.
    pub(super) fn learn_sale(&mut self, booking: &Booking, asked_ms: u64, now: Now) {
        if let Some(page) = &booking.payment_page {
            let due = Due::made(page.until, booking.created_at, asked_ms, now);
            self.dues.insert(booking.code.clone(), due);
        }
    }

    /// Bookings that could be paid a moment ago, or were not in time, and that the server no longer lists: it has let
    /// them go. Nobody should have to find out by their absence.
    pub(super) fn vanished(&self, list: &[Booking], now: Now) -> Vec<Booking> {
        let listed = |booking: &Booking| list.iter().any(|other| other.code == booking.code);
        let gone = self.all().iter().filter(|booking| is_unpaid(booking) && !listed(booking));
        gone.map(|booking| {
            let gone = Booking { payment_page: None, ..booking.clone() };
            match self.standing(booking, now) {
                // Nobody has said why, and a payment may have come in.
                Standing::Due(_) => Booking { unpayable: Some(Text::new(GONE)), ..gone },
                Standing::NoPage => gone,
                _ => Booking { status: BookingStatus::Expired, ..gone },
            }
        })
        .collect()
    }

    /// When the watched booking is to be read again; never once nothing can change any more.
    fn next_reading(&self, failures: u32, now: Now) -> Option<u64> {
        let booking = self.find(&self.watched.as_ref()?.code)?;
        let pause = READ_MS.saturating_mul(1 << failures.min(8)).min(PATIENT_READ_MS);
        let open = is_unpaid(booking) && self.left_or_over_ms(booking, now).is_some_and(|(_, over)| over < GRACE_MS);
        open.then_some(now.mono_ms + pause)
    }

    fn is_late(&self, code: &BookingCode, now: Now) -> bool {
        self.find(code).is_some_and(|booking| self.standing(booking, now) == Standing::Late)
    }
}

/// Whether a payment of it may still come in.
fn is_unpaid(booking: &Booking) -> bool {
    matches!(booking.status, BookingStatus::Pending | BookingStatus::Expired)
}

/// The screen of a booking is opened, or left.
pub(super) fn watch(
    bookings: &mut Tracked<Bookings>,
    code: Option<&BookingCode>,
    route: &Route,
    now: Now,
    out: &mut Out,
) {
    if let Some(left) = bookings.watched.take() {
        remind(bookings, &left.code, route, now, out);
    }
    let Some(code) = code.cloned() else { return };
    if bookings.find(&code).is_none() {
        // Its screen was open when somebody signed in.
        out.then(BookingsAction::Load);
    }
    let fresh = bookings.dues.get(&code).is_some_and(|due| now.mono_ms.saturating_sub(due.seen_ms) < FRESH_MS);
    let can_be_paid = bookings.is_paying(&code);
    let late = bookings.is_late(&code, now);
    bookings.watched = Some(Watched {
        code,
        checked: fresh,
        all_the_same: false,
        opening: false,
        read_at_ms: None,
        failures: 0,
        late,
    });
    if can_be_paid && !fresh {
        out.then(BookingsAction::Load);
    } else {
        let next = bookings.next_reading(0, now);
        plan_reading(bookings, next);
    }
}

/// Who leaves without having paid is told where the page is.
fn remind(bookings: &Bookings, code: &BookingCode, route: &Route, now: Now, out: &mut Out) {
    let Some(booking) = bookings.find(code).filter(|_| *route != Route::Bookings) else { return };
    if let Standing::Due(left) = bookings.standing(booking, now) {
        let minutes = match left / 60_000 {
            0 => "less than a minute".to_owned(),
            1 => "one more minute".to_owned(),
            more => format!("{more} more minutes"),
        };
        let title = &booking.movie_title;
        out.then(say(Tone::Info, format!("{{bookings}}: {title} is not paid yet, and can be for {minutes}.")));
    }
}

fn plan_reading(bookings: &mut Tracked<Bookings>, at: Option<u64>) {
    if let Some(watched) = &mut bookings.watched {
        watched.read_at_ms = at;
    }
}

/// `Enter` on the payment screen: shows the page in spite of a warning, opens it, or looks whether it is paid.
pub(super) fn pay(bookings: &mut Tracked<Bookings>, has_browser: bool, now: Now, out: &mut Out) {
    let Some(watched) = bookings.watched.clone() else { return };
    let Some(booking) = bookings.find(&watched.code).cloned() else { return };
    let fresh = bookings.dues.get(&watched.code).is_some_and(|due| now.mono_ms.saturating_sub(due.seen_ms) < FRESH_MS);
    match bookings.access(&booking) {
        Access::Warned => change(bookings, |watched| watched.all_the_same = true),
        Access::Open if has_browser && fresh => open(&booking, out),
        Access::Open if has_browser => {
            change(bookings, |watched| watched.opening = true);
            out.then(BookingsAction::Load);
        }
        _ => out.then(BookingsAction::Load),
    }
}

fn change(bookings: &mut Tracked<Bookings>, how: impl FnOnce(&mut Watched)) {
    if let Some(watched) = &mut bookings.watched {
        how(watched);
    }
}

fn open(booking: &Booking, out: &mut Out) {
    let Some(page) = &booking.payment_page else { return };
    out.effect(Effect::OpenPage(page.url.clone()));
    out.then(say(Tone::Info, "The page opens in your browser. This screen tells when it is paid."));
}

/// The bookings were read, or could not be. `before`: the watched booking as it was.
pub(super) fn was_read(
    bookings: &mut Tracked<Bookings>,
    before: Option<&Booking>,
    failed: Option<&Failure>,
    now: Now,
    out: &mut Out,
) {
    let Some(mut watched) = bookings.watched.clone() else { return };
    let ok = failed.is_none();
    watched.failures = if ok { 0 } else { watched.failures + 1 };
    watched.checked |= ok;
    watched.late = bookings.is_late(&watched.code, now);
    // Without a sign-in there is no answer to be had.
    let is_signed_in = failed.is_none_or(|why| why.kind != FailureKind::SignIn);
    watched.read_at_ms = bookings.next_reading(watched.failures, now).filter(|_| is_signed_in);
    let opening = std::mem::take(&mut watched.opening);
    let code = watched.code.clone();
    bookings.watched = Some(watched);
    let Some(booking) = bookings.find(&code) else { return };
    if before.is_some_and(is_unpaid) && booking.status == BookingStatus::Paid {
        out.effect(Effect::Bell);
        out.then(say(Tone::Good, "It is paid. Thank you."));
    }
    let is_due = matches!(bookings.standing(booking, now), Standing::Due(_));
    match (opening, ok) {
        (true, true) if is_due && bookings.access(booking) == Access::Open => open(booking, out),
        (true, false) => {
            let why = "The page was not opened: the box office does not say whether the seats are still yours.";
            out.then(say(Tone::Bad, why));
        }
        _ => {}
    }
}

/// A deadline has come. While the box office is out of reach nothing is read.
pub fn tick(bookings: &mut Tracked<Bookings>, now: Now, is_online: bool, out: &mut Out) {
    let Some(watched) = &bookings.watched else { return };
    if !watched.late && bookings.is_late(&watched.code, now) {
        change(bookings, |watched| watched.late = true);
        out.effect(Effect::Bell);
    }
    if is_online && bookings.deadline().is_some_and(|at| at <= now.mono_ms) {
        change(bookings, |watched| watched.read_at_ms = None);
        out.then(BookingsAction::Load);
    }
}
