//! From held seats to a booking: one sale, one key, one outcome that the person can trust.

use super::{Requests, hold::Holding, nav::Route, notice::say};
use crate::{
    domain::{
        booking::{Booking, PaymentMethod},
        cinema::{Abilities, Holds},
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
        /// When the sale was first asked for.
        since_ms: u64,
        hold: HoldId,
        key: SaleKey,
    },
    /// The answer was lost: the same request with the same key tells what happened.
    Unknown {
        since_ms: u64,
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
    pub abilities: Abilities,
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
                    "Press {fix} first: your choice would leave a single seat alone, so it cannot be booked.",
                ));
                return;
            }
            if !matches!(checkout.phase, Phase::Paying { .. } | Phase::Unknown { .. }) {
                checkout.phase = Phase::Review;
            }
            out.then(NavAction::Open(Route::Checkout));
            out.then(SeatsAction::Look);
        }
        CheckoutAction::Pay => match checkout.phase {
            Phase::Paying { .. } => {}
            Phase::Unknown { .. } => out.then(CheckoutAction::Ask),
            _ if !sale.hold.is_settled() => {
                let what = if sale.abilities.holds == Holds::Kept { "held" } else { "looked at" };
                out.then(say(Tone::Info, format!("One moment: the seats are being {what}.")));
            }
            _ if sale.hold.hold().is_none() => out.then(NavAction::Back),
            _ => out.then(SessionAction::Require(Intent::Pay)),
        },
        CheckoutAction::PayNow => {
            let Some(hold) = sale.hold.hold().map(|h| h.id.clone()) else {
                out.then(say(Tone::Bad, "The seats are no longer yours to book. Choose them again."));
                return;
            };
            let key = sale.next_key();
            pay(checkout, &sale, requests, Asked { since_ms: now.mono_ms, hold, key }, out);
        }
        CheckoutAction::Ask => {
            if let Phase::Unknown { since_ms, hold, key, .. } = checkout.phase.clone() {
                pay(checkout, &sale, requests, Asked { since_ms, hold, key }, out);
            }
        }
        CheckoutAction::Settled(req, result) => settled(checkout, sale.abilities, *req, result, out),
    }
}

/// A sale that is asked for, perhaps not for the first time.
struct Asked {
    since_ms: u64,
    hold: HoldId,
    key: SaleKey,
}

fn pay(
    checkout: &mut Tracked<Checkout>,
    sale: &Sale<'_>,
    requests: &mut Requests<'_>,
    Asked { since_ms, hold, key }: Asked,
    out: &mut Out,
) {
    let req = requests.number();
    checkout.phase = Phase::Paying { req, since_ms, hold: hold.clone(), key: key.clone() };
    out.then(HoldAction::Committing);
    let payment = if sale.abilities.pays_later { PaymentMethod::Link } else { PaymentMethod::Demo };
    out.effect(Effect::Book { req, hold, payment, key });
}

fn settled(
    checkout: &mut Tracked<Checkout>,
    abilities: Abilities,
    req: Req,
    result: &Result<Booking, Failure>,
    out: &mut Out,
) {
    let Phase::Paying { req: awaited, since_ms, hold, key } = checkout.phase.clone() else { return };
    if awaited != req {
        return;
    }
    match result {
        Ok(booking) => {
            checkout.phase = Phase::Review;
            out.then(BookingsAction::Booked { booking: booking.clone(), asked_ms: since_ms });
            out.then(HoldAction::Consumed);
            out.then(BookingsAction::OpenTicket(booking.code.clone()));
        }
        Err(why) if why.needs_sign_in() => {
            checkout.phase = Phase::Review;
            out.then(HoldAction::Refused);
            out.then(SessionAction::Ended { why: why.clone(), wanted: Some(Intent::Pay) });
        }
        Err(why) if matches!(why.kind, FailureKind::Unknown) => {
            checkout.phase = Phase::Unknown { since_ms, hold, key, why: why.sentence() };
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
                // Where nothing is held, what is left of the choice stays chosen.
                if abilities.holds == Holds::Kept || why.kind != FailureKind::SeatGone {
                    out.then(HoldAction::Release);
                }
                out.then(SeatsAction::Refresh);
                out.then(NavAction::Back);
                let what = if abilities.pays_later { "Nothing was booked" } else { "Nothing was paid" };
                out.then(say(Tone::Bad, format!("{what}: {why}")));
            }
            checkout.phase = Phase::Refused(why.clone());
        }
    }
}
