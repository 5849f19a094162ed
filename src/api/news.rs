//! The news of a show's seats, read from a box office's event stream. All of it is checked: what does not fit the
//! hall is no news of it.

use super::{
    http::Opened,
    sse::{Event, Reader},
};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        ids::{SeatIx, ShowId},
        show::{SeatNews, SeatState, SeatStates, ShowPlan},
    },
    effects::ports::{CHART_CHANGED, NO_NEWS, SeatStream},
    wire::{SeatChanges, SeatsAnswer},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::stream::{self, StreamExt};
use reqwest::{StatusCode, header::CONTENT_TYPE};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A box office says something every 15 seconds. Three times that without a byte, and the line is dead.
const SILENCE: Duration = Duration::from_secs(45);

/// The longest id of an event that is kept: ours take a few bytes, and each goes back in a header.
const LONGEST_ID: usize = 256;

/// The last event that was heard, and of which show.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Option<(ShowId, String)>>>);

impl Heard {
    /// The id of the last event of this show, if it was the last one that was watched.
    pub fn of(&self, show: &ShowId) -> Option<String> {
        self.lock().as_ref().filter(|(of, id)| of == show && !id.is_empty()).map(|(_, id)| id.clone())
    }

    pub fn forget(&self) {
        *self.lock() = None;
    }

    /// Notes an event. An id that no header can carry is none: the watch would begin with all states again.
    fn set(&self, show: &ShowId, id: String) {
        let fits = id.len() <= LONGEST_ID && id.bytes().all(|byte| byte.is_ascii_graphic());
        *self.lock() = fits.then(|| (show.clone(), id));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(ShowId, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a watch begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    Afresh,
    /// Where another ended that was lost.
    WhereItEnded,
}

/// A stream that is open.
struct Listening {
    line: Opened,
    reader: Reader,
    events: VecDeque<Event>,
    of: ShowPlan,
    heard: Heard,
    /// Whether changes can be understood: all states came before them.
    has_states: bool,
}

/// The news that an answer brings, if it brings any.
pub fn of(line: Opened, of: &ShowPlan, heard: Heard, begin: Begin) -> Result<SeatStream, Failure> {
    let kind = line.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_stream = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/event-stream");
    let status = line.status();
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return Err(lost(&line, &format!("it answered {status}")));
    }
    if status != StatusCode::OK {
        return Err(no_news(&line, &format!("it answered {status}")));
    }
    if !is_stream {
        return Err(no_news(&line, "what it answers are no events"));
    }
    let has_states = begin == Begin::WhereItEnded;
    // Word that the line stands again, though nothing may have been missed.
    let again = has_states.then(|| Ok(SeatNews::Changes(Vec::new())));
    let (reader, events) = (Reader::default(), VecDeque::new());
    let listening = Listening { line, reader, events, of: of.clone(), heard, has_states };
    let news = stream::unfold(Some(listening), |listening| async {
        let mut listening = listening?;
        match listening.next().await {
            Ok(news) => Some((Ok(news), Some(listening))),
            Err(why) => Some((Err(why), None)),
        }
    });
    Ok(stream::iter(again).chain(news).boxed())
}

impl Listening {
    async fn next(&mut self) -> Result<SeatNews, Failure> {
        loop {
            while let Some(event) = self.events.pop_front() {
                if let Some(news) = self.read(&event)? {
                    self.heard.set(&self.of.show, event.id);
                    return Ok(news);
                }
            }
            let read = match tokio::time::timeout(SILENCE, self.line.piece()).await {
                Ok(piece) => self.reader.take(&piece?),
                Err(_) => return Err(lost(&self.line, "nothing was heard for 45 seconds")),
            };
            self.events = read.map_err(|error| no_news(&self.line, &error.to_string()))?.into();
        }
    }

    /// `None` for events of another kind: a newer box office may have more of them.
    fn read(&mut self, event: &Event) -> Result<Option<SeatNews>, Failure> {
        let news = match event.kind.as_str() {
            "states" => {
                self.has_states = true;
                states(&event.data, &self.of).map(SeatNews::States)
            }
            "changes" if self.has_states => {
                changes(&event.data, self.of.count).map(SeatNews::Changes).ok_or(Misfit::Nonsense)
            }
            "changes" => Err(Misfit::Nonsense),
            _ => return Ok(None),
        };
        news.map(Some).map_err(|misfit| match misfit {
            Misfit::OtherPlan => {
                let why = "the plan of the hall has changed; what is told of its seats is told of the new one";
                Failure::new(FailureKind::Refused, CHART_CHANGED, why)
            }
            Misfit::Nonsense => no_news(&self.line, "what it tells of seats does not fit the plan of the hall"),
        })
    }
}

/// Why something is no news of the seats of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Misfit {
    /// The show has another plan now; its places are other seats, even where they are as many.
    OtherPlan,
    Nonsense,
}

fn states(data: &str, of: &ShowPlan) -> Result<SeatStates, Misfit> {
    let answer: SeatsAnswer = serde_json::from_str(data).map_err(|_| Misfit::Nonsense)?;
    if answer.chart != of.chart {
        return Err(Misfit::OtherPlan);
    }
    let packed = STANDARD.decode(&answer.states).map_err(|_| Misfit::Nonsense)?;
    let states = SeatStates::of_packed(of.count, packed).filter(|_| answer.count as usize == of.count);
    states.ok_or(Misfit::Nonsense)
}

fn changes(data: &str, count: usize) -> Option<Vec<(SeatIx, SeatState)>> {
    let told: SeatChanges = serde_json::from_str(data).ok().filter(|told: &SeatChanges| told.v == 1)?;
    let change = |(seat, state): (u32, u8)| {
        ((seat as usize) < count && state < 4).then(|| (SeatIx(seat), SeatState::of_bits(state)))
    };
    told.changes.into_iter().map(change).collect()
}

/// It will not be otherwise when it is asked again.
fn no_news(line: &Opened, reason: &str) -> Failure {
    let why = format!("{} tells no news of seats: {reason}", line.shown());
    Failure::new(FailureKind::Other, NO_NEWS, why)
}

fn lost(line: &Opened, reason: &str) -> Failure {
    let why = format!("{} tells no news of seats at the moment: {reason}", line.shown());
    Failure::new(FailureKind::Offline, "unreachable", why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ChartHash;

    #[test]
    fn states_and_changes_must_fit_the_hall() {
        let of = ShowPlan { show: ShowId::new("1"), chart: ChartHash("c".to_owned()), count: 5 };
        let told = |chart: &str, count: u32, packed: &str| {
            let facts = format!(r#""show":"1","chart":"{chart}","count":{count},"states":"{packed}""#);
            states(&format!(r#"{{{facts},"server_time":"2026-11-22T10:00:00Z"}}"#), &of)
        };
        let states_of = |count, packed| told("c", count, packed);
        assert_eq!(told("another", 5, "gQI="), Err(Misfit::OtherPlan), "as many seats, but other ones");
        assert_eq!(states_of(5, "gQI=").map(|states| states.iter().map(SeatState::word).collect::<Vec<_>>()), {
            Ok(vec!["held", "free", "free", "sold", "sold"])
        });
        for (count, packed) in [(4, "gQI="), (5, "gQ=="), (5, "gQIA"), (5, "?")] {
            assert_eq!(states_of(count, packed), Err(Misfit::Nonsense), "{count} {packed}");
        }
        let two = vec![(SeatIx(0), SeatState::Held), (SeatIx(4), SeatState::Blocked)];
        assert_eq!(changes(r#"{"v":1,"changes":[[0,1],[4,3]]}"#, 5), Some(two));
        for wrong in ["[[5,1]]", "[[0,4]]", "[[-1,1]]", "[[0]]", "[[0,1,2]]", "{}", "[[4294967296,0]]"] {
            assert_eq!(changes(&format!(r#"{{"v":1,"changes":{wrong}}}"#), 5), None, "{wrong}");
        }
        assert_eq!(changes(r#"{"v":2,"changes":[[0,1]]}"#, 5), None);
    }
}
