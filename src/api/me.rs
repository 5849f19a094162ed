//! Who somebody is at a frontrow box office.

use super::http::{Call, Http};
use crate::{
    auth::command::Audience,
    domain::{failure::Failure, user::User},
    effects::ports::Bearer,
    wire::MeAnswer,
};
use async_trait::async_trait;

#[async_trait]
impl Audience for Http {
    fn origin(&self) -> String {
        self.shown()
    }

    async fn owner(&self, token: Bearer) -> Result<User, Failure> {
        let answer: MeAnswer = self.send(Call::get(&["v1", "me"]).bearer(token)?).await?.json()?;
        Ok(answer.user)
    }
}
