//! Cells become bytes: as few as can be, in one write a frame.
//!
//! ratatui's crossterm backend resets colours and attributes after every frame and moves the cursor by absolute
//! positions. Over SSH bytes are what a key press costs, so this one remembers the pen and the cursor from frame to
//! frame, takes the shorter of the possible moves and style changes, and wraps large frames in a synchronized
//! update (private mode 2026), so that they appear at once.

use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::{Cell, CellDiffOption},
    layout::{Position, Size},
    style::{Color, Modifier},
};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Frames of more bytes than this are wrapped in a synchronized update; smaller ones arrive in one packet anyway.
const SYNCHRONIZE_OVER: usize = 1_024;

/// The colours and attributes that the terminal writes with now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

/// A terminal that understands ECMA-48, written to through one buffer.
pub struct Ansi<W: Write> {
    out: W,
    frame: Vec<u8>,
    size: Size,
    pen: Pen,
    /// Where the terminal's cursor is, if that is known.
    at: Option<Position>,
    cursor_shown: Option<bool>,
}

impl<W: Write> Ansi<W> {
    /// A terminal of `size`. The size changes only by [`Ansi::set_size`], so that a frame and the view that it
    /// shows are always of one size.
    pub fn new(out: W, size: Size) -> Self {
        Self { out, frame: Vec::with_capacity(16 * 1_024), size, pen: Pen::default(), at: None, cursor_shown: None }
    }

    pub fn set_size(&mut self, size: Size) {
        self.size = size;
        // Terminals differ in where a resize leaves the cursor.
        self.at = None;
    }

    /// Puts raw bytes before the next frame: modes, the bell.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.frame.extend_from_slice(bytes);
    }

    /// Nothing is known any more of what the terminal shows and how it writes.
    pub fn forget(&mut self) {
        self.frame.extend_from_slice(b"\x1b[m");
        self.pen = Pen::default();
        self.at = None;
        self.cursor_shown = None;
    }

    fn move_to(&mut self, to: Position) {
        let Some(at) = self.at else { return self.move_absolutely(to) };
        if at == to {
            return;
        }
        let absolute = format!("\x1b[{};{}H", to.y + 1, to.x + 1);
        let relative = match (to.x.cmp(&at.x), to.y.cmp(&at.y)) {
            (std::cmp::Ordering::Greater, std::cmp::Ordering::Equal) => Some(csi(to.x - at.x, 'C')),
            (std::cmp::Ordering::Less, std::cmp::Ordering::Equal) => Some(csi(at.x - to.x, 'D')),
            (std::cmp::Ordering::Equal, std::cmp::Ordering::Greater) => Some(csi(to.y - at.y, 'B')),
            (std::cmp::Ordering::Equal, std::cmp::Ordering::Less) => Some(csi(at.y - to.y, 'A')),
            _ => None,
        };
        let shortest = relative.filter(|r| r.len() < absolute.len()).unwrap_or(absolute);
        self.frame.extend_from_slice(shortest.as_bytes());
        self.at = Some(to);
    }

    fn move_absolutely(&mut self, to: Position) {
        self.frame.extend_from_slice(format!("\x1b[{};{}H", to.y + 1, to.x + 1).as_bytes());
        self.at = Some(to);
    }

    fn take_pen(&mut self, pen: Pen) {
        if pen == self.pen {
            return;
        }
        let (change, anew) = (pen.change_from(self.pen), pen.anew());
        let shortest = if anew.len() < change.len() { anew } else { change };
        self.frame.extend_from_slice(format!("\x1b[{shortest}m").as_bytes());
        self.pen = pen;
    }

    fn show(&mut self, shown: bool) {
        if self.cursor_shown != Some(shown) {
            self.frame.extend_from_slice(if shown { b"\x1b[?25h" } else { b"\x1b[?25l" });
            self.cursor_shown = Some(shown);
        }
    }
}

/// `ESC [ n c`, without the number where it is one.
fn csi(n: u16, c: char) -> String {
    if n == 1 { format!("\x1b[{c}") } else { format!("\x1b[{n}{c}") }
}

/// Attributes with the parameter that switches them on and the one that switches them off.
const ATTRIBUTES: [(Modifier, &str, &str); 7] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::SLOW_BLINK, "5", "25"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

impl Pen {
    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// SGR parameters from a reset pen; a leading empty parameter is the reset.
    fn anew(self) -> String {
        let mut parameters = vec![String::new()];
        for (attribute, on, _) in ATTRIBUTES {
            if self.modifier.contains(attribute) {
                parameters.push(on.to_owned());
            }
        }
        if self.fg != Color::Reset {
            parameters.push(color(self.fg, 30));
        }
        if self.bg != Color::Reset {
            parameters.push(color(self.bg, 40));
        }
        parameters.join(";")
    }

    /// SGR parameters that turn `old` into this pen.
    fn change_from(self, old: Pen) -> String {
        let mut parameters: Vec<String> = Vec::new();
        let mut have = old.modifier;
        for (attribute, _, off) in ATTRIBUTES {
            if have.contains(attribute) && !self.modifier.contains(attribute) {
                parameters.push(off.to_owned());
                // One parameter ends both bold and dim.
                have -= if off == "22" { Modifier::BOLD | Modifier::DIM } else { attribute };
            }
        }
        for (attribute, on, _) in ATTRIBUTES {
            if self.modifier.contains(attribute) && !have.contains(attribute) {
                parameters.push(on.to_owned());
            }
        }
        if self.fg != old.fg {
            parameters.push(color(self.fg, 30));
        }
        if self.bg != old.bg {
            parameters.push(color(self.bg, 40));
        }
        parameters.join(";")
    }
}

/// The SGR parameter of a colour: `base` is 30 for text and 40 for the background.
fn color(color: Color, base: u8) -> String {
    let basic = |n: u8| (base + n).to_string();
    let bright = |n: u8| (base + 60 + n).to_string();
    match color {
        Color::Reset => basic(9),
        Color::Black => basic(0),
        Color::Red => basic(1),
        Color::Green => basic(2),
        Color::Yellow => basic(3),
        Color::Blue => basic(4),
        Color::Magenta => basic(5),
        Color::Cyan => basic(6),
        Color::Gray => basic(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(i) => format!("{};5;{i}", base + 8),
        Color::Rgb(r, g, b) => format!("{};2;{r};{g};{b}", base + 8),
    }
}

impl<W: Write> Backend for Ansi<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            self.move_to(Position { x, y });
            self.take_pen(Pen::of(cell));
            let symbol = cell.symbol();
            self.frame.extend_from_slice(symbol.as_bytes());
            let width = match cell.diff_option {
                CellDiffOption::ForcedWidth(width) => width.get(),
                _ => symbol.width() as u16,
            };
            let after = x + width;
            // At the right edge terminals differ in where the cursor is, and after a picture, too.
            let known = after < self.size.width && !symbol.contains('\x1b');
            self.at = known.then_some(Position { x: after, y });
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.show(false);
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.show(true);
        Ok(())
    }

    /// Never asks the terminal: an answer would race the keys.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.at.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.move_to(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.forget();
        self.frame.extend_from_slice(b"\x1b[2J");
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        self.clear()
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        if self.frame.len() > SYNCHRONIZE_OVER {
            self.frame.splice(0..0, *b"\x1b[?2026h");
            self.frame.extend_from_slice(b"\x1b[?2026l");
        }
        let written = self.out.write_all(&self.frame).and_then(|()| self.out.flush());
        self.frame.clear();
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::{Terminal, style::Style};

    /// A writer whose bytes can be looked at.
    #[derive(Clone, Default)]
    struct Tape(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

    impl Write for Tape {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Tape {
        fn take(&self) -> Vec<u8> {
            std::mem::take(&mut self.0.lock().unwrap())
        }
    }

    fn terminal(tape: &Tape) -> Terminal<Ansi<Tape>> {
        Terminal::new(Ansi::new(tape.clone(), Size { width: 20, height: 4 })).unwrap()
    }

    #[test]
    fn an_unchanged_frame_writes_nothing() {
        let tape = Tape::default();
        let mut terminal = terminal(&tape);
        let draw = |f: &mut ratatui::Frame<'_>| {
            f.buffer_mut().set_string(0, 0, "frontrow", Style::new().bold());
            f.set_cursor_position((3, 1));
        };
        terminal.draw(draw).unwrap();
        assert!(!tape.take().is_empty());
        terminal.draw(draw).unwrap();
        assert_eq!(tape.take(), b"");
    }

    #[test]
    fn a_neighbouring_change_costs_a_short_move_and_only_the_changed_style() {
        let tape = Tape::default();
        let mut terminal = terminal(&tape);
        terminal.draw(|f| f.buffer_mut().set_string(0, 0, "a b", Style::new().bold())).unwrap();
        tape.take();
        terminal.draw(|f| f.buffer_mut().set_string(0, 0, "x y", Style::new().bold())).unwrap();
        assert_eq!(String::from_utf8(tape.take()).unwrap(), "\u{1b}[3Dx\u{1b}[Cy");
    }

    fn style() -> impl Strategy<Value = Style> {
        let color = prop_oneof![
            Just(Color::Reset),
            Just(Color::Red),
            Just(Color::LightBlue),
            (0u8..=255).prop_map(Color::Indexed),
            (0u8..=255, 0u8..=255, 0u8..=255).prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
        ];
        (color.clone(), color, 0u16..128).prop_map(|(fg, bg, bits)| {
            // The terminal of the test knows bold or dim, not both.
            let all = [Modifier::BOLD, Modifier::ITALIC, Modifier::UNDERLINED, Modifier::REVERSED];
            let chosen = all.iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0);
            Style::new().fg(fg).bg(bg).add_modifier(chosen.fold(Modifier::empty(), |m, (_, a)| m | *a))
        })
    }

    proptest! {
        /// A terminal that gets only these bytes shows the same as the buffers, frame after frame.
        #[test]
        fn the_bytes_draw_what_the_buffer_says(frames in prop::collection::vec(
            prop::collection::vec((0u16..20, 0u16..4, "[a-z○ ]{1,6}", style()), 0..12), 1..5))
        {
            let tape = Tape::default();
            let mut terminal = terminal(&tape);
            let rows = std::num::NonZeroU16::new(4).unwrap();
            let cols = std::num::NonZeroU16::new(20).unwrap();
            let mut screen = vt100::Parser::new(rows, cols, 0);
            for texts in &frames {
                let mut wanted = None;
                terminal.draw(|f| {
                    for (x, y, text, style) in texts {
                        f.buffer_mut().set_string(*x, *y, text, *style);
                    }
                    wanted = Some(f.buffer_mut().clone());
                }).unwrap();
                screen.process(&tape.take());
                let wanted = wanted.unwrap();
                for y in 0..4 {
                    for x in 0..20 {
                        let (cell, seen) = (&wanted[(x, y)], screen.screen().cell(y, x).unwrap());
                        let text = if seen.has_contents() { seen.contents() } else { " " };
                        prop_assert_eq!(cell.symbol(), text);
                        prop_assert_eq!(cell.modifier.contains(Modifier::BOLD), seen.bold());
                        prop_assert_eq!(cell.modifier.contains(Modifier::REVERSED), seen.inverse());
                        prop_assert_eq!(cell.modifier.contains(Modifier::UNDERLINED), seen.underline());
                        prop_assert_eq!(seen_color(cell.fg), seen.fgcolor());
                        prop_assert_eq!(seen_color(cell.bg), seen.bgcolor());
                    }
                }
            }
        }
    }

    fn seen_color(color: Color) -> vt100::Color {
        match color {
            Color::Reset => vt100::Color::Default,
            Color::Red => vt100::Color::Idx(1),
            Color::LightBlue => vt100::Color::Idx(12),
            Color::Indexed(i) => vt100::Color::Idx(i),
            Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
            other => panic!("{other} is not in the test"),
        }
    }
}
