//! Thunks of the checkout and bookings slices.

use super::{
    ports::{BoxOffice, Ports, Sale, Session},
    runtime::with_person,
};
use crate::{
    domain::{
        booking::{Booking, PaymentMethod},
        failure::Failure,
        ids::{BookingCode, HoldId, SaleKey},
    },
    store::{
        action::{Action, BookingsAction, CheckoutAction},
        remote::Req,
    },
};
use std::sync::Arc;

pub async fn book(ports: Ports, req: Req, hold: HoldId, payment: PaymentMethod, key: SaleKey) -> Action {
    let booked = sell(&ports.session, &*ports.office, &hold, payment, &key).await;
    CheckoutAction::Settled(req, booked).into()
}

/// Books what a hold holds, and looks what became of it at a server that does not say.
pub async fn sell(
    session: &Arc<dyn Session>,
    office: &dyn BoxOffice,
    hold: &HoldId,
    payment: PaymentMethod,
    key: &SaleKey,
) -> Result<Booking, Failure> {
    match with_person(session, |bearer| office.book(bearer, hold, payment, key)).await? {
        Sale::Booked(booking) => Ok(booking),
        Sale::Sent => with_person(session, |bearer| office.sold(bearer, key)).await,
    }
}

pub async fn load(ports: Ports, req: Req) -> Action {
    let loaded = with_person(&ports.session, |bearer| ports.office.bookings(bearer)).await;
    BookingsAction::Loaded(req, loaded).into()
}

pub async fn cancel(ports: Ports, code: BookingCode) -> Action {
    let cancelled = with_person(&ports.session, |bearer| ports.office.cancel(bearer, &code)).await;
    BookingsAction::Cancelled(code, cancelled).into()
}
