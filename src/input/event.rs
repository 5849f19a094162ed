//! What a terminal reports, without what does not matter here.

use crokey::KeyCombination;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};

#[derive(Clone, Debug, PartialEq)]
pub enum InputEvent {
    Key(KeyCombination),
    /// Pasted text: never keys, so a pasted line break confirms nothing.
    Paste(String),
    Click {
        x: u16,
        y: u16,
    },
    /// The wheel, in lines; negative is up.
    Wheel {
        x: u16,
        y: u16,
        lines: i32,
    },
    Resize {
        width: u16,
        height: u16,
    },
}

/// A key as the keymap knows it. Some terminals report that `?` needed Shift, others do not: for anything but a
/// letter the character says it all.
pub fn combination(mut key: KeyEvent) -> KeyCombination {
    if let KeyCode::Char(c) = key.code
        && !c.is_alphabetic()
    {
        key.modifiers -= KeyModifiers::SHIFT;
    }
    KeyCombination::from(key).normalized()
}

/// The event as it matters here; `None` for key releases, mouse movement and focus.
pub fn of_terminal(event: Event) -> Option<InputEvent> {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => None,
        Event::Key(key) => Some(InputEvent::Key(combination(key))),
        Event::Paste(text) => Some(InputEvent::Paste(text)),
        Event::Resize(width, height) => Some(InputEvent::Resize { width, height }),
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => Some(InputEvent::Click { x: mouse.column, y: mouse.row }),
            MouseEventKind::ScrollUp => Some(InputEvent::Wheel { x: mouse.column, y: mouse.row, lines: -1 }),
            MouseEventKind::ScrollDown => Some(InputEvent::Wheel { x: mouse.column, y: mouse.row, lines: 1 }),
            _ => None,
        },
        Event::FocusGained | Event::FocusLost => None,
    }
}
