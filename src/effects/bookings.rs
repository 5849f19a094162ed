//! Thunks of the checkout and bookings slices.

use super::{ports::Ports, runtime::with_person};
use crate::{
    domain::{
        booking::PaymentMethod,
        ids::{BookingCode, HoldId, SaleKey},
    },
    store::{
        action::{Action, BookingsAction, CheckoutAction},
        remote::Req,
    },
};

pub async fn book(ports: Ports, req: Req, hold: HoldId, payment: PaymentMethod, key: SaleKey) -> Action {
    let booked = with_person(&ports.session, |bearer| ports.office.book(bearer, &hold, payment, &key)).await;
    CheckoutAction::Settled(req, booked).into()
}

pub async fn load(ports: Ports, req: Req) -> Action {
    let loaded = with_person(&ports.session, |bearer| ports.office.bookings(bearer)).await;
    BookingsAction::Loaded(req, loaded).into()
}

pub async fn cancel(ports: Ports, code: BookingCode) -> Action {
    let cancelled = with_person(&ports.session, |bearer| ports.office.cancel(bearer, &code)).await;
    BookingsAction::Cancelled(code, cancelled).into()
}
