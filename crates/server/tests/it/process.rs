//! The program itself: it is killed, started again, and watched for what it writes down.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    postgres,
    server::content,
    submissions::{envelope, feedback},
};

const WORDS: &str = "The bus stops too early in Chadwell";

struct Process {
    child: Child,
    address: String,
    password: Option<String>,
    log: JoinHandle<String>,
}

impl Process {
    /// Starts `together serve` and waits until it says where it is.
    fn start(dir: &Path) -> Self {
        Self::start_on(dir, "")
    }

    /// The same on the database at `url`, if it is not empty.
    fn start_on(dir: &Path, url: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_together"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .arg("--data")
            .arg(dir.join("data"))
            .arg("--content")
            .arg(dir.join("content"))
            .env("TOGETHER_DATABASE_URL", url)
            .env_remove("TOGETHER_ADMIN_PASSWORD")
            .env("RUST_LOG", "debug")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).unwrap();
            log
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut address, mut password) = (None, None);
        for line in lines.by_ref().map(Result::unwrap) {
            if let Some((_, at)) = line.split_once("Communities Together is at http://") {
                address = Some(at.to_owned());
            }
            if line.starts_with("Staff sign in at") {
                password = line.split_once("with the password ").map(|(_, p)| p.to_owned());
                break;
            }
        }
        Self { child, address: address.expect("the server says where it is"), password, log }
    }

    /// Kills it as a power cut would and gives what it logged.
    fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.join().unwrap()
    }

    fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

/// One request on a connection of its own; `None` if the server went away during it.
fn post(address: &str, path: &str, body: &Value) -> Option<Value> {
    let body = body.to_string();
    let mut stream = TcpStream::connect(address).ok()?;
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}

fn directory() -> TempDir {
    let dir = TempDir::new().unwrap();
    let content_dir = dir.path().join("content");
    std::fs::create_dir_all(&content_dir).unwrap();
    for file in content() {
        std::fs::write(content_dir.join(file.name), file.text).unwrap();
    }
    dir
}

fn numbered(number: usize) -> Value {
    let mut record = feedback(0, WORDS)["record"].clone();
    record["id"] = json!(format!("0190a5b4-0000-7000-8000-{number:012}"));
    envelope(record)
}

#[test]
fn what_was_acknowledged_survives_a_kill_and_comes_back_alike() {
    survives_a_kill("");
}

#[test]
fn on_postgresql_too() {
    if let Some(url) = postgres::database() {
        survives_a_kill(&url);
    }
}

fn survives_a_kill(url: &str) {
    let dir = directory();
    let mut process = Process::start_on(dir.path(), url);
    let acknowledged = Mutex::new(BTreeMap::new());
    let next = AtomicUsize::new(0);
    let push = |address: &str| loop {
        let first = next.fetch_add(5, Ordering::Relaxed);
        let records: Vec<_> = (first..first + 5).map(numbered).collect();
        let Some(answer) = post(address, "/api/v1/push", &json!({ "records": records })) else {
            return;
        };
        let mut all = acknowledged.lock().unwrap();
        for (number, verdict) in (first..).zip(answer["verdicts"].as_array().unwrap()) {
            assert_eq!(verdict["verdict"], "received");
            all.insert(number, verdict.clone());
        }
    };
    let address = process.address.clone();
    let log = std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| push(&address));
        }
        while acknowledged.lock().unwrap().len() < 200 {
            assert!(process.is_running());
            std::thread::yield_now();
        }
        process.kill()
    });
    assert!(!log.contains(WORDS) && !log.contains("grays-library"), "words are in the log");
    assert!(log.contains("\"answered\""), "{log}");

    assert_eq!(dir.path().join("data").exists(), url.is_empty());
    assert!(!log.contains("postgres://"), "the URL holds a password");

    let again = Process::start_on(dir.path(), url);
    assert_eq!(again.password, None, "the account is made once");
    let acknowledged = acknowledged.into_inner().unwrap();
    for (numbers, before) in chunks(&acknowledged) {
        let records: Vec<_> = numbers.into_iter().map(numbered).collect();
        let push = json!({ "records": records });
        let answer = post(&again.address, "/api/v1/push", &push).unwrap();
        assert_eq!(answer["verdicts"], Value::Array(before));
    }
    again.kill();
}

fn chunks(all: &BTreeMap<usize, Value>) -> Vec<(Vec<usize>, Vec<Value>)> {
    let pairs: Vec<_> = all.iter().collect();
    pairs
        .chunks(100)
        .map(|chunk| chunk.iter().map(|(number, verdict)| (**number, (*verdict).clone())).unzip())
        .collect()
}

#[test]
fn a_first_start_tells_a_password_once_and_keeps_it_out_of_the_log() {
    let dir = directory();
    let process = Process::start(dir.path());
    let password = process.password.clone().expect("a password was made");
    assert_eq!(password.len(), 23);
    let sign_in = json!({"name": "admin", "password": password});
    let answer = post(&process.address, "/api/v1/session", &sign_in).unwrap();
    assert_eq!(answer, json!({"name": "admin"}));
    let second = Command::new(env!("CARGO_BIN_EXE_together"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(dir.path().join("data"))
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8(second.stderr).unwrap();
    assert!(told.contains("is used by a running server"), "{told}");
    assert!(!process.kill().contains(&password));
}

#[test]
fn a_faulty_import_ends_with_1_and_every_line() {
    let dir = directory();
    let events = dir.path().join("events.csv");
    std::fs::write(&events, "id,title,minutes\none,One,sixty\ntwo,Two,\n").unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_together"))
        .arg("import")
        .arg(&events)
        .arg("--data")
        .arg(dir.path().join("data"))
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1));
    let told = String::from_utf8(run.stderr).unwrap();
    assert!(told.contains("2 faults found, nothing was imported"), "{told}");
    assert!(told.contains("events.csv:2: minutes: Give a whole number."), "{told}");
    assert!(told.contains("events.csv:3: summary: "), "{told}");
}

fn together(url: &str, args: &[&str]) -> (bool, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_together"))
        .args(args)
        .env("TOGETHER_DATABASE_URL", url)
        .output()
        .unwrap();
    let told = [run.stdout, run.stderr].concat();
    (run.status.success(), String::from_utf8(told).unwrap())
}

#[test]
fn every_command_works_on_postgresql_or_says_what_does() {
    let Some(url) = postgres::database() else { return };
    let dir = directory();
    let content = dir.path().join("content");
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let good = |args: &[&str]| {
        let (done, told) = together(&url, args);
        assert!(done, "{args:?}: {told}");
        told
    };
    assert_eq!(good(&["migrate"]), "The tables are up to date.\n");
    assert!(good(&["import", &path(&content)]).contains("9 records are new"));
    assert!(good(&["staff", "add", "ana"]).contains("ana signs in with the password "));
    assert_eq!(good(&["staff", "list"]), "ana\n");
    assert!(good(&["export", "content", "--out", &path(dir.path())]).contains("event.json"));
    assert!(good(&["export", "feedback"]).contains("reference"));
    let checked = good(&["check-config", "--listen", "127.0.0.1:0"]);
    assert!(checked.contains("PostgreSQL has 9 records and 0 submissions"), "{checked}");
    assert!(good(&["new-epoch"]).contains("A new history began."));

    let file = path(&dir.path().join("backup"));
    for (args, word) in [(["backup", &file], "pg_dump"), (["restore", &file], "pg_restore")] {
        let (done, told) = together(&url, &args);
        assert!(!done && told.contains(word) && told.contains("together new-epoch"), "{told}");
    }
    let (done, told) = together("postgres://together:secret@127.0.0.1:1/none", &["migrate"]);
    assert!(!done && told.contains("check that it runs") && !told.contains("secret"), "{told}");
    let (done, told) = together(&format!("{url}_none"), &["migrate"]);
    assert!(!done && told.contains("create the database"), "{told}");
}
