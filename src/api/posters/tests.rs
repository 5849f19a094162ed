use super::*;
use crate::domain::env::Clock;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::{
    collections::HashMap,
    io::{self, Cursor},
    net::IpAddr,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const FIT: PictureSize = PictureSize { width: 24, height: 36 };

/// Every name has the addresses that the test gives it; all else does not exist.
#[derive(Default)]
struct Names {
    known: HashMap<&'static str, Vec<IpAddr>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Lookup for Names {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(host.to_owned());
        self.known.get(host).cloned().ok_or_else(|| io::Error::other("no such host"))
    }
}

/// What a path answers: bytes that are sent as they are, and whether more seems to follow.
#[derive(Clone)]
enum Reply {
    Whole(Vec<u8>),
    Never(Vec<u8>),
    /// The same kibibyte for as long as anybody listens.
    Endless(Vec<u8>),
}

/// A server on this machine.
struct Web {
    url: Url,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Web {
    async fn with(pages: impl Fn(&str) -> Vec<(&'static str, Reply)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let pages: HashMap<_, _> = pages(url.as_str().trim_end_matches('/')).into_iter().collect();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = heard.clone();
        tokio::spawn(async move {
            while let Ok((mut line, _)) = listener.accept().await {
                let (pages, ears) = (pages.clone(), ears.clone());
                tokio::spawn(async move {
                    let mut asked = vec![0; 8_192];
                    let Ok(count) = line.read(&mut asked).await else { return };
                    let request = String::from_utf8_lossy(&asked[..count]).into_owned();
                    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                    ears.lock().unwrap().push(request);
                    match pages.get(path.as_str()) {
                        Some(Reply::Whole(bytes)) => drop(line.write_all(bytes).await),
                        Some(Reply::Never(bytes)) => {
                            let _ = line.write_all(bytes).await;
                            std::future::pending::<()>().await;
                        }
                        Some(Reply::Endless(bytes)) => {
                            let _ = line.write_all(bytes).await;
                            while line.write_all(&[0x20; 1_024]).await.is_ok() {}
                        }
                        None => drop(line.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await),
                    }
                });
            }
        });
        Self { url, heard }
    }

    fn heard(&self) -> usize {
        self.heard.lock().unwrap().len()
    }

    fn posters(&self) -> Posters {
        self.posters_with(Names::default())
    }

    fn posters_with(&self, names: Names) -> Posters {
        let base = self.url.join("/t/p/w500").unwrap();
        Posters::new(self.url.clone(), base, Arc::new(names), None)
    }
}

fn answer(kind: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n{more}\r\n");
    [head.as_bytes(), body].concat()
}

fn picture_file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, 90]));
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(pixels).write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A PNG whose header claims a size; of its pixels there are none.
fn claimed_png(width: u32, height: u32) -> Vec<u8> {
    let mut file = picture_file(1, 1, ImageFormat::Png);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&crc.to_be_bytes());
    file
}

/// The checksum of a PNG's chunks (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 })
    })
}

fn redirect(to: &str) -> Reply {
    Reply::Whole(format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes())
}

async fn why(posters: &Posters, place: &str) -> String {
    posters.poster(place, FIT).await.expect_err("it is refused").why
}

#[tokio::test]
async fn a_poster_is_fetched_without_credentials_and_made_to_fit() {
    let web = Web::with(|_| {
        vec![
            ("/t/p/w500/a.jpg", Reply::Whole(answer("image/jpeg", "", &picture_file(500, 750, ImageFormat::Jpeg)))),
            ("/t/p/w500/b.png", Reply::Whole(answer("image/png", "", &picture_file(60, 30, ImageFormat::Png)))),
            ("/t/p/w500/c", Reply::Whole(answer("Image/WebP; q=1", "", &picture_file(8, 12, ImageFormat::WebP)))),
        ]
    })
    .await;
    let posters = web.posters();
    let jpeg = posters.poster("/a.jpg", FIT).await.unwrap();
    assert_eq!(jpeg.size, FIT);
    let wide = posters.poster("/b.png", FIT).await.unwrap();
    assert_eq!(wide.size, PictureSize { width: 24, height: 12 });
    assert_eq!(posters.poster("/c", FIT).await.unwrap().size, FIT);
    let corner = |x: usize, y: usize| &jpeg.rgb()[(y * 24 + x) * 3..][..3];
    assert!(corner(0, 0)[0] < 40 && corner(23, 0)[0] > 215 && corner(0, 35)[1] > 215, "it is the right way up");
    let heard = web.heard.lock().unwrap().join("").to_ascii_lowercase();
    assert!(!heard.contains("authorization") && !heard.contains("cookie"), "{heard}");
}

#[tokio::test]
async fn what_leads_to_another_place_is_looked_at_again_each_time() {
    let elsewhere = Web::with(|_| vec![]).await;
    let other = elsewhere.url.clone();
    let web = Web::with(|own| {
        vec![
            ("/t/p/w500/loopback", redirect(&format!("{other}p.jpg"))),
            ("/t/p/w500/metadata", redirect("http://169.254.169.254/latest/meta-data")),
            ("/t/p/w500/file", redirect("file:///etc/passwd")),
            ("/t/p/w500/user", redirect(&own.replace("http://", "http://ana:secret@"))),
            ("/t/p/w500/round", redirect("/t/p/w500/round")),
            ("/t/p/w500/nowhere", Reply::Whole(b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n".to_vec())),
            ("/t/p/w500/1", redirect("2")),
            ("/t/p/w500/2", redirect("3")),
            ("/t/p/w500/3", redirect("4")),
            ("/t/p/w500/4", Reply::Whole(answer("image/png", "", &picture_file(2, 3, ImageFormat::Png)))),
        ]
    })
    .await;
    let posters = web.posters();
    assert!(why(&posters, "/loopback").await.contains("not https"));
    assert!(why(&posters, "/metadata").await.contains("not https"));
    assert!(why(&posters, "/file").await.contains("not https"));
    assert!(why(&posters, "/user").await.contains("names a user"));
    assert_eq!(elsewhere.heard(), 0);
    assert!(why(&posters, "/nowhere").await.contains("leads on to nowhere"));
    let before = web.heard();
    assert!(why(&posters, "/round").await.contains("more than 3 times"));
    assert_eq!(web.heard() - before, 4);
    posters.poster("/1", FIT).await.expect("three are followed");
}

#[tokio::test]
async fn a_name_that_leads_inside_is_never_connected_to() {
    let trap = Web::with(|_| vec![]).await;
    let port = trap.url.port().unwrap();
    let base = |host: &str| Url::parse(&format!("https://{host}:{port}/t/p/w500")).unwrap();
    let server = Url::parse("https://kino.example").unwrap();
    for address in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.0.1", "100.64.0.1", "::1", "fd00::1", "::"] {
        // One good address beside it does not help.
        let known = HashMap::from([("img.example", vec!["1.1.1.1".parse().unwrap(), address.parse().unwrap()])]);
        let names = Arc::new(Names { known, ..Names::default() });
        let posters = Posters::new(server.clone(), base("img.example"), names.clone(), None);
        let why = why(&posters, "/p.jpg").await;
        assert!(why.contains(address) && why.contains("not an address of the internet"), "{why}");
        assert_eq!(*names.asked.lock().unwrap(), ["img.example"]);
    }
    let posters = Posters::new(server, base("127.0.0.1"), Arc::new(Names::default()), None);
    assert!(why(&posters, "/p.jpg").await.contains("127.0.0.1 is not an address of the internet"));
    assert_eq!(trap.heard(), 0);
}

#[tokio::test]
async fn the_server_that_a_person_chose_may_be_inside() {
    let page = answer("image/png", "", &picture_file(2, 3, ImageFormat::Png));
    let web = Web::with(|_| vec![("/t/p/w500/p.png", Reply::Whole(page.clone()))]).await;
    let server = Url::parse(&format!("http://kino.home:{}", web.url.port().unwrap())).unwrap();
    let known = HashMap::from([("kino.home", vec!["127.0.0.1".parse().unwrap()])]);
    let names = Arc::new(Names { known, ..Names::default() });
    let base = server.join("/t/p/w500").unwrap();
    Posters::new(server, base, names, None).poster("/p.png", FIT).await.expect("it is asked where it is");
}

#[tokio::test]
async fn nothing_is_asked_of_a_place_that_is_refused() {
    let web = Web::with(|_| vec![]).await;
    let posters = web.posters();
    let own = web.url.as_str().trim_end_matches('/').to_owned();
    for place in [
        "https://evil.example/p.jpg".to_owned(),
        "http://image.tmdb.org/p.jpg".to_owned(),
        "javascript:alert(1)".to_owned(),
        "data:image/png;base64,AAAA".to_owned(),
        "p.jpg".to_owned(),
        String::new(),
        own.replace("http://", "http://ana@"),
        format!("{own}/{}", "p".repeat(2_048)),
    ] {
        assert_eq!(posters.poster(&place, FIT).await.unwrap_err().code, "poster_refused", "{place}");
    }
    assert_eq!(web.heard(), 0);
}

#[tokio::test]
async fn what_is_no_picture_or_too_much_of_one_is_given_up() {
    // A few kilobytes.
    let bomb = gzip_of_zeros(9 * 1024 * 1024);
    let web = Web::with(|_| {
        let page = |kind, more, body: &[u8]| Reply::Whole(answer(kind, more, body));
        vec![
            ("/t/p/w500/page", page("text/html", "", b"<html>")),
            ("/t/p/w500/svg", page("image/svg+xml", "", b"<svg/>")),
            ("/t/p/w500/lie", page("image/png", "", b"<html>")),
            ("/t/p/w500/gif", page("image/png", "", b"GIF89a\x01\0\x01\0\0\0\0;")),
            ("/t/p/w500/cut", page("image/png", "", &picture_file(60, 90, ImageFormat::Png)[..200])),
            ("/t/p/w500/huge", page("image/png", "", &claimed_png(30_000, 30_000))),
            ("/t/p/w500/wide", page("image/png", "", &claimed_png(4_097, 1))),
            ("/t/p/w500/bomb", page("image/png", "content-encoding: gzip\r\n", &bomb)),
            ("/t/p/w500/long", page("image/png", "content-length: 9000000\r\n", b"")),
            ("/t/p/w500/endless", Reply::Endless(answer("image/png", "", b""))),
            ("/t/p/w500/slow", Reply::Never(answer("image/png", "content-length: 100\r\n", b"\x89PNG"))),
        ]
    })
    .await;
    let posters = web.posters();
    for page in ["page", "svg"] {
        assert!(why(&posters, &format!("/{page}")).await.contains("no JPEG, PNG or WebP"), "{page}");
    }
    for (page, words) in [
        ("lie", "no picture"),
        ("gif", "no JPEG, PNG or WebP"),
        ("cut", "cannot be decoded"),
        ("huge", "cannot be decoded"),
        ("wide", "cannot be decoded"),
        ("bomb", "more than 8 MiB"),
        ("long", "more than 8 MiB"),
        ("endless", "more than 8 MiB"),
        ("missing", "404"),
    ] {
        let why = why(&posters, &format!("/{page}")).await;
        assert!(why.contains(words), "{page}: {why}");
    }
    let patience = Patience { fetch: Duration::from_millis(200), ..Patience::default() };
    let why = why(&web.posters().with_patience(patience), "/slow").await;
    assert!(why.contains("did not answer in time"), "{why}");
}

/// A gzip file of at least so many zeros, written by hand (RFC 1951, the fixed code): copies of 258 bytes.
fn gzip_of_zeros(count: usize) -> Vec<u8> {
    let mut bits = String::from("110");
    bits.push_str("00110000");
    for _ in 0..count / 258 {
        // Length 258 and distance 1.
        bits.push_str("1100010100000");
    }
    bits.push_str("0000000");
    bits.push_str(&"0".repeat(bits.len().wrapping_neg() % 8));
    let length = 1 + count / 258 * 258;
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    file.extend(bits.as_bytes().chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | (bit - b'0'))));
    file.extend(crc32(&vec![0; length]).to_le_bytes());
    file.extend((length as u32).to_le_bytes());
    file
}

/// The clock of a test: each look at it is a second later.
#[derive(Default)]
struct Ticking(AtomicU64);

impl Clock for Ticking {
    fn now(&self) -> jiff::Timestamp {
        let seconds = self.0.fetch_add(1, Ordering::SeqCst);
        jiff::Timestamp::from_second(1_795_000_000 + seconds as i64).unwrap()
    }
    fn monotonic_ms(&self) -> u64 {
        0
    }
}

fn shelf(folder: &Path, room: u64) -> Shelf {
    Shelf::new(folder.join("posters"), Arc::new(Ticking::default())).with_room(room)
}

#[tokio::test]
async fn a_poster_is_kept_for_its_owner_alone_and_fetched_again_when_its_file_is_damaged() {
    let home = tempfile::tempdir().unwrap();
    let file = picture_file(40, 60, ImageFormat::Png);
    let web = Web::with(|_| vec![("/t/p/w500/p.png", Reply::Whole(answer("image/png", "", &file)))]).await;
    let posters = || Posters { shelf: Some(Arc::new(shelf(home.path(), 1 << 20))), ..web.posters() };
    let first = posters().poster("/p.png", FIT).await.unwrap();
    assert_eq!(posters().poster("/p.png", FIT).await.unwrap(), first);
    let larger = PictureSize { width: 40, height: 60 };
    assert_eq!(posters().poster("/p.png", larger).await.unwrap().size, larger, "any size is made of one file");
    assert_eq!(web.heard(), 1);

    let kept: Vec<_> = std::fs::read_dir(home.path().join("posters")).unwrap().map(|e| e.unwrap().path()).collect();
    let [path] = kept.as_slice() else { panic!("{kept:?}") };
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(path), mode(path.parent().unwrap())), (0o600, 0o700));
    }
    std::fs::write(path, b"\x89PNG damaged").unwrap();
    assert_eq!(posters().poster("/p.png", FIT).await.unwrap(), first);
    assert_eq!(web.heard(), 2);
    assert_eq!(std::fs::read(path).unwrap(), file, "it is kept anew");
}

#[test]
fn what_was_not_looked_at_for_longest_goes_first() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path(), 250);
    let url = |name: &str| Url::parse(&format!("https://image.tmdb.org/{name}")).unwrap();
    let has = |name: &str| shelf.path(&url(name)).exists();
    shelf.write(&url("a"), &[1; 100]).unwrap();
    shelf.write(&url("b"), &[2; 100]).unwrap();
    assert_eq!(shelf.read(&url("a")), Some(vec![1; 100]));
    shelf.write(&url("c"), &[3; 100]).unwrap();
    assert!(has("a") && !has("b") && has("c"));
    assert_eq!(shelf.read(&url("b")), None);
}

#[test]
fn a_folder_among_the_posters_is_left_alone_and_takes_no_room() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("posters/folder")).unwrap();
    let shelf = shelf(home.path(), 250);
    let url = |n: usize| Url::parse(&format!("https://image.tmdb.org/{n}")).unwrap();
    (0..4).for_each(|n| shelf.write(&url(n), &[1; 100]).unwrap());
    let kept: Vec<_> = (0..4).filter(|n| shelf.path(&url(*n)).exists()).collect();
    assert_eq!(kept, [2, 3]);
    assert!(home.path().join("posters/folder").exists());
}

#[cfg(unix)]
#[test]
fn a_link_in_the_folder_is_not_followed() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path(), 1_000);
    let url = Url::parse("https://image.tmdb.org/a").unwrap();
    shelf.write(&url, b"kept").unwrap();
    let elsewhere = home.path().join("elsewhere");
    std::fs::write(&elsewhere, b"mine").unwrap();
    std::fs::remove_file(shelf.path(&url)).unwrap();
    std::os::unix::fs::symlink(&elsewhere, shelf.path(&url)).unwrap();
    assert_eq!(shelf.read(&url), None);
    shelf.write(&url, b"new").unwrap();
    assert_eq!(std::fs::read(&elsewhere).unwrap(), b"mine");
}

#[tokio::test]
async fn two_pictures_are_decoded_at_once_and_one_that_takes_too_long_is_given_up() {
    let web = Web::with(|_| vec![]).await;
    let patience = Patience { decode: Duration::from_millis(50), ..Patience::default() };
    let posters = Arc::new(web.posters().with_patience(patience));
    let (busy, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let work = || {
        let (busy, most, gate) = (busy.clone(), most.clone(), gate.clone());
        move || {
            most.fetch_max(busy.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let _ = gate.lock().unwrap().recv();
            busy.fetch_sub(1, Ordering::SeqCst);
            None
        }
    };
    let all = (0..2).map(|_| posters.decoded(FIT, work()));
    for outcome in futures_util::future::join_all(all).await {
        assert!(outcome.unwrap_err().why.contains("too long"));
    }
    let third = tokio::time::timeout(Duration::from_millis(100), posters.decoded(FIT, work())).await;
    assert!(third.is_err(), "both decoders are still at it");
    drop(release);
    assert!(posters.decoded(FIT, || None).await.unwrap().is_none());
    assert!(most.load(Ordering::SeqCst) <= DECODERS);
}
