//! Settings: defaults < file < environment < flags. Each has one name everywhere: `log_level` in the file is
//! `FRONTROW_LOG_LEVEL` in the environment and `--log-level` on the command line.

mod keymap;
mod load;
mod mail;
mod rules;

pub use crate::platform::choice::{
    ApiChoice, AuthChoice, GlyphChoice, LogLevel, PosterChoice, StoreChoice, ThemeChoice, TokenPolicy, When,
};
pub use keymap::keymap;
pub use load::{Flags, load};
pub use mail::{MailSecurity, MailServer};

use crate::{domain::rules::Rules, platform::dirs::Dirs};
use iso_currency::Currency;
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use url::Url;

/// Every setting and its default, as a person reads it.
pub const DEFAULTS: &str = include_str!("../assets/config.toml");

/// All settings of one run (meanings: `assets/config.toml`).
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `None`: the box office inside this program.
    pub server: Option<Url>,
    pub allow_plain_http: bool,
    pub api: ApiChoice,
    /// What prices are in at a server that does not say it; `None`: not known.
    pub currency: Option<Currency>,
    /// In which times are shown at a server that does not say it; `None`: this machine's.
    pub timezone: Option<String>,
    /// The web page that a payment page leads back to; `None`: the server's own address.
    pub web_origin: Option<Url>,
    /// Hosts of payment pages, besides the server's own.
    pub payment_hosts: Vec<String>,
    pub posters: PosterChoice,
    pub poster_base: Url,
    pub bind: SocketAddr,
    pub auth: AuthChoice,
    pub auth_command: Option<String>,
    pub auth_command_timeout: Duration,
    pub token_policy: TokenPolicy,
    pub clerk_publishable_key: Option<String>,
    pub clerk_frontend_api: Option<Url>,
    pub oauth_issuer: Option<Url>,
    pub oauth_client_id: String,
    pub oauth_scopes: String,
    pub credential_store: StoreChoice,
    pub passphrase_file: Option<PathBuf>,
    pub kiosk: bool,
    pub color: When,
    pub glyphs: GlyphChoice,
    pub theme: ThemeChoice,
    pub plain: bool,
    pub mouse: bool,
    /// The person's own keys; `None`: `keymap.toml` beside the settings, if it is there.
    pub keymap: Option<PathBuf>,
    pub reduced_motion: bool,
    pub log_level: LogLevel,
    /// The address by which people reach the box office that this program runs.
    pub public_url: Option<Url>,
    /// `None`: it sends no mail.
    pub mail: Option<MailServer>,
    /// The public key of the Clerk instance whose people that box office lets in.
    pub clerk_jwt_key_file: Option<PathBuf>,
    pub stripe_webhook_secret_file: Option<PathBuf>,
    /// Lifetimes and limits of the box office that this program runs.
    pub rules: Rules,
    pub dirs: Dirs,
}
