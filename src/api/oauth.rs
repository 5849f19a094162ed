//! Provider `oauth`: any OAuth 2 authorization server, by device grant (RFC 8628) or through the browser (RFC 8252).
//!
//! The stored credential is the refresh token; a mint is a refresh grant. Most servers replace the refresh token each
//! time, so the successor is written down before the access token is used.

mod discovery;
mod loopback;
mod person;
mod transport;

pub use discovery::{PlainHttp, is_safe};

use crate::{
    api::http::is_loopback,
    auth::{
        command::Audience,
        provider::{AuthProvider, Credential, Granted, Keeper, Minted, Minting, Reached, Standing},
    },
    domain::{
        env::{Clock, Entropy, random},
        failure::{Failure, FailureKind},
        sign_in::{Approval, Challenge, Offer, Way},
        text::{MAX_WIDTH, Text},
        user::User,
    },
    effects::ports::{Bearer, Step},
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use discovery::{Metadata, discover};
use jiff::{SignedDuration, Timestamp};
use loopback::{Callback, Loopback, Outcome};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, CsrfToken, DeviceAuthorizationUrl, EmptyExtraDeviceAuthorizationFields,
    EndpointNotSet, EndpointSet, ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    Scope, StandardDeviceAuthorizationResponse, StandardRevocableToken, StandardTokenResponse, TokenResponse, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::OnceCell,
    time::{Instant, sleep, timeout_at},
};
use transport::Transport;
use url::Url;

/// How long the browser may take to come back.
const BROWSER_LIMIT: Duration = Duration::from_secs(120);
/// The longest time for an approval on another device that is believed.
const MAX_DEVICE_LIMIT: Duration = Duration::from_secs(60 * 60);
/// The shortest pause between two questions for an approval, whatever the server says.
const MIN_INTERVAL: Duration = Duration::from_secs(1);
/// How long a token lives whose server does not say so.
const ASSUMED_LIFE: Duration = Duration::from_secs(60);

/// What this machine does with a page that the person has to see.
#[derive(Clone, Copy)]
pub enum Pages {
    /// It stands where everybody can use it: people sign in on a device of their own.
    Elsewhere,
    /// The address is shown.
    Shown,
    /// The address is shown, and this opens it.
    Opened(fn(&Url)),
}

/// What the settings say of the authorization server.
pub struct OAuthSettings {
    pub issuer: Url,
    pub client_id: String,
    /// Separated by spaces.
    pub scopes: String,
    pub plain_http: PlainHttp,
    pub pages: Pages,
}

pub struct OAuth {
    settings: OAuthSettings,
    transport: Transport,
    metadata: OnceCell<Metadata>,
    /// The approval that is waited for.
    pending: Mutex<Option<Pending>>,
    /// Tells who has signed in where the authorization server does not.
    audience: Arc<dyn Audience>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// An approval that was asked for.
enum Pending {
    Device { grant: StandardDeviceAuthorizationResponse, until: Instant },
    Browser { loopback: Loopback, state: String, verifier: PkceCodeVerifier, until: Instant },
}

/// The secret of the stored credential.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Secret {
    Refresh {
        refresh_token: String,
    },
    /// The server gave no refresh token: this is all there is, until it ends.
    Access {
        access_token: String,
        expires_at: Timestamp,
    },
}

/// What a token answer of OpenID Connect has besides.
#[derive(Deserialize, Serialize)]
struct Extra {
    id_token: Option<String>,
}

impl ExtraTokenFields for Extra {}

impl std::fmt::Debug for Extra {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Extra(***)")
    }
}

type Tokens = StandardTokenResponse<Extra, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl OAuth {
    pub fn new(
        settings: OAuthSettings,
        audience: Arc<dyn Audience>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let transport = Transport::new(settings.issuer.clone());
        Self { settings, transport, metadata: OnceCell::new(), pending: Mutex::default(), audience, clock, entropy }
    }

    /// Asked for once; a failure is not remembered.
    async fn metadata(&self) -> Result<&Metadata, Failure> {
        let OAuthSettings { issuer, plain_http, .. } = &self.settings;
        self.metadata.get_or_try_init(|| discover(&self.transport, issuer, *plain_http)).await
    }

    fn client(&self, metadata: &Metadata) -> Client {
        let id = ClientId::new(self.settings.client_id.clone());
        oauth2::Client::new(id).set_token_uri(TokenUrl::from_url(metadata.token.clone()))
    }

    fn scopes(&self) -> impl Iterator<Item = Scope> {
        self.settings.scopes.split_whitespace().map(|scope| Scope::new(scope.to_owned()))
    }

    /// Asks for an approval on another device.
    async fn ask_device(&self) -> Result<Reached, Failure> {
        let metadata = self.metadata().await?;
        let place = metadata.device.clone().ok_or_else(not_offered)?;
        let asked_at = Instant::now();
        let grant: StandardDeviceAuthorizationResponse = self
            .client(metadata)
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(place))
            .exchange_device_code()
            .add_scopes(self.scopes())
            .request_async::<_, EmptyExtraDeviceAuthorizationFields>(&self.transport)
            .await
            .map_err(|error| self.transport.explain(error))?;
        let limit = grant.expires_in().min(MAX_DEVICE_LIMIT);
        let with_code = grant.verification_uri_complete().map(|url| self.shown(url.secret())).transpose()?;
        let approval = Approval {
            url: self.shown(grant.verification_uri().as_str())?,
            // A phone would look for this machine's own address on itself.
            url_with_code: with_code.filter(|url| !Url::parse(url.as_str()).is_ok_and(|url| is_loopback(&url))),
            user_code: Some(Text::new(grant.user_code().secret())),
            ttl_ms: milliseconds(limit),
        };
        self.wait_for(Pending::Device { grant, until: asked_at + limit });
        Ok(Reached::Asks(Challenge::Approval(approval)))
    }

    /// Asks for an approval in this machine's browser.
    async fn ask_browser(&self) -> Result<Reached, Failure> {
        if matches!(self.settings.pages, Pages::Elsewhere) {
            return Err(not_offered());
        }
        let metadata = self.metadata().await?;
        let place = metadata.authorization.clone().ok_or_else(not_offered)?;
        let loopback = Loopback::open().await.map_err(|error| {
            let why = format!("no port of this machine is free for the browser's answer: {error}");
            Failure::new(FailureKind::Other, "no_port", why)
        })?;
        let state = URL_SAFE_NO_PAD.encode(random::<32>(&*self.entropy));
        let verifier = PkceCodeVerifier::new(URL_SAFE_NO_PAD.encode(random::<32>(&*self.entropy)));
        let (url, _) = self
            .client(metadata)
            .set_auth_uri(AuthUrl::from_url(place))
            .authorize_url(|| CsrfToken::new(state.clone()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(loopback.redirect().clone())))
            .add_scopes(self.scopes())
            .url();
        let approval = Approval {
            url: self.shown(url.as_str())?,
            url_with_code: None,
            user_code: None,
            ttl_ms: milliseconds(BROWSER_LIMIT),
        };
        self.wait_for(Pending::Browser { loopback, state, verifier, until: Instant::now() + BROWSER_LIMIT });
        if let Pages::Opened(open) = self.settings.pages {
            open(&url);
        }
        Ok(Reached::Asks(Challenge::Approval(approval)))
    }

    /// An address that the person is sent to.
    fn shown(&self, address: &str) -> Result<Text, Failure> {
        match Url::parse(address) {
            Ok(url) if is_safe(&url, self.settings.plain_http) && url.as_str().len() <= MAX_WIDTH => {
                Ok(Text::new(url.as_str()))
            }
            _ => Err(self
                .transport
                .unreadable(&format!("it sends people to {address}, which is not a short https address"))),
        }
    }

    /// An approval asked for before is given up.
    fn wait_for(&self, pending: Pending) {
        *self.pending.lock().unwrap_or_else(PoisonError::into_inner) = Some(pending);
    }

    async fn await_approval(&self) -> Result<Reached, Failure> {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner).take();
        let asked_at = self.clock.now();
        let tokens = match pending {
            Some(Pending::Device { grant, until }) => self.poll(&grant, until).await?,
            Some(Pending::Browser { loopback, state, verifier, until }) => {
                let answer = timeout_at(until, loopback.answer(&state)).await.map_err(|_| too_late())?;
                let callback = answer.map_err(|error| {
                    let why = format!("the browser's answer cannot be received: {error}");
                    Failure::new(FailureKind::Other, "no_port", why)
                })?;
                self.redeem(callback, loopback.redirect(), verifier).await?
            }
            None => {
                let why = "no approval is waited for; begin the sign-in again";
                return Err(Failure::new(FailureKind::Refused, "nothing_pending", why));
            }
        };
        self.grant(tokens, asked_at).await.map(Reached::Granted)
    }

    /// Asks until the approval is given, as often as the server allows.
    async fn poll(&self, grant: &StandardDeviceAuthorizationResponse, until: Instant) -> Result<Tokens, Failure> {
        let client = self.client(self.metadata().await?);
        // The limit is `until`, on a clock that never jumps; the library's own, on the wall clock, is out of the way.
        let out_of_the_way = Some(MAX_DEVICE_LIMIT * 24 * 365);
        let pause = |interval: Duration| sleep(interval.max(MIN_INTERVAL));
        let asking = client.exchange_device_access_token(grant).request_async(&self.transport, pause, out_of_the_way);
        let answer = timeout_at(until, asking).await.map_err(|_| too_late())?;
        answer.map_err(|error| self.transport.explain(error))
    }

    /// Exchanges the code that the browser brought.
    async fn redeem(&self, callback: Callback, redirect: &Url, verifier: PkceCodeVerifier) -> Result<Tokens, Failure> {
        let metadata = self.metadata().await?;
        // RFC 9207: an answer of another authorization server must not be taken to this one.
        let named = callback.issuer.as_ref().map(|issuer| *issuer == metadata.issuer);
        if !named.unwrap_or(!metadata.names_itself) {
            return Err(self.transport.unreadable("the browser brought the answer of another authorization server"));
        }
        let code = match callback.outcome {
            Outcome::Code(code) => AuthorizationCode::new(code),
            Outcome::Refused { error, description } => return Err(self.transport.refusal(&error, &description)),
        };
        let answer = self
            .client(metadata)
            .exchange_code(code)
            .set_pkce_verifier(verifier)
            .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(redirect.clone())))
            .request_async(&self.transport)
            .await;
        answer.map_err(|error| match self.transport.explain(error) {
            refused if refused.code == "invalid_credential" => {
                let why = "the authorization server does not accept the code that the browser brought; begin the sign-in again";
                Failure::new(FailureKind::SignIn, "expired_code", why)
            }
            failure => failure,
        })
    }

    async fn grant(&self, tokens: Tokens, asked_at: Timestamp) -> Result<Granted, Failure> {
        let secret = match tokens.refresh_token() {
            Some(refresh) => Secret::Refresh { refresh_token: refresh.secret().clone() },
            None => Secret::Access {
                access_token: tokens.access_token().secret().clone(),
                expires_at: later(asked_at, life(&tokens)),
            },
        };
        let mut credential = Credential { session: String::new(), secret: written(&secret)?, generation: 1 };
        match self.person(&tokens).await {
            Ok(user) => {
                credential.session = user.id.to_string();
                Ok(Granted { user, credential })
            }
            Err(failure) => {
                // What nobody can use from here must not stay good.
                let _ = self.revoke(&credential).await;
                Err(failure)
            }
        }
    }

    /// Who has signed in.
    async fn person(&self, tokens: &Tokens) -> Result<User, Failure> {
        let metadata = self.metadata().await?;
        let access = SecretString::from(tokens.access_token().secret().as_str());
        let id_token = tokens.extra_fields().id_token.as_deref();
        match person::find(&self.transport, metadata, &self.settings.client_id, id_token, &access).await? {
            Some(user) => Ok(user),
            None => self.audience.owner(Bearer::new(access)).await,
        }
    }

    async fn refresh(&self, used: &Credential, token: String, keeper: &dyn Keeper) -> Result<Minted, Failure> {
        let client = self.client(self.metadata().await?);
        let token = RefreshToken::new(token);
        let answer = client.exchange_refresh_token(&token).request_async(&self.transport).await;
        let tokens = answer.map_err(|error| self.transport.explain(error))?;
        if let Some(next) = tokens.refresh_token().filter(|next| next.secret() != token.secret()) {
            let secret = written(&Secret::Refresh { refresh_token: next.secret().clone() })?;
            let generation = used.generation.saturating_add(1);
            keeper.keep(Credential { session: used.session.clone(), secret, generation }).await?;
        }
        Ok(Minted {
            token: SecretString::from(tokens.access_token().secret().as_str()),
            lives_for: life(&tokens),
            server_time: None,
            credential: Standing::Current,
        })
    }

    /// The one token that there is, as long as it is good.
    fn same_token(&self, access_token: String, expires_at: Timestamp) -> Result<Minted, Failure> {
        let left = Duration::try_from(expires_at.duration_since(self.clock.now())).unwrap_or_default();
        if left.is_zero() {
            let why = "the authorization server gave a token without a way to renew it, and its time is over (the scope offline_access may be missing in oauth_scopes)";
            return Err(Failure::new(FailureKind::SignIn, "session_expired", why));
        }
        let token = SecretString::from(access_token);
        Ok(Minted { token, lives_for: left, server_time: None, credential: Standing::Current })
    }
}

#[async_trait]
impl AuthProvider for OAuth {
    fn name(&self) -> &'static str {
        "oauth"
    }

    fn minting(&self) -> Minting {
        Minting::Replaces
    }

    async fn offer(&self) -> Result<Offer, Failure> {
        let metadata = self.metadata().await?;
        let browser = metadata.authorization.is_some() && !matches!(self.settings.pages, Pages::Elsewhere);
        let ways = [(Way::Device, metadata.device.is_some()), (Way::Browser, browser)];
        let ways: Vec<_> = ways.into_iter().filter(|(_, offered)| *offered).map(|(way, _)| way).collect();
        if ways.is_empty() {
            let why =
                "it offers no sign-in that works here: neither the device grant nor, through a browser, PKCE with S256";
            return Err(self.transport.unreadable(why));
        }
        Ok(Offer { ways, sign_up: false })
    }

    async fn step(&self, step: Step) -> Result<Reached, Failure> {
        match step {
            Step::Device => self.ask_device().await,
            Step::Browser => self.ask_browser().await,
            Step::Await => self.await_approval().await,
            _ => Err(not_offered()),
        }
    }

    async fn mint(&self, credential: &Credential, keeper: &dyn Keeper) -> Result<Minted, Failure> {
        match read(credential)? {
            Secret::Refresh { refresh_token } => self.refresh(credential, refresh_token, keeper).await,
            Secret::Access { access_token, expires_at } => self.same_token(access_token, expires_at),
        }
    }

    async fn rotate(&self, _: &Credential) -> Result<Option<Credential>, Failure> {
        Ok(None)
    }

    async fn revoke(&self, credential: &Credential) -> Result<(), Failure> {
        let Some(place) = &self.metadata().await?.revocation else { return Ok(()) };
        let (token, hint) = match read(credential)? {
            Secret::Refresh { refresh_token } => (refresh_token, "refresh_token"),
            Secret::Access { access_token, .. } => (access_token, "access_token"),
        };
        // Not by the library, which refuses an authorization server on this machine.
        let fields = [("token", &*token), ("token_type_hint", hint), ("client_id", &*self.settings.client_id)];
        let status = self.transport.post(place, &fields).await?;
        if status.is_success() {
            return Ok(());
        }
        Err(self.transport.unreadable(&format!("it answered the end of the sign-in with {status}")))
    }
}

fn life(tokens: &Tokens) -> Duration {
    tokens.expires_in().unwrap_or(ASSUMED_LIFE)
}

/// `life` after `at`; a life beyond the calendar ends with it.
fn later(at: Timestamp, life: Duration) -> Timestamp {
    let life = SignedDuration::try_from(life).unwrap_or(SignedDuration::MAX);
    at.checked_add(life).unwrap_or(Timestamp::MAX)
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn written(secret: &Secret) -> Result<SecretString, Failure> {
    let text = serde_json::to_string(secret);
    text.map(SecretString::from)
        .map_err(|_| Failure::new(FailureKind::Other, "internal", "the sign-in cannot be written"))
}

fn read(credential: &Credential) -> Result<Secret, Failure> {
    serde_json::from_str(credential.secret.expose_secret()).map_err(|_| {
        let why = "the kept sign-in is not one of an authorization server";
        Failure::new(FailureKind::SignIn, "invalid_credential", why)
    })
}

fn not_offered() -> Failure {
    Failure::new(FailureKind::Refused, "not_offered", "the authorization server does not sign in like that")
}

fn too_late() -> Failure {
    let why = "the time for the approval is over; begin the sign-in again";
    Failure::new(FailureKind::SignIn, "expired_token", why)
}
