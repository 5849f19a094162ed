//! The named commands that keys are bound to.

use serde::Deserialize;

/// What a key means, before the screen it is pressed on. Names in the keymap are these in kebab case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    Help,
    Home,
    Bookings,
    Account,
    Reload,
    Mouse,
    Redraw,
    Suspend,
    Quit,
    Interrupt,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    First,
    Last,
    /// Previous or next block: by the key's place in the list, as in all pairs below.
    Block,
    Far,
    RowEnd,
    HallEnd,
    Go,
    Back,
    Toggle,
    Party,
    Alternative,
    Best,
    TypeSeats,
    Range,
    NextFree,
    Drop,
    Clear,
    Extend,
    Again,
    ZoomIn,
    ZoomOut,
    ZoomAuto,
    Level,
    Favourite,
    FavouritesOnly,
    CancelBooking,
    SwitchMode,
    OtherWays,
    SignOut,
    Close,
    Yes,
    No,
}

/// A command with the place of the pressed key in its list of keys: `[` is 0 and `]` is 1 of `level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pressed {
    pub command: Command,
    pub nth: usize,
}
