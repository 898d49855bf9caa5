//! How many files this process may open: each connection is one.

/// Asks the system for so many, and gives how many it allows.
#[cfg(unix)]
pub(crate) fn allow(files: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let wanted = u64::try_from(files).unwrap_or(u64::MAX);
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    let mut allowed = limit.current.unwrap_or(u64::MAX);
    if allowed < wanted && allowed < most {
        let raised = wanted.min(most);
        let raise = Rlimit { current: Some(raised), maximum: limit.maximum };
        match setrlimit(Resource::Nofile, raise) {
            Ok(()) => allowed = raised,
            Err(error) => tracing::warn!(%error, "the limit of files was not raised"),
        }
    }
    usize::try_from(allowed).unwrap_or(usize::MAX)
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
pub(crate) fn allow(files: usize) -> usize {
    files
}
