//! One sentence about what has just happened; it goes by itself.

use crate::store::{
    Now,
    action::{NoticeAction, Tone},
    tracked::Tracked,
};

#[derive(Clone, Debug, Default)]
pub struct Notices {
    pub current: Option<Notice>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub tone: Tone,
    pub text: String,
    pub until_ms: u64,
}

/// The action that says something.
pub fn say(tone: Tone, text: impl Into<String>) -> NoticeAction {
    NoticeAction::Say(tone, text.into())
}

pub fn reduce(notices: &mut Tracked<Notices>, now: Now, action: &NoticeAction) {
    match action {
        NoticeAction::Say(tone, text) => {
            // Long sentences stay longer; a bad one long enough to be read twice.
            let reading_ms = 3_000 + 40 * text.chars().count() as u64;
            let stays_ms = if *tone == Tone::Bad { 2 * reading_ms } else { reading_ms };
            notices.current = Some(Notice { tone: *tone, text: text.clone(), until_ms: now.mono_ms + stays_ms });
        }
        NoticeAction::Dismiss => {
            if notices.current.is_some() {
                notices.current = None;
            }
        }
    }
}

pub fn tick(notices: &mut Tracked<Notices>, now: Now) {
    if notices.current.as_ref().is_some_and(|n| n.until_ms <= now.mono_ms) {
        notices.current = None;
    }
}
