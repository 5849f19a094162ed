//! The poster of a film: its own, or the generated one; two pixels a cell, unless the terminal draws it by itself.

use crate::{
    domain::{
        money::Glyphs,
        movie::Movie,
        picture::Picture,
        poster::{self, Poster},
    },
    store::select::browse::Art,
    ui::frame::{Ctx, Frame, Spot},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// Draws the poster into `area`; nothing where there are too few colours or characters for a picture.
/// Returns whether it drew.
pub fn draw(movie: &Movie, art: Art<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) -> bool {
    if ctx.glyphs.kind == Glyphs::Ascii || ctx.theme.rgb(0, 0, 0).is_none() || area.is_empty() {
        return false;
    }
    let spot = |picture: Option<&Picture>| Some(Spot { area, picture: picture.cloned() });
    match art {
        Art::Generated => generated(movie, ctx, area, buf),
        Art::Awaited => {
            generated(movie, ctx, area, buf);
            frame.poster = spot(None);
        }
        Art::Blocks(picture) => {
            blocks(picture, ctx, area, buf);
            frame.poster = spot(None);
        }
        Art::Sharp(picture) => frame.poster = spot(Some(picture)),
    }
    true
}

fn generated(movie: &Movie, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) {
    let (width, height) = (usize::from(area.width), 2 * usize::from(area.height));
    let Poster { pixels, .. } = poster::poster(movie, width, height);
    for line in 0..usize::from(area.height) {
        for column in 0..width {
            let pixel = |y: usize| {
                let p = pixels[y * width + column];
                ctx.theme.rgb(p.0, p.1, p.2).unwrap_or_default()
            };
            let style = Style::new().fg(pixel(2 * line)).bg(pixel(2 * line + 1));
            buf[(area.x + column as u16, area.y + line as u16)].set_char('▀').set_style(style);
        }
    }
}

/// As large as fits into the area, from its upper left corner.
#[cfg(feature = "posters")]
fn blocks(picture: &Picture, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) {
    use image::{DynamicImage, RgbImage};
    use ratatui::{layout::Size, style::Color, widgets::Widget};
    use ratatui_image::{
        Image,
        protocol::{Protocol, halfblocks::Halfblocks},
    };

    let (width, height) = (f64::from(picture.size.width), f64::from(picture.size.height));
    let scale = (f64::from(area.width) / width).min(2.0 * f64::from(area.height) / height);
    let cells = |pixels: f64| (pixels * scale).ceil().max(1.0) as u16;
    let size = Size { width: cells(width).min(area.width), height: cells(height / 2.0).min(area.height) };
    let pixels = RgbImage::from_raw(picture.size.width, picture.size.height, picture.rgb().to_vec());
    let Some(drawn) = pixels.and_then(|pixels| Halfblocks::new(DynamicImage::ImageRgb8(pixels), size).ok()) else {
        return;
    };
    Image::new(&Protocol::Halfblocks(drawn)).render(area, buf);
    // In the colours that the terminal has.
    let known = |color: Color| match color {
        Color::Rgb(r, g, b) => ctx.theme.rgb(r, g, b).unwrap_or_default(),
        other => other,
    };
    for at in Rect::new(area.x, area.y, size.width, size.height).positions() {
        let cell = &mut buf[at];
        (cell.fg, cell.bg) = (known(cell.fg), known(cell.bg));
    }
}

/// A build without films' own posters never has any.
#[cfg(not(feature = "posters"))]
fn blocks(_: &Picture, _: Ctx<'_>, _: Rect, _: &mut Buffer) {}
