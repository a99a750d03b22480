//! Somebody who has nothing to do with it.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::process::Server;

/// Nine of ten answers must come within this time, or twenty times what they took before the attack:
/// the machine may have more to do than this test. On an idle one they take less than a millisecond.
const FAST: Duration = Duration::from_millis(500);

/// How long it looks at a page before it asks again.
const PACE: Duration = Duration::from_millis(10);

/// Asks for a page again and again, in a thread of its own.
pub(crate) struct Bystander {
    /// What nine of ten answers took before the attack.
    before: Duration,
    done: Sender<()>,
    asking: JoinHandle<Vec<Duration>>,
}

impl Bystander {
    pub(crate) fn of(server: &Server) -> Self {
        let (done, ended) = mpsc::channel();
        let address = server.address;
        let mut socket = TcpStream::connect(address).unwrap();
        // It is there before the attack begins.
        let before = nine_of_ten((0..20).map(|_| timed(&mut socket, address)).collect());
        let asking = thread::spawn(move || {
            let mut times = Vec::new();
            while ended.recv_timeout(PACE) == Err(RecvTimeoutError::Timeout) || times.len() < 20 {
                times.push(timed(&mut socket, address));
            }
            times
        });
        Self {
            before,
            done,
            asking,
        }
    }

    /// Asserts that it was answered, and soon.
    pub(crate) fn was_served(self) {
        drop(self.done);
        let times = self.asking.join().expect("the bystander was not served");
        let (slow, most) = (nine_of_ten(times), FAST.max(self.before * 20));
        assert!(slow < most, "one of ten answers took {slow:?} or longer");
    }
}

/// The time within which nine of ten were answered.
fn nine_of_ten(mut times: Vec<Duration>) -> Duration {
    times.sort();
    *times.get(times.len() * 9 / 10).unwrap()
}

/// How long an answer takes.
fn timed(socket: &mut TcpStream, address: SocketAddr) -> Duration {
    let asked = Instant::now();
    ask(socket, address);
    asked.elapsed()
}

fn ask(socket: &mut TcpStream, address: SocketAddr) {
    let request = format!("GET /assets/theme.js HTTP/1.1\r\nHost: {address}\r\n\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        let read = socket.read(&mut piece).unwrap();
        assert!(read > 0, "the connection ended");
        answer.extend_from_slice(piece.get(..read).unwrap());
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        if body.len() >= length.unwrap().parse().unwrap() {
            return;
        }
    }
}
