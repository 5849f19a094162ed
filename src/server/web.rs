//! Around all routes: the names that are answered to, the time, the problem bodies, the limits.

use super::{
    dialect,
    extract::MAX_BODY,
    faults::{self, Faults},
    office::{Office, hex},
    problem::{Code, Refusal},
    routes,
};
use crate::{
    domain::env::random,
    wire::{Problem, SERVER_TIME},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use std::{net::SocketAddr, sync::Arc};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The whole server, as one service.
pub fn router(office: Arc<Office>, address: SocketAddr, faults: Faults) -> Router {
    let public = office.public_url.as_ref().and_then(|url| url.host_str()).map(Arc::from);
    let names = Names { loopback_only: address.ip().is_loopback(), public };
    routes::all()
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::clone(&office))
        .layer(CatchPanicLayer::custom(|_| Refusal::internal("a request panicked").into_response()))
        .layer(from_fn_with_state(Arc::clone(&office), dialect::around))
        .layer(axum::middleware::from_fn_with_state(names, only_our_names))
        .layer(from_fn_with_state(faults, faults::meet))
        .layer(from_fn_with_state(office, finish))
        .layer(CompressionLayer::new())
}

async fn nothing_here(uri: Uri) -> Refusal {
    let path = crate::server::problem::quoted(uri.path());
    Refusal::new(Code::NotFound, format!("There is nothing at {path}; GET /v1/openapi.json lists what there is."))
}

async fn wrong_method(method: axum::http::Method, uri: Uri) -> Refusal {
    let path = crate::server::problem::quoted(uri.path());
    Refusal::new(Code::MethodNotAllowed, format!("{method} is not possible at {path}."))
}

/// Which `Host` headers are answered. A server that only this machine can reach answers only to this machine's
/// names, so that no web page can reach it through a name of its own (DNS rebinding).
#[derive(Clone)]
struct Names {
    loopback_only: bool,
    /// What a proxy on this machine is known by.
    public: Option<Arc<str>>,
}

async fn only_our_names(State(names): State<Names>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let public = names.public.is_some_and(|public| name_in(host).eq_ignore_ascii_case(&public));
    if names.loopback_only && !is_loopback_name(host) && !public {
        let detail = "This server listens on this machine alone; address it as 127.0.0.1 or localhost.";
        return Refusal::new(Code::MisdirectedHost, detail).into_response();
    }
    next.run(request).await
}

/// The name or address in a `Host` header, without its port.
fn name_in(host: &str) -> &str {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next(),
        None => host.split(':').next(),
    };
    name.unwrap_or_default()
}

fn is_loopback_name(host: &str) -> bool {
    let name = name_in(host);
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Gives every answer the server's time and a request id, and every refusal its body.
async fn finish(State(office): State<Arc<Office>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let (now, id) = (office.now(), hex(&random::<8>(&*office.entropy)));
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(request = id, "a request ended with status 500");
    }
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        let alone = refusal.alone.map(|alone| *alone).unwrap_or_default();
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: refusal.code.title().to_owned(),
            status: refusal.code.status().as_u16(),
            detail: refusal.detail,
            code: refusal.code.word().to_owned(),
            retryable: refusal.code.retryable(),
            conflicts: refusal.conflicts,
            orphans: alone.orphans,
            suggest: alone.suggest,
            retry_after: refusal.retry_after.map(i64::unsigned_abs),
            reason: refusal.reason,
            server_time: now,
            request_id: id.clone(),
        };
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response = Response::from_parts(parts, serde_json::to_string(&problem).unwrap_or_default().into());
    }
    let headers = response.headers_mut();
    for (name, value) in [(HeaderName::from_static(SERVER_TIME), now.to_string()), (REQUEST_ID, id)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
