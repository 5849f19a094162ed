//! The way between a program and its box office, which a test can close at a request or at its answer.

use crate::machine::wait_for;
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
};

/// What does not come through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Request,
    Answer,
}

#[derive(Default)]
struct State {
    /// The next request whose path ends so.
    closed: Option<(&'static str, Held)>,
    reached: bool,
}

pub struct Gate {
    pub url: String,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Gate {
    /// One before the box office at this URL.
    pub fn before(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = url.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
        let gate = Self { url: format!("http://{}", listener.local_addr().unwrap()), state: Arc::default() };
        let state = gate.state.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&target) else { return };
                let (to_server, to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let held = Arc::new(Mutex::new(false));
                let (there, back) = (state.clone(), state.clone());
                let answers = held.clone();
                thread::spawn(move || pass(client, to_server, |bytes| at_request(&there, &held, bytes)));
                thread::spawn(move || pass(server, to_client, |_| at_answer(&back, &answers)));
            }
        });
        gate
    }

    /// Closes the gate for the next request to a path that ends so, or for its answer.
    pub fn close(&self, path: &'static str, held: Held) {
        *self.state.0.lock().unwrap() = State { closed: Some((path, held)), reached: false };
    }

    /// Waits until something stands before the closed gate.
    #[track_caller]
    pub fn wait(&self) {
        wait_for("a request at the gate", || self.state.0.lock().unwrap().reached);
    }

    /// What stands before it goes on.
    pub fn open(&self) {
        *self.state.0.lock().unwrap() = State::default();
        self.state.1.notify_all();
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, before: impl Fn(&[u8])) {
    let mut bytes = [0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        before(&bytes[..count]);
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// A program sends a request's head in one piece.
fn at_request(state: &(Mutex<State>, Condvar), answer_is_held: &Mutex<bool>, bytes: &[u8]) {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).into_owned();
    let mut now = state.0.lock().unwrap();
    match now.closed {
        Some((path, held)) if !now.reached && head.contains(&format!("{path} HTTP/1.1")) => match held {
            Held::Request => stand(state, now),
            Held::Answer => {
                // Nobody else's request is meant from now on.
                now.closed = Some(("held already", held));
                *answer_is_held.lock().unwrap() = true;
            }
        },
        _ => {}
    }
}

fn at_answer(state: &(Mutex<State>, Condvar), is_held: &Mutex<bool>) {
    if std::mem::take(&mut *is_held.lock().unwrap()) {
        stand(state, state.0.lock().unwrap());
    }
}

/// Stands before the gate until it opens.
fn stand(state: &(Mutex<State>, Condvar), mut now: std::sync::MutexGuard<'_, State>) {
    now.reached = true;
    let _open = state.1.wait_while(now, |now| now.reached).unwrap();
}
