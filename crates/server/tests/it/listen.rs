//! The accept loop on a real socket.

use std::time::Duration;

use ::server::listen::{Patience, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use crate::server::Server;

const PUSH_HEAD: &str = "POST /api/v1/push HTTP/1.1\r\nhost: x\r\n\
    content-type: application/json\r\ncontent-length: 14\r\nexpect: 100-continue\r\n\r\n";

async fn listening(patience: Patience) -> (Server, TcpStream, oneshot::Sender<()>, Running) {
    let server = Server::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stop, told) = oneshot::channel();
    let router = server.router();
    let running = tokio::spawn(serve(listener, router, patience, async {
        let _ = told.await;
    }));
    (server, stream, stop, running)
}

type Running = tokio::task::JoinHandle<()>;

async fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    // A reset in place of an end says the same here: the server closed.
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

/// Sends the head of a push and waits for the server's word that it reads the body.
async fn begin_push(stream: &mut TcpStream) {
    stream.write_all(PUSH_HEAD.as_bytes()).await.unwrap();
    until(stream, b"100 Continue\r\n\r\n").await;
}

#[tokio::test]
async fn a_head_that_never_ends_is_not_waited_for() {
    let patience = Patience { head: Duration::from_millis(100), ..Patience::default() };
    let (_server, mut stream, _stop, _running) = listening(patience).await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(5), rest(&mut stream)).await;
    let answer = answer.expect("the connection is closed by the server");
    assert!(!answer.contains("200 OK"), "{answer}");
}

#[tokio::test]
async fn a_quiet_connection_is_closed() {
    let patience = Patience { head: Duration::from_millis(100), ..Patience::default() };
    let (_server, mut stream, _stop, _running) = listening(patience).await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(5), rest(&mut stream)).await;
    assert!(answer.expect("closed by the server").starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_request_in_flight_is_answered_before_the_server_stops() {
    let (_server, mut stream, stop, running) = listening(Patience::default()).await;
    begin_push(&mut stream).await;
    let address = stream.peer_addr().unwrap();
    stop.send(()).unwrap();
    while TcpStream::connect(address).await.is_ok() {}
    assert!(!running.is_finished(), "it waits for the request");
    stream.write_all(b"{\"records\":[]}").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("verdicts"), "{answer}");
    running.await.unwrap();
}

#[tokio::test]
async fn a_request_that_does_not_end_does_not_hold_up_the_stop() {
    let patience = Patience { farewell: Duration::from_millis(100), ..Patience::default() };
    let (_server, mut stream, stop, running) = listening(patience).await;
    begin_push(&mut stream).await;
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), running).await.unwrap().unwrap();
}

#[tokio::test]
async fn where_connections_are_scarce_an_answer_ends_its_own() {
    let patience = Patience { connections: 4, ..Patience::default() };
    let (_server, mut first, _stop, _running) = listening(patience).await;
    let address = first.peer_addr().unwrap();
    ask(&mut first).await;
    let mut second = TcpStream::connect(address).await.unwrap();
    let mut third = TcpStream::connect(address).await.unwrap();
    for stream in [&mut second, &mut third] {
        let answer = ask(stream).await;
        assert!(!answer.contains("connection: close"), "{answer}");
    }
    let mut fourth = TcpStream::connect(address).await.unwrap();
    let answer = ask(&mut fourth).await;
    assert!(answer.contains("connection: close"), "{answer}");
    assert_eq!(rest(&mut fourth).await, "", "and it is closed");
    let answer = ask(&mut second).await;
    assert!(!answer.contains("connection: close"), "there is room again: {answer}");
}

#[tokio::test]
async fn above_the_connections_that_are_served_one_is_told_to_come_back() {
    let patience = Patience { connections: 2, ..Patience::default() };
    let (_server, mut first, _stop, _running) = listening(patience).await;
    let address = first.peer_addr().unwrap();
    begin_push(&mut first).await;
    let mut second = TcpStream::connect(address).await.unwrap();
    begin_push(&mut second).await;

    let mut third = TcpStream::connect(address).await.unwrap();
    let push = PUSH_HEAD.replace("expect: 100-continue\r\n", "");
    third.write_all(push.as_bytes()).await.unwrap();
    third.write_all(b"{\"records\":[]}").await.unwrap();
    let answer = rest(&mut third).await.to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 503 "), "{answer}");
    assert!(answer.contains("\r\nretry-after: ") && answer.contains("/problems/busy"), "{answer}");
    let mut watcher = TcpStream::connect(address).await.unwrap();
    assert!(ask(&mut watcher).await.contains("connection: close"), "it is alive all the same");

    // Whoever was in is served.
    for stream in [&mut first, &mut second] {
        stream.write_all(b"{\"records\":[]}").await.unwrap();
        let answer = until(stream, b"\"verdicts\":[]}").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
}

/// Asks whether the server is alive and gives its answer.
async fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    until(stream, b"\r\n\r\nok\n").await.to_ascii_lowercase()
}

/// Reads as far as these bytes.
async fn until(stream: &mut TcpStream, end: &[u8]) -> String {
    let mut seen = Vec::new();
    while !seen.ends_with(end) {
        seen.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(seen).unwrap()
}

#[tokio::test]
async fn an_address_gets_no_more_than_its_share_of_connections() {
    let patience = Patience { from_here: 1, ..Patience::default() };
    let (_server, mut first, _stop, _running) = listening(patience).await;
    begin_push(&mut first).await;
    let mut second = TcpStream::connect(first.peer_addr().unwrap()).await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(5), rest(&mut second)).await;
    assert_eq!(answer.expect("closed by the server"), "");
    first.write_all(b"{\"records\":[]}").await.unwrap();
    let mut answer = vec![0; 15];
    first.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 200 OK");
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let (_server, mut stream, _stop, _running) = listening(Patience::default()).await;
    let head = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "x".repeat(80_000));
    // The server may close before it has read everything.
    let _ = stream.write_all(head.as_bytes()).await;
    let answer = tokio::time::timeout(Duration::from_secs(5), rest(&mut stream)).await;
    assert!(!answer.expect("closed by the server").contains("200 OK"));
}
