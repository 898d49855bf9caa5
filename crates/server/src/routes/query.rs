//! Reading the part of an address after the question mark.

use std::{collections::HashMap, str::FromStr};

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use chrono::NaiveDate;
use model::time::london_midnight;

use crate::{
    ApiError,
    results::{Days, Dimension, Selection},
    store::Filter,
};

/// What narrows results and exports, beside the days.
const NARROWING: [(&str, Dimension); 6] = [
    ("venue", Dimension::Venue),
    ("ward", Dimension::Ward),
    ("area", Dimension::Area),
    ("language", Dimension::Language),
    ("version", Dimension::Version),
    ("partial", Dimension::Partial),
];

/// The parameters of a request; of repeated ones the last counts. Unknown ones are ignored but where [`Parameters::only`]
/// is asked.
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
        let (from, to) = self.days()?;
        let after = to.and_then(|day| day.succ_opt());
        Ok(Filter {
            kind,
            survey: None,
            venue: self.text("venue").map(str::to_owned),
            theme: self.text("theme").map(str::to_owned),
            from: from.map(london_midnight),
            until: after.map(london_midnight),
        })
    }

    /// Refuses what is none of `known`: who asks for a part must not be given the whole because of a slip in a name.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        let mut names: Vec<&String> = self.0.keys().collect();
        names.sort();
        match names.into_iter().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let known = known.join(", ");
                let detail = format!("There is no \"{name}\" here. There are: {known}.");
                Err(ApiError::malformed(format!("/{name}"), detail))
            }
        }
    }

    /// Whose responses are meant, the same for results and for exports. Refuses parameters that are neither that nor
    /// `more`.
    pub(super) fn selection(&self, more: &[&str]) -> Result<Selection, ApiError> {
        let mut known: Vec<&str> = NARROWING.iter().map(|(name, _)| *name).collect();
        known.extend(["from", "to"]);
        known.extend(more);
        self.only(&known)?;
        self.number::<u32>("version")?;
        if self.text("partial").is_some_and(|text| !["yes", "no"].contains(&text)) {
            return Err(ApiError::malformed("/partial", "\"partial\" is yes or no."));
        }
        let filters = NARROWING
            .into_iter()
            .filter_map(|(name, dimension)| Some((dimension, self.text(name)?.to_owned())));
        Ok(Selection { filters: filters.collect(), days: self.days()? })
    }

    /// From which day to which.
    fn days(&self) -> Result<Days, ApiError> {
        let (from, to) = (self.day("from")?, self.day("to")?);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            let detail = "\"to\" is the last day. It comes before the first, \"from\".";
            return Err(ApiError::malformed("/to", detail));
        }
        Ok((from, to))
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
