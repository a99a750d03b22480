//! A server in a process of its own that is measured from outside (Linux).

use std::{error::Error, fs, process::Child, time::Duration};

/// What the kernel counts processor time in: 10 ms.
const TICK: Duration = Duration::from_millis(10);

/// A process, which ends with this.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    /// Processor time so far, the kernel's part of it included.
    pub(crate) fn processor_time(&self) -> Result<Duration, Box<dyn Error + Send + Sync>> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        // The name of the program may hold spaces; what follows its bracket does not.
        let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
        let mut times = fields.split(' ').skip(11).take(2).map(str::parse::<u32>);
        match (times.next(), times.next()) {
            (Some(user), Some(system)) => Ok(TICK * (user? + system?)),
            _ => Err("the server has ended".into()),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
