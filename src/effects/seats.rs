//! Thunks of the seats slice.

use super::ports::{BoxOffice, CHART_CHANGED, NO_NEWS, Ports, SeatStream, SeatsNow};
use crate::{
    domain::{
        chart::{Chart, plan::Plan},
        failure::{Failure, FailureKind},
        ids::{ChartHash, SeatIx},
        show::{SeatNews, SeatState, SeatStates, ShowPlan},
    },
    store::{
        action::{Action, SeatsAction},
        remote::Req,
    },
};
use backon::{BackoffBuilder, ExponentialBuilder};
use futures_util::StreamExt;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, sleep_until};

/// The wait before a lost watch is begun again: at first, and at most.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A watch that was heard for so long was no bad one: the next loss is a new beginning.
const SOUND: Duration = Duration::from_secs(30);
/// The least time between two words of news: what comes meanwhile is told together, however much it is.
const GAP: Duration = Duration::from_millis(50);

pub async fn load_plan(ports: Ports, req: Req, hash: ChartHash) -> Action {
    let plan = match ports.office.chart(&hash).await {
        Ok(chart) => lay_out(hash, chart).await,
        Err(why) => Err(why),
    };
    SeatsAction::PlanLoaded(req, plan).into()
}

/// The plan of a chart. That of a large hall takes longer than a frame may, so the loop does not wait for it.
async fn lay_out(hash: ChartHash, chart: Arc<Chart>) -> Result<Arc<Plan>, Failure> {
    let plan = tokio::task::spawn_blocking(move || Arc::new(Plan::of(hash, chart))).await;
    plan.map_err(|broken| {
        Failure::new(FailureKind::Other, "bad_plan", format!("The plan of the hall cannot be laid out: {broken}."))
    })
}

pub async fn load_states(ports: Ports, req: Req, of: ShowPlan, known: Option<String>) -> Action {
    let loaded = ports.office.seats(&of, known.as_deref()).await.map(|now| match now {
        SeatsNow::Unchanged => None,
        SeatsNow::States { etag, states } => Some((etag, states)),
    });
    SeatsAction::StatesLoaded(req, loaded).into()
}

/// Tells the news of a show's seats for as long as this runs. A loss is told once, and the watch begun again, ever
/// more patiently; it ends by itself only where there is no news to be had, or none of this plan, and tells that always.
pub async fn watch(office: Arc<dyn BoxOffice>, req: Req, of: ShowPlan, tell: impl Fn(Action)) {
    let (mut pauses, mut heard, mut lost) = (pauses(), false, false);
    loop {
        let begun = Instant::now();
        let watching = match heard {
            true => office.watch_again(&of).await,
            false => office.watch(&of).await,
        };
        let why = match watching {
            Ok(news) => {
                let pass_on = |news| {
                    (heard, lost) = (true, false);
                    tell(SeatsAction::News(req, news).into());
                };
                listen(news, pass_on).await
            }
            Err(why) => why,
        };
        if begun.elapsed() >= SOUND {
            pauses = self::pauses();
        }
        let for_good = matches!(why.code.as_str(), NO_NEWS | CHART_CHANGED);
        if !std::mem::replace(&mut lost, true) || for_good {
            tell(SeatsAction::NewsLost(req, why).into());
        }
        if for_good {
            return;
        }
        sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
    }
}

fn pauses() -> impl Iterator<Item = Duration> {
    let pauses = ExponentialBuilder::new().with_min_delay(PAUSE).with_max_delay(LONGEST_PAUSE).with_factor(2.0);
    pauses.without_max_times().with_jitter().build()
}

/// Passes the news on until they end, and gives the reason why they did. The first word after a quiet time goes on at
/// once.
async fn listen(mut news: SeatStream, mut pass_on: impl FnMut(SeatNews)) -> Failure {
    let mut waiting: Option<Waiting> = None;
    let mut next = Instant::now();
    loop {
        if let Some(waiting) = waiting.take_if(|_| Instant::now() >= next) {
            pass_on(waiting.together());
            next = Instant::now() + GAP;
        }
        let why = tokio::select! {
            () = sleep_until(next), if waiting.is_some() => continue,
            word = news.next() => match word {
                Some(Ok(word)) => {
                    waiting.get_or_insert_default().add(word);
                    continue;
                }
                Some(Err(why)) => why,
                None => Failure::new(FailureKind::Offline, "unreachable", "the news of the seats have ended"),
            },
        };
        waiting.into_iter().for_each(|waiting| pass_on(waiting.together()));
        return why;
    }
}

/// News that are to be told together: never more than there are seats.
#[derive(Default)]
struct Waiting {
    states: Option<SeatStates>,
    /// What has changed since, or, without states, since the news before.
    changes: BTreeMap<SeatIx, SeatState>,
}

impl Waiting {
    fn add(&mut self, news: SeatNews) {
        match news {
            SeatNews::States(states) => *self = Self { states: Some(states), changes: BTreeMap::new() },
            SeatNews::Changes(changes) => self.changes.extend(changes),
        }
    }

    fn together(self) -> SeatNews {
        let Some(mut states) = self.states else { return SeatNews::Changes(self.changes.into_iter().collect()) };
        for (seat, state) in self.changes {
            states.set(seat.get(), state);
        }
        SeatNews::States(states)
    }
}

#[cfg(test)]
#[path = "seats/tests.rs"]
mod tests;
