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

/// The ids of pictures in a kitty terminal, which take turns: the placeholders of a new picture differ from those of
/// the old one, so that all of them are written, and no more than two pictures take the terminal's memory.
const KITTY_IDS: [u32; 2] = [0x0046_5201, 0x0046_5202];

/// Draws the pictures of one terminal.
#[derive(Default)]
pub struct Pictures {
    /// The last one, ready to be drawn again.
    last: Option<Encoded>,
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
        let is_known = |last: &Encoded| last.way == way && last.cell == cell && last.picture == *picture;
        if !self.last.as_ref().is_some_and(is_known) {
            self.last = self.encode(picture, way, cell).map(|protocol| Encoded {
                picture: picture.clone(),
                way,
                cell,
                protocol,
            });
        }
        if let Some(last) = &self.last {
            Image::new(&last.protocol).render(area, buf);
        }
    }

    /// The terminal has forgotten what was drawn.
    pub fn forget(&mut self) {
        self.last = None;
    }

    fn encode(&mut self, picture: &Picture, way: PictureWay, cell: PictureSize) -> Option<Protocol> {
        let PictureSize { width, height } = picture.size;
        let pixels = DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, picture.rgb().to_vec())?);
        let cells = |pixels: u32, cell: u32| u16::try_from(pixels.div_ceil(cell.max(1))).unwrap_or(u16::MAX);
        let size = Size { width: cells(width, cell.width), height: cells(height, cell.height) };
        let encoded: Result<Protocol, Errors> = match way {
            PictureWay::None | PictureWay::Blocks => return None,
            PictureWay::Kitty => {
                self.count += 1;
                // All terminals with placeholders inflate what is sent to them (`o=z`).
                Kitty::new(pixels, size, KITTY_IDS[self.count % KITTY_IDS.len()], false, true).map(Protocol::Kitty)
            }
            PictureWay::Sixel => Sixel::new(pixels, size, false).map(Protocol::Sixel),
            PictureWay::Iterm => Iterm2::new(pixels, size, false).map(Protocol::ITerm2),
        };
        encoded.inspect_err(|error| tracing::info!(%error, "a picture cannot be drawn")).ok()
    }
}

#[cfg(test)]
mod tests;
