//! What lies over the screen.

use crate::store::{
    slices::overlay::{Overlay, Question},
    state::State,
};

#[derive(Clone, Debug, PartialEq)]
pub enum OverlayVm {
    /// Made from the keymap by the screen.
    Help {
        scroll: u16,
        /// With what those who run the cinema can do.
        admin: bool,
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
        admin: bool,
    },
}

pub fn select(state: &State) -> Option<OverlayVm> {
    Some(match state.overlay.top()? {
        Overlay::Help { scroll } => OverlayVm::Help { scroll: *scroll, admin: state.admin.is_admin() },
        Overlay::CommandLine { input, error } => OverlayVm::CommandLine {
            text: input.value().to_owned(),
            cursor: input.visual_cursor(),
            error: error.clone(),
            admin: state.admin.is_admin(),
        },
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
