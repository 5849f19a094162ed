//! What lies over the screen: help, questions, and the command line. The top one gets the keys.

use crate::{
    domain::{ids::BookingCode, movie::Trailer},
    store::{
        Out,
        action::{BookingsAction, LineAction, ListStep, NavAction, OverlayAction, Reply, SeatsAction},
        effect::Effect,
        slices::{
            catalog::moved,
            line::{self, Past},
            prefs::Prefs,
        },
        tracked::Tracked,
    },
};
use tui_input::Input;

#[derive(Clone, Debug, Default)]
pub struct Overlays {
    stack: Vec<Overlay>,
    /// Earlier command lines.
    past: Past,
}

#[derive(Clone, Debug)]
pub enum Overlay {
    Help {
        scroll: u16,
    },
    Trailers(Trailers),
    Ask(Question),
    /// The line for commands by their names.
    CommandLine {
        input: Input,
        error: Option<String>,
    },
}

/// A list of trailers, never empty.
#[derive(Clone, Debug)]
pub struct Trailers {
    pub list: Vec<Trailer>,
    pub at: usize,
    /// Whether it is shown where the one under the cursor is, in place of the list.
    pub opened: bool,
}

impl Trailers {
    pub fn chosen(&self) -> Option<&Trailer> {
        self.list.get(self.at)
    }
}

/// A question that is answered with yes or no.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Leave the seat map and let the held seats go?
    LetGo,
    /// Does somebody need a place that is kept for wheelchairs?
    Accessible {
        words: String,
    },
    CancelBooking {
        code: BookingCode,
        words: String,
    },
}

impl Overlays {
    pub fn top(&self) -> Option<&Overlay> {
        self.stack.last()
    }
}

pub fn reduce(overlays: &mut Tracked<Overlays>, prefs: &Prefs, action: &OverlayAction, out: &mut Out) {
    match action {
        OverlayAction::Help => match overlays.top() {
            Some(Overlay::Help { .. }) => {
                overlays.stack.pop();
            }
            _ => overlays.stack.push(Overlay::Help { scroll: 0 }),
        },
        OverlayAction::Scroll(step) => match overlays.stack.last_mut() {
            Some(Overlay::Help { scroll }) => {
                *scroll = match step {
                    ListStep::Up => scroll.saturating_sub(1),
                    ListStep::Down => scroll.saturating_add(1).min(200),
                    ListStep::PageUp => scroll.saturating_sub(10),
                    ListStep::PageDown => scroll.saturating_add(10).min(200),
                    ListStep::First => 0,
                    ListStep::Last => 200,
                };
            }
            Some(Overlay::Trailers(trailers)) if !trailers.opened => {
                trailers.at = moved(Some(trailers.at), trailers.list.len(), *step, 10).unwrap_or(0);
            }
            _ => {}
        },
        OverlayAction::CommandLine => {
            overlays.stack.push(Overlay::CommandLine { input: Input::default(), error: None });
        }
        OverlayAction::Line(action) => command_line(overlays, action),
        OverlayAction::Trailers { list, at } => {
            overlays.stack.push(Overlay::Trailers(Trailers { list: list.clone(), at: *at, opened: false }));
        }
        OverlayAction::OpenTrailer => {
            if let Some(Overlay::Trailers(trailers)) = overlays.stack.last_mut() {
                trailers.opened = true;
                let url = trailers.chosen().map(|trailer| trailer.url.clone()).filter(|_| prefs.has_browser);
                url.map(Effect::OpenPage).into_iter().for_each(|open| out.effect(open));
            }
        }
        OverlayAction::Ask(question) => overlays.stack.push(Overlay::Ask(question.clone())),
        OverlayAction::Answer(reply) => {
            let asked = overlays.stack.pop();
            let Some(Overlay::Ask(question)) = asked else { return };
            match (question, reply) {
                (Question::LetGo, Reply::Yes) => out.then(NavAction::Home),
                (Question::CancelBooking { code, .. }, Reply::Yes) => out.then(BookingsAction::Cancel(code)),
                (Question::Accessible { .. }, reply) => out.then(SeatsAction::Accessible(*reply)),
                (_, Reply::No) => {}
            }
        }
        OverlayAction::Close => match overlays.stack.last_mut() {
            // Back to the list.
            Some(Overlay::Trailers(trailers)) if trailers.opened => trailers.opened = false,
            _ => drop(overlays.stack.pop()),
        },
        OverlayAction::CloseAll => overlays.stack.clear(),
    }
}

fn command_line(overlays: &mut Tracked<Overlays>, action: &LineAction) {
    let Overlays { stack, past } = &mut **overlays;
    let Some(Overlay::CommandLine { input, error }) = stack.last_mut() else { return };
    *error = None;
    match action {
        LineAction::Edit(request) => line::edit(input, *request),
        LineAction::Paste(text) => line::paste(input, text),
        LineAction::Set(text) => *input = Input::new(text.clone()),
        LineAction::Past(turn) => {
            if let Some(turned) = past.turn(input, *turn) {
                *input = turned;
            }
        }
        LineAction::Refuse(why) => *error = Some(why.clone()),
        LineAction::Done => {
            past.keep(input.value().trim());
            stack.pop();
        }
    }
}
