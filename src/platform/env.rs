//! The real time and the real randomness.

use crate::domain::env::{Clock, Entropy};
use jiff::Timestamp;
use std::time::Instant;

/// The system's clocks.
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The operating system's random source.
pub struct OsEntropy;

impl Entropy for OsEntropy {
    /// # Panics
    /// When the system gives no randomness: nothing that is made after that could be trusted.
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the operating system gives no randomness: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::env::random;

    #[test]
    fn two_draws_differ() {
        assert_ne!(random::<16>(&OsEntropy), random::<16>(&OsEntropy));
    }
}
