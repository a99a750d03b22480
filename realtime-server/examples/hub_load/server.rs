use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{ChildStdout, Command, Stdio},
};

use super::{Failure, process::Process};

/// The server in a process of its own, which ends with this.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) process: Process,
    /// Kept open, so that the server can always write.
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts `program` and waits until it listens.
    pub(crate) fn start(program: &Path) -> Result<Self, Failure> {
        let mut process = Command::new(program)
            .args(["--listen", "127.0.0.1:0", "--log-level", "warn"])
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("no standard output")?;
        let mut output = BufReader::new(output);
        let address = loop {
            let mut line = String::new();
            if output.read_line(&mut line)? == 0 {
                return Err("the server ended at once".into());
            }
            if let Some((_, address)) = line.split_once("listening on http://") {
                break address.trim().parse()?;
            }
        };
        Ok(Self {
            address,
            process: Process(process),
            _output: output,
        })
    }

    /// Memory that is in use.
    pub(crate) fn resident_kib(&self) -> Result<u64, Failure> {
        kib(&format!("/proc/{}/status", self.process.0.id()), "VmRSS:")
    }
}

/// What the kernel holds in objects, of all processes.
pub(crate) fn slab_kib() -> Result<u64, Failure> {
    kib("/proc/meminfo", "Slab:")
}

fn kib(path: &str, name: &str) -> Result<u64, Failure> {
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
    let line = lines.next().ok_or("no such number")?;
    let number = line.split_whitespace().next().ok_or("no such number")?;
    Ok(number.parse()?)
}
