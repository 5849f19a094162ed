//! How the session has gone since the program started.

use crate::effects::ports::{MintTimes, SessionReport};
use jiff::SignedDuration;
use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Mutex, PoisonError},
};

/// So many of the last mints are timed.
const TIMED: usize = 100;
/// Clocks may differ by this much before anybody needs to know: what services allow, too.
const SKEW_LIMIT_MS: i64 = 5_000;

/// Counts, times and warnings.
#[derive(Default)]
pub struct Record(Mutex<Facts>);

#[derive(Default)]
struct Facts {
    mints: u64,
    took_ms: VecDeque<u64>,
    skew_ms: Option<i64>,
    generation: Option<u32>,
    warnings: BTreeSet<String>,
}

impl Record {
    pub fn minted(&self, took_ms: u64) {
        let mut facts = self.lock();
        facts.mints += 1;
        facts.took_ms.push_back(took_ms);
        if facts.took_ms.len() > TIMED {
            facts.took_ms.pop_front();
        }
    }

    /// By how much the server's clock is ahead.
    pub fn skewed(&self, ahead_ms: i64) {
        self.lock().skew_ms = Some(ahead_ms);
    }

    pub fn generation(&self, generation: u32) {
        self.lock().generation = Some(generation);
    }

    /// The generation of the credential that was used last.
    pub fn last_generation(&self) -> Option<u32> {
        self.lock().generation
    }

    /// Says it to people, and once in the log however often it happens.
    pub fn warn(&self, sentence: String) {
        if self.lock().warnings.insert(sentence.clone()) {
            tracing::warn!("{sentence}");
        }
    }

    pub fn report(&self, kept_in: String) -> SessionReport {
        let facts = self.lock();
        let mut sorted: Vec<u64> = facts.took_ms.iter().copied().collect();
        sorted.sort_unstable();
        let skew = facts.skew_ms.and_then(skew_words);
        SessionReport {
            mints: facts.mints,
            mint_times: percentile(&sorted, 50)
                .zip(percentile(&sorted, 95))
                .map(|(p50_ms, p95_ms)| MintTimes { p50_ms, p95_ms }),
            skew_s: facts.skew_ms.map(|ms| ms / 1000),
            generation: facts.generation,
            kept_in,
            warnings: skew.into_iter().chain(facts.warnings.iter().cloned()).collect(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The smallest value that so many percent of all do not exceed (nearest rank).
fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

fn skew_words(ahead_ms: i64) -> Option<String> {
    let side = if ahead_ms > 0 { "behind" } else { "ahead of" };
    let off = SignedDuration::from_secs(ahead_ms.unsigned_abs().div_euclid(1000).cast_signed());
    let why = format!("this clock is {off:#} {side} the server's; set one of them right");
    (ahead_ms.unsigned_abs() > SKEW_LIMIT_MS.unsigned_abs()).then_some(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hundred_mints_are_timed_and_all_are_counted() {
        let record = Record::default();
        assert_eq!(record.report(String::new()).mint_times, None);
        (0..50).for_each(|_| record.minted(9_999));
        (1..=100).for_each(|ms| record.minted(ms));
        let report = record.report("the keyring".to_owned());
        assert_eq!((report.mints, report.mint_times), (150, Some(MintTimes { p50_ms: 50, p95_ms: 95 })));
        assert_eq!(report.kept_in, "the keyring");
    }

    #[test]
    fn a_clock_that_is_off_by_more_than_five_seconds_is_said_with_its_direction() {
        let said = |ahead_ms| {
            let record = Record::default();
            record.skewed(ahead_ms);
            record.report(String::new()).warnings.join("")
        };
        assert_eq!((said(5_000), said(-5_000)), (String::new(), String::new()));
        assert!(said(3_600_000).contains("1h behind"));
        assert!(said(-6_000).contains("6s ahead of"));
    }

    #[test]
    fn a_warning_is_given_once() {
        let record = Record::default();
        (0..3).for_each(|_| record.warn("the store is full".to_owned()));
        assert_eq!(record.report(String::new()).warnings, ["the store is full"]);
    }
}
