//! The description of the API, written from the routes themselves.

use super::problem::Code;
use serde_json::{Map, Value, json};
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
    components(schemas(crate::wire::Problem, crate::wire::SeatChanges)),
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

/// The description as JSON, with the refusals that do not come from a route itself but from around it: what reads
/// the request, what knows the person, the limits, the database.
pub fn complete(api: &utoipa::openapi::OpenApi) -> Value {
    let mut api = serde_json::to_value(api).unwrap_or_default();
    for (path, methods) in members(&mut api["paths"]) {
        for (method, operation) in members(methods) {
            describe_refusals(path, method, operation);
        }
    }
    api
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}

fn describe_refusals(path: &str, method: &str, operation: &mut Value) {
    let around = refusals_around(path, method, operation);
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    // OAuth's refusals have a form of their own; Stripe is told in plain text.
    let own = path.starts_with("/oauth/") || path == "/api/stripe";
    for (status, response) in responses.iter_mut().filter(|_| !own) {
        if status.starts_with(['4', '5']) {
            response["content"] = problem();
        }
    }
    for code in around {
        describe(responses, code.status().as_str(), code.title());
    }
    describe(responses, "default", "Any other refusal, such as 405 for a method that is not possible here");
}

fn describe(responses: &mut Map<String, Value>, status: &str, description: &str) {
    let described = responses.entry(status).or_insert_with(|| json!({"content": problem()}));
    if described["description"].as_str().unwrap_or_default().is_empty() {
        described["description"] = json!(description);
    }
}

fn refusals_around(path: &str, method: &str, operation: &Value) -> Vec<Code> {
    let mut codes = vec![Code::MisdirectedHost];
    // QuickShow's dialect answers 200 to everything else.
    let dialect = path.starts_with("/api/");
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    let body = operation["requestBody"].is_object();
    if !path.starts_with("/oauth/") && (parameters.iter().any(|p| p["in"] != "header") || body && !dialect) {
        codes.push(Code::InvalidRequest);
    }
    if dialect || path.starts_with("/oauth/") || FROM_MEMORY.contains(&path) {
        return codes;
    }
    codes.extend([Code::Internal, Code::Busy]);
    if body {
        codes.extend([Code::PayloadTooLarge, Code::UnsupportedMediaType]);
    }
    if operation["security"].is_array() {
        codes.push(Code::InvalidToken);
    }
    if method != "get" {
        codes.push(Code::DiskFull);
    }
    codes
}

/// Answers that need no database.
const FROM_MEMORY: [&str; 8] = [
    "/",
    "/healthz",
    "/v1/auth/methods",
    "/v1/cinema",
    "/v1/time",
    "/v1/openapi.json",
    "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
];

fn problem() -> Value {
    json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}})
}
