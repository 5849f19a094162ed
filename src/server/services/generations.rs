//! The rule by which a session's credentials replace each other. Nothing is lost wherever a client or the server
//! stops in between, and a copy of a credential in other hands shows itself.
//!
//! Asking for a successor changes nothing for the credential in use: the successor waits until it is used for the
//! first time, which proves that the client has written it down. Only then is the old one replaced, and for a grace it
//! is taken still, for another process that has it in memory. Who uses it after that has a copy. Successors are
//! random: if the same question always got the same successor, a thief and the owner could share one chain for ever.

/// Where one generation of a session's credential stands. Times are milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Handed out and not used yet.
    Pending,
    /// The one in use.
    Active,
    /// A successor has been used.
    Replaced { grace_until: i64 },
    /// Another successor was handed out before this one was used.
    Lost,
}

/// What the use of a credential means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Current,
    /// It takes the place of the one before.
    FirstUse,
    /// Taken, but its successor is in use already.
    Superseded,
    /// Somebody has a copy: nobody knows who is the owner, so the session ends.
    Reuse,
    /// It never counted. Its client may have a newer one.
    Lost,
}

/// What it means that a credential of this stage is used.
pub fn judge(stage: Stage, now: i64) -> Verdict {
    match stage {
        Stage::Pending => Verdict::FirstUse,
        Stage::Active => Verdict::Current,
        Stage::Replaced { grace_until } if now < grace_until => Verdict::Superseded,
        Stage::Replaced { .. } => Verdict::Reuse,
        Stage::Lost => Verdict::Lost,
    }
}

/// One of a session's credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation {
    /// From 1.
    pub number: u32,
    pub stage: Stage,
}

/// The credentials of one session. Those that are replaced or lost already may be left out, but for the one that is
/// used: no rule looks at the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain(pub Vec<Generation>);

impl Chain {
    /// Uses a credential; the first use of a successor puts it in its predecessor's place. `None`: there is no such
    /// generation.
    pub fn present(&mut self, number: u32, now: i64, grace_ms: i64) -> Option<Verdict> {
        let used = self.0.iter().position(|generation| generation.number == number)?;
        let verdict = judge(self.0[used].stage, now);
        if verdict == Verdict::FirstUse {
            self.change(Stage::Active, Stage::Replaced { grace_until: now + grace_ms });
            self.0[used].stage = Stage::Active;
        }
        Some(verdict)
    }

    /// Adds a successor to the one in use and says its number. A successor that nobody has used is lost by it.
    pub fn succeed(&mut self) -> u32 {
        self.change(Stage::Pending, Stage::Lost);
        // The newest is never replaced or lost, so it is here.
        let number = self.0.iter().map(|generation| generation.number).max().unwrap_or(0) + 1;
        self.0.push(Generation { number, stage: Stage::Pending });
        number
    }

    fn change(&mut self, from: Stage, to: Stage) {
        for generation in self.0.iter_mut().filter(|generation| generation.stage == from) {
            generation.stage = to;
        }
    }
}

#[cfg(test)]
mod tests;
