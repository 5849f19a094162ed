//! What a person may choose of the system: each choice is one of a few words.

use std::{fmt, str::FromStr};

/// Declares a setting that is one of a few words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(format!("accepted are {}", Self::WORDS.join(", "))),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words! {
    /// When something is done.
    When { Auto = "auto", Always = "always", Never = "never" }
}

words! {
    /// Which characters are used.
    GlyphChoice { Auto = "auto", Unicode = "unicode", Ascii = "ascii" }
}

words! {
    /// Whose colours are used.
    ThemeChoice {
        /// The terminal's own.
        Ansi = "ansi",
        ColourSafe = "colour-safe",
        HighContrast = "high-contrast",
        Mono = "mono",
    }
}

words! {
    LogLevel { Error = "error", Warn = "warn", Info = "info", Debug = "debug", Trace = "trace" }
}

words! {
    /// Who signs people in.
    AuthChoice {
        /// The box office itself.
        Local = "local",
        /// Clerk's Frontend API.
        Clerk = "clerk",
        /// An OAuth 2 authorization server.
        OAuth = "oauth",
        /// A program of the person's own prints a token before each call.
        Command = "command",
    }
}

words! {
    /// Which API a server is spoken to in.
    ApiChoice {
        /// The one that it answers to.
        Auto = "auto",
        Native = "native",
        QuickShow = "quickshow",
    }
}

words! {
    /// How films' own posters are drawn.
    PosterChoice {
        /// In the best way that the terminal is known for.
        Auto = "auto",
        /// Two pixels a cell.
        Blocks = "blocks",
        Kitty = "kitty",
        Sixel = "sixel",
        Iterm = "iterm2",
        /// They are not fetched: each film has a placeholder.
        Off = "off",
    }
}

words! {
    /// How old a token may be when it is used.
    TokenPolicy {
        /// Minted for the call, or for one that was waiting with it.
        Always = "always",
        /// Used again while it has more than 15 seconds to live.
        Leeway = "leeway",
    }
}

#[cfg(target_os = "linux")]
words! {
    /// Where the sign-in is kept.
    StoreChoice { Auto = "auto", System = "secret-service", Keyutils = "keyutils", File = "file", Memory = "memory" }
}

#[cfg(target_os = "macos")]
words! {
    /// Where the sign-in is kept.
    StoreChoice { Auto = "auto", System = "keychain", File = "file", Memory = "memory" }
}

#[cfg(windows)]
words! {
    /// Where the sign-in is kept.
    StoreChoice { Auto = "auto", System = "windows", File = "file", Memory = "memory" }
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
words! {
    /// Where the sign-in is kept.
    StoreChoice { Auto = "auto", System = "secret-service", File = "file", Memory = "memory" }
}
