//! From held seats to a booking: one sale, one key, one outcome that the person can trust.

use super::{Requests, hold::Holding, nav::Route, notice::say};
use crate::{
    domain::{
        booking::{Booking, PaymentMethod},
        failure::{Failure, FailureKind},
        ids::{HoldId, SaleKey},
    },
    store::{
        Now, Out,
        action::{BookingsAction, CheckoutAction, HoldAction, NavAction, NetAction, SeatsAction, SessionAction, Tone},
        effect::{Effect, Intent},
        remote::Req,
        tracked::Tracked,
    },
};

#[derive(Clone, Debug, Default)]
pub struct Checkout {
    pub phase: Phase,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    #[default]
    Review,
    /// Waiting for the answer.
    Paying {
        req: Req,
        since_ms: u64,
        hold: HoldId,
        key: SaleKey,
    },
    /// The answer was lost: the same request with the same key tells what happened.
    Unknown {
        hold: HoldId,
        key: SaleKey,
        why: String,
    },
    Refused(Failure),
}

/// What a sale needs of the rest of the state.
pub struct Sale<'a> {
    pub hold: &'a Holding,
    /// Whether the seats leave another one alone that somebody could still buy.
    pub refused: bool,
    pub seed: [u8; 16],
    pub count: &'a mut u64,
}

impl Sale<'_> {
    /// A key that no other sale has: a UUID (version 8) made of this run's seed and the number of the sale.
    fn next_key(&mut self) -> SaleKey {
        *self.count += 1;
        let mut bytes = self.seed;
        for (byte, count) in bytes.iter_mut().zip(self.count.to_be_bytes()) {
            *byte ^= count;
        }
        SaleKey::new(uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string())
    }
}

pub fn reduce(
    checkout: &mut Tracked<Checkout>,
    mut sale: Sale<'_>,
    now: Now,
    requests: &mut Requests<'_>,
    action: &CheckoutAction,
    out: &mut Out,
) {
    match action {
        CheckoutAction::Open => {
            if sale.hold.wanted().is_empty() {
                out.then(say(Tone::Info, "Choose seats first."));
                return;
            }
            if sale.refused {
                out.then(say(
                    Tone::Info,
                    "Press {fix} first: your choice would leave a single seat alone, so it cannot be paid.",
                ));
                return;
            }
            if !matches!(checkout.phase, Phase::Paying { .. } | Phase::Unknown { .. }) {
                checkout.phase = Phase::Review;
            }
            out.then(NavAction::Open(Route::Checkout));
        }
        CheckoutAction::Pay => match checkout.phase {
            Phase::Paying { .. } => {}
            Phase::Unknown { .. } => out.then(CheckoutAction::Ask),
            _ if !sale.hold.is_settled() => out.then(say(Tone::Info, "One moment: the seats are being held.")),
            _ if sale.hold.hold().is_none() => out.then(NavAction::Back),
            _ => out.then(SessionAction::Require(Intent::Pay)),
        },
        CheckoutAction::PayNow => {
            let Some(hold) = sale.hold.hold().map(|h| h.id.clone()) else {
                out.then(say(Tone::Bad, "The seats are no longer held. Choose them again."));
                return;
            };
            let key = sale.next_key();
            pay(checkout, now, requests, hold, key, out);
        }
        CheckoutAction::Ask => {
            if let Phase::Unknown { hold, key, .. } = checkout.phase.clone() {
                pay(checkout, now, requests, hold, key, out);
            }
        }
        CheckoutAction::Settled(req, result) => settled(checkout, *req, result, out),
    }
}

fn pay(
    checkout: &mut Tracked<Checkout>,
    now: Now,
    requests: &mut Requests<'_>,
    hold: HoldId,
    key: SaleKey,
    out: &mut Out,
) {
    let req = requests.number();
    checkout.phase = Phase::Paying { req, since_ms: now.mono_ms, hold: hold.clone(), key: key.clone() };
    out.then(HoldAction::Committing);
    out.effect(Effect::Book { req, hold, payment: PaymentMethod::Demo, key });
}

fn settled(checkout: &mut Tracked<Checkout>, req: Req, result: &Result<Booking, Failure>, out: &mut Out) {
    let Phase::Paying { req: awaited, hold, key, .. } = checkout.phase.clone() else { return };
    if awaited != req {
        return;
    }
    match result {
        Ok(booking) => {
            checkout.phase = Phase::Review;
            out.then(BookingsAction::Booked(booking.clone()));
            out.then(HoldAction::Consumed);
            out.then(BookingsAction::OpenTicket(booking.code.clone()));
        }
        Err(why) if why.needs_sign_in() => {
            checkout.phase = Phase::Review;
            out.then(HoldAction::Refused);
            out.then(SessionAction::Ended { why: why.clone(), wanted: Some(Intent::Pay) });
        }
        Err(why) if matches!(why.kind, FailureKind::Unknown) => {
            checkout.phase = Phase::Unknown { hold, key, why: why.sentence() };
        }
        Err(why) if why.code == "orphan_seat" => {
            // The seats stay held: one key moves them.
            checkout.phase = Phase::Review;
            out.then(HoldAction::Refused);
            out.then(NavAction::Back);
            out.then(say(Tone::Bad, why.sentence()));
        }
        Err(why) => {
            out.then(HoldAction::Refused);
            if why.kind == FailureKind::Offline {
                out.then(NetAction::Lost(why.clone()));
            }
            if matches!(why.code.as_str(), "hold_expired" | "hold_not_found") || why.kind == FailureKind::SeatGone {
                out.then(HoldAction::Release);
                out.then(SeatsAction::Refresh);
                out.then(NavAction::Back);
                out.then(say(Tone::Bad, format!("Nothing was paid: {why}")));
            }
            checkout.phase = Phase::Refused(why.clone());
        }
    }
}
