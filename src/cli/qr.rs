//! QR codes as text: dark modules on a light ground with a quiet zone of four, whatever the terminal's colours.

use super::out::Out;
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        money::Glyphs,
    },
    platform::caps::Colors,
};
use qrcode::{Color, EcLevel, QrCode};

/// Modules of light ground on each side (ISO/IEC 18004).
const QUIET: usize = 4;
/// Black on white, in colours that themes do not change.
const DARK_ON_LIGHT: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

/// The modules of a code with their quiet zone.
struct Matrix {
    side: usize,
    dark: Vec<bool>,
}

/// `content` as lines of text. Where no colours can be used, the light modules are drawn, as for a dark terminal.
pub fn draw(out: &Out, content: &str) -> Result<String, Failure> {
    let matrix = Matrix::of(content)?;
    let colored = out.styled() && out.caps.colors != Colors::None;
    Ok(match out.glyphs() {
        Glyphs::Unicode => matrix.half_blocks(colored),
        Glyphs::Ascii => matrix.ascii(colored),
    })
}

impl Matrix {
    fn of(content: &str) -> Result<Self, Failure> {
        let code = QrCode::with_error_correction_level(content, EcLevel::L).map_err(|error| {
            Failure::new(FailureKind::Other, "qr", format!("{} bytes do not fit a QR code: {error}", content.len()))
        })?;
        let (width, modules) = (code.width(), code.to_colors());
        let side = width + 2 * QUIET;
        let mut dark = vec![false; side * side];
        for (at, module) in modules.into_iter().enumerate() {
            dark[(at / width + QUIET) * side + at % width + QUIET] = module == Color::Dark;
        }
        Ok(Self { side, dark })
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        y < self.side && self.dark[y * self.side + x]
    }

    /// Two modules a character, one above the other.
    fn half_blocks(&self, colored: bool) -> String {
        self.lines(2, colored, |x, y| {
            // With colours the dark modules are ink; without, the light ones are.
            let ink = |y| self.is_dark(x, y) == colored && y < self.side;
            match (ink(y), ink(y + 1)) {
                (true, true) => "█",
                (true, false) => "▀",
                (false, true) => "▄",
                (false, false) => " ",
            }
        })
    }

    /// Two characters a module.
    fn ascii(&self, colored: bool) -> String {
        self.lines(1, colored, |x, y| if self.is_dark(x, y) == colored { "##" } else { "  " })
    }

    fn lines(&self, step: usize, colored: bool, cell: impl Fn(usize, usize) -> &'static str) -> String {
        let (start, end) = if colored { (DARK_ON_LIGHT, RESET) } else { ("", "") };
        let line = |y| format!("{start}{}{end}\n", (0..self.side).map(|x| cell(x, y)).collect::<String>());
        (0..self.side).step_by(step).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_blocks_draw_every_module_and_the_quiet_zone() {
        let matrix = Matrix::of("CT1.ABC").unwrap();
        let lines: Vec<Vec<char>> =
            matrix.half_blocks(true).lines().map(|line| inner(line).chars().collect()).collect();
        assert_eq!(lines.len(), matrix.side.div_ceil(2));
        for at in 0..matrix.side * matrix.side {
            let (x, y) = (at % matrix.side, at / matrix.side);
            let glyph = lines[y / 2][x];
            let dark = glyph == '█' || glyph == if y % 2 == 0 { '▀' } else { '▄' };
            assert_eq!(dark, matrix.is_dark(x, y), "module {x},{y}");
        }
        assert!((0..QUIET).all(|i| (0..matrix.side).all(|j| !matrix.is_dark(i, j) && !matrix.is_dark(j, i))));
    }

    #[test]
    fn without_colours_the_light_modules_are_ink() {
        let matrix = Matrix::of("CT1.ABC").unwrap();
        assert!(matrix.half_blocks(false).starts_with("███"));
        assert!(matrix.ascii(false).starts_with("######") && matrix.ascii(false).is_ascii());
    }

    fn inner(line: &str) -> &str {
        line.strip_prefix(DARK_ON_LIGHT).and_then(|line| line.strip_suffix(RESET)).unwrap()
    }
}
