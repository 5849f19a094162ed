//! A tap on the wire between program and server: it passes everything on and remembers the secrets it has seen.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// What stands before a secret on the wire, and what ends it.
const SIGNS: [(&str, char); 7] = [
    ("authorization: Bearer ", '\r'),
    ("hold-token: ", '\r'),
    ("\"credential\":\"", '"'),
    ("\"access_token\":\"", '"'),
    ("\"jwt\":\"", '"'),
    ("\"token\":\"", '"'),
    ("\"password\":\"", '"'),
];

/// Secrets are searched for later, so what is too short to be told from other text is none.
const SHORTEST: usize = 12;

pub struct Tap {
    pub url: String,
    seen: Arc<Mutex<BTreeSet<String>>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Tap {
    /// Listens on a port of its own and passes everything on to the server at `address`.
    pub fn on(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let open: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let (address, found, connections) = (address.to_owned(), seen.clone(), open.clone());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&address) else { continue };
                let ends = [client.try_clone().unwrap(), server.try_clone().unwrap()];
                connections.lock().unwrap_or_else(PoisonError::into_inner).extend(ends);
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let found = found.clone();
                    thread::spawn(move || pass(from, to, &found));
                }
            }
        });
        Self { url, seen, open }
    }

    /// Ends every connection.
    pub fn cut(&self) {
        for connection in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    pub fn secrets(&self) -> BTreeSet<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, found: &Mutex<BTreeSet<String>>) {
    let (mut all, mut buffer) = (Vec::new(), [0; 65_536]);
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        // What is compressed cannot be read here.
        let bytes = replace(&buffer[..n], b"accept-encoding: gzip", b"accept-encoding: none");
        if to.write_all(&bytes).is_err() {
            break;
        }
        all.extend_from_slice(&bytes);
        let text = String::from_utf8_lossy(&all);
        found.lock().unwrap_or_else(PoisonError::into_inner).extend(secrets(&text));
    }
    let _ = to.shutdown(Shutdown::Write);
}

fn secrets(text: &str) -> Vec<String> {
    let of = |(sign, end): &(&str, char)| {
        let after = text.match_indices(*sign).map(|(at, _)| &text[at + sign.len()..]).collect::<Vec<_>>();
        let whole = after.into_iter().filter_map(|rest| rest.split_once(*end).map(|(secret, _)| secret.to_owned()));
        whole.filter(|secret| secret.len() >= SHORTEST).collect::<Vec<_>>()
    };
    SIGNS.iter().flat_map(of).collect()
}

fn replace(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut bytes = bytes.to_vec();
    let found: Vec<usize> = bytes.windows(old.len()).enumerate().filter(|(_, w)| *w == old).map(|(at, _)| at).collect();
    for at in found {
        bytes[at..at + new.len()].copy_from_slice(new);
    }
    bytes
}
