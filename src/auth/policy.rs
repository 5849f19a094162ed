//! How old a token may be when it is used, and on which clock that is counted.

use crate::{domain::env::Clock, platform::choice::TokenPolicy};
use jiff::Timestamp;
use secrecy::SecretString;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// A token is used again while it has more than this to live. It is also the time after which an attempt at a call is
/// given up, so none arrives with a token that has ended on its way.
const LEEWAY_MS: u64 = 15_000;
/// By how much the two clocks may disagree about a span before a suspend or a jump is taken for granted.
const JUMP_MS: u64 = 5_000;

/// A moment on both clocks: the one that never jumps stops while the machine sleeps, the one on the wall can be set.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    mono_ms: u64,
    wall: Timestamp,
}

impl Moment {
    pub fn now(clock: &dyn Clock) -> Self {
        Self { mono_ms: clock.monotonic_ms(), wall: clock.now() }
    }

    /// Milliseconds from `self` to `later`; `None` when the clocks disagree about it: the machine was suspended
    /// meanwhile, or somebody has set the time.
    pub fn ms_until(self, later: Self) -> Option<u64> {
        let counted = later.mono_ms.saturating_sub(self.mono_ms);
        let shown = later.wall.as_millisecond().saturating_sub(self.wall.as_millisecond());
        let apart = i128::from(shown) - i128::from(counted);
        (apart.unsigned_abs() <= u128::from(JUMP_MS)).then_some(counted)
    }

    /// Halfway between two moments, on the wall clock: when the answer to an exchange was given.
    pub fn middle(self, later: Self) -> Timestamp {
        let half = later.wall.duration_since(self.wall) / 2;
        self.wall.checked_add(half).unwrap_or(self.wall)
    }
}

/// Keeps the last token where the policy lets it be used again. Under `always` it keeps nothing.
pub struct Reuse {
    policy: TokenPolicy,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Grows each time that tokens lose their worth, so that a mint that began before cannot put one back.
    era: u64,
    kept: Option<Kept>,
}

struct Kept {
    token: SecretString,
    /// When it was asked for: its life is counted from there, so an answer that took long makes it older.
    asked: Moment,
    lives_for: Duration,
}

/// The time between two changes of who is signed in or what the server accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Era(u64);

impl Reuse {
    pub fn new(policy: TokenPolicy) -> Self {
        Self { policy, state: Mutex::default() }
    }

    pub fn era(&self) -> Era {
        Era(self.lock().era)
    }

    /// The kept token, while it has more than the leeway to live.
    pub fn token(&self, now: Moment) -> Option<SecretString> {
        let mut state = self.lock();
        let kept = state.kept.as_ref()?;
        let lives_ms = u64::try_from(kept.lives_for.as_millis()).unwrap_or(u64::MAX);
        match kept.asked.ms_until(now) {
            Some(age_ms) if lives_ms.saturating_sub(age_ms) > LEEWAY_MS => Some(kept.token.clone()),
            _ => {
                state.kept = None;
                None
            }
        }
    }

    /// Keeps a token of a mint that began in `era`.
    pub fn keep(&self, era: Era, token: &SecretString, asked: Moment, lives_for: Duration) {
        let mut state = self.lock();
        if self.policy == TokenPolicy::Leeway && state.era == era.0 {
            state.kept = Some(Kept { token: token.clone(), asked, lives_for });
        }
    }

    /// No token that was minted so far is used again.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.era += 1;
        state.kept = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Seconds on the clock that never jumps, and on the wall.
    fn at(mono_s: i64, wall_s: i64) -> Moment {
        let noon: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        Moment { mono_ms: mono_s.unsigned_abs() * 1000, wall: noon + jiff::SignedDuration::from_secs(wall_s) }
    }

    fn kept(policy: TokenPolicy) -> Reuse {
        let reuse = Reuse::new(policy);
        reuse.keep(reuse.era(), &SecretString::from("token"), at(100, 0), MINUTE);
        reuse
    }

    #[test]
    fn with_leeway_a_token_serves_again_until_fifteen_seconds_before_its_end() {
        assert!(kept(TokenPolicy::Leeway).token(at(144, 44)).is_some());
        let late = kept(TokenPolicy::Leeway);
        assert!(late.token(at(145, 45)).is_none());
        assert!(late.token(at(101, 1)).is_none(), "what was too old once does not come back");
        assert!(kept(TokenPolicy::Always).token(at(100, 0)).is_none());
    }

    #[test]
    fn a_suspend_or_a_set_clock_ends_a_token_and_a_small_correction_does_not() {
        assert!(kept(TokenPolicy::Leeway).token(at(101, 8 * 3600)).is_none(), "asleep overnight");
        assert!(kept(TokenPolicy::Leeway).token(at(101, 3600)).is_none(), "an hour forward");
        assert!(kept(TokenPolicy::Leeway).token(at(101, -3600)).is_none(), "an hour back");
        assert!(kept(TokenPolicy::Leeway).token(at(110, 5)).is_some());
    }

    #[test]
    fn what_was_refused_is_not_used_again_and_a_late_mint_does_not_bring_it_back() {
        let reuse = kept(TokenPolicy::Leeway);
        let before = reuse.era();
        reuse.clear();
        assert!(reuse.token(at(100, 0)).is_none());
        reuse.keep(before, &SecretString::from("late"), at(100, 0), MINUTE);
        assert!(reuse.token(at(100, 0)).is_none());
    }

    #[test]
    fn the_middle_of_an_exchange_is_halfway_between_its_ends() {
        assert_eq!(at(0, 0).middle(at(4, 4)), at(2, 2).wall);
    }
}
