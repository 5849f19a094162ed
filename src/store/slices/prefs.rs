//! What the person's terminal and settings ask for; fixed at start but for the size.

use crate::{
    domain::{
        money::Glyphs,
        picture::{PictureSize, PictureWay},
        sign_in::Offer,
    },
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
    /// How films' own posters are shown.
    pub pictures: Pictures,
    /// When Ctrl-C was last pressed.
    pub interrupted_at: Option<u64>,
}

/// How pictures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pictures {
    pub way: PictureWay,
    /// The pixels of a cell, where the terminal draws them.
    pub cell: PictureSize,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { way: PictureWay::None, cell: PictureSize { width: 1, height: 2 } }
    }
}

impl Pictures {
    /// The pixels of a place of so many cells; `None` where no pictures are shown.
    pub fn pixels(self, columns: u16, lines: u16) -> Option<PictureSize> {
        let cell = match self.way {
            PictureWay::None => return None,
            PictureWay::Blocks => PictureSize { width: 1, height: 2 },
            PictureWay::Kitty | PictureWay::Sixel | PictureWay::Iterm => self.cell,
        };
        Some(PictureSize { width: cell.width * u32::from(columns), height: cell.height * u32::from(lines) })
    }
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
