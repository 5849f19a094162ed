//! What the person's terminal and settings ask for; fixed at start but for the size.

use crate::{
    domain::{money::Glyphs, sign_in::Offer},
    store::state::Size,
};

#[derive(Clone, Debug, Default)]
pub struct Prefs {
    pub size: Size,
    pub glyphs: Glyphs,
    /// No blinking and no countdown by the second.
    pub motion: Motion,
    /// The randomness of this run: sale keys grow from it.
    pub seed: [u8; 16],
    /// Nobody has ever signed in here: the account screen begins with a new account.
    pub newcomer: bool,
    /// Who uses this machine.
    pub place: Place,
    /// Whether a page that is opened on this machine is seen by the person at the terminal.
    pub has_browser: bool,
    /// What the sign-in service surely offers, so that a form need not wait for it to say so.
    pub sure_offer: Option<Offer>,
    /// When Ctrl-C was last pressed.
    pub interrupted_at: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    #[default]
    Full,
    Reduced,
}

/// Who uses the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Own,
    /// Everybody: nobody types a password here, and no browser is opened.
    Kiosk,
}
