//! What a request says about the form it wants and what it has already.

use axum::http::{HeaderMap, HeaderName, header};

/// Whether the other side reads `coding` (RFC 9110, 12.5.3). One that names it with a weight of 0
/// does not.
pub(super) fn takes(headers: &HeaderMap, coding: &str) -> bool {
    listed(headers, header::ACCEPT_ENCODING).any(|accepted| {
        let mut parts = accepted.split(';').map(str::trim);
        parts.next() == Some(coding)
            && !parts
                .any(|weight| weight.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32)))
    })
}

/// Whether the other side has what `tag` names, which stands in quotation marks.
pub(super) fn has_already(headers: &HeaderMap, tag: &str) -> bool {
    listed(headers, header::IF_NONE_MATCH)
        .map(|known| known.trim_start_matches("W/"))
        .any(|known| known == tag || known == "*")
}

fn listed(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}
