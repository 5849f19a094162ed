//! Films' own posters: fetched without a credential, from where they may come from, and decoded within limits. What a
//! server names as a poster's place is not believed: each address, also one that it leads on to, is looked at before
//! anything is sent there (`rules.rs`).

mod decode;
mod rules;
mod shelf;

pub use rules::{Lookup, SystemLookup};
pub use shelf::Shelf;

use super::http::root_cause;
use crate::{
    domain::failure::{Failure, FailureKind},
    effects::ports::{Gallery, Picture, PictureSize},
};
use async_trait::async_trait;
use reqwest::{
    Client,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION},
};
use rules::{Guarded, Rules};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::sync::Semaphore;
use url::Url;

/// The kinds of pictures that are taken.
const KINDS: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
const ACCEPTED: &str = "image/jpeg, image/png, image/webp";
const MAX_REDIRECTS: usize = 3;
/// The largest picture taken, after decompression.
const MAX_BODY: usize = 8 * 1024 * 1024;
/// Pictures that are decoded at once.
const DECODERS: usize = 2;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub connect: Duration,
    /// All of it, from the first address to the last byte.
    pub fetch: Duration,
    pub decode: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), fetch: Duration::from_secs(15), decode: Duration::from_secs(2) }
    }
}

/// Fetches posters for one server.
pub struct Posters {
    rules: Arc<Rules>,
    lookup: Arc<dyn Lookup>,
    /// Where they are kept; `None`: nowhere.
    shelf: Option<Arc<Shelf>>,
    patience: Patience,
    decoders: Arc<Semaphore>,
    /// Built at the first poster: that costs milliseconds which the first frame does not have.
    client: OnceLock<Result<Client, Failure>>,
}

impl Posters {
    /// `server` is the box office; `base` is what a place without a host is below.
    pub fn new(server: Url, base: Url, lookup: Arc<dyn Lookup>, shelf: Option<Shelf>) -> Self {
        Self {
            rules: Arc::new(Rules { server, base }),
            lookup,
            shelf: shelf.map(Arc::new),
            patience: Patience::default(),
            decoders: Arc::new(Semaphore::new(DECODERS)),
            client: OnceLock::new(),
        }
    }

    /// The same with other limits of time.
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    fn client(&self) -> Result<&Client, Failure> {
        let built = self.client.get_or_init(|| {
            // Another client of this process may have installed the provider already; then that one is used.
            let _ = rustls::crypto::ring::default_provider().install_default();
            Client::builder()
                .user_agent(concat!("frontrow/", env!("CARGO_PKG_VERSION")))
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(self.patience.connect)
                // A proxy would look names up by itself, and connect to what was not looked at.
                .no_proxy()
                .dns_resolver(Arc::new(Guarded { rules: self.rules.clone(), lookup: self.lookup.clone() }))
                .build()
                .map_err(|error| failed(format!("no HTTP client can be made: {}", root_cause(&error))))
        });
        built.as_ref().map_err(Clone::clone)
    }

    /// The file at an address, of a kind that is taken.
    async fn fetch(&self, url: &Url) -> Result<Vec<u8>, Failure> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            self.rules.check(&url)?;
            let sent = self.client()?.get(url.clone()).header(ACCEPT, ACCEPTED).send().await;
            let response = sent.map_err(|error| unreachable(&url, &error))?;
            if response.status().is_redirection() {
                url = led_to(&url, response.headers())?;
                continue;
            }
            if !response.status().is_success() {
                return Err(failed(format!("{} answered {}", shown(&url), response.status())));
            }
            return body(&url, response).await;
        }
        Err(failed(format!("{} leads on more than {MAX_REDIRECTS} times", shown(&url))))
    }

    /// What `read` gives, decoded; beside everything else, and not for long. A picture that takes longer is given up;
    /// its decoder stays taken until it has ended.
    async fn decoded(
        &self,
        fit: PictureSize,
        read: impl FnOnce() -> Option<Vec<u8>> + Send + 'static,
    ) -> Result<Option<(Vec<u8>, Picture)>, Failure> {
        let permit = self.decoders.clone().acquire_owned().await.map_err(|_| failed("the program ends".to_owned()))?;
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            read().map(|bytes| decode::picture(&bytes, fit).map(|picture| (bytes, picture))).transpose()
        });
        let done = tokio::time::timeout(self.patience.decode, work).await;
        let done = done.map_err(|_| failed("it takes too long to decode".to_owned()))?;
        done.map_err(|_| failed("its decoder has failed".to_owned()))?.map_err(failed)
    }

    async fn shelved(&self, url: &Url, fit: PictureSize) -> Option<Picture> {
        let shelf = self.shelf.clone()?;
        let asked = url.clone();
        match self.decoded(fit, move || shelf.read(&asked)).await {
            Ok(found) => found.map(|(_, picture)| picture),
            Err(why) => {
                // It was a picture when it was written: the file is damaged.
                tracing::info!(why = why.why, "a kept poster is of no use");
                self.shelf.as_ref()?.remove(url);
                None
            }
        }
    }

    async fn keep(&self, url: Url, bytes: Vec<u8>) {
        let Some(shelf) = self.shelf.clone() else { return };
        let kept = tokio::task::spawn_blocking(move || shelf.write(&url, &bytes)).await;
        if let Ok(Err(error)) = kept {
            tracing::info!(%error, "the poster is not kept");
        }
    }
}

#[async_trait]
impl Gallery for Posters {
    async fn poster(&self, place: &str, fit: PictureSize) -> Result<Picture, Failure> {
        let url = self.rules.resolve(place)?;
        if let Some(picture) = self.shelved(&url, fit).await {
            return Ok(picture);
        }
        let fetched = tokio::time::timeout(self.patience.fetch, self.fetch(&url)).await;
        let bytes = fetched.map_err(|_| failed(format!("{} did not answer in time", shown(&url))))??;
        let decoded = self.decoded(fit, move || Some(bytes)).await?;
        let (bytes, picture) = decoded.ok_or_else(|| failed("there is nothing to decode".to_owned()))?;
        self.keep(url, bytes).await;
        Ok(picture)
    }
}

fn led_to(from: &Url, headers: &HeaderMap) -> Result<Url, Failure> {
    let to = headers.get(LOCATION).and_then(|value| value.to_str().ok()).and_then(|place| from.join(place).ok());
    to.ok_or_else(|| failed(format!("{} leads on to nowhere", shown(from))))
}

async fn body(url: &Url, mut response: reqwest::Response) -> Result<Vec<u8>, Failure> {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !KINDS.contains(&kind.as_str()) {
        return Err(failed(format!("{} has no JPEG, PNG or WebP picture there", shown(url))));
    }
    let too_large = || failed(format!("{} has a picture of more than {} MiB there", shown(url), MAX_BODY >> 20));
    if response.content_length().is_some_and(|length| length > MAX_BODY as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| unreachable(url, &error))? {
        if body.len() + piece.len() > MAX_BODY {
            return Err(too_large());
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// The host, for logs: paths come from the server.
fn shown(url: &Url) -> &str {
    url.host_str().unwrap_or("an address without a host")
}

fn unreachable(url: &Url, error: &reqwest::Error) -> Failure {
    let why = format!("{} cannot be reached: {}", shown(url), root_cause(error));
    Failure::new(FailureKind::Offline, "poster_unreachable", why)
}

fn failed(why: String) -> Failure {
    Failure::new(FailureKind::Other, "poster", why)
}

#[cfg(test)]
mod tests;
