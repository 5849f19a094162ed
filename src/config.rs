//! Settings: defaults < file < environment < flags. Each has one name everywhere: `log_level` in the file is
//! `FRONTROW_LOG_LEVEL` in the environment and `--log-level` on the command line.

mod load;

pub use load::{Flags, load};

use crate::platform::dirs::Dirs;
use std::{fmt, net::SocketAddr, str::FromStr};
use url::Url;

/// Every setting and its default, as a person reads it.
pub const DEFAULTS: &str = include_str!("../assets/config.toml");

/// All settings of one run (meanings: `assets/config.toml`).
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `None`: the box office inside this program.
    pub server: Option<Url>,
    pub allow_plain_http: bool,
    pub bind: SocketAddr,
    pub credential_store: StoreChoice,
    pub color: When,
    pub glyphs: GlyphChoice,
    pub plain: bool,
    pub mouse: bool,
    pub reduced_motion: bool,
    pub log_level: LogLevel,
    pub dirs: Dirs,
}

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
    LogLevel { Error = "error", Warn = "warn", Info = "info", Debug = "debug", Trace = "trace" }
}

#[cfg(target_os = "linux")]
words! {
    /// Where the sign-in is kept.
    StoreChoice { Auto = "auto", System = "secret-service", Keyutils = "keyutils", Memory = "memory" }
}

#[cfg(target_os = "macos")]
words! {
    /// Where the sign-in is kept.
    StoreChoice { Auto = "auto", System = "keychain", Memory = "memory" }
}

#[cfg(windows)]
words! {
    /// Where the sign-in is kept.
    StoreChoice { Auto = "auto", System = "windows", Memory = "memory" }
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
words! {
    /// Where the sign-in is kept.
    StoreChoice { Auto = "auto", System = "secret-service", Memory = "memory" }
}
