//! Bodies of `application/x-www-form-urlencoded`: what OAuth clients and web pages send.

use super::{
    extract::body_of,
    office::Office,
    problem::{Code, Refusal, quoted},
};
use axum::{
    extract::{FromRequest, Request},
    http::header,
};
use std::{collections::HashMap, sync::Arc};

/// The fields of a form. Each comes once; those that are not known are left alone (RFC 6749, 3.2).
pub struct Form(HashMap<String, String>);

impl Form {
    /// A field; an empty one counts as missing (RFC 6749, 3.2).
    pub fn field(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl FromRequest<Arc<Office>> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, office: &Arc<Office>) -> Result<Self, Refusal> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let bare = kind.split(';').next().unwrap_or_default().trim();
        if !bare.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let detail = format!("The body is of the type {}; a form (urlencoded) is accepted.", quoted(kind));
            return Err(Refusal::new(Code::UnsupportedMediaType, detail));
        }
        let body = body_of(request, office).await?;
        let mut fields = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(&body) {
            if fields.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                let detail = format!("The field {} is there twice; once is accepted.", quoted(&name));
                return Err(Refusal::new(Code::InvalidRequest, detail));
            }
        }
        Ok(Self(fields))
    }
}
