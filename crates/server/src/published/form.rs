//! Bytes that never change, in the forms that they travel in.

use std::{
    io::{self, Read as _, Write as _},
    sync::OnceLock,
};

use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};

/// Brotli's best quality, since each segment is compressed once and sent to every tablet: a tenth of
/// a second for 64 KiB.
const QUALITY: i32 = 11;
/// Brotli's window as a power of two: 256 KiB, into which a segment fits. The usual one of 4 MiB would take
/// tens of MiB of memory for nothing.
const WINDOW: i32 = 18;

/// Some bytes, kept compressed only: as they are they would be four times as much memory, and hardly
/// anybody asks for them so.
#[derive(Debug)]
pub struct Form {
    /// What names the bytes, the same on every server.
    pub tag: String,
    gzip: Bytes,
    brotli: OnceLock<Bytes>,
}

impl Form {
    /// Compresses `bytes` with gzip, which is quick.
    ///
    /// # Errors
    /// None in practice: it writes to memory.
    pub fn new(tag: String, bytes: &[u8]) -> io::Result<Self> {
        let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::best());
        encoder.write_all(bytes)?;
        Ok(Self { tag, gzip: encoder.finish()?.into(), brotli: OnceLock::new() })
    }

    /// Compresses the bytes with brotli, unless that was done.
    ///
    /// # Errors
    /// None in practice: it reads and writes memory.
    pub fn squeeze(&self) -> io::Result<()> {
        if self.brotli.get().is_none() {
            let mut out = Vec::with_capacity(self.gzip.len());
            let params =
                BrotliEncoderParams { quality: QUALITY, lgwin: WINDOW, ..Default::default() };
            brotli::BrotliCompress(&mut self.plain()?.as_slice(), &mut out, &params)?;
            // Whoever was faster made the same.
            let _ = self.brotli.set(out.into());
        }
        Ok(())
    }

    /// Compressed with brotli, a fifth smaller than gzip; `None` until that is done.
    pub fn brotli(&self) -> Option<&Bytes> {
        self.brotli.get()
    }

    /// Compressed with gzip.
    pub fn gzip(&self) -> &Bytes {
        &self.gzip
    }

    /// As they are.
    ///
    /// # Errors
    /// None in practice: it reads what [`Form::new`] wrote.
    pub fn plain(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        GzDecoder::new(self.gzip.as_ref()).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
