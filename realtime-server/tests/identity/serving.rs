//! The built binary as a serving process, and files for it.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::{self, JoinHandle},
};

use tokio::task;

use crate::support::{
    client::{Answer, Client},
    soon,
};

/// A folder of files that is gone after the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left over is in the way of nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_realtime-server"));
    command
        .args(["--listen", "127.0.0.1:0"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, _) in std::env::vars() {
        if name.starts_with("REALTIME_") {
            command.env_remove(name);
        }
    }
    command.envs(environment.iter().copied());
    command
}

/// A serving process; it is killed if the test fails.
pub(crate) struct Serving {
    child: Child,
    pub(crate) address: SocketAddr,
    banner: String,
    /// Reads all the time: a full pipe would stop the server.
    log: Option<JoinHandle<String>>,
}

impl Serving {
    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = command(arguments, environment).spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut banner = String::new();
        let address = loop {
            let mut line = String::new();
            assert!(out.read_line(&mut line).unwrap() > 0, "{banner}");
            banner.push_str(&line);
            if let Some(address) = line.trim().strip_prefix("listening on http://") {
                break address.parse().unwrap();
            }
        };
        Self {
            child,
            address,
            banner,
            log: Some(log),
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it; gives all that it has written.
    pub(crate) async fn told(mut self) -> String {
        self.signal("TERM");
        let log = self.log.take().unwrap();
        let log = soon(task::spawn_blocking(|| log.join().unwrap())).await;
        format!("{}{}", self.banner, log.unwrap())
    }

    pub(crate) async fn ask(&self, line: &str, fields: &str, body: &str) -> Answer {
        let mut client = Client::connect(self.address).await;
        let fields = format!("Content-Length: {}\r\n{fields}", body.len());
        client.request(line, &fields).await;
        client.send(body).await;
        client.head().await
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may be over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
