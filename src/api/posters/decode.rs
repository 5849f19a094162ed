//! A file becomes a picture, within limits: a few bytes can claim to be a picture of any size.

use crate::effects::ports::{Picture, PictureSize};
use image::{ImageFormat, ImageReader, Limits, imageops::FilterType};
use std::io::Cursor;

const MAX_SIDE: u32 = 4_096;
const MAX_MEMORY: u64 = 64 * 1024 * 1024;
/// A picture may lose a twelfth of a side, so that it fills its place.
const CUT: f64 = 1.0 / 12.0;

/// Decodes a file and makes it as large as `fit`, or smaller on one side.
///
/// # Errors
/// A clause that says what is wrong with it.
pub fn picture(bytes: &[u8], fit: PictureSize) -> Result<Picture, String> {
    let mut reader = ImageReader::new(Cursor::new(bytes));
    let guessed = image::guess_format(bytes).map_err(|_| "it is no picture")?;
    if !matches!(guessed, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err("it is no JPEG, PNG or WebP picture".to_owned());
    }
    reader.set_format(guessed);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let image = reader.decode().map_err(|error| format!("the picture cannot be decoded: {error}"))?;
    let (width, height) = (fit.width.clamp(1, MAX_SIDE), fit.height.clamp(1, MAX_SIDE));
    let ratio = f64::from(image.width()) / f64::from(image.height()) / (f64::from(width) / f64::from(height));
    let image = if (1.0 - CUT..=1.0 / (1.0 - CUT)).contains(&ratio) {
        image.resize_to_fill(width, height, FilterType::Triangle)
    } else {
        image.resize(width, height, FilterType::Triangle)
    };
    let size = PictureSize { width: image.width(), height: image.height() };
    Picture::new(size, image.into_rgb8().into_raw()).ok_or_else(|| "the picture has too few pixels".to_owned())
}
