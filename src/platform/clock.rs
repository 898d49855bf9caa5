//! The tablet's clock. It may be wrong by years and is never used to order anything.

use model::time::Millis;

/// Now, by the tablet's clock.
pub fn now() -> Millis {
    Millis(js_sys::Date::now() as i64)
}

/// Minutes that the clock on the wall is ahead of UTC, by the tablet's own zone.
pub fn offset() -> i32 {
    -js_sys::Date::new_0().get_timezone_offset() as i32
}
