//! Identifiers. Each is its own type, so that a film can never be passed where a show is meant.

use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A film, such as `metropolis-1927`.
    MovieId
);
text_id!(
    /// A hall, such as `hall-1`.
    HallId
);
text_id!(
    /// A seat for ever: `section/row/seat`, unique in its chart, at most 64 bytes.
    SeatId
);
text_id!(
    /// The content hash of a chart: 64 lower-case hexadecimal digits of SHA-256 over its canonical JSON.
    ChartHash
);
text_id!(
    /// A hold on seats. Not a secret: changing a hold needs its token, which never leaves the adapters.
    HoldId
);
text_id!(
    /// What a person says at the door: seven characters such as `K7Q-4MX`.
    BookingCode
);
text_id!(
    /// A person with an account, such as `usr_0190…`.
    UserId
);
text_id!(
    /// The name of one sale, made before the first try and the same in every retry (`Idempotency-Key`).
    SaleKey
);

text_id!(
    /// A show: one screening of a film in a hall. Text, because a remote server may use any form.
    ShowId
);

/// The place of a seat in the order of its chart, from 0. Compact and fast; valid only together with the chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeatIx(pub u32);

impl SeatIx {
    pub fn at(index: usize) -> Self {
        Self(index as u32)
    }
    pub fn get(self) -> usize {
        self.0 as usize
    }
}
