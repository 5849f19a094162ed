//! Why a credential store is used, and why the others are not.

use super::{StoreKind, Stores, unusable};
use crate::domain::failure::Failure;

/// What was found when every store was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The store in which the sign-in is, or in which the next one will be.
    pub kind: StoreKind,
    /// Half a sentence for people.
    pub why: &'static str,
    /// Whether it keeps what is put into it.
    pub works: Result<(), Failure>,
    /// The others, in the order in which `auto` asks them.
    pub others: Vec<PassedOver>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    pub kind: StoreKind,
    /// Half a sentence for people.
    pub because: String,
}

const CHOSEN: &str = "the setting credential_store names it";
const REMEMBERED: &str = "the last sign-in went there";
const FIRST: &str = "it is the first that works here";

impl Stores {
    /// Asks every store that could be used, by writing, reading and deleting a value that means nothing.
    pub async fn survey(&self) -> Survey {
        let chosen = StoreKind::chosen(self.choice);
        let (why, mut used) = match (chosen, self.remembered()) {
            (Some(kind), _) => (CHOSEN, Some((kind, self.works(kind).await))),
            (None, Some(kind)) => (REMEMBERED, Some((kind, self.works(kind).await))),
            (None, None) => (FIRST, None),
        };
        let mut others = Vec::new();
        for kind in StoreKind::ALL.iter().copied() {
            let known = used.as_ref().map(|(kind, _)| *kind);
            if known == Some(kind) {
                continue;
            }
            if chosen.is_some() {
                others.push(PassedOver { kind, because: CHOSEN.replace("it", "another one") });
                continue;
            }
            if known.is_some_and(|known| is_before(known, kind)) {
                others.push(PassedOver { kind, because: "it comes after the one that is used".to_owned() });
                continue;
            }
            match (self.works(kind).await, known) {
                (Ok(()), None) => used = Some((kind, Ok(()))),
                (Ok(()), Some(_)) => {
                    let because = "it works, but the last sign-in went elsewhere; the next one goes here".to_owned();
                    others.push(PassedOver { kind, because });
                }
                (Err(failure), _) => others.push(PassedOver { kind, because: reason(kind, failure) }),
            }
        }
        let (kind, works) = used.unwrap_or((StoreKind::Memory, Ok(())));
        Survey { kind, why, works, others }
    }

    async fn works(&self, kind: StoreKind) -> Result<(), Failure> {
        self.open_proven(kind).await.map(drop)
    }
}

/// The failure without the store's name, which stands beside it.
fn reason(kind: StoreKind, failure: Failure) -> String {
    failure.why.strip_prefix(&unusable(kind, "").why).map_or_else(|| failure.why.clone(), str::to_owned)
}

/// Whether `auto` asks `first` before `second`.
fn is_before(first: StoreKind, second: StoreKind) -> bool {
    let place = |kind| StoreKind::ALL.iter().position(|known| *known == kind);
    place(first) < place(second)
}
