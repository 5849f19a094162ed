//! `book`: choose, hold, say what is held, pay; and give back what was held whenever that does not end well. Where
//! bookings are paid afterwards, say where and until when, and wait for it if asked to.

mod party;
mod typed;

use super::{
    Ctx, Outcome,
    bookings::{labels, own, seat_labels},
    browse::Hall,
    documents::{Documents, seats},
    interrupt::Interrupt,
    out::{Form, tell},
    pay::{self, End, Waited},
};
use crate::{
    app::{self, Office},
    domain::{
        booking::{Booking, BookingStatus, GONE, PaymentMethod},
        cinema::Cinema,
        failure::{Failure, FailureKind, sentence},
        ids::{SaleKey, SeatId, ShowId},
        money::{self, Money},
        seating::best::Rung,
        show::{Hold, LeftAlone, PricedSeat},
        text::Text,
        time,
    },
};
use clap::{Args, ValueEnum};
use jiff::SignedDuration;
use party::PartyArgs;
use serde_json::{Value, json};
use std::{collections::HashSet, time::Duration};

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
    #[command(flatten)]
    wish: PartyArgs,
    /// How it is paid [default: demo in a demo cinema; link where bookings are paid at a page afterwards]
    #[arg(long, value_enum)]
    pay: Option<Pay>,
    /// Where it is paid at a page afterwards: wait until it is paid, or its time is over
    #[arg(long, conflicts_with = "dry_run")]
    wait: bool,
    /// Propose seats, and hold and book nothing
    #[arg(long)]
    dry_run: bool,
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

/// How close together the seats of a party are.
struct Together {
    closeness: Rung,
    words: Text,
}

pub async fn run(ctx: &Ctx, book: &Book) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let cinema = office.office.cinema().await?;
    if book.dry_run {
        return propose(ctx, &office, &cinema, book).await;
    }
    let payment = payment(book, &cinema)?;
    // Nothing is held for someone who cannot book it.
    office.session.fresh().await?;
    let mut interrupt = Interrupt::listen()?;
    let (hold, together) = hold(&office, &cinema, book).await?;
    let sold = match interrupt.check() {
        Ok(()) => {
            say_held(ctx, &hold, together.as_ref(), payment);
            sell(&office, &hold, payment, &mut interrupt).await
        }
        Err(failure) => Err(failure),
    };
    let booking = match sold {
        Ok(booking) => booking,
        Err(failure) if failure.kind == FailureKind::Unknown => look_for_sale(&office, &hold, failure).await?,
        Err(failure) => return Err(give_back(&office, &hold, failure).await),
    };
    pay::tell_troubles(&booking);
    let answer = Answer { ctx, documents: Documents::of(&cinema), together };
    if book.wait && booking.status == BookingStatus::Pending {
        return until_paid(&answer, &office, booking, &mut interrupt).await;
    }
    answer.give(&booking, None, || answer.booked(&booking))?;
    Ok(Outcome::Done)
}

/// Waits until a booking is paid. People read at once where to pay it; a document comes once all is known.
async fn until_paid(
    answer: &Answer<'_>,
    office: &Office,
    booking: Booking,
    interrupt: &mut Interrupt,
) -> Result<Outcome, Failure> {
    let late = |why: String| Failure::new(FailureKind::Payment, "not_paid", why);
    let Some(page) = booking.payment_page.clone() else {
        let why = late(pay::why_unpayable(&booking));
        answer.give(&booking, Some(&why), || answer.booked(&booking))?;
        return Ok(answer.said(&why));
    };
    let until = time::wall_clock_words(page.until, &answer.documents.zone);
    match answer.ctx.out.form {
        Form::People => answer.give(&booking, None, || answer.booked(&booking))?,
        Form::Json => tell(format_args!("Booked, code {}. Pay by {until} at {}", booking.code, pay::address(&page))),
    }
    tell(format_args!("Waiting until it is paid; Ctrl-C stops waiting, and the booking stays until {until} ..."));
    let Waited { booking, end } = pay::wait(office, booking, page.until, interrupt).await;
    let code = &booking.code;
    let why = match end {
        End::Paid => None,
        End::Late => Some(late(format!("booking {code} was not paid in time; do not pay it any more"))),
        End::Gone => Some(Failure::new(FailureKind::Unknown, "booking_gone", format!("booking {code}: {GONE}"))),
        End::Stopped => Some(late(format!(
            "stopped waiting; booking {code} is not paid yet and stays until {until}: pay it before"
        ))),
        End::Unseen => Some(Failure::new(
            FailureKind::Unknown,
            "payment_unknown",
            format!(
                "whether booking {code} was paid in time could not be seen; look at `frontrow bookings`, and do not pay \
                 it any more"
            ),
        )),
    };
    if why.is_none() {
        pay::tell_troubles(&booking);
    }
    if answer.ctx.out.form == Form::Json || why.is_none() {
        answer.give(&booking, why.as_ref(), || format!("Paid: {} for {}.\n", labels(&booking), booking.movie_title))?;
    }
    Ok(why.map_or(Outcome::Done, |why| answer.said(&why)))
}

/// Holds what is wanted: the seats that are named, or the best ones for the party.
async fn hold(office: &Office, cinema: &Cinema, book: &Book) -> Result<(Hold, Option<Together>), Failure> {
    let show = ShowId::new(&book.show);
    if let Some(party) = book.wish.party(cinema)? {
        let held =
            office.office.hold_party(&show, &party).await.map_err(|why| super::browse::show_named(&show, why))?;
        return Ok((held.hold, Some(Together { closeness: held.closeness, words: held.words })));
    }
    let hall = Hall::load(office, &book.show).await?;
    let wanted = typed::choose(&hall, cinema, &book.seats)?;
    let ids: Vec<SeatId> = wanted.iter().map(|ix| hall.chart.seat(*ix).id.clone()).collect();
    match office.office.hold(&hall.show.id, &ids, LeftAlone::Refuse).await {
        // Someone else was faster just now, so what is free is looked at again.
        Err(failure) if failure.kind == FailureKind::SeatGone => {
            let hall = Hall::load(office, &book.show).await?;
            Err(typed::choose(&hall, cinema, &book.seats).err().unwrap_or(failure))
        }
        outcome => Ok((outcome?, None)),
    }
}

fn say_held(ctx: &Ctx, hold: &Hold, together: Option<&Together>, payment: PaymentMethod) {
    let (held, how) = (seat_labels(&hold.seats), together.map(|t| format!(", {}", t.words)).unwrap_or_default());
    let total = money::words_of(hold.total, ctx.out.glyphs());
    match hold.ttl_ms.map(time::countdown_words) {
        Some(left) => tell(format_args!("Held {held}{how}, for {left}: {total}. Paying ({}) ...", payment.word())),
        None => tell(format_args!("Chosen {held}{how}: {total}. Booking; until it answers they are anybody's ...")),
    }
}

/// A document with how close together the seats of a party are.
fn with_closeness(mut document: Value, together: Option<&Together>) -> Value {
    if let Some(Together { closeness, words }) = together {
        document["closeness"] = json!(closeness);
        document["words"] = json!(words);
    }
    document
}

/// What is said of a booking that was made.
struct Answer<'a> {
    ctx: &'a Ctx,
    documents: Documents,
    together: Option<Together>,
}

impl Answer<'_> {
    /// Gives the answer; where that cannot be done, the code at least must reach the person who has paid.
    fn give(
        &self,
        booking: &Booking,
        failed: Option<&Failure>,
        people: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        let mut document = json!({ "v": 1, "booking": self.documents.booking(booking) });
        if let Some(why) = failed {
            document["error"] = json!({ "code": why.code, "message": why.why });
        }
        let document = with_closeness(document, self.together.as_ref());
        self.ctx.out.deliver(document, people).map_err(|error| {
            let (seats, code) = (labels(booking), &booking.code);
            let why = format!("booked {seats}, code {code}, but the answer could not be written: {error}");
            Failure::new(FailureKind::Other, "stdout", why)
        })
    }

    /// What became of it, and where it is paid if it is not.
    fn booked(&self, booking: &Booking) -> String {
        let (seats, code) = (labels(booking), &booking.code);
        let total = money::words_of(booking.total, self.ctx.out.glyphs());
        let status = booking.status.word();
        let page = pay::open_page(booking).map(|page| pay::words(self.ctx, page, &self.documents));
        let page = match page {
            Some(page) => page,
            None if booking.status == BookingStatus::Pending => format!("{}\n", sentence(&pay::why_unpayable(booking))),
            None => String::new(),
        };
        format!("Booked {seats} for {}: {total}, {status}. Code: {code}\n{page}", booking.movie_title)
    }

    /// The end of a command whose document has told why already.
    fn said(&self, why: &Failure) -> Outcome {
        tell(format_args!("frontrow: {}", why.why));
        Outcome::Said(why.kind)
    }
}

fn payment(book: &Book, cinema: &Cinema) -> Result<PaymentMethod, Failure> {
    match book.pay {
        None | Some(Pay::Link) if cinema.abilities.pays_later => Ok(PaymentMethod::Link),
        Some(_) if cinema.abilities.pays_later => {
            let why =
                "bookings are paid at a page by link here, after they were made: leave --pay away, or say --pay link";
            Err(Failure::new(FailureKind::Payment, "payment_refused", why))
        }
        Some(pay) => Ok(pay.into()),
        None if cinema.demo => Ok(PaymentMethod::Demo),
        None => {
            let why = "say how it is paid: --pay cash, card, link or none";
            Err(Failure::new(FailureKind::Input, "usage", why))
        }
    }
}

/// Says what would be held, and holds nothing.
async fn propose(ctx: &Ctx, office: &Office, cinema: &Cinema, book: &Book) -> Result<Outcome, Failure> {
    let show = ShowId::new(&book.show);
    let (show, priced, together) = match book.wish.party(cinema)? {
        Some(party) => {
            let named = |why| super::browse::show_named(&show, why);
            let (show, found) =
                futures_util::try_join!(office.office.show(&show), office.office.propose(&show, &party, 1))
                    .map_err(named)?;
            let best = found.into_iter().next().ok_or_else(|| {
                Failure::new(
                    FailureKind::Other,
                    "not_a_box_office",
                    "the box office proposed nothing and did not say why",
                )
            })?;
            (show, best.seats, Some(Together { closeness: best.closeness, words: best.words }))
        }
        None => {
            let hall = Hall::load(office, &book.show).await?;
            let wanted = typed::choose(&hall, cinema, &book.seats)?;
            typed::must_leave_none_alone(&hall, cinema, &wanted)?;
            let priced = wanted.iter().filter_map(|ix| typed::priced(&hall, *ix)).collect();
            (hall.show, priced, None)
        }
    };
    let total = Money::sum(priced.iter().map(|seat| seat.price));
    if cinema.abilities.pays_later {
        payment(book, cinema)?;
    } else {
        check_payable(book.pay, total, cinema)?;
    }
    let proposal = json!({ "show": show.id, "seats": seats(&priced), "total": total });
    ctx.out.answer(with_closeness(json!({ "v": 1, "proposal": proposal }), together.as_ref()), || {
        let how = together.as_ref().map(|t| format!(" ({})", t.words)).unwrap_or_default();
        let total = money::words_of(total, ctx.out.glyphs());
        format!("Would book {}{how} for {}: {total}. Nothing is held.\n", seat_labels(&priced), show.movie_title)
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

/// Pays for what is held. Once the sale was sent, only its outcome or the end of all tries ends this.
async fn sell(
    office: &Office,
    hold: &Hold,
    payment: PaymentMethod,
    interrupt: &mut Interrupt,
) -> Result<Booking, Failure> {
    let key = SaleKey::new(uuid::Uuid::now_v7().to_string());
    let send = async || office.sell(&hold.id, payment, &key).await;
    let (mut outcome, mut said) = (send().await, None);
    for pause in AGAIN_AFTER {
        match &outcome {
            Err(failure) if failure.kind == FailureKind::Unknown && said.as_ref() != Some(&failure.why) => {
                tell(format_args!("{} ...", failure.why));
                said = Some(failure.why.clone());
            }
            Err(failure) if failure.kind == FailureKind::Unknown => {}
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
            unknown.why.push_str(
                " (so far your bookings do not show it; look at `frontrow bookings` before you book or pay again)",
            );
            Err(unknown)
        }
    }
}

fn is_sale_of(hold: &Hold, booking: &Booking, now: jiff::Timestamp) -> bool {
    let ids = |seats: &[PricedSeat]| seats.iter().map(|seat| seat.id.clone()).collect::<HashSet<_>>();
    let recent = now.duration_since(booking.created_at).abs() <= JUST_NOW;
    matches!(booking.status, BookingStatus::Paid | BookingStatus::Pending)
        && recent
        && booking.show == hold.show
        && ids(&booking.seats) == ids(&hold.seats)
}

/// Releases the hold. Gives the failure back, with what became of the seats.
async fn give_back(office: &Office, hold: &Hold, mut failure: Failure) -> Failure {
    let released = office.office.release(&hold.id).await;
    // Where nothing is held there is nothing to say of it.
    if let Some(left) = hold.ttl_ms.map(time::countdown_words) {
        match released {
            Ok(()) => failure.why.push_str(" (the held seats are released)"),
            Err(_) => failure.why.push_str(&format!(" (the seats stay held for up to {left})")),
        }
    }
    failure
}
