//! The server's clock. How long a booking is kept counts from a moment of that clock, and is counted down on this
//! machine's.

use crate::domain::env::Clock;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::header::{AGE, DATE, HeaderMap};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// What `Date` cannot tell: it has whole seconds, and is some time on its way.
const UNSURE_S: i64 = 3;

/// A server's clock, by the `Date` of its last answer that had one.
pub struct ServerClock {
    here: Arc<dyn Clock>,
    ahead_s: AtomicI64,
}

impl ServerClock {
    pub fn new(here: Arc<dyn Clock>) -> Self {
        Self { here, ahead_s: AtomicI64::new(0) }
    }

    /// Takes the time from the headers of an answer that has just come.
    pub fn hear(&self, headers: &HeaderMap) {
        // An answer that somebody has kept has the time of when it was made.
        if headers.get(AGE).is_some_and(|age| age != "0") {
            return;
        }
        let told = headers.get(DATE).and_then(|date| date.to_str().ok());
        let Some(told) = told.and_then(|date| rfc2822::DateTimeParser::new().parse_timestamp(date).ok()) else {
            return;
        };
        let ahead = told.as_second() - self.here.now().as_second();
        self.ahead_s.store(if ahead.abs() <= UNSURE_S { 0 } else { ahead }, Ordering::Relaxed);
    }

    /// By how much it is ahead of this machine's; nothing while it is not known.
    pub fn ahead(&self) -> SignedDuration {
        SignedDuration::from_secs(self.ahead_s.load(Ordering::Relaxed))
    }

    /// What it shows now.
    pub fn now(&self) -> Timestamp {
        let now = self.here.now();
        now.checked_add(self.ahead()).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            "2026-11-22T12:00:00Z".parse().unwrap()
        }
        fn monotonic_ms(&self) -> u64 {
            0
        }
    }

    #[test]
    fn the_servers_clock_is_known_from_its_answers() {
        let clock = ServerClock::new(Arc::new(Noon));
        let hear = |date: &'static str| {
            clock.hear(&HeaderMap::from_iter([(DATE, HeaderValue::from_static(date))]));
            clock.ahead().as_secs()
        };
        assert_eq!(hear("Sun, 22 Nov 2026 12:05:00 GMT"), 300);
        assert_eq!(clock.now().to_string(), "2026-11-22T12:05:00Z");
        assert_eq!(hear("yesterday"), 300, "what cannot be read tells nothing");
        assert_eq!(hear("Sun, 22 Nov 2026 11:59:58 GMT"), 0, "as good as the same");
        assert_eq!(hear("Sun, 22 Nov 2026 11:00:00 GMT"), -3600);
        assert_eq!(hear("Sun, 22 Nov 2026 12:00:00 GMT"), 0);
        let kept = [(DATE, "Sun, 22 Nov 2026 11:40:00 GMT"), (AGE, "1200")];
        clock.hear(&HeaderMap::from_iter(kept.map(|(name, value)| (name, HeaderValue::from_static(value)))));
        assert_eq!(clock.ahead().as_secs(), 0, "a copy is as old as it says");
    }
}
