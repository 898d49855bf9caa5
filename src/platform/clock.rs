//! The tablet's clock. It may be wrong by years and is never used to order anything.

use model::time::Millis;

/// Now, by the tablet's clock.
pub fn now() -> Millis {
    Millis(js_sys::Date::now() as i64)
}
