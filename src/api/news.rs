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
        show::{SeatNews, SeatState, SeatStates},
    },
    effects::ports::{NO_NEWS, SeatStream},
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

    fn set(&self, show: &ShowId, id: String) {
        *self.lock() = Some((show.clone(), id));
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
    show: ShowId,
    count: usize,
    heard: Heard,
    /// Whether changes can be understood: all states came before them.
    has_states: bool,
}

/// The news that an answer brings, if it brings any.
pub fn of(line: Opened, show: &ShowId, count: usize, heard: Heard, begin: Begin) -> Result<SeatStream, Failure> {
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
    let listening = Listening { line, reader, events, show: show.clone(), count, heard, has_states };
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
                    self.heard.set(&self.show, event.id);
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
                states(&event.data, self.count).map(SeatNews::States)
            }
            "changes" if self.has_states => changes(&event.data, self.count).map(SeatNews::Changes),
            "changes" => None,
            _ => return Ok(None),
        };
        let misfit = || no_news(&self.line, "what it tells of seats does not fit the plan of the hall");
        news.map(Some).ok_or_else(misfit)
    }
}

fn states(data: &str, count: usize) -> Option<SeatStates> {
    let answer: SeatsAnswer = serde_json::from_str(data).ok()?;
    let packed = STANDARD.decode(&answer.states).ok()?;
    SeatStates::of_packed(count, packed).filter(|_| answer.count as usize == count)
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

    #[test]
    fn states_and_changes_must_fit_the_hall() {
        let states_of = |count: u32, packed: &str| {
            let data = format!(
                r#"{{"show":"1","chart":"c","count":{count},"states":"{packed}","server_time":"2026-11-22T10:00:00Z"}}"#
            );
            states(&data, 5)
        };
        assert_eq!(states_of(5, "gQI=").map(|states| states.iter().map(SeatState::word).collect::<Vec<_>>()), {
            Some(vec!["held", "free", "free", "sold", "sold"])
        });
        for (count, packed) in [(4, "gQI="), (5, "gQ=="), (5, "gQIA"), (5, "?")] {
            assert_eq!(states_of(count, packed), None, "{count} {packed}");
        }
        let two = vec![(SeatIx(0), SeatState::Held), (SeatIx(4), SeatState::Blocked)];
        assert_eq!(changes(r#"{"v":1,"changes":[[0,1],[4,3]]}"#, 5), Some(two));
        for wrong in ["[[5,1]]", "[[0,4]]", "[[-1,1]]", "[[0]]", "[[0,1,2]]", "{}", "[[4294967296,0]]"] {
            assert_eq!(changes(&format!(r#"{{"v":1,"changes":{wrong}}}"#), 5), None, "{wrong}");
        }
        assert_eq!(changes(r#"{"v":2,"changes":[[0,1]]}"#, 5), None);
    }
}
