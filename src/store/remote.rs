//! Something that a server knows: a late answer changes nothing, and a failure keeps the old value and says why.

use crate::domain::failure::Failure;

/// The number of a request; answers carry it back.
pub type Req = u64;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Remote<T> {
    #[default]
    Idle,
    Loading {
        req: Req,
        since_ms: u64,
        old: Option<T>,
    },
    Ready {
        value: T,
        at_ms: u64,
    },
    Failed {
        why: Failure,
        old: Option<T>,
    },
}

impl<T> Remote<T> {
    /// The value, fresh or old.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Idle => None,
            Self::Loading { old, .. } | Self::Failed { old, .. } => old.as_ref(),
            Self::Ready { value, .. } => Some(value),
        }
    }

    pub fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Idle => None,
            Self::Loading { old, .. } | Self::Failed { old, .. } => old.as_mut(),
            Self::Ready { value, .. } => Some(value),
        }
    }

    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed { why, .. } => Some(why),
            _ => None,
        }
    }

    pub fn is_loading(&self) -> bool {
        matches!(self, Self::Loading { .. })
    }

    /// Since when something is awaited of which nothing can be shown yet.
    pub fn waiting_since(&self) -> Option<u64> {
        match self {
            Self::Loading { since_ms, old: None, .. } => Some(*since_ms),
            _ => None,
        }
    }

    /// Whether the value is missing, failed, or older than `age_ms`.
    pub fn is_stale(&self, now_ms: u64, age_ms: u64) -> bool {
        match self {
            Self::Idle | Self::Failed { .. } => true,
            Self::Loading { .. } => false,
            Self::Ready { at_ms, .. } => now_ms.saturating_sub(*at_ms) >= age_ms,
        }
    }

    /// A request has been sent.
    pub fn begin(&mut self, req: Req, now_ms: u64) {
        let old = match std::mem::take(self) {
            Self::Idle => None,
            Self::Loading { old, .. } | Self::Failed { old, .. } => old,
            Self::Ready { value, .. } => Some(value),
        };
        *self = Self::Loading { req, since_ms: now_ms, old };
    }

    /// The answer to request `req` is here. Says whether it was the one awaited; a late one changes nothing.
    pub fn settle(&mut self, req: Req, now_ms: u64, result: Result<T, Failure>) -> bool {
        if !matches!(self, Self::Loading { req: awaited, .. } if *awaited == req) {
            return false;
        }
        let Self::Loading { old, .. } = std::mem::take(self) else { return false };
        *self = match result {
            Ok(value) => Self::Ready { value, at_ms: now_ms },
            Err(why) => Self::Failed { why, old },
        };
        true
    }

    /// The value is known without asking.
    pub fn set(&mut self, value: T, now_ms: u64) {
        *self = Self::Ready { value, at_ms: now_ms };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::FailureKind;

    #[test]
    fn a_late_answer_changes_nothing() {
        let mut remote = Remote::Idle;
        remote.begin(1, 0);
        remote.begin(2, 10);
        assert!(!remote.settle(1, 20, Ok("late")));
        assert!(remote.settle(2, 30, Ok("right")));
        assert_eq!(remote.value(), Some(&"right"));
    }

    #[test]
    fn a_failure_keeps_the_old_value_and_says_why() {
        let mut remote = Remote::Ready { value: "old", at_ms: 0 };
        remote.begin(1, 10);
        assert_eq!(remote.value(), Some(&"old"));
        remote.settle(1, 20, Err(Failure::new(FailureKind::Offline, "offline", "gone")));
        assert_eq!(remote.value(), Some(&"old"));
        assert_eq!(remote.failure().map(|f| f.why.as_str()), Some("gone"));
    }
}
