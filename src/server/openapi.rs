//! The description of the API, written from the routes themselves.

use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// What the routes cannot say themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "frontrow box office",
        description = "Every answer carries `Server-Time`; every refusal is application/problem+json with a stable `code`."
    ),
    components(schemas(crate::wire::Problem)),
    modifiers(&Bearer)
)]
pub struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        if let Some(components) = &mut api.components {
            components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
        }
    }
}
