//! Thunks of the hold slice.

use super::ports::Ports;
use crate::{
    domain::{
        ids::{HoldId, SeatId, ShowId},
        show::{HoldEdit, LeftAlone},
    },
    store::{
        action::{Action, HoldAction},
        remote::Req,
    },
};

pub async fn hold(ports: Ports, req: Req, show: ShowId, seats: Vec<SeatId>) -> Action {
    // Seats are taken one after the other, and a single one may be left alone on the way.
    let held = ports.office.hold(&show, &seats, LeftAlone::Tell).await;
    HoldAction::Settled(req, held.map(Some)).into()
}

pub async fn change(ports: Ports, req: Req, hold: HoldId, edit: HoldEdit) -> Action {
    HoldAction::Settled(req, ports.office.change_hold(&hold, &edit).await.map(Some)).into()
}

/// Letting go is best effort: what the server does not hear of ends by itself.
pub async fn release(ports: Ports, req: Req, hold: HoldId) -> Action {
    if let Err(why) = ports.office.release(&hold).await {
        tracing::info!(code = %why.code, "a hold was not released; it ends by itself");
    }
    HoldAction::Settled(req, Ok(None)).into()
}
