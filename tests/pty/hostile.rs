//! A box office that wants to take over the terminal: it answers just enough for its films to be shown.

use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
};

/// What it puts into every text: a title for the window, an erased screen, colours, a cursor that is moved, C1
/// controls, and text that runs backwards.
pub const POISON: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[5;31;44m\u{9b}10;10H\u{90}q\u{202e}\r\n\u{8}";

/// Starts it; it answers until the test program ends. Gives its URL.
pub fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    url
}

/// One request a connection.
fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match path.split('?').next().unwrap_or_default() {
        "/v1/cinema" => ("200 OK", cinema()),
        "/v1/movies" => ("200 OK", movies()),
        _ => ("404 Not Found", problem()),
    };
    let body = body.to_string();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn cinema() -> Value {
    let cinema = json!({
        "name": format!("Trap{POISON}House"), "timezone": "Europe/Berlin", "currency": "EUR", "demo": true,
        "max_seats": 20,
    });
    json!({"cinema": cinema, "server_time": "2026-11-22T10:00:00Z"})
}

fn movies() -> Value {
    let movie = json!({
        "id": "trap", "title": format!("Wicked{POISON}Film"), "year": 1927, "runtime_min": 90,
        "directors": [format!("Dora{POISON}")], "genres": [POISON], "synopsis": format!("{POISON}Once{POISON}"),
        "next_show": "2026-11-22T19:00:00Z",
    });
    json!({"movies": [movie], "server_time": "2026-11-22T10:00:00Z"})
}

fn problem() -> Value {
    json!({
        "type": "about:blank", "title": "Not found", "status": 404, "detail": format!("Nothing{POISON}here."),
        "code": "not_found", "server_time": "2026-11-22T10:00:00Z",
    })
}
