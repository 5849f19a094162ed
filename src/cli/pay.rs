//! The page at which a booking is paid: its address, its QR code and its time; and waiting until it is paid.

use super::{Ctx, bookings::own, documents::Documents, interrupt::Interrupt, out::tell, qr};
use crate::{
    app::Office,
    domain::{
        booking::{Booking, BookingStatus, PaymentPage, SeatTrouble, Trouble},
        text, time,
    },
};
use jiff::Timestamp;
use std::time::Duration;

/// Between two looks whether it is paid.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// A booking that so many lists in a row do not have is gone.
const MISSING: u32 = 2;

/// The code of a longer address is wider than most terminals.
const LONGEST_DRAWN: usize = 600;

/// The columns of an address that is longer than any that is accepted.
const WIDEST: usize = 4_096;

/// Where and until when a booking is paid.
pub fn words(ctx: &Ctx, page: &PaymentPage, documents: &Documents) -> String {
    let picture = if ctx.settings.plain || page.url.len() > LONGEST_DRAWN {
        String::new()
    } else {
        qr::draw(&ctx.out, &page.url).unwrap_or_default()
    };
    let left = page.until.duration_since(Timestamp::now()).as_millis();
    let left = time::countdown_words(u64::try_from(left).unwrap_or(0));
    let until = time::wall_clock_words(page.until, &documents.zone);
    let url = address(page);
    format!(
        "Pay by {until} ({left} left) at\n{url}\n{picture}After {until} do not pay any more: the seats may be \
         somebody else's by then, while the page still takes the money.\n"
    )
}

/// The address as it can be printed.
pub fn address(page: &PaymentPage) -> String {
    text::clean(&page.url, WIDEST)
}

/// The page at which a booking can still be paid.
pub fn open_page(booking: &Booking) -> Option<&PaymentPage> {
    let page = booking.payment_page.as_ref()?;
    (booking.status == BookingStatus::Pending && Timestamp::now() < page.until).then_some(page)
}

/// Says what is wrong with a booking's seats, a line each, and what to do.
pub fn tell_troubles(booking: &Booking) {
    for SeatTrouble { label, trouble } in &booking.troubles {
        let code = &booking.code;
        match trouble {
            Trouble::Lost => tell(format_args!(
                "Booking {code}: the box office shows your seat {label} as free, so that it can be sold again; ask the \
                 cinema before you pay or go."
            )),
            Trouble::Doubled => tell(format_args!(
                "Booking {code}: the box office shows your seat {label} as somebody else's; do not pay before the \
                 cinema has said whose it is."
            )),
        }
    }
}

/// Why a booking that is not paid has no page to pay it at.
pub fn why_unpayable(booking: &Booking) -> String {
    booking.unpayable.as_ref().map_or_else(
        || format!("booking {} is not paid, and the box office has given no page to pay it at", booking.code),
        ToString::to_string,
    )
}

/// How waiting for a payment ended, with the booking as it was seen last.
pub struct Waited {
    pub booking: Booking,
    pub end: End,
}

pub enum End {
    Paid,
    /// Its time is over.
    Late,
    /// The box office does not list it any more, before its time is over.
    Gone,
    /// Its time is over, and the last look failed.
    Unseen,
    /// The person has stopped waiting.
    Stopped,
}

/// Looks at the bookings until this one is paid, its time is over, or the person stops it.
pub async fn wait(office: &Office, mut booking: Booking, until: Timestamp, interrupt: &mut Interrupt) -> Waited {
    let (mut trouble, mut missing) = (None, 0);
    loop {
        let over = Timestamp::now() >= until;
        let end = match booking.status {
            BookingStatus::Paid => Some(End::Paid),
            BookingStatus::Pending if !over && missing >= MISSING => Some(End::Gone),
            BookingStatus::Pending if !over => None,
            BookingStatus::Pending if trouble.is_some() => Some(End::Unseen),
            _ => Some(End::Late),
        };
        if let Some(end) = end {
            return Waited { booking, end };
        }
        let look = async {
            tokio::time::sleep(LOOK_EVERY).await;
            own(office).await
        };
        let seen = tokio::select! {
            seen = look => seen,
            () = interrupt.wanted() => return Waited { booking, end: End::Stopped },
        };
        match seen {
            Ok(bookings) => {
                trouble = None;
                // A booking that is not listed when its time is over is one that has run out.
                match bookings.into_iter().find(|other| other.code == booking.code) {
                    Some(now) => (booking, missing) = (now, 0),
                    None => missing += 1,
                }
            }
            Err(why) => {
                if trouble.as_ref() != Some(&why) {
                    tell(format_args!("{} Still looking ...", why.sentence()));
                }
                trouble = Some(why);
            }
        }
    }
}
