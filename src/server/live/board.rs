//! What a feed has told: the states of all seats, and the last changes one by one, each written down once for all
//! watchers.

use crate::{
    domain::{
        ids::{ChartHash, ShowId},
        show::{SeatState, SeatStates},
    },
    wire::{SeatChanges, SeatsAnswer},
};
use axum::body::Bytes;
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::VecDeque;

/// So many batches of changes are kept for watchers that come back or lag behind, and so many bytes of them.
const KEPT_BATCHES: usize = 128;
const KEPT_BYTES: usize = 256 * 1024;
/// What a change takes in JSON, at the least, in bytes: `[0,1],`.
const LEAST_CHANGE: usize = 6;

/// What was told so far. Batches are numbered from 1; 0 is what the feed began with.
pub struct Board {
    show: ShowId,
    chart: ChartHash,
    /// Which feed numbers the batches: another one counts anew.
    epoch: String,
    states: SeatStates,
    newest: u64,
    /// The last batches, oldest first, up to the newest.
    recent: VecDeque<Bytes>,
    recent_bytes: usize,
    /// All states as of the newest batch, once somebody has asked for them.
    whole: Option<Bytes>,
}

impl Board {
    pub fn new(show: ShowId, chart: ChartHash, epoch: String, states: SeatStates) -> Self {
        let (recent, recent_bytes) = (VecDeque::new(), 0);
        Self { show, chart, epoch, states, newest: 0, recent, recent_bytes, whole: None }
    }

    /// What was last told of a seat.
    pub fn state(&self, seat: u32) -> SeatState {
        self.states.get(seat as usize)
    }

    /// Tells a batch of changes. So many that all states are shorter are told as all states.
    pub fn tell(&mut self, changes: &[(u32, SeatState)], now: Timestamp) {
        for &(seat, state) in changes {
            self.states.set(seat as usize, state);
        }
        self.newest += 1;
        self.whole = None;
        let batch = if changes.len() * LEAST_CHANGE > self.states.packed().len() * 4 / 3 + 256 {
            self.whole(now)
        } else {
            let changes = changes.iter().map(|&(seat, state)| (seat, state as u8)).collect();
            self.event("changes", &SeatChanges { v: 1, changes })
        };
        self.recent_bytes += batch.len();
        self.recent.push_back(batch);
        while self.recent.len() > KEPT_BATCHES || self.recent_bytes > KEPT_BYTES && self.recent.len() > 1 {
            self.recent_bytes -= self.recent.pop_front().map_or(0, |oldest| oldest.len());
        }
    }

    /// The number of the last batch that somebody has heard who names the event `id`; `None` if this feed has told no
    /// such event.
    pub fn heard(&self, id: &str) -> Option<u64> {
        let (epoch, batch) = id.split_once('-')?;
        batch.parse().ok().filter(|&batch| epoch == self.epoch && batch <= self.newest)
    }

    /// What somebody has not heard yet whose last batch was `heard`, and the number of the newest: the batches that
    /// were missed, or all states where those are not there any more.
    pub fn since(&mut self, heard: Option<u64>, now: Timestamp) -> Option<(Bytes, u64)> {
        if heard == Some(self.newest) {
            return None;
        }
        let missed = heard.and_then(|heard| usize::try_from(self.newest.checked_sub(heard)?).ok());
        let bytes = match missed.and_then(|missed| self.recent.len().checked_sub(missed)) {
            Some(first) if first + 1 == self.recent.len() => self.recent[first].clone(),
            Some(first) => self.recent.range(first..).flatten().copied().collect(),
            None => self.whole(now),
        };
        Some((bytes, self.newest))
    }

    fn whole(&mut self, now: Timestamp) -> Bytes {
        if let Some(whole) = &self.whole {
            return whole.clone();
        }
        let answer = SeatsAnswer {
            show: self.show.clone(),
            chart: self.chart.clone(),
            count: self.states.len() as u32,
            states: STANDARD.encode(self.states.packed()),
            server_time: now,
        };
        let whole = self.event("states", &answer);
        self.whole.insert(whole).clone()
    }

    fn event(&self, kind: &str, data: &impl Serialize) -> Bytes {
        let data = serde_json::to_string(data).unwrap_or_default();
        format!("id: {}-{}\nevent: {kind}\ndata: {data}\n\n", self.epoch, self.newest).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(seats: usize) -> Board {
        Board::new(ShowId::new("1"), ChartHash("c".to_owned()), "e".to_owned(), SeatStates::free(seats))
    }

    fn text(told: Option<(Bytes, u64)>) -> (String, u64) {
        let (bytes, newest) = told.unwrap();
        (String::from_utf8(bytes.to_vec()).unwrap(), newest)
    }

    #[test]
    fn who_is_new_gets_all_states_and_who_was_there_just_what_was_missed() {
        let mut board = board(400);
        let now = Timestamp::UNIX_EPOCH;
        board.tell(&[(3, SeatState::Held)], now);
        board.tell(&[(3, SeatState::Sold), (4, SeatState::Held)], now);
        let (first, second) = (
            "id: e-1\nevent: changes\ndata: {\"v\":1,\"changes\":[[3,1]]}\n\n",
            "id: e-2\nevent: changes\ndata: {\"v\":1,\"changes\":[[3,2],[4,1]]}\n\n",
        );
        assert_eq!(text(board.since(Some(0), now)), (format!("{first}{second}"), 2));
        assert_eq!(text(board.since(Some(1), now)), (second.to_owned(), 2));
        assert_eq!(board.since(Some(2), now), None);
        let (whole, newest) = text(board.since(None, now));
        assert!(whole.starts_with("id: e-2\nevent: states\ndata: {\"show\":\"1\",") && newest == 2, "{whole}");
        assert!(whole.contains("\"states\":\"gAEA"), "{whole}");
        assert_eq!((board.heard("e-1"), board.heard("e-2")), (Some(1), Some(2)));
        for foreign in ["e-3", "f-1", "e-", "e", "", "e--1", "e-1-1"] {
            assert_eq!(board.heard(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn who_lags_too_far_behind_gets_all_states() {
        let mut board = board(400);
        let now = Timestamp::UNIX_EPOCH;
        for n in 0..=KEPT_BATCHES {
            let state = if n % 2 == 0 { SeatState::Held } else { SeatState::Free };
            board.tell(&[(7, state)], now);
        }
        assert!(text(board.since(Some(0), now)).0.contains("event: states"));
        let (missed, _) = text(board.since(Some(1), now));
        assert_eq!(missed.matches("event: changes").count(), KEPT_BATCHES);
    }

    #[test]
    fn a_batch_that_is_longer_than_all_states_is_told_as_all_states() {
        let mut board = board(1_000);
        let now = Timestamp::UNIX_EPOCH;
        let all: Vec<_> = (0..1_000).map(|seat| (seat, SeatState::Sold)).collect();
        board.tell(&all, now);
        let (told, newest) = text(board.since(Some(0), now));
        assert!(told.starts_with("id: e-1\nevent: states\n") && newest == 1, "{told}");
    }

    #[test]
    fn what_is_kept_is_bounded_in_bytes_too() {
        let mut board = board(250_000);
        let now = Timestamp::UNIX_EPOCH;
        for state in [SeatState::Held, SeatState::Free, SeatState::Held, SeatState::Sold, SeatState::Free] {
            let all: Vec<_> = (0..250_000).map(|seat| (seat, state)).collect();
            board.tell(&all, now);
        }
        assert!(board.recent_bytes <= KEPT_BYTES && !board.recent.is_empty(), "{}", board.recent_bytes);
    }
}
