//! `book`: choose, hold, say what is held, pay; and give back what was held whenever that does not end well.

use super::{
    Ctx, Outcome,
    bookings::{labels, own},
    browse::Hall,
    documents::{Documents, seats},
    interrupt::Interrupt,
    out::tell,
};
use crate::{
    app::{self, Office},
    domain::{
        booking::{Booking, BookingStatus, PaymentMethod},
        chart::{Chart, SeatKind, geometry::Geometry},
        cinema::Cinema,
        env::random,
        failure::{Conflict, ConflictReason, Failure, FailureKind},
        ids::{SaleKey, SeatId, SeatIx},
        money::Money,
        seating::{best, spec},
        show::{Hold, PricedSeat, SeatState},
        text::Text,
        time,
    },
    platform::env::OsEntropy,
};
use clap::{Args, ValueEnum};
use jiff::SignedDuration;
use serde_json::json;
use std::{collections::HashSet, time::Duration};

/// How often seats for a party are looked for when others were faster.
const PARTY_TRIES: usize = 8;
/// Pauses before a sale with an unknown outcome is sent again under the same key.
const AGAIN_AFTER: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// A booking that is not older may be the one whose answer was lost. Clocks may differ by as much.
const JUST_NOW: SignedDuration = SignedDuration::from_mins(2);

#[derive(Args, Debug)]
pub struct Book {
    /// The show's id
    show: String,
    /// Seats such as F7 F8, F7-F10 or balcony:B3
    #[arg(value_name = "SEAT", required_unless_present = "party", conflicts_with = "party")]
    seats: Vec<String>,
    /// The best seats together for this many people
    #[arg(long, value_name = "N", value_parser = party_size, allow_negative_numbers = true)]
    party: Option<u16>,
    /// How it is paid [default: demo, in a demo cinema]
    #[arg(long, value_enum)]
    pay: Option<Pay>,
    /// Propose seats, and hold and book nothing
    #[arg(long)]
    dry_run: bool,
}

/// What is too many is decided by the cinema.
fn party_size(text: &str) -> Result<u16, &'static str> {
    text.parse().ok().filter(|party| *party > 0).ok_or("a party is 1 to 20")
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Pay {
    Demo,
    Cash,
    Card,
    Link,
    None,
}

impl From<Pay> for PaymentMethod {
    fn from(pay: Pay) -> Self {
        match pay {
            Pay::Demo => Self::Demo,
            Pay::Cash => Self::Cash,
            Pay::Card => Self::Card,
            Pay::Link => Self::Link,
            Pay::None => Self::None,
        }
    }
}

pub async fn run(ctx: &Ctx, book: &Book) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let cinema = office.office.cinema().await?;
    if book.dry_run {
        let hall = Hall::load(&office, &book.show).await?;
        let wanted = choose(&hall, &cinema, book, 1)?;
        return propose(ctx, &hall, &cinema, &wanted, book.pay);
    }
    let payment = payment(book, &cinema)?;
    // Nothing is held for someone who cannot book it.
    office.session.fresh().await?;
    let mut interrupt = Interrupt::listen()?;
    let hold = hold(&office, &cinema, book).await?;
    let sold = match interrupt.check() {
        Ok(()) => sell(ctx, &office, &hold, payment, &mut interrupt).await,
        Err(failure) => Err(failure),
    };
    let booking = match sold {
        Ok(booking) => booking,
        Err(failure) if failure.kind == FailureKind::Unknown => look_for_sale(&office, &hold, failure).await?,
        Err(failure) => return Err(give_back(&office, &hold, failure).await),
    };
    say_booked(ctx, &cinema, &booking)
}

/// Gives the answer; where that cannot be done, the code at least must reach the person who has paid.
fn say_booked(ctx: &Ctx, cinema: &Cinema, booking: &Booking) -> Result<Outcome, Failure> {
    let (seats, code) = (labels(booking), &booking.code);
    let document = json!({ "v": 1, "booking": Documents::of(cinema).booking(booking) });
    let delivered = ctx.out.deliver(document, || {
        let total = booking.total.words(ctx.out.glyphs());
        format!("Booked {seats} for {}: {total}, {}. Code: {code}\n", booking.movie_title, booking.status.word())
    });
    delivered.map(|()| Outcome::Done).map_err(|error| {
        let why = format!("booked {seats}, code {code}, but the answer could not be written: {error}");
        Failure::new(FailureKind::Other, "stdout", why)
    })
}

fn payment(book: &Book, cinema: &Cinema) -> Result<PaymentMethod, Failure> {
    match book.pay {
        Some(pay) => Ok(pay.into()),
        None if cinema.demo => Ok(PaymentMethod::Demo),
        None => {
            let why = "say how it is paid: --pay cash, card, link or none";
            Err(Failure::new(FailureKind::Input, "usage", why))
        }
    }
}

/// The seats that the command asks for, all of them free as far as is known. A party gets one of the `among` best
/// blocks.
fn choose(hall: &Hall, cinema: &Cinema, book: &Book, among: usize) -> Result<Vec<SeatIx>, Failure> {
    let geometry = Geometry::of(&hall.chart);
    let wanted = match book.party {
        Some(party) => {
            check_limit(usize::from(party), cinema)?;
            let open = |ix| hall.state(ix) == SeatState::Free;
            let mut blocks = best::blocks(&hall.chart, &geometry, &open, usize::from(party), among);
            if blocks.is_empty() {
                return Err(no_block(party));
            }
            let [byte] = random::<1>(&OsEntropy);
            blocks.swap_remove(usize::from(byte) % blocks.len()).seats
        }
        None => spec::parse_once(&hall.chart, &geometry, &book.seats.join(" "))
            .map_err(|error| Failure::new(FailureKind::Input, "bad_seat", error.to_string()))?,
    };
    check_limit(wanted.len(), cinema)?;
    let conflicts: Vec<Conflict> = wanted.iter().filter_map(|ix| conflict(hall, *ix)).collect();
    if conflicts.is_empty() {
        return Ok(wanted);
    }
    let labels: Vec<&str> = conflicts.iter().map(|conflict| conflict.label.as_str()).collect();
    let why = format!("{} cannot be had any more; nothing is held", labels.join(", "));
    let failure = Failure { conflicts, ..Failure::new(FailureKind::SeatGone, "seat_taken", why) };
    Err(with_suggestion(failure, hall, &geometry, &wanted))
}

/// The failure with what can be had instead, if there are as many free seats together.
fn with_suggestion(mut failure: Failure, hall: &Hall, geometry: &Geometry, wanted: &[SeatIx]) -> Failure {
    let labels: Vec<String> = nearest(hall, geometry, wanted).iter().map(|ix| spec::label(&hall.chart, *ix)).collect();
    let words = match labels.as_slice() {
        [] => return failure,
        [label] => format!("{label} is free"),
        several => format!("{} are free beside each other", several.join(" ")),
    };
    failure.why = format!("{}; {words}", failure.why.trim_end_matches('.'));
    failure.suggest = labels;
    failure
}

/// As many free seats beside each other as are wanted, as near to those as there are.
fn nearest(hall: &Hall, geometry: &Geometry, wanted: &[SeatIx]) -> Vec<SeatIx> {
    let Some(first) = wanted.first() else { return Vec::new() };
    let chart = &hall.chart;
    let level = |ix: SeatIx| chart.section_of(ix).level;
    let (x, y) = middle(chart, wanted);
    let away = |seats: &[SeatIx]| {
        let (to_x, to_y) = middle(chart, seats);
        (to_x - x).hypot(to_y - y)
    };
    let open = |ix| hall.state(ix) == SeatState::Free;
    let runs = geometry.runs();
    let blocks = runs.filter(|run| run.first().is_some_and(|seat| level(*seat) == level(*first))).filter_map(|run| {
        let closest = run.iter().min_by(|a, b| away(&[**a]).total_cmp(&away(&[**b])))?;
        best::block_at(chart, geometry, &open, wanted.len(), *closest)
    });
    blocks.map(|block| block.seats).min_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or_default()
}

/// The middle of seats, in seat pitches.
fn middle(chart: &Chart, seats: &[SeatIx]) -> (f64, f64) {
    let sum = seats.iter().map(|ix| chart.seat(*ix)).fold((0.0, 0.0), |(x, y), seat| (x + seat.x, y + seat.y));
    let count = seats.len().max(1) as f64;
    (sum.0 / count, sum.1 / count)
}

fn check_limit(count: usize, cinema: &Cinema) -> Result<(), Failure> {
    if count <= cinema.max_seats as usize {
        return Ok(());
    }
    let why = format!("{count} seats are more than the {} that one booking may have", cinema.max_seats);
    Err(Failure::new(FailureKind::Refused, "too_many_seats", why))
}

fn conflict(hall: &Hall, ix: SeatIx) -> Option<Conflict> {
    let seat = hall.chart.seat(ix);
    let reason = match hall.state(ix) {
        SeatState::Free => return None,
        SeatState::Held => ConflictReason::Held,
        SeatState::Sold => ConflictReason::Sold,
        SeatState::Blocked if seat.kind == SeatKind::Blocked => ConflictReason::NotForSale,
        SeatState::Blocked => ConflictReason::Blocked,
    };
    Some(Conflict { seat: seat.id.clone(), label: Text::new(&spec::label(&hall.chart, ix)), reason })
}

fn no_block(party: u16) -> Failure {
    let why = format!("there are no {party} free seats together; ask for fewer, or name the seats");
    Failure::new(FailureKind::SeatGone, "no_seats_together", why)
}

fn propose(ctx: &Ctx, hall: &Hall, cinema: &Cinema, wanted: &[SeatIx], pay: Option<Pay>) -> Result<Outcome, Failure> {
    let priced: Vec<PricedSeat> = wanted.iter().filter_map(|ix| priced(hall, *ix)).collect();
    let total = Money::sum(priced.iter().map(|seat| seat.price));
    check_payable(pay, total, cinema)?;
    let proposal = json!({ "show": hall.show.id, "seats": seats(&priced), "total": total });
    ctx.out.answer(json!({ "v": 1, "proposal": proposal }), || {
        let names = spec::labels(&hall.chart, &Geometry::of(&hall.chart), wanted);
        let total = total.map_or(String::new(), |total| total.words(ctx.out.glyphs()));
        format!("Would book {names} for {}: {total}. Nothing is held.\n", hall.show.movie_title)
    })?;
    Ok(Outcome::Done)
}

/// What a box office refuses when it is asked to book, in its words (docs/api.md, `payment`).
fn check_payable(pay: Option<Pay>, total: Option<Money>, cinema: &Cinema) -> Result<(), Failure> {
    let why = match pay {
        Some(Pay::Link) => "payment by link is not set up here; choose demo",
        Some(Pay::None) if total.is_none_or(|total| total.minor != 0) => {
            "this booking costs something; choose a way to pay, such as demo"
        }
        Some(Pay::Demo | Pay::Cash | Pay::Card) if !cinema.demo => "this cinema has no way to pay set up yet",
        _ => return Ok(()),
    };
    Err(Failure::new(FailureKind::Payment, "payment_refused", why))
}

fn priced(hall: &Hall, ix: SeatIx) -> Option<PricedSeat> {
    let category = hall.chart.category_of(ix);
    Some(PricedSeat {
        id: hall.chart.seat(ix).id.clone(),
        label: Text::new(&spec::label(&hall.chart, ix)),
        category: category.name.clone(),
        price: hall.show.price(&category.id)?,
    })
}

/// Holds what is wanted. A party tries again when someone else was faster, each time among more blocks, so that many
/// who buy at once do not all run after the same seats.
async fn hold(office: &Office, cinema: &Cinema, book: &Book) -> Result<Hold, Failure> {
    let tries = if book.party.is_some() { PARTY_TRIES } else { 1 };
    let mut outcome = Err(no_block(book.party.unwrap_or_default()));
    for among in 1..=tries {
        let hall = Hall::load(office, &book.show).await?;
        let wanted = choose(&hall, cinema, book, among)?;
        let ids: Vec<SeatId> = wanted.iter().map(|ix| hall.chart.seat(*ix).id.clone()).collect();
        outcome = office.office.hold(&hall.show.id, &ids).await;
        if !outcome.as_ref().is_err_and(|failure| failure.kind == FailureKind::SeatGone) {
            break;
        }
    }
    match outcome {
        // Named seats: someone else was faster just now, so what is free is looked at again.
        Err(failure) if failure.kind == FailureKind::SeatGone && book.party.is_none() => {
            let hall = Hall::load(office, &book.show).await?;
            Err(choose(&hall, cinema, book, 1).err().unwrap_or(failure))
        }
        outcome => outcome,
    }
}

/// Pays for what is held. Once the sale was sent, only its outcome or the end of all tries ends this.
async fn sell(
    ctx: &Ctx,
    office: &Office,
    hold: &Hold,
    payment: PaymentMethod,
    interrupt: &mut Interrupt,
) -> Result<Booking, Failure> {
    let held: Vec<&str> = hold.seats.iter().map(|seat| seat.label.as_str()).collect();
    let (total, left) = (hold.total.words(ctx.out.glyphs()), time::countdown_words(hold.ttl_ms));
    tell(format_args!("Held {} for {left}: {total}. Paying ({}) ...", held.join(", "), payment.word()));
    let key = SaleKey::new(uuid::Uuid::now_v7().to_string());
    let send = async || {
        let sale = async |bearer| office.office.book(bearer, &hold.id, payment, &key).await;
        office.with_token(sale).await
    };
    let mut outcome = send().await;
    for pause in AGAIN_AFTER {
        match &outcome {
            Err(failure) if failure.kind == FailureKind::Unknown => tell(format_args!("{} ...", failure.why)),
            _ => break,
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = interrupt.wanted() => break,
        }
        let again = send().await;
        // Neither an unreachable server nor a missing token says what became of the first try.
        if !again.as_ref().is_err_and(|why| matches!(why.kind, FailureKind::Offline | FailureKind::SignIn)) {
            outcome = again;
        }
    }
    outcome
}

/// Looks once whether a sale of unknown outcome went through: a booking of just these seats, made a moment ago.
async fn look_for_sale(office: &Office, hold: &Hold, mut unknown: Failure) -> Result<Booking, Failure> {
    let Ok(bookings) = own(office).await else { return Err(unknown) };
    let now = jiff::Timestamp::now();
    match bookings.into_iter().find(|booking| is_sale_of(hold, booking, now)) {
        Some(booking) => Ok(booking),
        None => {
            unknown.why.push_str(" (so far your bookings do not show it)");
            Err(unknown)
        }
    }
}

fn is_sale_of(hold: &Hold, booking: &Booking, now: jiff::Timestamp) -> bool {
    let ids = |seats: &[PricedSeat]| seats.iter().map(|seat| seat.id.clone()).collect::<HashSet<_>>();
    let recent = now.duration_since(booking.created_at).abs() <= JUST_NOW;
    booking.status == BookingStatus::Paid
        && recent
        && booking.show == hold.show
        && ids(&booking.seats) == ids(&hold.seats)
}

/// Releases the hold. Gives the failure back, with what became of the seats.
async fn give_back(office: &Office, hold: &Hold, mut failure: Failure) -> Failure {
    match office.office.release(&hold.id).await {
        Ok(()) => failure.why.push_str(" (the held seats are released)"),
        Err(_) => {
            let left = time::countdown_words(hold.ttl_ms);
            failure.why.push_str(&format!(" (the seats stay held for up to {left})"));
        }
    }
    failure
}
