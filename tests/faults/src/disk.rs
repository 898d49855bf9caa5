//! A small file system of a test's own, which can be filled up.
//!
//! It is mounted in a namespace of its own: nobody else sees it, and it goes with the process
//! that holds it, however the test ends. Where the machine does not allow that, there is no such
//! disk, and the reason says so.

use std::{
    ffi::OsString,
    fs::File,
    io::{BufRead, BufReader, ErrorKind, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// Which file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// tmpfs: in memory, and every user of the machine may have one.
    Memory,
    /// ext4 in a file: as real disks have it, with a journal, and room that is promised before
    /// it is taken. Root alone may mount it.
    Ext4,
}

impl Kind {
    /// Mounts on `$1` so many bytes as `$2` says, by the image `$3`; tells that it has, and stays
    /// until the test lets go of the pipe.
    fn hold(self) -> &'static str {
        match self {
            Self::Memory => {
                r#"mount -t tmpfs -o size="$2" tmpfs "$1" && echo mounted && cat > /dev/null"#
            }
            Self::Ext4 => {
                r#"truncate -s "$2" "$3" && mkfs.ext4 -q -m 0 "$3" &&
                mount -o loop "$3" "$1" && echo mounted && cat > /dev/null"#
            }
        }
    }
}

/// A disk, until it is dropped.
#[derive(Debug)]
pub struct Disk {
    holder: Child,
    home: TempDir,
    /// As nobody of privilege, in a user namespace of its own.
    user: bool,
}

impl Disk {
    /// A disk of so many bytes; or why there is none.
    ///
    /// # Errors
    /// If the directory it is to be mounted on cannot be made.
    pub fn of(kind: Kind, bytes: u64) -> Result<std::result::Result<Self, String>> {
        let mut why = String::new();
        // Root mounts as it is; others may in a user namespace, where the machine allows it.
        for user in [false, true] {
            let home = TempDir::with_prefix("faults-disk-")?;
            std::fs::create_dir(mount_in(&home))?;
            match hold(kind, &home, bytes, user) {
                Ok(holder) => return Ok(Ok(Self { holder, home, user })),
                Err(error) => why = format!("{error:#}"),
            }
        }
        Ok(Err(why))
    }

    /// The disk as a process sees it that is started by [`Disk::enter`].
    pub fn inside(&self) -> PathBuf {
        mount_in(&self.home)
    }

    /// The disk as everybody else sees it.
    pub fn outside(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        let inside = self.inside();
        root.join(inside.strip_prefix("/").unwrap_or(&inside))
    }

    /// What to put before a program for it to see the disk.
    pub fn enter(&self) -> Vec<OsString> {
        let mut enter = vec!["nsenter".to_owned(), format!("--target={}", self.holder.id())];
        if self.user {
            enter.extend(["--user".to_owned(), "--preserve-credentials".to_owned()]);
        }
        enter.extend(["--mount".to_owned(), "--".to_owned()]);
        enter.into_iter().map(OsString::from).collect()
    }

    /// Fills it to the last byte, and gives how many there were.
    ///
    /// # Errors
    /// If the system refuses for another reason than a full disk.
    pub fn fill(&self) -> Result<u64> {
        let mut ballast = File::options().create(true).append(true).open(self.ballast())?;
        let mut written = 0;
        for piece in [65_536, 4_096, 64, 1] {
            let piece = vec![0; piece];
            loop {
                match ballast.write(&piece) {
                    Ok(count) => written += count as u64,
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error).context("filling the disk"),
                }
            }
        }
        Ok(written)
    }

    /// Frees what [`Disk::fill`] took.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn free(&self) -> Result<()> {
        std::fs::remove_file(self.ballast()).context("freeing the disk")
    }

    fn ballast(&self) -> PathBuf {
        self.outside().join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}

fn mount_in(home: &TempDir) -> PathBuf {
    home.path().join("disk")
}

fn hold(kind: Kind, home: &TempDir, bytes: u64, user: bool) -> Result<Child> {
    let mut holder = Command::new("unshare")
        .args(if user { &["-r", "-m"][..] } else { &["-m"] })
        .args(["sh", "-c", kind.hold(), "sh"])
        .arg(mount_in(home))
        .arg(bytes.to_string())
        .arg(home.path().join("image"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("no program unshare")?;
    let mut said = String::new();
    if let Some(output) = holder.stdout.take() {
        BufReader::new(output).read_line(&mut said)?;
    }
    if said.trim() == "mounted" {
        return Ok(holder);
    }
    let told = holder.wait_with_output()?;
    anyhow::bail!("{}", String::from_utf8_lossy(&told.stderr).trim())
}
