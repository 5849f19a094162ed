//! Reading the layers and naming what is wrong with them.

use super::{DEFAULTS, Settings, mail, rules};
use crate::{
    domain::failure::{Failure, FailureKind},
    platform::dirs::Dirs,
};
use config::{Config, ConfigError, File, FileFormat, Map, Source, Value};
use iso_currency::Currency;
use std::{
    borrow::Cow,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};
use url::Url;

/// What a setting's variable begins with.
const PREFIX: &str = "FRONTROW_";
/// Parts of a setting's name that mean a secret.
const SECRETS: [&str; 4] = ["password", "token", "secret", "credential"];

/// Settings that are addresses.
const ADDRESSES: [&str; 7] =
    ["server", "clerk_frontend_api", "oauth_issuer", "poster_base", "public_url", "smtp_url", "web_origin"];

/// What the command line says of settings.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--config`: the settings file instead of the usual one; it must exist.
    pub file: Option<PathBuf>,
    /// Names of settings with their values.
    pub values: Vec<(&'static str, String)>,
}

/// The settings of this run, from the process's environment and the current folder's `.env`.
pub fn load(flags: &Flags) -> Result<Settings, Failure> {
    let mut variables = dot_env(Path::new(".env"))?;
    for (name, value) in std::env::vars_os() {
        let (Ok(name), value) = (name.into_string(), value) else { continue };
        if let Some(key) = setting_name(&name) {
            let value = value.into_string().map_err(|_| refuse(format!("the variable {name} is not UTF-8")))?;
            variables.put(key, format!("the variable {name}"), value);
        }
    }
    merge(variables, flags)
}

/// The layers, laid over each other.
fn merge(variables: Layer, flags: &Flags) -> Result<Settings, Failure> {
    let known = known_settings()?;
    let mut given = Layer::default();
    for (key, value) in &flags.values {
        given.put((*key).to_owned(), format!("--{}", key.replace('_', "-")), value.clone());
    }
    if given.text("server").is_some_and(|url| url.trim().is_empty()) {
        let why = "--server is empty: name a URL such as https://tickets.example.org, or leave --server out";
        return Err(refuse(why.to_owned()));
    }
    check_names(&variables.0, &known)?;
    let moved = given.text("data_dir").or_else(|| variables.text("data_dir")).filter(|folder| !folder.is_empty());
    let dirs = Dirs::find(moved.as_deref().map(Path::new))?;
    let file = settings_file(&dirs, flags)?;
    if let Some(file) = &file {
        check_names(&file.collect().map_err(|error| refuse(error.to_string()))?, &known)?;
    }
    let mut layers = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
    if let Some(file) = file {
        layers = layers.add_source(file);
    }
    let merged = layers.add_source(variables).add_source(given).build();
    settings(&merged.map_err(|error| refuse(error.to_string()))?, dirs)
}

fn settings(merged: &Config, dirs: Dirs) -> Result<Settings, Failure> {
    let data_dir = text(merged, "data_dir")?;
    let data = if data_dir.is_empty() { dirs.data.clone() } else { Dirs::find(Some(Path::new(&data_dir)))?.data };
    if data.exists() && !data.is_dir() {
        return Err(refuse(format!("{} is a file; name a folder", data.display())));
    }
    Ok(Settings {
        server: given_url(merged, "server")?,
        allow_plain_http: switch(merged, "allow_plain_http")?,
        api: read(merged, "api")?,
        currency: given(merged, "currency")?
            .map(|_| read::<CurrencyCode>(merged, "currency"))
            .transpose()?
            .map(|c| c.0),
        timezone: given(merged, "timezone")?.map(|_| read::<Zone>(merged, "timezone")).transpose()?.map(|zone| zone.0),
        web_origin: given_url(merged, "web_origin")?,
        payment_hosts: words(&text(merged, "payment_hosts")?),
        posters: read(merged, "posters")?,
        poster_base: read::<ServerUrl>(merged, "poster_base")?.0,
        bind: read::<BindAddress>(merged, "bind")?.0,
        auth: read(merged, "auth")?,
        auth_command: given(merged, "auth_command")?,
        auth_command_timeout: read::<Seconds>(merged, "auth_command_timeout")?.0,
        token_policy: read(merged, "token_policy")?,
        clerk_publishable_key: given(merged, "clerk_publishable_key")?,
        clerk_frontend_api: given_url(merged, "clerk_frontend_api")?,
        oauth_issuer: given_url(merged, "oauth_issuer")?,
        oauth_client_id: text(merged, "oauth_client_id")?,
        oauth_scopes: text(merged, "oauth_scopes")?,
        credential_store: read(merged, "credential_store")?,
        passphrase_file: given(merged, "passphrase_file")?.map(PathBuf::from),
        kiosk: switch(merged, "kiosk")?,
        color: read(merged, "color")?,
        glyphs: read(merged, "glyphs")?,
        theme: read(merged, "theme")?,
        plain: switch(merged, "plain")?,
        mouse: switch(merged, "mouse")?,
        keymap: given(merged, "keymap")?.map(PathBuf::from),
        reduced_motion: switch(merged, "reduced_motion")?,
        log_level: read(merged, "log_level")?,
        public_url: given_url(merged, "public_url")?,
        mail: mail::read(merged)?,
        clerk_jwt_key_file: given(merged, "clerk_jwt_key_file")?.map(PathBuf::from),
        stripe_webhook_secret_file: given(merged, "stripe_webhook_secret_file")?.map(PathBuf::from),
        rules: rules::read(merged)?,
        dirs: Dirs { config: dirs.config, data },
    })
}

/// Named values of one layer, each with the place it comes from.
#[derive(Clone, Debug, Default)]
struct Layer(Map<String, Value>);

impl Layer {
    fn put(&mut self, key: String, place: String, value: String) {
        self.0.insert(key, Value::new(Some(&place), value));
    }
    fn text(&self, key: &str) -> Option<String> {
        self.0.get(key).and_then(|value| value.clone().into_string().ok())
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }
    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

/// The `FRONTROW_*` lines of a `.env` file, which may be missing.
fn dot_env(path: &Path) -> Result<Layer, Failure> {
    let mut layer = Layer::default();
    let Ok(lines) = dotenvy::from_path_iter(path) else { return Ok(layer) };
    for line in lines {
        let (name, value) = line.map_err(|_| {
            // The line itself is not repeated: it may hold a secret of another program.
            refuse(format!("{} has a line that is not NAME=value", path.display()))
        })?;
        if let Some(key) = setting_name(&name) {
            layer.put(key, format!("{name} in {}", path.display()), value);
        }
    }
    Ok(layer)
}

fn setting_name(variable: &str) -> Option<String> {
    variable.strip_prefix(PREFIX).map(str::to_ascii_lowercase)
}

fn known_settings() -> Result<Vec<String>, Failure> {
    let defaults = File::from_str(DEFAULTS, FileFormat::Toml).collect().map_err(|error| refuse(error.to_string()))?;
    let mut names: Vec<String> = defaults.into_keys().collect();
    names.sort();
    Ok(names)
}

type SettingsFile = File<config::FileSourceFile, FileFormat>;

/// The person's settings file, if there is one.
fn settings_file(dirs: &Dirs, flags: &Flags) -> Result<Option<SettingsFile>, Failure> {
    let path = flags.file.clone().unwrap_or_else(|| dirs.settings_file());
    if path.is_dir() {
        return Err(refuse(format!("{} is a folder; name a settings file", path.display())));
    }
    if !path.is_file() {
        return match &flags.file {
            Some(path) => Err(refuse(format!("the settings file {} does not exist", path.display()))),
            None => Ok(None),
        };
    }
    check_owner(&path)?;
    if fs::read_to_string(&path).is_err_and(|error| error.kind() == ErrorKind::InvalidData) {
        return Err(refuse(format!("the settings file {} is not UTF-8 text", path.display())));
    }
    Ok(Some(File::from(path).format(FileFormat::Toml)))
}

/// A settings file that others can write could send this person's sign-in to another server.
#[cfg(unix)]
fn check_owner(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::MetadataExt;
    let found = fs::metadata(path).map_err(|error| refuse(format!("{} cannot be read: {error}", path.display())))?;
    let mine = rustix::process::geteuid().as_raw();
    if found.mode() & 0o002 != 0 || (found.uid() != mine && found.uid() != 0) {
        let why = "belongs to someone else or can be written by everyone: give it to yourself and run chmod 600 on it";
        return Err(refuse(format!("the settings file {} {why}", path.display())));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_owner(path: &Path) -> Result<(), Failure> {
    fs::metadata(path).map(drop).map_err(|error| refuse(format!("{} cannot be read: {error}", path.display())))
}

fn check_names(layer: &Map<String, Value>, known: &[String]) -> Result<(), Failure> {
    let mut names: Vec<&String> = layer.keys().filter(|name| !known.contains(name)).collect();
    names.sort();
    let Some(name) = names.first() else { return Ok(()) };
    let place = layer.get(*name).and_then(Value::origin).unwrap_or("the settings").to_owned();
    if SECRETS.iter().any(|secret| name.to_ascii_lowercase().contains(secret)) {
        let why = "secrets are not settings; run `frontrow login`, which keeps the sign-in in the system's keyring";
        return Err(refuse(format!("`{name}` in {place}: {why}")));
    }
    Err(refuse(format!("`{name}` in {place} is not a setting; there are: {}", known.join(", "))))
}

pub(super) fn text(merged: &Config, key: &str) -> Result<String, Failure> {
    merged.get_string(key).map_err(|error| refuse(format!("setting `{key}`: {error}")))
}

/// A setting that is a word or an address.
fn read<T: FromStr<Err = String>>(merged: &Config, key: &str) -> Result<T, Failure> {
    let value = text(merged, key)?;
    value.trim().parse().map_err(|accepted| refuse_value(merged, key, &value, accepted))
}

/// A setting that may be left empty.
pub(super) fn given(merged: &Config, key: &str) -> Result<Option<String>, Failure> {
    Ok(Some(text(merged, key)?).filter(|value| !value.trim().is_empty()))
}

fn given_url(merged: &Config, key: &str) -> Result<Option<Url>, Failure> {
    given(merged, key)?.map(|_| read::<ServerUrl>(merged, key).map(|url| url.0)).transpose()
}

/// A setting that is on or off.
fn switch(merged: &Config, key: &str) -> Result<bool, Failure> {
    merged
        .get_bool(key)
        .map_err(|_| refuse_value(merged, key, &merged.get_string(key).unwrap_or_default(), "accepted are true, false"))
}

pub(super) fn refuse_value(merged: &Config, key: &str, value: &str, accepted: impl std::fmt::Display) -> Failure {
    let values = merged.collect().unwrap_or_default();
    let place = values.get(key).and_then(Value::origin);
    let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
    refuse(format!("setting `{key}`{place} is {:?}: {accepted}", without_userinfo(key, value)))
}

/// A value as it may be shown: an address without a user and password, whatever else is wrong with it.
fn without_userinfo<'a>(key: &str, value: &'a str) -> Cow<'a, str> {
    let Some((before, host)) = value.rsplit_once('@').filter(|_| ADDRESSES.contains(&key)) else {
        return Cow::from(value);
    };
    let scheme = before.find("://").map_or("", |at| &before[..at + 3]);
    Cow::from(format!("{scheme}{host}"))
}

fn refuse(why: String) -> Failure {
    Failure::new(FailureKind::Input, "bad_setting", why)
}

/// Words with commas or spaces between them.
fn words(list: &str) -> Vec<String> {
    list.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The letters of a currency.
struct CurrencyCode(Currency);

impl FromStr for CurrencyCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Currency::from_code(&text.to_uppercase());
        known.map(Self).ok_or_else(|| "accepted are the ISO 4217 letters of a currency, such as EUR".to_owned())
    }
}

/// The name of a time zone.
struct Zone(String);

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = jiff::tz::TimeZone::get(text).is_ok();
        known.then(|| Self(text.to_owned())).ok_or_else(|| "accepted are IANA names such as Europe/Berlin".to_owned())
    }
}

/// A time limit.
struct Seconds(Duration);

impl FromStr for Seconds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = text.parse().ok().filter(|seconds| (1..=300).contains(seconds));
        seconds.map(|seconds| Self(Duration::from_secs(seconds))).ok_or("accepted are 1 to 300 seconds".to_owned())
    }
}

/// The address of a box office or of another service.
struct ServerUrl(Url);

impl FromStr for ServerUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || "accepted is a URL such as https://tickets.example.org, without a user, query or fragment";
        let url = Url::parse(text).map_err(|_| refuse())?;
        let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        let usable = matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.fragment().is_none();
        if plain && usable { Ok(Self(url)) } else { Err(refuse().to_owned()) }
    }
}

struct BindAddress(std::net::SocketAddr);

impl FromStr for BindAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let spelled = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        let address = spelled.as_deref().unwrap_or(text).parse();
        address.map(Self).map_err(|_| "accepted is ADDRESS:PORT such as 127.0.0.1:7878 or [::1]:7878".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{LogLevel, When};

    fn folder(file: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.toml"), file).unwrap();
        folder
    }

    /// Settings from a file, variables and flags.
    fn settings_of(
        file: &str,
        variables: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> Result<Settings, Failure> {
        let folder = folder(file);
        let mut layer = Layer::default();
        for (name, value) in variables {
            layer.put(setting_name(name).unwrap(), format!("the variable {name}"), (*value).to_owned());
        }
        let mut values: Vec<_> = flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        values.push(("data_dir", folder.path().display().to_string()));
        merge(layer, &Flags { file: None, values })
    }

    #[test]
    fn the_embedded_defaults_are_complete_and_valid() {
        let settings = settings_of("", &[], &[]).unwrap();
        assert_eq!(settings.server, None);
        assert_eq!((settings.color, settings.log_level), (When::Auto, LogLevel::Info));
        assert_eq!(settings.rules, Default::default());
        assert!(settings.mouse && !settings.plain && !settings.reduced_motion && !settings.allow_plain_http);
    }

    #[test]
    fn flags_beat_variables_which_beat_the_file() {
        let file = "color = \"never\"\nlog_level = \"warn\"\nmouse = false";
        let variables = [("FRONTROW_COLOR", "always"), ("FRONTROW_LOG_LEVEL", "debug")];
        let settings = settings_of(file, &variables, &[("log_level", "trace")]).unwrap();
        assert_eq!((settings.color, settings.log_level, settings.mouse), (When::Always, LogLevel::Trace, false));
    }

    #[test]
    fn an_unknown_setting_names_itself_its_place_and_what_there_is() {
        let why = settings_of("colour = \"never\"", &[], &[]).unwrap_err().why;
        assert!(why.contains("`colour`") && why.contains("config.toml") && why.contains("credential_store"), "{why}");
        let why = settings_of("", &[("FRONTROW_SERVR", "x")], &[]).unwrap_err().why;
        assert!(why.contains("`servr`") && why.contains("FRONTROW_SERVR"), "{why}");
    }

    #[test]
    fn a_secret_in_the_file_is_refused_without_being_repeated() {
        let why = settings_of("password = \"hunter2\"", &[], &[]).unwrap_err().why;
        assert!(why.contains("keyring") && !why.contains("hunter2"), "{why}");
    }

    #[test]
    fn a_wrong_value_says_where_it_stands_and_what_is_accepted() {
        let cases = [
            (settings_of("color = \"pink\"", &[], &[]), ["config.toml", "auto, always, never"]),
            (settings_of("", &[("FRONTROW_MOUSE", "maybe")], &[]), ["FRONTROW_MOUSE", "true, false"]),
            (settings_of("", &[], &[("bind", "80")]), ["--bind", "127.0.0.1:7878"]),
            (settings_of("", &[], &[("server", "ftp://x")]), ["--server", "https://"]),
            (settings_of("access_token_seconds = 29", &[], &[]), ["access_token_seconds", "30 to 300 seconds"]),
            (settings_of("admins = \"ann\"", &[], &[]), ["`admins`", "e-mail addresses and ids at Clerk"]),
            (settings_of("session_days = 1.5", &[], &[]), ["config.toml", "1 to 365 days"]),
            (settings_of("", &[("FRONTROW_SIGN_UPS_PER_HOUR", "-1")], &[]), ["FRONTROW_SIGN_UPS", "1 to 100000"]),
        ];
        for (outcome, needles) in cases {
            let failure = outcome.unwrap_err();
            assert_eq!(failure.kind, FailureKind::Input);
            assert!(needles.iter().all(|needle| failure.why.contains(needle)), "{}", failure.why);
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_without_being_repeated() {
        for url in ["http://ada:hunter2@example.org", "ada:hunter2@example.org", "http://ada:hunter2/@x@example.org:x"]
        {
            let why = settings_of("", &[], &[("server", url)]).unwrap_err().why;
            assert!(why.contains("example.org") && why.contains("without a user"), "{why}");
            assert!(!why.contains("hunter2") && !why.contains("ada"), "{why}");
        }
        let why = settings_of("", &[], &[("server", " ")]).unwrap_err().why;
        assert!(why.contains("--server is empty"), "{why}");
    }

    #[test]
    fn a_folder_where_a_file_is_meant_and_the_reverse_are_said() {
        let folder = folder("");
        let file = folder.path().join("config.toml");
        let values = vec![("data_dir", file.display().to_string())];
        let why = merge(Layer::default(), &Flags { file: None, values }).unwrap_err().why;
        assert!(why.ends_with("config.toml is a file; name a folder"), "{why}");
        let flags = Flags { file: Some(folder.path().to_owned()), values: Vec::new() };
        assert!(merge(Layer::default(), &flags).unwrap_err().why.contains("is a folder"));
        fs::write(&file, [0xff, 0xfe]).unwrap();
        let flags = Flags { file: Some(file), values: Vec::new() };
        assert!(merge(Layer::default(), &flags).unwrap_err().why.contains("is not UTF-8 text"));
    }

    #[test]
    fn a_dot_env_file_gives_variables_and_its_other_lines_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, "OTHER=1\nFRONTROW_COLOR=never\n").unwrap();
        let layer = dot_env(&path).unwrap();
        assert_eq!(layer.0.len(), 1);
        assert_eq!(layer.text("color").as_deref(), Some("never"));
    }

    #[cfg(unix)]
    #[test]
    fn a_settings_file_that_everyone_can_write_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder("");
        fs::set_permissions(folder.path().join("config.toml"), fs::Permissions::from_mode(0o666)).unwrap();
        let values = vec![("data_dir", folder.path().display().to_string())];
        let failure = merge(Layer::default(), &Flags { file: None, values }).unwrap_err();
        assert!(failure.why.contains("chmod 600"), "{}", failure.why);
    }
}
