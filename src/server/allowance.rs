//! How often something may be asked that must not cost a write: counted in memory by `governor`, on the server's own
//! clock, and forgotten when the server ends.

use super::{
    problem::{Code, Refusal},
    services::throttle::wait_over,
};
use crate::domain::{
    env::Clock,
    rules::{Limit, Limits},
};
use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::DashMapStateStore};
use std::{hash::Hash, net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

/// How many keys are remembered at once; a key is forgotten when its allowance is whole again.
const MOST_KEYS: usize = 10_000;

/// What the server counts in memory.
pub struct Allowances {
    /// Mints, by session.
    pub mints: Allowance<String>,
    /// New credentials, by session.
    pub rotations: Allowance<String>,
    /// Seats that are held, by client address.
    pub seats: Allowance<IpAddr>,
    /// Searches for the best seats, by client address.
    pub proposals: Allowance<IpAddr>,
}

impl Allowances {
    pub fn new(limits: &Limits, clock: &Arc<dyn Clock>) -> Self {
        let second = Limit { times: limits.mints_per_second, window: Duration::from_secs(1) };
        let minute = Limit { times: limits.rotations_per_minute, window: Duration::from_secs(60) };
        Self {
            mints: Allowance::new(second, limits.mints_at_once, clock),
            rotations: Allowance::new(minute, minute.times, clock),
            seats: Allowance::new(limits.held_seats_per_address, limits.held_seats_per_address.times, clock),
            proposals: Allowance::new(limits.proposals_per_address, limits.proposals_per_address.times, clock),
        }
    }
}

/// An allowance for each key, which grows back evenly.
pub struct Allowance<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Duration>>,
    clock: Ticks,
    /// How long it takes to grow back.
    whole: Duration,
}

/// The clock that was handed in, as `governor` reads it.
#[derive(Clone)]
struct Ticks(Arc<dyn Clock>);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(self.0.monotonic_ms())
    }
}

impl<K: Hash + Eq + Clone> Allowance<K> {
    /// In the long run as the limit says, and `at_once` times without a pause.
    fn new(limit: Limit, at_once: u32, clock: &Arc<dyn Clock>) -> Self {
        let counted = |times| NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN);
        let one_in = (limit.window / counted(limit.times).get()).max(Duration::from_nanos(1));
        let quota = Quota::with_period(one_in).unwrap_or(Quota::per_second(NonZeroU32::MIN));
        let clock = Ticks(Arc::clone(clock));
        let limiter = RateLimiter::dashmap_with_clock(quota.allow_burst(counted(at_once)), clock.clone());
        Self { limiter, clock, whole: one_in * at_once }
    }

    /// Takes one of what `key` is allowed, or says how long to wait for it.
    pub fn take(&self, key: &K) -> Result<(), Refusal> {
        self.take_many(key, 1)
    }

    /// Takes so many, or none.
    pub fn take_many(&self, key: &K, count: usize) -> Result<(), Refusal> {
        let Some(count) = u32::try_from(count).ok().and_then(NonZeroU32::new) else { return Ok(()) };
        if self.limiter.len() >= MOST_KEYS {
            self.limiter.retain_recent();
            if self.limiter.len() >= MOST_KEYS {
                return Err(Refusal::busy());
            }
        }
        let refused = |until: governor::NotUntil<Duration>| {
            let wait = until.wait_time_from(governor::clock::Clock::now(&self.clock));
            wait_over(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX).max(1))
        };
        match self.limiter.check_key_n(key, count) {
            Ok(taken) => taken.or_else(refused),
            Err(most) => {
                let detail = format!("{count} at once are too many here; {} are accepted.", most.0);
                Err(Refusal::after(Code::RateLimited, detail, self.whole.as_secs().cast_signed()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Moved(AtomicU64);

    impl Clock for Moved {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
        fn monotonic_ms(&self) -> u64 {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[test]
    fn an_allowance_is_used_up_at_once_and_grows_back_evenly_for_each_key() {
        let moved = Arc::new(Moved(AtomicU64::new(0)));
        let clock: Arc<dyn Clock> = moved.clone();
        let allowance = Allowance::new(Limit { times: 10, window: Duration::from_secs(1) }, 30, &clock);
        let taken = |key: u8| (0..100).take_while(|_| allowance.take(&key).is_ok()).count();
        assert_eq!((taken(1), taken(2)), (30, 30));
        assert_eq!(allowance.take(&1).unwrap_err().retry_after, Some(1));
        moved.0.store(500, Ordering::SeqCst);
        assert_eq!((taken(1), taken(2)), (5, 5));
        assert_eq!(allowance.take_many(&3, 31).unwrap_err().code, Code::RateLimited);
        assert!(
            allowance.take_many(&3, 29).is_ok() && allowance.take_many(&3, 2).is_err() && allowance.take(&3).is_ok()
        );
    }

    #[test]
    fn more_keys_than_can_be_remembered_are_refused_until_some_are_forgotten() {
        let moved = Arc::new(Moved(AtomicU64::new(0)));
        let clock: Arc<dyn Clock> = moved.clone();
        let allowance = Allowance::new(Limit { times: 1, window: Duration::from_secs(1) }, 1, &clock);
        assert!((0..MOST_KEYS).all(|key| allowance.take(&key).is_ok()));
        assert_eq!(allowance.take(&MOST_KEYS).unwrap_err().code, Code::Busy);
        moved.0.store(3_000, Ordering::SeqCst);
        assert!(allowance.take(&MOST_KEYS).is_ok());
    }
}
