//! How together a proposal is, in words.

use super::{Proposal, Rung};

impl Proposal {
    /// How together they are, in words: `together`, `2+2, one row behind the other`.
    pub fn words(&self) -> String {
        match self.rung {
            Rung::L1 => "together".to_owned(),
            Rung::L2 => "together; a single seat stays free beside it".to_owned(),
            Rung::L3 => "together across the aisle".to_owned(),
            Rung::L4 => format!("{}, one row behind the other", self.sizes()),
            Rung::L5 => format!("{}, near each other", self.sizes()),
            Rung::L6 => format!("{}, in neighbouring sections of one price", self.sizes()),
            Rung::L7 => "scattered".to_owned(),
        }
    }

    /// The sizes of its parts, such as `3+2`.
    fn sizes(&self) -> String {
        self.parts.iter().map(usize::to_string).collect::<Vec<_>>().join("+")
    }
}
