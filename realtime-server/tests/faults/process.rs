//! The built binary as a process of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// How long is waited for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// One attack at a time: what is looked at is how long others wait, and they share the machine.
static ALONE: Mutex<()> = Mutex::new(());

pub(crate) struct Server {
    child: Child,
    _alone: MutexGuard<'static, ()>,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::with_files(None, arguments)
    }

    /// A server that may have so many files and sockets open.
    pub(crate) fn with_files(files: Option<u32>, arguments: &[&str]) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        // Clients of this test are many.
        let _ = rlimit::increase_nofile_limit(rlimit::INFINITY);
        let limit = files.map_or(String::new(), |files| format!("ulimit -n {files}; "));
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("{limit}exec \"$0\" \"$@\"")])
            .arg(env!("CARGO_BIN_EXE_realtime-server"))
            .args(["--listen", "127.0.0.1:0", "--log-level", "error"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        for (name, _) in std::env::vars() {
            if name.starts_with("REALTIME_") {
                command.env_remove(name);
            }
        }
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .map(Result::unwrap)
            .find_map(|line| line.strip_prefix("listening on http://")?.parse().ok());
        Self {
            child,
            _alone: alone,
            address: address.unwrap(),
        }
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.child.id())
    }

    /// Its memory, in KiB.
    pub(crate) fn resident(&self) -> usize {
        let status = fs::read_to_string(self.proc("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.unwrap()
            .split_whitespace()
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }

    /// Its open files and sockets.
    pub(crate) fn open_files(&self) -> usize {
        fs::read_dir(self.proc("fd")).unwrap().count()
    }

    /// Processor time so far.
    pub(crate) fn spent(&self) -> Duration {
        let stat = fs::read_to_string(self.proc("stat")).unwrap();
        let fields = stat.rsplit_once(") ").unwrap().1;
        let ticks = fields.split(' ').skip(11).take(2);
        // A tick is 10 ms.
        Duration::from_millis(ticks.map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum())
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        soon(TcpStream::connect(self.address)).await.unwrap()
    }

    /// A client for which the kernel holds little.
    pub(crate) async fn connect_narrow(&self) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4 * 1024).unwrap();
        soon(socket.connect(self.address)).await.unwrap()
    }

    /// A plain request, with these further lines.
    pub(crate) fn head(&self, method_and_path: &str, lines: &str) -> String {
        let address = self.address;
        format!("{method_and_path} HTTP/1.1\r\nHost: {address}\r\n{lines}\r\n")
    }

    /// Asserts that its memory has not grown by more than so many MiB since it was `before`.
    pub(crate) fn has_not_grown(&self, before: usize, most: usize) {
        let grown = self.resident().saturating_sub(before) / 1024;
        assert!(grown <= most, "the server grew by {grown} MiB");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After its end there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How many clients take part.
pub(crate) fn clients() -> usize {
    let number = std::env::var("REALTIME_FAULT_CLIENTS");
    number.map_or(1_000, |number| number.parse().unwrap())
}

pub(crate) async fn soon<T>(event: impl Future<Output = T>) -> T {
    let came = timeout(PATIENCE, event).await;
    came.expect("nothing came, and nothing ended")
}

/// Waits until `condition` holds, looking every now and then.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < PATIENCE, "it never came true");
        tick.tick().await;
    }
}

/// Sends as much as the server takes, and no complaint if it takes no more.
pub(crate) async fn push(socket: &mut TcpStream, bytes: &[u8]) {
    let _ = soon(socket.write_all(bytes)).await;
}

/// All that comes until the end. A reset is an end, too.
pub(crate) async fn rest(socket: &mut TcpStream) -> String {
    let mut all = Vec::new();
    while soon(socket.read_buf(&mut all))
        .await
        .is_ok_and(|read| read > 0)
    {}
    String::from_utf8_lossy(&all).into_owned()
}

/// What comes up to the end of the first head.
pub(crate) async fn head(socket: &mut TcpStream) -> String {
    let mut all = Vec::new();
    while !all.ends_with(b"\r\n\r\n") {
        match soon(socket.read_u8()).await {
            Ok(byte) => all.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&all).into_owned()
}
