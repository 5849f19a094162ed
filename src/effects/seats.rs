//! Thunks of the seats slice.

use super::ports::{Ports, SeatsNow};
use crate::{
    domain::{
        chart::plan::Plan,
        ids::{ChartHash, ShowId},
    },
    store::{
        action::{Action, SeatsAction},
        remote::Req,
    },
};
use std::sync::Arc;

pub async fn load_plan(ports: Ports, req: Req, hash: ChartHash) -> Action {
    let plan = ports.office.chart(&hash).await.map(|chart| Arc::new(Plan::of(hash, chart)));
    SeatsAction::PlanLoaded(req, plan).into()
}

pub async fn load_states(ports: Ports, req: Req, show: ShowId, count: usize, known: Option<String>) -> Action {
    let loaded = ports.office.seats(&show, count, known.as_deref()).await.map(|now| match now {
        SeatsNow::Unchanged => None,
        SeatsNow::States { etag, states } => Some((etag, states)),
    });
    SeatsAction::StatesLoaded(req, loaded).into()
}
