//! What the terminal can show: colours and characters, decided once at the start.

use crate::{
    domain::{money::Glyphs, picture::PictureWay},
    platform::choice::{GlyphChoice, PosterChoice, When},
};

/// How many colours may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Colors {
    None,
    Ansi8,
    Ansi16,
    Ansi256,
    True,
}

impl Colors {
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "no colours",
            Self::Ansi8 => "8 colours",
            Self::Ansi16 => "16 colours",
            Self::Ansi256 => "256 colours",
            Self::True => "true colour",
        }
    }
}

/// Whether the program is used on this machine or from afar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Local,
    Ssh,
}

/// Where the output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    Terminal,
    Elsewhere,
}

impl Output {
    pub fn of_stdout() -> Self {
        if std::io::IsTerminal::is_terminal(&std::io::stdout()) { Self::Terminal } else { Self::Elsewhere }
    }
}

/// The terminal's abilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    pub colors: Colors,
    pub glyphs: Glyphs,
    pub place: Place,
    pub output: Output,
}

impl Caps {
    /// From the process's own environment and standard output.
    pub fn detect(color: When, glyphs: GlyphChoice) -> Self {
        Self::from(color, glyphs, Output::of_stdout(), &|name| std::env::var(name).ok())
    }

    fn from(color: When, glyphs: GlyphChoice, output: Output, env: &dyn Fn(&str) -> Option<String>) -> Self {
        let said = |name: &str| env(name).is_some_and(|value| !value.is_empty());
        let place = if said("SSH_CONNECTION") || said("SSH_TTY") { Place::Ssh } else { Place::Local };
        Self { colors: colors(color, output, env), glyphs: characters(glyphs, env), place, output }
    }

    /// How this terminal shows pictures, from the process's own environment.
    pub fn pictures(&self, choice: PosterChoice) -> PictureWay {
        self.pictures_in(choice, &|name| std::env::var(name).ok())
    }

    /// The terminal is not asked: its answer would race the keys, and one that gives none would hold up the start.
    fn pictures_in(&self, choice: PosterChoice, env: &dyn Fn(&str) -> Option<String>) -> PictureWay {
        if choice == PosterChoice::Off || self.glyphs == Glyphs::Ascii || self.colors < Colors::Ansi256 {
            return PictureWay::None;
        }
        let said = |name: &str| env(name).is_some_and(|value| !value.is_empty());
        let term = env("TERM").unwrap_or_default();
        // These keep a screen of their own, of which pictures are no part.
        let inside = ["TMUX", "STY", "ZELLIJ"].iter().any(|name| said(name))
            || ["tmux", "screen"].iter().any(|name| term.starts_with(name));
        match choice {
            _ if inside => PictureWay::Blocks,
            PosterChoice::Kitty => PictureWay::Kitty,
            PosterChoice::Sixel => PictureWay::Sixel,
            PosterChoice::Iterm => PictureWay::Iterm,
            // Over SSH a picture costs what a hundred keys do.
            PosterChoice::Auto if self.place == Place::Local => known_for(&term, env),
            _ => PictureWay::Blocks,
        }
    }
}

/// What terminals are known to draw well (the matrix in ratatui-image's README).
fn known_for(term: &str, env: &dyn Fn(&str) -> Option<String>) -> PictureWay {
    let program = env("TERM_PROGRAM").unwrap_or_default();
    match (program.as_str(), term) {
        ("WezTerm" | "iTerm.app" | "rio", _) => PictureWay::Iterm,
        ("ghostty" | "kitty", _) | (_, "xterm-kitty" | "xterm-ghostty") => PictureWay::Kitty,
        (_, "foot" | "foot-extra" | "foot-direct") => PictureWay::Sixel,
        // Set by kitty in all that it starts; another terminal started from there names itself in TERM_PROGRAM.
        ("", "xterm-256color") if env("KITTY_WINDOW_ID").is_some_and(|id| !id.is_empty()) => PictureWay::Kitty,
        _ => PictureWay::Blocks,
    }
}

/// Setting > `NO_COLOR` > `CLICOLOR_FORCE`, `FORCE_COLOR` > `TERM=dumb` > depth (no-color.org, bixense.com/clicolors).
fn colors(when: When, output: Output, env: &dyn Fn(&str) -> Option<String>) -> Colors {
    let said = |name: &str| env(name).is_some_and(|value| !value.is_empty() && value != "0");
    let no_color = env("NO_COLOR").is_some_and(|value| !value.is_empty());
    let forced = said("CLICOLOR_FORCE") || said("FORCE_COLOR");
    let dumb = env("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
    match when {
        When::Never => Colors::None,
        When::Always => depth(env),
        When::Auto if no_color => Colors::None,
        When::Auto if forced => depth(env),
        When::Auto if dumb || output == Output::Elsewhere => Colors::None,
        When::Auto => depth(env),
    }
}

fn depth(env: &dyn Fn(&str) -> Option<String>) -> Colors {
    let term = env("TERM").unwrap_or_default();
    match env("COLORTERM").as_deref() {
        Some("truecolor" | "24bit") => Colors::True,
        _ if term.ends_with("-direct") => Colors::True,
        _ if term.contains("256color") => Colors::Ansi256,
        // Brighter colours are not to be had there, or only as bold ones.
        _ if term == "linux" || term.ends_with("-8color") || term.starts_with("vt") => Colors::Ansi8,
        _ => Colors::Ansi16,
    }
}

/// The Linux console, dumb terminals and locales without UTF-8 get ASCII.
fn characters(choice: GlyphChoice, env: &dyn Fn(&str) -> Option<String>) -> Glyphs {
    match choice {
        GlyphChoice::Unicode => return Glyphs::Unicode,
        GlyphChoice::Ascii => return Glyphs::Ascii,
        GlyphChoice::Auto => {}
    }
    if env("TERM").is_some_and(|term| matches!(term.as_str(), "linux" | "dumb" | "vt100" | "vt220")) {
        return Glyphs::Ascii;
    }
    if cfg!(windows) {
        return Glyphs::Unicode;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env(name).filter(|value| !value.is_empty()));
    match locale.map(|value| value.to_ascii_lowercase()) {
        Some(value) if !value.contains("utf-8") && !value.contains("utf8") => Glyphs::Ascii,
        _ => Glyphs::Unicode,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps(color: When, output: Output, vars: &[(&str, &str)]) -> Caps {
        let env = |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Caps::from(color, GlyphChoice::Auto, output, &env)
    }

    #[test]
    fn the_setting_beats_no_color_which_beats_force_color() {
        let vars = [("TERM", "xterm-256color"), ("NO_COLOR", "1"), ("FORCE_COLOR", "1")];
        assert_eq!(caps(When::Always, Output::Elsewhere, &vars).colors, Colors::Ansi256);
        assert_eq!(caps(When::Auto, Output::Terminal, &vars).colors, Colors::None);
        assert_eq!(caps(When::Auto, Output::Elsewhere, &[vars[0], vars[2]]).colors, Colors::Ansi256);
        assert_eq!(caps(When::Auto, Output::Elsewhere, &vars[..1]).colors, Colors::None);
        assert_eq!(caps(When::Auto, Output::Terminal, &vars[..1]).colors, Colors::Ansi256);
    }

    #[test]
    fn an_empty_no_color_says_nothing() {
        let vars = [("TERM", "xterm"), ("NO_COLOR", ""), ("COLORTERM", "truecolor")];
        assert_eq!(caps(When::Auto, Output::Terminal, &vars).colors, Colors::True);
    }

    #[test]
    fn pictures_are_drawn_in_the_way_that_the_terminal_is_known_for() {
        let way = |choice, vars: &[(&str, &str)]| {
            let vars = [vars, &[("COLORTERM", "truecolor"), ("LANG", "C.UTF-8"), ("TERM", "xterm-256color")]].concat();
            let env = |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
            caps(When::Auto, Output::Terminal, &vars).pictures_in(choice, &env)
        };
        let auto = |vars: &[(&str, &str)]| way(PosterChoice::Auto, vars);
        assert_eq!(auto(&[]), PictureWay::Blocks);
        assert_eq!(auto(&[("TERM", "xterm-kitty"), ("KITTY_WINDOW_ID", "1")]), PictureWay::Kitty);
        assert_eq!(auto(&[("KITTY_WINDOW_ID", "1")]), PictureWay::Kitty);
        assert_eq!(auto(&[("TERM", "xterm-ghostty"), ("TERM_PROGRAM", "ghostty")]), PictureWay::Kitty);
        assert_eq!(auto(&[("TERM_PROGRAM", "WezTerm"), ("KITTY_WINDOW_ID", "1")]), PictureWay::Iterm);
        assert_eq!(auto(&[("TERM_PROGRAM", "iTerm.app")]), PictureWay::Iterm);
        assert_eq!(auto(&[("TERM_PROGRAM", "vscode"), ("KITTY_WINDOW_ID", "1")]), PictureWay::Blocks);
        assert_eq!(auto(&[("TERM", "foot")]), PictureWay::Sixel);
        // A window inside a window, and a line that is long.
        let kitty = ("KITTY_WINDOW_ID", "1");
        for inside in [("TMUX", "/tmp/tmux-0/default"), ("STY", "1.pts-0"), ("TERM", "screen-256color")] {
            assert_eq!(auto(&[kitty, inside]), PictureWay::Blocks);
            assert_eq!(way(PosterChoice::Kitty, &[kitty, inside]), PictureWay::Blocks);
        }
        assert_eq!(auto(&[kitty, ("SSH_TTY", "/dev/pts/0")]), PictureWay::Blocks);
        assert_eq!(way(PosterChoice::Sixel, &[("SSH_TTY", "/dev/pts/0")]), PictureWay::Sixel);
        // Nothing where pictures cannot be, whatever is set.
        for (choice, vars) in [
            (PosterChoice::Off, ("TERM", "xterm-kitty")),
            (PosterChoice::Kitty, ("NO_COLOR", "1")),
            (PosterChoice::Kitty, ("LANG", "C")),
            (PosterChoice::Auto, ("TERM", "linux")),
        ] {
            assert_eq!(way(choice, &[vars]), PictureWay::None, "{choice} {vars:?}");
        }
    }

    #[test]
    fn the_console_has_eight_colours() {
        let colors = |term| caps(When::Auto, Output::Terminal, &[("TERM", term)]).colors;
        assert_eq!(colors("linux"), Colors::Ansi8);
        assert_eq!(colors("screen"), Colors::Ansi16);
    }

    #[test]
    fn locales_without_utf_8_and_the_console_get_ascii() {
        let glyphs = |vars: &[(&str, &str)]| caps(When::Auto, Output::Terminal, vars).glyphs;
        assert_eq!(glyphs(&[("TERM", "xterm"), ("LANG", "de_DE.UTF-8")]), Glyphs::Unicode);
        assert_eq!(glyphs(&[("TERM", "xterm"), ("LANG", "C")]), Glyphs::Ascii);
        assert_eq!(glyphs(&[("TERM", "linux"), ("LANG", "de_DE.UTF-8")]), Glyphs::Ascii);
    }
}
