//! Large answers that many tablets ask for, compressed once and well.
//!
//! The first page of the catalogue is a twentieth of a first visit. At the quality that compressing each answer anew
//! allows it is a quarter larger.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;
use model::Hash;
use tokio::sync::Mutex;

/// Smaller answers are compressed as they go out.
const WORTH_KEEPING: usize = 16 * 1024;
/// Larger ones would take seconds at the best quality; no page of the catalogue is.
const TOO_LARGE: usize = 4 * 1024 * 1024;
/// Brotli's best quality: 0.2 s for the content that ships, once for each change of it.
const QUALITY: i32 = 11;
/// Answers kept: the pages of the newest catalogue, and some of the one before. At most 32 times 4 MiB before
/// compression, a few MiB in fact.
const KEPT: usize = 32;

/// The compressed answers, newest last.
#[derive(Debug, Clone, Default)]
pub struct Packed {
    kept: Arc<Mutex<VecDeque<(Hash, Bytes)>>>,
}

impl Packed {
    /// `body` compressed with brotli; none if it is not worth keeping. Who asks while it is being compressed waits: a
    /// thousand tablets at once cost one compression.
    pub async fn brotli(&self, body: &Bytes) -> Option<Bytes> {
        if !(WORTH_KEEPING..TOO_LARGE).contains(&body.len()) {
            return None;
        }
        let hash = Hash::of(body);
        let mut kept = self.kept.lock().await;
        if let Some((_, packed)) = kept.iter().find(|(of, _)| *of == hash) {
            return Some(packed.clone());
        }
        let body = body.clone();
        let packed = tokio::task::spawn_blocking(move || compress(&body)).await.ok()??;
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((hash, packed.clone()));
        Some(packed)
    }
}

fn compress(body: &[u8]) -> Option<Bytes> {
    let mut out = Vec::with_capacity(body.len() / 4);
    let params = brotli::enc::BrotliEncoderParams { quality: QUALITY, ..Default::default() };
    let packed = brotli::BrotliCompress(&mut &*body, &mut out, &params);
    packed.inspect_err(|error| tracing::warn!(%error, "an answer was not compressed")).ok()?;
    Some(Bytes::from(out))
}
