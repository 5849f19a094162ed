//! What lies over the screen.

use crate::{
    domain::text,
    store::{
        slices::overlay::{Overlay, Question, Trailers},
        state::State,
    },
};

/// The columns of a URL that is longer than any that is accepted.
const WIDEST_URL: usize = 4_096;

#[derive(Clone, Debug, PartialEq)]
pub enum OverlayVm {
    /// Made from the keymap by the screen.
    Help {
        scroll: u16,
    },
    /// Titles of trailers, the cursor on one of them.
    Trailers {
        titles: Vec<String>,
        at: usize,
    },
    /// Where one is.
    Trailer {
        title: String,
        url: String,
        /// What was done with it, or is to be done.
        words: &'static str,
    },
    Ask {
        words: String,
        yes: String,
        no: String,
    },
    /// What its text means is found out where the keymap is.
    CommandLine {
        text: String,
        cursor: usize,
        error: Option<String>,
    },
}

pub fn select(state: &State) -> Option<OverlayVm> {
    Some(match state.overlay.top()? {
        Overlay::Help { scroll } => OverlayVm::Help { scroll: *scroll },
        Overlay::CommandLine { input, error } => OverlayVm::CommandLine {
            text: input.value().to_owned(),
            cursor: input.visual_cursor(),
            error: error.clone(),
        },
        Overlay::Trailers(trailers) => self::trailers(state, trailers),
        Overlay::Ask(Question::LetGo) => OverlayVm::Ask {
            words: "Go back to the films and let your seats go?".to_owned(),
            yes: "Let them go".to_owned(),
            no: "Stay".to_owned(),
        },
        Overlay::Ask(Question::Accessible { words }) => {
            OverlayVm::Ask { words: words.clone(), yes: "Yes, take it".to_owned(), no: "No".to_owned() }
        }
        Overlay::Ask(Question::CancelBooking { words, .. }) => {
            OverlayVm::Ask { words: words.clone(), yes: "Cancel the booking".to_owned(), no: "Keep it".to_owned() }
        }
    })
}

fn trailers(state: &State, trailers: &Trailers) -> OverlayVm {
    match trailers.chosen().filter(|_| trailers.opened) {
        Some(trailer) => OverlayVm::Trailer {
            title: trailer.title.to_string(),
            // The address may be the person's only way there: all of it is shown.
            url: text::clean(&trailer.url, WIDEST_URL),
            words: if state.prefs.has_browser {
                "Opened in your browser."
            } else {
                "Open it on your phone or computer."
            },
        },
        None => OverlayVm::Trailers {
            titles: trailers.list.iter().map(|trailer| trailer.title.to_string()).collect(),
            at: trailers.at,
        },
    }
}
