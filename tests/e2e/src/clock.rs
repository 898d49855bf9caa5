//! A page's long timers, rung by hand: nobody waits five minutes in a test.

use anyhow::Result;

use crate::Browser;

/// Timers from this many milliseconds on are held back; shorter ones belong to animations and requests.
const LONG: u32 = 30_000;

/// Holds the page's long timers back. They are the page's own and do what they would do; only when they do it is ours
/// to say.
///
/// # Errors
/// If the page cannot be reached.
pub async fn hold(browser: &Browser) -> Result<()> {
    let script = "const [long] = arguments;
        const { setTimeout, clearTimeout } = window;
        const held = window.heldTimers = new Map();
        let last = 1e9;
        window.setTimeout = (work, after, ...rest) => {
            if (!(after >= long)) return setTimeout(work, after, ...rest);
            held.set(++last, { work: () => work(...rest), after });
            return last;
        };
        window.clearTimeout = (id) => held.delete(id) || clearTimeout(id);";
    browser.run(script, &[LONG.into()]).await.map(drop)
}

/// Rings every timer that was set for so many milliseconds and is still wanted; gives how many.
///
/// # Errors
/// If the page cannot be reached.
pub async fn ring(browser: &Browser, after: u32) -> Result<u64> {
    let script = "const [after] = arguments;
        const due = [...window.heldTimers].filter(([, timer]) => timer.after === after);
        for (const [id, { work }] of due) if (window.heldTimers.delete(id)) work();
        return due.length";
    Ok(browser.run(script, &[after.into()]).await?.as_u64().unwrap_or_default())
}
