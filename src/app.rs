//! The composition root: settings become adapters, the store and the loop.

#[cfg(feature = "server")]
mod embedded;
mod gallery;
#[cfg(feature = "server")]
mod mail;
#[cfg(feature = "server")]
mod outside;
mod screen;
#[cfg(feature = "server")]
mod secret_file;
mod sign_in;

use crate::{
    api::{
        devices::Devices,
        http::{Http, is_loopback},
        native::NativeBoxOffice,
        quickshow::{Api, QuickShow, Terms, detect},
    },
    auth::store,
    cli::{self, Cli, Form},
    config::{self, ApiChoice, Settings},
    domain::{
        booking::{Booking, PaymentMethod},
        env::Clock,
        failure::{Failure, FailureKind},
        ids::{HoldId, SaleKey},
    },
    effects::{
        bookings,
        ports::{Backstage, Bearer, BoxOffice, Session},
        runtime::with_person,
    },
    platform::{
        env::SystemClock,
        harden::{self, CoreDump},
        logs,
        notes::Notes,
    },
};
use iso_currency::Currency;
use std::{process::ExitCode, sync::Arc, time::Duration};
use url::Url;

#[cfg(feature = "server")]
pub use embedded::{options as server_options, start_failure};
pub use screen::{Reach, depth};
pub use sign_in::stores;

/// How long a command waits, after its answer is there, for its credential to be replaced.
const UPKEEP_LIMIT: Duration = Duration::from_secs(2);

/// A box office and the person at it. The box office inside this program stops when this is dropped.
pub struct Office {
    pub office: Arc<dyn BoxOffice>,
    /// Absent where the API has no pages for those who run the cinema.
    pub backstage: Option<Arc<dyn Backstage>>,
    pub session: Arc<dyn Session>,
    pub devices: Devices,
    /// Where it answers, such as `https://tickets.example.org`.
    pub origin: String,
    /// What it speaks.
    pub api: Api,
}

impl Office {
    /// Makes a call with a token minted for it; once more, with another one, if the server does not accept it. That
    /// is safe for any call: the server checks the token before it does anything.
    pub async fn with_token<T>(&self, call: impl AsyncFn(Bearer) -> Result<T, Failure>) -> Result<T, Failure> {
        let outcome = with_person(&self.session, |bearer| call(bearer)).await;
        if outcome.is_ok() {
            // A command ends after its call, and the upkeep with it: give it the time of an exchange. Too late is
            // no harm.
            let _ = tokio::time::timeout(UPKEEP_LIMIT, self.session.upkeep()).await;
        }
        outcome
    }

    /// Books what a hold holds, as [`bookings::sell`] does, with the upkeep of [`Office::with_token`].
    pub async fn sell(&self, hold: &HoldId, payment: PaymentMethod, key: &SaleKey) -> Result<Booking, Failure> {
        let outcome = bookings::sell(&self.session, &*self.office, hold, payment, key).await;
        if outcome.is_ok() {
            let _ = tokio::time::timeout(UPKEEP_LIMIT, self.session.upkeep()).await;
        }
        outcome
    }
}

/// Runs a command, or the terminal program where there is none, and turns its outcome into an exit code.
pub fn run(cli: Cli) -> ExitCode {
    harden::process(if cli.global.allow_core { CoreDump::AsSystem } else { CoreDump::Never });
    store::join_session_keyring();
    let form = if cli.global.json { Form::Json } else { Form::People };
    match run_inside(cli) {
        Ok(code) => code,
        Err(failure) => {
            tracing::warn!(code = failure.code, why = failure.why, "the command failed");
            cli::report(form, &failure);
            ExitCode::from(failure.kind.exit_code())
        }
    }
}

fn run_inside(cli: Cli) -> Result<ExitCode, Failure> {
    let mut flags = cli.global.flags();
    let global = cli.global.clone();
    let command = cli.task()?;
    flags.values.extend(command.iter().flat_map(cli::Command::flags));
    let settings = config::load(&flags)?;
    // A folder that cannot be written is named by what needs it; logs alone are no reason to stop.
    harden::panics();
    let _logs = logs::start(&settings.dirs.logs(), settings.log_level.word()).ok();
    match command {
        Some(command) => {
            let remembered = settings.clone();
            let outcome = command.run(settings, &global);
            // The next command asks anew what the server speaks.
            if let Err(failure) = &outcome {
                was_mistaken(&remembered, failure);
            }
            outcome.map(|outcome| ExitCode::from(outcome.exit_code()))
        }
        None => screen::run(settings),
    }
}

/// Runs one asynchronous task to its end, on this thread.
pub fn in_runtime<T>(task: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::new(FailureKind::Other, "runtime", format!("the program cannot start its work: {error}"))
    })?;
    let outcome = runtime.block_on(task);
    // A keyring that still waits for a person must not keep the program from ending.
    runtime.shutdown_background();
    outcome
}

/// The box office that the settings name: a remote one, or the one inside this program.
pub async fn connect(settings: &Settings) -> Result<Office, Failure> {
    connect_by(settings, Arc::new(SystemClock::new())).await
}

/// The same, on a clock that is handed in.
async fn connect_by(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Office, Failure> {
    match &settings.server {
        Some(url) => remote(settings, url, clock).await,
        None => local(settings, clock).await,
    }
}

async fn remote(settings: &Settings, url: &Url, clock: Arc<dyn Clock>) -> Result<Office, Failure> {
    if url.scheme() == "http" && !is_loopback(url) && !settings.allow_plain_http {
        let why = format!(
            "{url} is not encrypted, so others could read your sign-in: use https, or set allow_plain_http = true in the settings (FRONTROW_ALLOW_PLAIN_HTTP=true) if you trust the network"
        );
        return Err(Failure::new(FailureKind::Input, "insecure", why));
    }
    let http = Http::new(url.clone());
    let notebook = Arc::new(Notes::new(&settings.dirs.data));
    let api = match settings.api {
        ApiChoice::Native => Api::Native,
        ApiChoice::QuickShow => Api::QuickShow,
        ApiChoice::Auto => match detect::api(&http, &*notebook).await {
            // Whoever asks it something is told that it cannot be reached; signing in elsewhere works all the same.
            Err(failure) if failure.kind == FailureKind::Offline => Api::Native,
            outcome => outcome?,
        },
    };
    let account = url.origin().ascii_serialization();
    match api {
        Api::Native => native(settings, http, account, clock),
        Api::QuickShow => {
            let http = Arc::new(http);
            let session = sign_in::session(settings, &http, api, account, clock.clone())?;
            let office = QuickShow::new(http.clone(), terms(settings), clock, notebook, Some(session.clone()));
            Ok(Office {
                origin: http.shown(),
                session,
                devices: Devices::new(http),
                backstage: Some(office.backstage()),
                office: Arc::new(office),
                api,
            })
        }
    }
}

/// What a QuickShow server does not tell: from the settings, or as it is on this machine.
fn terms(settings: &Settings) -> Terms {
    let here = || jiff::tz::TimeZone::system().iana_name().unwrap_or("UTC").to_owned();
    Terms {
        timezone: settings.timezone.clone().unwrap_or_else(here),
        currency: settings.currency.unwrap_or(Currency::XXX),
        web_origin: settings.web_origin.clone(),
        payment_hosts: settings.payment_hosts.clone(),
    }
}

/// Whether a failure shows that the server does not speak what was remembered of it. That is forgotten then.
fn was_mistaken(settings: &Settings, failure: &Failure) -> bool {
    let Some(url) = settings.server.as_ref().filter(|_| settings.api == ApiChoice::Auto) else { return false };
    detect::is_not_as_noted(failure) && detect::forget(&Http::new(url.clone()), &Notes::new(&settings.dirs.data))
}

/// A box office of our own kind. `account` names the sign-in in the credential store. It never comes from what a server
/// says of itself.
fn native(settings: &Settings, http: Http, account: String, clock: Arc<dyn Clock>) -> Result<Office, Failure> {
    let http = Arc::new(http);
    Ok(Office {
        origin: http.shown(),
        session: sign_in::session(settings, &http, Api::Native, account, clock)?,
        devices: Devices::new(http.clone()),
        office: Arc::new(NativeBoxOffice::new(http)),
        backstage: None,
        api: Api::Native,
    })
}

#[cfg(feature = "server")]
async fn local(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Office, Failure> {
    settings.dirs.make_data()?;
    let box_office = Arc::new(embedded::LocalBoxOffice::new(settings.clone()));
    let address = box_office.start_or_join().await?;
    native(settings, Http::with_finder(address.url, box_office), address.identity, clock)
}

#[cfg(not(feature = "server"))]
async fn local(_: &Settings, _: Arc<dyn Clock>) -> Result<Office, Failure> {
    let why = "this build has no box office inside: name one with --server URL, or set FRONTROW_SERVER";
    Err(Failure::new(FailureKind::Input, "no_server", why))
}
