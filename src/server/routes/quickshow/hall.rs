//! A hall as the dialect's pages with rooms draw it: rows of seats, from the front to the back.

use super::{Answer, Shared, shapes};
use crate::{
    domain::{
        chart::{SeatKind, Section},
        ids::{SeatIx, ShowId},
        show::{SeatState, Show},
    },
    server::{
        extract::Segment,
        office::Office,
        services::{catalogue, plans::Plan},
    },
};
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// So many places at most are drawn to fill a row: a plan may be as wide as a stadium.
const WIDEST: f64 = 200.0;

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    OpenApiRouter::new().routes(routes!(seat_layout))
}

/// The rows of a show's hall, and which of its seats cannot be had.
#[utoipa::path(get, path = "/api/show/{showId}/seat-layout", params(("showId" = String, Path)),
    responses((status = 200, body = Object)))]
async fn seat_layout(State(office): Shared, Segment(id): Segment) -> Answer {
    let answer = async {
        let (show, states) = catalogue::seats(&office, &ShowId(id)).await?;
        let plan = office.plans.get(&office.db, &show.chart).await?;
        let labels = |wanted: fn(SeatState) -> bool| -> Vec<&str> {
            let found = plan.places.iter().zip(states.iter()).filter(|(_, state)| wanted(*state));
            found.map(|(place, _)| place.label.as_str()).collect()
        };
        let now = office.now();
        let lifecycle = match () {
            () if show.ends_at <= now => "ENDED",
            () if show.starts_at <= now => "IN_PROGRESS",
            () => "UPCOMING",
        };
        Ok(json!({
            "roomName": show.hall_name, "basePrice": show.price_from().map_or(json!(0), shapes::major),
            "seatMap": seat_map(&plan, &show),
            "occupiedSeats": labels(|state| matches!(state, SeatState::Sold | SeatState::Blocked)),
            "heldSeats": labels(|state| state == SeatState::Held), "status": "SCHEDULED", "lifecycle": lifecycle,
        }))
    };
    Answer(answer.await)
}

/// The rows in the order of the chart. `seatNumber` is the whole name of a seat, as it is booked by; a place without a
/// seat has one that no seat has. Curves, levels and how sections stand to each other cannot be said here.
fn seat_map(plan: &Plan, show: &Show) -> Vec<Value> {
    let chart = &plan.chart;
    let left_of = |section: u16| {
        let rows = chart.rows.iter().filter(|row| row.section == section);
        let seats = rows.flat_map(|row| &chart.seats[row.seats.start as usize..row.seats.end as usize]);
        seats.map(|seat| seat.x).fold(f64::INFINITY, f64::min)
    };
    let lefts: Vec<f64> = (0..chart.sections.len()).map(|section| left_of(section as u16)).collect();
    let row = |row: &crate::domain::chart::Row| {
        let name = row_name(plan, &chart.sections[row.section as usize], row);
        let mut seats: Vec<Value> = Vec::new();
        let mut place = lefts[row.section as usize];
        for ix in row.seats.clone().map(SeatIx) {
            let seat = chart.seat(ix);
            let gap = if chart.is_standing(ix) { 0.0 } else { (seat.x - place).round().clamp(0.0, WIDEST) };
            for _ in 0..gap as usize {
                seats.push(
                    json!({"seatNumber": format!("{name}_{}_{}", row.seats.start, seats.len()), "seatType": "EMPTY"}),
                );
            }
            seats.push(json!({"seatNumber": plan.place(ix.0).label, "seatType": seat_type(plan, show, ix)}));
            place = seat.x + 1.0;
        }
        json!({"row": name, "seats": seats})
    };
    chart.rows.iter().filter(|row| !row.seats.is_empty()).map(row).collect()
}

/// What the names of a row's seats begin with: the row, after its section where the row alone would be two.
fn row_name(plan: &Plan, section: &Section, row: &crate::domain::chart::Row) -> String {
    let first = plan.place(row.seats.start).label.as_str();
    let number = plan.chart.seat(SeatIx(row.seats.start)).label.as_str();
    let name = first.strip_suffix(number).unwrap_or(first).trim_end();
    if name.is_empty() { section.name.to_string() } else { name.to_owned() }
}

fn seat_type(plan: &Plan, show: &Show, ix: SeatIx) -> &'static str {
    let place = plan.place(ix.0);
    let dear =
        show.price(&place.category).zip(show.price_from()).is_some_and(|(price, least)| price.minor > least.minor);
    match place.kind {
        SeatKind::Couch => "COUPLE",
        _ if dear => "VIP",
        _ => "STANDARD",
    }
}
