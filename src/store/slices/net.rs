//! Whether the box office can be reached.

use crate::{
    domain::failure::Failure,
    store::{
        Now, Out,
        action::{CatalogAction, NetAction, SeatsAction, SessionAction},
        effect::Effect,
        tracked::Tracked,
    },
};

#[derive(Clone, Debug, Default)]
pub struct Net {
    pub link: Link,
    /// The server's origin, for people.
    pub origin: String,
    tries: u32,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Link {
    #[default]
    Connecting,
    Online,
    Offline(Failure),
}

impl Net {
    pub fn is_online(&self) -> bool {
        self.link == Link::Online
    }
}

/// The wait before the next try by itself: 2, 4, 8 … at most 30 seconds.
fn pause_ms(tries: u32) -> u64 {
    (2_000 << tries.min(4)).min(30_000)
}

pub fn reduce(net: &mut Tracked<Net>, _now: Now, action: &NetAction, out: &mut Out) {
    match action {
        NetAction::Connect => {
            net.link = Link::Connecting;
            out.effect(Effect::Connect { after_ms: 0 });
        }
        NetAction::Connected { origin } => {
            net.link = Link::Online;
            net.origin = origin.clone();
            net.tries = 0;
            out.then(CatalogAction::Load);
            out.then(SessionAction::Restore);
            out.then(SeatsAction::Reconnected);
        }
        NetAction::Failed(why) | NetAction::Lost(why) => {
            net.link = Link::Offline(why.clone());
            out.effect(Effect::Connect { after_ms: pause_ms(net.tries) });
            net.tries = net.tries.saturating_add(1);
        }
        NetAction::Back => {
            if !net.is_online() {
                net.link = Link::Online;
                net.tries = 0;
            }
        }
    }
}
