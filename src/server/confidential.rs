//! Answers that tell a secret, or whether one was right.

use super::office::Office;
use axum::{
    extract::Request,
    http::{HeaderValue, Version, header},
    middleware::{Next, from_fn},
    response::Response,
};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// Routes whose answers nobody keeps.
pub fn confidential(routes: OpenApiRouter<Arc<Office>>) -> OpenApiRouter<Arc<Office>> {
    routes.layer(from_fn(keep_nothing))
}

/// Nothing on the way stores the answer (RFC 6749, 5.1), and the connection ends with it, so that on neither side the
/// secret stays in the buffer of a connection that waits for its next request.
pub async fn keep_nothing(request: Request, next: Next) -> Response {
    let version = request.version();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    // HTTP/2 forbids the header; there, one connection carries many requests at a time.
    if version < Version::HTTP_2 {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, body::Body, routing::get};
    use tower::ServiceExt;

    #[tokio::test]
    async fn only_a_version_of_http_that_has_the_header_is_told_that_the_connection_ends() {
        let router = Router::<()>::new().route("/", get(async || "secret")).layer(from_fn(keep_nothing));
        for (version, connection) in
            [(Version::HTTP_10, Some("close")), (Version::HTTP_11, Some("close")), (Version::HTTP_2, None)]
        {
            let request = Request::builder().uri("/").version(version).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            let told = response.headers().get(header::CONNECTION).map(|value| value.to_str().unwrap());
            assert_eq!(told, connection, "{version:?}");
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        }
    }
}
