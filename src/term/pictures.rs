//! Pictures that the terminal draws by itself. What is sent are the pixels of a [`Picture`], encoded here: no byte of
//! the file that they came from reaches the terminal, and no name of a file.
//!
//! The escape sequence of a picture is the symbol of its first cell, so a picture is written when it is new there, and
//! not while it stays. ratatui skips the cells that it covers (sixel, iTerm2), or they have the placeholders that say
//! which part of the picture is there (kitty).

use crate::domain::picture::{Picture, PictureSize, PictureWay};
use image::{DynamicImage, RgbImage};
use ratatui::{
    buffer::Buffer,
    layout::{Rect, Size},
    widgets::Widget,
};
use ratatui_image::{
    Image,
    errors::Errors,
    protocol::{Protocol, iterm2::Iterm2, kitty::Kitty, sixel::Sixel},
};
use std::collections::VecDeque;

/// So many pictures are kept as they were encoded: coming back to one costs little.
const KEPT: usize = 8;
/// The first of the ids of pictures in a kitty terminal. There are as many as are kept, and they take turns, so that the
/// terminal keeps no more.
const KITTY_ID: u32 = 0x0046_5200;

/// Draws the pictures of one terminal.
#[derive(Default)]
pub struct Pictures {
    /// Those that were encoded last, the newest at the end.
    known: VecDeque<Encoded>,
    /// Of all that were encoded.
    count: usize,
}

struct Encoded {
    picture: Picture,
    way: PictureWay,
    cell: PictureSize,
    protocol: Protocol,
}

impl Pictures {
    /// Draws a picture into the upper left corner of `area`; nothing if it does not fit there. A cell has so many
    /// pixels.
    pub fn draw(&mut self, picture: &Picture, way: PictureWay, cell: PictureSize, area: Rect, buf: &mut Buffer) {
        let is_known = |known: &Encoded| known.way == way && known.cell == cell && known.picture == *picture;
        let at = self.known.iter().position(is_known).or_else(|| {
            let protocol = self.encode(picture, way, cell)?;
            if self.known.len() == KEPT {
                self.known.pop_front();
            }
            self.known.push_back(Encoded { picture: picture.clone(), way, cell, protocol });
            Some(self.known.len() - 1)
        });
        if let Some(at) = at {
            Image::new(&self.known[at].protocol).render(area, buf);
        }
    }

    /// The terminal has forgotten what was drawn.
    pub fn forget(&mut self) {
        self.known.clear();
    }

    fn encode(&mut self, picture: &Picture, way: PictureWay, cell: PictureSize) -> Option<Protocol> {
        let PictureSize { width, height } = picture.size;
        let pixels = DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, picture.rgb().to_vec())?);
        let cells = |pixels: u32, cell: u32| u16::try_from(pixels.div_ceil(cell.max(1))).unwrap_or(u16::MAX);
        let size = Size { width: cells(width, cell.width), height: cells(height, cell.height) };
        let encoded: Result<Protocol, Errors> = match way {
            PictureWay::None | PictureWay::Blocks => return None,
            PictureWay::Kitty => {
                let id = KITTY_ID + (self.count % KEPT) as u32;
                self.count += 1;
                // All terminals with placeholders inflate what is sent to them (`o=z`).
                Kitty::new(pixels, size, id, false, true).map(Protocol::Kitty)
            }
            PictureWay::Sixel => Sixel::new(pixels, size, false).map(Protocol::Sixel),
            PictureWay::Iterm => Iterm2::new(pixels, size, false).map(Protocol::ITerm2),
        };
        encoded.inspect_err(|error| tracing::info!(%error, "a picture cannot be drawn")).ok()
    }
}
