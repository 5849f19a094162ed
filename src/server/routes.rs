//! The routes. Each parses, calls one service and answers.

pub mod auth;
pub mod catalogue;
pub mod device;
pub mod device_page;
pub mod live;
pub mod oauth;
pub mod quickshow;
pub mod sales;
pub mod system;

use super::{office::Office, openapi::Description};
use axum::Router;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// All routes, with the description of themselves at `/v1/openapi.json`.
pub fn all() -> Router<Arc<Office>> {
    let (router, api) = OpenApiRouter::with_openapi(Description::openapi())
        .merge(system::routes())
        .merge(catalogue::routes())
        .merge(live::routes())
        .merge(sales::routes())
        .merge(auth::routes())
        .merge(device::routes())
        .merge(oauth::routes())
        .merge(quickshow::routes())
        .split_for_parts();
    router.merge(system::description(api)).merge(device_page::routes())
}
