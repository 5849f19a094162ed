//! What a terminal reports, without what does not matter here.

use crate::store::action::Zoom;
use crokey::KeyCombination;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

#[derive(Clone, Debug, PartialEq)]
pub enum InputEvent {
    Key(KeyCombination),
    /// Pasted text: never keys, so a pasted line break confirms nothing.
    Paste(String),
    /// The first button went down.
    Click {
        x: u16,
        y: u16,
    },
    /// The pointer moved with the first button down.
    Drag {
        x: u16,
        y: u16,
    },
    /// The first button went up.
    Release,
    /// The second button: look, without choosing.
    Details {
        x: u16,
        y: u16,
    },
    /// The wheel, in lines and columns; negative is up and left.
    Wheel {
        x: u16,
        y: u16,
        lines: i32,
        cols: i32,
    },
    /// The wheel with Ctrl.
    Zoom(Zoom),
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

/// The event as it matters here; `None` for key releases, mouse movement without a button, and focus.
pub fn of_terminal(event: Event) -> Option<InputEvent> {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => None,
        Event::Key(key) => Some(InputEvent::Key(combination(key))),
        Event::Paste(text) => Some(InputEvent::Paste(text)),
        Event::Resize(width, height) => Some(InputEvent::Resize { width, height }),
        Event::Mouse(mouse) => of_mouse(mouse),
        Event::FocusGained | Event::FocusLost => None,
    }
}

fn of_mouse(mouse: MouseEvent) -> Option<InputEvent> {
    let (x, y) = (mouse.column, mouse.row);
    let (lines, cols) = match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => return Some(InputEvent::Click { x, y }),
        MouseEventKind::Drag(MouseButton::Left) => return Some(InputEvent::Drag { x, y }),
        MouseEventKind::Down(MouseButton::Right) => return Some(InputEvent::Details { x, y }),
        MouseEventKind::Up(MouseButton::Left) => return Some(InputEvent::Release),
        MouseEventKind::ScrollUp => (-1, 0),
        MouseEventKind::ScrollDown => (1, 0),
        MouseEventKind::ScrollLeft => (0, -1),
        MouseEventKind::ScrollRight => (0, 1),
        _ => return None,
    };
    Some(match mouse.modifiers {
        held if held.contains(KeyModifiers::CONTROL) && lines != 0 => {
            InputEvent::Zoom(if lines < 0 { Zoom::In } else { Zoom::Out })
        }
        // A wheel that only turns one way scrolls to the side with Shift.
        held if held.contains(KeyModifiers::SHIFT) => InputEvent::Wheel { x, y, lines: cols, cols: lines },
        _ => InputEvent::Wheel { x, y, lines, cols },
    })
}
