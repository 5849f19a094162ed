//! Pictures, decoded.

use std::sync::Arc;

/// A picture's size in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PictureSize {
    pub width: u32,
    pub height: u32,
}

/// Pixels, three bytes each (red, green, blue), line by line from the top left.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    pub size: PictureSize,
    rgb: Arc<[u8]>,
}

impl Picture {
    /// `None` if there are not just enough bytes.
    pub fn new(size: PictureSize, rgb: Vec<u8>) -> Option<Self> {
        let bytes = usize::try_from(u64::from(size.width) * u64::from(size.height) * 3).ok()?;
        (rgb.len() == bytes).then(|| Self { size, rgb: rgb.into() })
    }

    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}x{})", self.size.width, self.size.height)
    }
}

/// How a terminal shows pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PictureWay {
    /// Not at all.
    #[default]
    None,
    /// By characters, two pixels a cell.
    Blocks,
    /// By the kitty graphics protocol.
    Kitty,
    /// By sixels (DEC VT340).
    Sixel,
    /// By the inline images of iTerm2.
    Iterm,
}

impl PictureWay {
    /// Whether the terminal itself draws the pixels.
    pub fn is_sharp(self) -> bool {
        matches!(self, Self::Kitty | Self::Sixel | Self::Iterm)
    }
}
