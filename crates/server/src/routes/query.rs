//! Reading the part of an address after the question mark.

use std::{collections::HashMap, str::FromStr};

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use chrono::NaiveDate;
use model::time::london_midnight;

use crate::{ApiError, store::Filter};

/// The parameters of a request; unknown ones are ignored, of repeated ones the last counts.
pub(super) struct Parameters(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Query::from_request_parts(parts, state)
            .await
            .map(|Query(parameters)| Self(parameters))
            .map_err(|error| ApiError::malformed("", error.body_text()))
    }
}

impl Parameters {
    /// The parameter, unless it is missing or empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// A whole number.
    pub(super) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let parse = |text: &str| {
            let detail = format!("\"{name}\" is a whole number.");
            text.parse().map_err(|_| ApiError::malformed(format!("/{name}"), detail))
        };
        self.text(name).map(parse).transpose()
    }

    /// How many rows: `default` unless told, 1 to `most`.
    pub(super) fn limit(&self, default: u32, most: u32) -> Result<u32, ApiError> {
        match self.number("limit")?.unwrap_or(default) {
            limit if (1..=most).contains(&limit) => Ok(limit),
            _ => Err(ApiError::malformed("/limit", format!("\"limit\" is 1 to {most}."))),
        }
    }

    /// `venue`, `theme`, and the days in London from `from` to `to`, both included.
    pub(super) fn filter(&self, kind: &'static str) -> Result<Filter, ApiError> {
        let from = self.day("from")?;
        let after = self.day("to")?.and_then(|day| day.succ_opt());
        Ok(Filter {
            kind,
            survey: None,
            venue: self.text("venue").map(str::to_owned),
            theme: self.text("theme").map(str::to_owned),
            from: from.map(london_midnight),
            until: after.map(london_midnight),
        })
    }

    /// A day in its ISO form.
    pub(super) fn day(&self, name: &str) -> Result<Option<NaiveDate>, ApiError> {
        let parse = |text: &str| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
                let detail = format!("\"{name}\" is a day like 2026-11-24.");
                ApiError::malformed(format!("/{name}"), detail)
            })
        };
        self.text(name).map(parse).transpose()
    }
}
