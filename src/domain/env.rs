//! What the outside gives: the time and randomness. Only the composition root hands in the real ones, so that
//! the whole system, client and server, can run from one seed.

use jiff::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Timestamp;
    /// Milliseconds on a clock that never jumps; its zero is arbitrary.
    fn monotonic_ms(&self) -> u64;
}

/// Gives unpredictable bytes.
pub trait Entropy: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` unpredictable bytes.
pub fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
