//! The payment page of bookings that were made in the dialect.

use super::Shared;
use crate::{
    domain::booking::{Booking, BookingStatus},
    server::{address, extract::Segment, office::Office, problem::Refusal, services::payments},
};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{Html, IntoResponse, Response},
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The longest `Origin` that is believed, in bytes.
const MAX_ORIGIN: usize = 256;

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    OpenApiRouter::new().routes(routes!(payment_page, pay))
}

/// The payment page at this server, under the name by which the request reached it.
pub fn link(office: &Office, headers: &HeaderMap, secret: &str) -> String {
    format!("{}/pay/demo/{secret}", address::of_request(office, headers))
}

/// The page of the asking site that people are sent back to once they have paid.
pub fn return_url(headers: &HeaderMap) -> Option<String> {
    let origin = headers.get(header::ORIGIN)?.to_str().ok().filter(|text| text.len() <= MAX_ORIGIN)?;
    let url = url::Url::parse(origin)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && address::is_origin(url))?;
    Some(format!("{}/loading/my-bookings", url.origin().ascii_serialization()))
}

/// The demo's payment page: a button that pays. Looking at it changes nothing.
#[utoipa::path(get, path = "/pay/demo/{secret}", params(("secret" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), (status = 404, body = crate::wire::Problem),
        (status = 410, body = crate::wire::Problem)))]
async fn payment_page(State(office): Shared, Segment(secret): Segment) -> Result<Response, Refusal> {
    let page = payments::page(&office, &secret).await?;
    if page.booking.status == BookingStatus::Paid {
        return Ok(paid(&page));
    }
    let Booking { code, movie_title, total, .. } = &page.booking;
    let way = match office.cinema.demo {
        true => "<p>No money moves: this is a demo.</p><form method=\"post\"><button>Pay (demo)</button></form>",
        false => "<p>It is paid at the site where it was booked.</p>",
    };
    let text = format!(
        "<p>Booking {code}: {}, {}.</p>{way}",
        escaped(movie_title.as_str()),
        escaped(&total.map_or(String::new(), |total| format!("{} {}", total.figure(), total.currency.code()))),
    );
    Ok(html("Pay", &text))
}

/// Pays by the demo's payment page. No money moves.
#[utoipa::path(post, path = "/pay/demo/{secret}", params(("secret" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), (status = 404, body = crate::wire::Problem),
        (status = 410, body = crate::wire::Problem)))]
async fn pay(State(office): Shared, Segment(secret): Segment) -> Result<Response, Refusal> {
    Ok(paid(&payments::pay(&office, &secret).await?))
}

fn paid(page: &payments::Page) -> Response {
    let mut text = format!("<p>Paid: booking {}. No money moved: this is a demo.</p>", page.booking.code);
    if let Some(url) = &page.return_url {
        text.push_str(&format!("<p><a href=\"{}\">Back to your bookings</a></p>", escaped(url)));
    }
    html("Paid", &text)
}

/// A page that loads nothing, runs nothing and does not tell its secret address to the page it links to.
fn html(title: &str, text: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font:1.2em sans-serif;margin:2em}}button{{font:inherit;padding:.5em 1em}}</style>\
         <h1>{title}</h1>{text}"
    );
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    let headers = [(header::CONTENT_SECURITY_POLICY, policy), (header::REFERRER_POLICY, "no-referrer")];
    (headers, Html(page)).into_response()
}

/// Text for HTML, also within double quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
