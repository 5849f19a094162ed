//! One feed for each show that is watched. It is told which seats were touched, but believes nobody: it reads what
//! is committed, compares that with what it has told, and tells the difference.

use super::{board::Board, lock};
use crate::{
    domain::{env::random, ids::ShowId, show::SeatState},
    server::{
        office::{Office, hex},
        problem::Refusal,
        services::{catalogue, claims},
    },
};
use jiff::Timestamp;
use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    sync::{Notify, OnceCell, watch},
    task::AbortHandle,
    time::{Instant, sleep, sleep_until},
};

/// Whoever hears nothing for longer may believe that the connection is lost.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The least time between two batches, and how much longer it is for each watcher: a batch costs something for each
/// of them, so the more there are, the fewer batches they get, and what watching costs stays the same.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_PER_WATCHER: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// The wall clock, by which holds end, may be put forward, or the machine sleep: it is looked at this often.
const CLOCK_LOOK: Duration = Duration::from_secs(1);

/// The seats of one show that are to be looked at.
pub struct Feed {
    pub show: i64,
    touched: Mutex<BTreeSet<u32>>,
    wake: Notify,
    watchers: AtomicU64,
    begun: OnceCell<(Arc<News>, AbortHandle)>,
}

/// What a feed tells its watchers.
pub struct News {
    pub board: Mutex<Board>,
    /// Changes whenever there is something to say.
    pub pulse: watch::Sender<Pulse>,
}

/// Why watchers are woken: for what is on the board, or for this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    /// Counts the heartbeats: words that there is nothing to say.
    pub beats: u64,
    pub ended: bool,
}

impl Feed {
    pub fn of(show: i64) -> Self {
        Self {
            show,
            touched: Mutex::default(),
            wake: Notify::new(),
            watchers: AtomicU64::new(0),
            begun: OnceCell::new(),
        }
    }

    pub fn joined(&self) {
        self.watchers.fetch_add(1, Relaxed);
    }

    /// Returns how many watchers are left.
    pub fn left(&self) -> u64 {
        self.watchers.fetch_sub(1, Relaxed) - 1
    }

    pub fn touch(&self, seats: impl IntoIterator<Item = u32>) {
        lock(&self.touched).extend(seats);
        self.wake.notify_one();
    }

    /// Ends it, and with it every watcher's stream.
    pub fn end(&self) {
        if let Some((_, task)) = self.begun.get() {
            task.abort();
        }
    }

    /// The news of this show. The first who asks begins them: seats have been touched in here since before it reads.
    pub async fn news(self: &Arc<Self>, office: &Arc<Office>, id: &ShowId) -> Result<Arc<News>, Refusal> {
        let begin = async || {
            let (show, states) = catalogue::seats(office, id).await?;
            // When the holds end is not known yet: looking at them tells.
            self.touch((0..).zip(states.iter()).filter(|(_, state)| *state == SeatState::Held).map(|(seat, _)| seat));
            let epoch = hex(&random::<4>(&*office.entropy));
            let board = Mutex::new(Board::new(show.id, show.chart, epoch, states));
            let news = Arc::new(News { board, pulse: watch::Sender::new(Pulse::default()) });
            let teller = Teller {
                office: Arc::clone(office),
                feed: Arc::clone(self),
                news: Arc::clone(&news),
                ends: HashMap::new(),
            };
            Ok((news, tokio::spawn(teller.run()).abort_handle()))
        };
        self.begun.get_or_try_init(begin).await.map(|(news, _)| Arc::clone(news))
    }

    fn pause(&self) -> Duration {
        let watchers = u32::try_from(self.watchers.load(Relaxed)).unwrap_or(u32::MAX);
        PAUSE.saturating_add(PAUSE_PER_WATCHER.saturating_mul(watchers)).min(LONGEST_PAUSE)
    }
}

/// The task of a feed.
struct Teller {
    office: Arc<Office>,
    feed: Arc<Feed>,
    news: Arc<News>,
    /// When the held seats are free again, in milliseconds since 1970.
    ends: HashMap<u32, i64>,
}

impl Teller {
    async fn run(mut self) {
        let mut rested = Instant::now();
        let mut beat = Instant::now() + HEARTBEAT;
        loop {
            let end = self.next_end();
            tokio::select! {
                () = self.feed.wake.notified() => {}
                () = sleep(end.unwrap_or_default()), if end.is_some() => {}
                () = sleep_until(beat) => {
                    self.news.pulse.send_modify(|pulse| pulse.beats += 1);
                    beat = Instant::now() + HEARTBEAT;
                    continue;
                }
            }
            // The first change after a quiet time is told at once; what comes meanwhile is told together.
            if Instant::now() < rested {
                sleep_until(rested).await;
            }
            match self.look().await {
                Ok(Looked::Nothing) => {}
                Ok(Looked::Same) => rested = Instant::now() + self.feed.pause(),
                Ok(Looked::Told) => {
                    rested = Instant::now() + self.feed.pause();
                    beat = Instant::now() + HEARTBEAT;
                }
                Err(refusal) => {
                    tracing::warn!(show = self.feed.show, "the seats of a watched show cannot be read: {refusal}");
                    rested = Instant::now() + LONGEST_PAUSE;
                }
            }
        }
    }

    /// How long until the first hold ends, or until the clock is to be looked at again.
    fn next_end(&self) -> Option<Duration> {
        let end = self.ends.values().min()?;
        let left = u64::try_from(end.saturating_sub(self.office.now_ms())).unwrap_or(0);
        Some(Duration::from_millis(left).min(CLOCK_LOOK))
    }

    /// Reads what is true of the seats that were touched, or whose time is over, and tells what of it is new.
    async fn look(&mut self) -> Result<Looked, Refusal> {
        let now = self.office.now();
        let mut seats = std::mem::take(&mut *lock(&self.feed.touched));
        seats.extend(self.ends.iter().filter(|(_, end)| **end <= now.as_millisecond()).map(|(seat, _)| *seat));
        if seats.is_empty() {
            return Ok(Looked::Nothing);
        }
        match claims::standing(self.office.db.read(), self.feed.show, &seats).await {
            Ok(standing) => Ok(self.compare(&seats, &standing, now)),
            Err(refusal) => {
                self.feed.touch(seats);
                Err(refusal)
            }
        }
    }

    fn compare(&mut self, seats: &BTreeSet<u32>, standing: &HashMap<u32, Option<i64>>, now: Timestamp) -> Looked {
        let mut board = lock(&self.news.board);
        let mut changes = Vec::new();
        for &seat in seats {
            let state = match standing.get(&seat) {
                Some(None) => SeatState::Sold,
                Some(Some(end)) if *end > now.as_millisecond() => SeatState::Held,
                Some(Some(_)) | None => SeatState::Free,
            };
            match standing.get(&seat) {
                Some(Some(end)) if state == SeatState::Held => drop(self.ends.insert(seat, *end)),
                _ => drop(self.ends.remove(&seat)),
            }
            let told = board.state(seat);
            if told != state && told != SeatState::Blocked {
                changes.push((seat, state));
            }
        }
        if changes.is_empty() {
            return Looked::Same;
        }
        board.tell(&changes, now);
        drop(board);
        self.news.pulse.send_modify(|_| ());
        Looked::Told
    }
}

/// However the task ends, nobody waits for news that will not come.
impl Drop for Teller {
    fn drop(&mut self) {
        self.news.pulse.send_modify(|pulse| pulse.ended = true);
    }
}

/// What came of a look.
enum Looked {
    /// There was nothing to look at.
    Nothing,
    Same,
    Told,
}
