//! A running server process, which does not outlive the test.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{PgError, Programs, account::Account};

/// A cold start with recovery on a slow disk takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts the server, tells its number, and ends it when the test lets go of the pipe: at the
/// end of the test, and just as well when the test is killed. Then nobody is left to tidy up,
/// so without the word to keep it the directory goes too.
const WATCH: &str = r#"home=$1; shift; "$@" & pid=$!; echo $pid
read word; kill -QUIT $pid; wait $pid; [ "$word" = keep ] || rm -rf "$home""#;

#[derive(Debug)]
pub(crate) struct Running {
    watch: Child,
    postgres: u32,
}

impl Running {
    /// Starts `postgres` on the data directory and waits until it takes connections.
    pub(crate) fn start(
        programs: &Programs,
        account: Account,
        data: &Path,
        port: u16,
        settings: &[String],
    ) -> Result<Self, PgError> {
        let log = data.with_extension("log");
        let failed = |error| PgError::File { path: log.clone(), error };
        let file = File::create(&log).map_err(failed)?;
        let mut command = Command::new("sh");
        command
            .args(["-c", WATCH, "sh"])
            .arg(data.parent().unwrap_or(data))
            .arg(programs.path("postgres"))
            .arg("-D")
            .arg(data)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-c", &format!("port={port}")]);
        for setting in settings {
            command.args(["-c", setting]);
        }
        let mut watch = account
            .runs(&mut command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .map_err(failed)?;
        let mut number = String::new();
        if let Some(told) = watch.stdout.take() {
            BufReader::new(told).read_line(&mut number).map_err(failed)?;
        }
        let running = Self { watch, postgres: number.trim().parse().unwrap_or_default() };
        running.wait_ready(&log)?;
        Ok(running)
    }

    fn wait_ready(&self, log: &Path) -> Result<(), PgError> {
        let started = Instant::now();
        loop {
            let told = fs::read_to_string(log).unwrap_or_default();
            // "… to accept connections", and of a standby "… to accept read-only connections".
            if told.contains("database system is ready to accept") {
                return Ok(());
            }
            let gone = !Path::new("/proc").join(self.postgres.to_string()).exists();
            if gone || started.elapsed() > PATIENCE {
                let log = told.lines().rev().take(10).collect::<Vec<_>>();
                let log = log.into_iter().rev().collect::<Vec<_>>().join("\n");
                return Err(PgError::NotReady { seconds: started.elapsed().as_secs(), log });
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// Ends all its processes as a power cut would, and returns when none is left.
    pub(crate) fn kill(mut self) {
        // The first process makes the others. Stopped, it makes no more, so that the list of them
        // is whole; and it starts none again when they are gone.
        signal("-STOP", &[self.postgres]);
        until(|| !matches!(state_and_parent(self.postgres), Some((state, _)) if state != 'T'));
        let mut all = children_of(self.postgres);
        all.push(self.postgres);
        signal("-KILL", &all);
        // One that is still there would keep a new server from starting on its data.
        until(|| all.iter().all(|number| state_and_parent(*number).is_none()));
        self.end();
    }

    /// Lets go of the pipe and waits for the end. The directory stays: its owner may start
    /// the server again.
    fn end(&mut self) {
        if let Some(mut pipe) = self.watch.stdin.take() {
            let _ = pipe.write_all(b"keep\n");
        }
        let _ = self.watch.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

fn signal(name: &str, processes: &[u32]) {
    let processes = processes.iter().map(u32::to_string);
    let _ = Command::new("kill").arg(name).args(processes).stderr(Stdio::null()).status();
}

/// Looks again and again; what the system does with a signal takes it no time worth naming.
fn until(condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() && started.elapsed() < PATIENCE {
        sleep(Duration::from_millis(1));
    }
}

/// What a process does, like `S` or `T`, and who started it. One that has ended is none, even if
/// nobody has asked how.
fn state_and_parent(process: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The fields after the name, which stands in brackets.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.chars().next()?;
    let parent = fields.next()?.parse().ok()?;
    (!matches!(state, 'Z' | 'X')).then_some((state, parent))
}

/// The processes that a process started.
fn children_of(parent: u32) -> Vec<u32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|number| matches!(state_and_parent(*number), Some((_, its)) if its == parent))
        .collect()
}
