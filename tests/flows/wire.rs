//! What goes over the wire between a program and its server, as a listener between them hears it.

use super::house::House;
use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};
use url::Url;

/// One thing that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Asked {
        line: String,
        /// What stood after `Authorization: Bearer`.
        bearer: Option<String>,
    },
    Answered(u16),
}

/// Listens from its beginning on. It ends with the test's process.
pub struct Wire(Arc<Mutex<Vec<Heard>>>);

impl Wire {
    /// Programs that are started from now on reach the house through it.
    pub fn before(house: &mut House) -> Self {
        let server = house.url.socket_addrs(|| None).unwrap()[0];
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        house.url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let into = heard.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                join(client, server, &into);
            }
        });
        Self(heard)
    }

    /// All that was heard since the last time.
    pub fn take(&self) -> Vec<Heard> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// The requests among what was heard, with their bearers.
pub fn asked(heard: &[Heard]) -> Vec<(&str, Option<&str>)> {
    let requests = heard.iter().filter_map(|heard| match heard {
        Heard::Asked { line, bearer } => Some((line.as_str(), bearer.as_deref())),
        Heard::Answered(_) => None,
    });
    requests.collect()
}

pub fn statuses(heard: &[Heard]) -> Vec<u16> {
    let statuses = heard.iter().filter_map(|heard| match heard {
        Heard::Answered(status) => Some(*status),
        Heard::Asked { .. } => None,
    });
    statuses.collect()
}

fn join(client: TcpStream, server: SocketAddr, heard: &Arc<Mutex<Vec<Heard>>>) {
    // A server that is away is the client's to notice.
    let Ok(server) = TcpStream::connect(server) else { return };
    let (from_client, from_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (requests, answers) = (heard.clone(), heard.clone());
    thread::spawn(move || pass_on(from_client, server, |bytes| note(&requests, request_of(bytes))));
    thread::spawn(move || pass_on(from_server, client, |bytes| note(&answers, answer_of(bytes))));
}

/// HTTP/1.1 clients send a request at once, when the answer before it has come: what begins a request or an answer
/// stands at the beginning of what is read.
fn pass_on(mut from: TcpStream, mut to: TcpStream, listen: impl Fn(&[u8])) {
    let mut bytes = [0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        listen(&bytes[..count]);
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

fn note(heard: &Mutex<Vec<Heard>>, what: Option<Heard>) {
    heard.lock().unwrap().extend(what);
}

fn request_of(bytes: &[u8]) -> Option<Heard> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let line = lines.next()?.strip_suffix(" HTTP/1.1")?.to_owned();
    let bearer = lines.take_while(|line| !line.is_empty()).find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization").then(|| value.trim_start_matches("Bearer ").to_owned())
    });
    Some(Heard::Asked { line, bearer })
}

fn answer_of(bytes: &[u8]) -> Option<Heard> {
    let text = std::str::from_utf8(bytes.get(..12)?).ok()?;
    text.strip_prefix("HTTP/1.1 ")?.parse().ok().map(Heard::Answered)
}
