//! Faults on purpose, so that tests see what a client does when the network or the server misbehaves.

use super::problem::Refusal;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request waits first.
    Delay(Duration),
    /// The request is answered with this status and not carried out.
    Status(u16),
    /// The connection ends and the request is not carried out.
    CutBefore,
    /// The request is carried out, and the connection ends instead of the answer.
    CutAfter,
    /// The request is answered, and the connection ends this long after the answer has begun.
    CutLater(Duration),
}

struct Rule {
    method: Option<Method>,
    path: String,
    fault: Fault,
    times: u32,
}

/// The faults that are switched on; clones share them. Without any, requests pass untouched.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Rule>>>);

impl Faults {
    /// The next `times` requests whose path contains `path` meet `fault`; `method` narrows it down.
    pub fn add(&self, method: Option<Method>, path: &str, fault: Fault, times: u32) {
        self.rules().push(Rule { method, path: path.to_owned(), fault, times });
    }

    pub fn clear(&self) {
        self.rules().clear();
    }

    fn next(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut rules = self.rules();
        let matches = |rule: &Rule| path.contains(&rule.path) && rule.method.as_ref().is_none_or(|m| m == method);
        let at = rules.iter().position(matches)?;
        let fault = rules[at].fault;
        rules[at].times = rules[at].times.saturating_sub(1);
        if rules[at].times == 0 {
            rules.remove(at);
        }
        Some(fault)
    }

    fn rules(&self) -> std::sync::MutexGuard<'_, Vec<Rule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The layer that makes them happen.
pub async fn meet(State(faults): State<Faults>, request: Request, next: Next) -> Response {
    match faults.next(request.method(), request.uri().path()) {
        None => next.run(request).await,
        Some(Fault::Delay(time)) => {
            tokio::time::sleep(time).await;
            next.run(request).await
        }
        Some(Fault::Status(status)) => match StatusCode::from_u16(status) {
            Ok(status) => status.into_response(),
            Err(_) => Refusal::internal(format!("{status} is not a status")).into_response(),
        },
        Some(Fault::CutBefore) => cut(),
        Some(Fault::CutAfter) => {
            next.run(request).await;
            cut()
        }
        Some(Fault::CutLater(time)) => next.run(request).await.map(|body| cut_later(body, time)),
    }
}

/// A body that fails at once, so that the connection is closed in the middle of the answer.
fn cut() -> Response {
    let failure = futures_util::stream::iter([Err::<Vec<u8>, _>(std::io::Error::other("cut on purpose"))]);
    Response::new(Body::from_stream(failure))
}

/// The body until it is cut.
fn cut_later(body: Body, time: Duration) -> Body {
    let cut = stream::once(async move {
        tokio::time::sleep(time).await;
        Some(Err(axum::Error::new(std::io::Error::other("cut on purpose"))))
    });
    let whole = body.into_data_stream().map(Some);
    // What fails ends the body.
    Body::from_stream(stream::select(whole, cut).filter_map(std::future::ready))
}
