//! Live seats: whoever watches a show hears what becomes of its seats.
//!
//! One writer commits; what it touched goes to the feeds of the shows that somebody watches (`feed`). A feed reads
//! what is true of those seats now, and puts what has changed on its board (`board`), once for everybody. Each
//! watcher reads the board at its own pace (`watcher`). A show that nobody watches costs nothing.

mod board;
mod feed;
mod watcher;

use super::{
    office::Office,
    peer::Peer,
    problem::{Code, Refusal},
    services::{catalogue, records::show_number},
};
use crate::domain::{ids::ShowId, rules::Limits};
use feed::Feed;
use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
pub use watcher::Watcher;

/// All that is watched.
pub struct Live {
    watched: Mutex<Watched>,
    /// What the present transaction does to shows.
    noted: Mutex<Vec<(i64, Done)>>,
    most: usize,
    most_per_address: usize,
}

#[derive(Default)]
struct Watched {
    feeds: HashMap<i64, Arc<Feed>>,
    watchers: usize,
    by_address: HashMap<IpAddr, usize>,
    closed: bool,
}

/// What a transaction does to a show.
enum Done {
    /// Something becomes of these seats.
    Touched(Vec<u32>),
    /// Its seats are other ones from now on.
    Replanned,
}

/// A watcher's place among those that may watch; it is free again when this is dropped.
struct Place {
    live: Arc<Live>,
    feed: Arc<Feed>,
    address: Option<IpAddr>,
}

impl Live {
    pub fn new(limits: &Limits) -> Self {
        Self {
            watched: Mutex::default(),
            noted: Mutex::default(),
            most: limits.watchers as usize,
            most_per_address: limits.watchers_per_address as usize,
        }
    }

    /// Notes, inside the transaction that changes their claims, that something becomes of `seats` of a show. Their
    /// watchers hear of it after the commit, also when whoever asked for the change has gone by then. What is undone
    /// after all does no harm: a feed looks for itself.
    pub fn touched(&self, show: i64, seats: impl IntoIterator<Item = u32>) {
        lock(&self.noted).push((show, Done::Touched(seats.into_iter().collect())));
    }

    /// Notes, inside the transaction that does it, that a show moves to another plan: its watchers' streams end after
    /// the commit, and begin anew with the states of the new plan when they come back.
    pub fn replanned(&self, show: i64) {
        lock(&self.noted).push((show, Done::Replanned));
    }

    /// A transaction is over: what was noted in it may have happened.
    pub fn committed(&self) {
        let noted = std::mem::take(&mut *lock(&self.noted));
        if noted.is_empty() {
            return;
        }
        let mut watched = lock(&self.watched);
        for (show, done) in noted {
            match done {
                Done::Touched(seats) => watched.feeds.get(&show).into_iter().for_each(|feed| feed.touch(&seats)),
                Done::Replanned => watched.feeds.remove(&show).into_iter().for_each(|feed| feed.end()),
            }
        }
    }

    /// Ends all watching, for good.
    pub fn close(&self) {
        let mut watched = lock(&self.watched);
        watched.closed = true;
        watched.feeds.drain().for_each(|(_, feed)| feed.end());
    }

    /// A place at the feed of a show, which is begun if it is not there yet: from now on it hears what is touched.
    fn enter(self: &Arc<Self>, show: i64, address: Option<IpAddr>) -> Result<Place, Refusal> {
        let mut watched = lock(&self.watched);
        if watched.closed {
            return Err(Refusal::busy());
        }
        if watched.watchers >= self.most {
            let detail = "Too many are watching; the seats themselves can be asked for as before.";
            return Err(Refusal::after(Code::Busy, detail, 10));
        }
        if let Some(address) = address {
            let mine = watched.by_address.entry(address).or_default();
            if *mine >= self.most_per_address {
                let most = self.most_per_address;
                let detail = format!("From one address at most {most} at a time can watch; end one of them first.");
                return Err(Refusal::after(Code::RateLimited, detail, 10));
            }
            *mine += 1;
        }
        watched.watchers += 1;
        let feed = Arc::clone(watched.feeds.entry(show).or_insert_with(|| Arc::new(Feed::of(show))));
        feed.joined();
        Ok(Place { live: Arc::clone(self), feed, address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut watched = lock(&self.live.watched);
        watched.watchers -= 1;
        if let Some(Entry::Occupied(mut mine)) = self.address.map(|address| watched.by_address.entry(address)) {
            *mine.get_mut() -= 1;
            if *mine.get() == 0 {
                mine.remove();
            }
        }
        if self.feed.left() == 0 {
            self.feed.end();
            // A feed that was ended has made room for another one.
            if watched.feeds.get(&self.feed.show).is_some_and(|feed| Arc::ptr_eq(feed, &self.feed)) {
                watched.feeds.remove(&self.feed.show);
            }
        }
    }
}

/// Begins to watch a show. `known` is the id of the last event that the watcher has heard of it, if any.
pub async fn watch(office: &Arc<Office>, id: &ShowId, peer: Peer, known: Option<&str>) -> Result<Watcher, Refusal> {
    let number = show_number(id).ok_or_else(|| catalogue::no_show(id))?;
    let place = office.live.enter(number, peer.limited_as())?;
    let news = place.feed.news(office, id).await?;
    Ok(Watcher::new(Arc::clone(office), place, news, known))
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
