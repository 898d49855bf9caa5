//! A captive portal: something on the server's address that answers everything with its own
//! page, as the Wi-Fi of a café does until one has agreed to its terms.

use anyhow::Result;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use crate::Server;

/// The portal, until it is dropped.
pub struct Portal {
    task: JoinHandle<()>,
}

impl Portal {
    /// Takes the address of a stopped server.
    ///
    /// # Errors
    /// If the server still has it.
    pub async fn in_place_of(server: &Server) -> Result<Self> {
        let listener = TcpListener::bind(server.address()).await?;
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = vec![0; 65_536];
                    // What is asked makes no difference.
                    if stream.read(&mut request).await.is_ok() {
                        stream.write_all(ANSWER.as_bytes()).await.ok();
                        stream.shutdown().await.ok();
                    }
                });
            }
        });
        Ok(Self { task })
    }

    /// Gives the address back.
    pub async fn close(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const ANSWER: &str = "HTTP/1.1 200 OK\r\n\
    content-type: text/html\r\n\
    content-length: 56\r\n\
    connection: close\r\n\r\n\
    <!doctype html><title>Wi-Fi</title><h1>Please agree</h1>";
