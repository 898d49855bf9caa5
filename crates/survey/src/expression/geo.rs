//! Places on Earth: `area`, `distance` and `geofence` (ODK XForms 1.0.0, "Geographic Functions").

use super::{function::Simple, value::number_of};

/// Metres; the radius at the Equator that ODK takes.
const RADIUS: f64 = 6_378_100.0;

/// A point in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    latitude: f64,
    longitude: f64,
}

/// The points of texts such as `51.5 -0.1 0 0; 51.6 -0.1 0 0`; none if one of them is no point.
pub(super) fn points(texts: &[String]) -> Option<Vec<Point>> {
    let parts = texts.iter().flat_map(|text| text.trim().trim_end_matches(';').split(';'));
    parts.map(point).collect()
}

fn point(text: &str) -> Option<Point> {
    let numbers: Vec<f64> = text.split_whitespace().map(number_of).collect();
    let (latitude, longitude) = (*numbers.first()?, *numbers.get(1)?);
    let good = numbers.len() <= 4 && latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    good.then_some(Point { latitude, longitude })
}

fn hundredths(metres: f64) -> f64 {
    libm::round(metres.abs() * 100.0) / 100.0
}

/// The length in metres of the way from point to point, to the centimetre.
pub(super) fn distance(points: &[Point]) -> f64 {
    let leg = |pair: &[Point]| {
        let [a, b] = pair else { return 0.0 };
        let (from, to) = (a.latitude.to_radians(), b.latitude.to_radians());
        let turn = (a.longitude - b.longitude).to_radians();
        let cosine =
            libm::sin(from) * libm::sin(to) + libm::cos(from) * libm::cos(to) * libm::cos(turn);
        // Rounding may go past 1 where both are the same.
        RADIUS * libm::acos(cosine.clamp(-1.0, 1.0))
    };
    if points.len() < 2 { f64::NAN } else { hundredths(points.windows(2).map(leg).sum()) }
}

/// The area in square metres inside of the points, to the hundredth. It is closed if the last is not the first.
pub(super) fn area(points: &[Point]) -> f64 {
    let side = |(a, b): (&Point, &Point)| {
        let sines = libm::sin(a.latitude.to_radians()) + libm::sin(b.latitude.to_radians());
        (b.longitude - a.longitude).to_radians() * (2.0 + sines)
    };
    if points.len() < 2 {
        return f64::NAN;
    }
    let next = points.iter().cycle().skip(1);
    hundredths(points.iter().zip(next).map(side).sum::<f64>() * RADIUS * RADIUS / 2.0)
}

/// `geofence(point, shape)`: whether the point lies inside of the shape.
pub(super) fn geofence(texts: &[String]) -> Simple {
    let [place, shape] = texts else { return Simple::Truth(false) };
    let (Some(place), Some(shape)) = (point(place), points(std::slice::from_ref(shape))) else {
        return Simple::Truth(false);
    };
    // A ray to the east crosses the border an odd number of times.
    let crosses = |(a, b): &(&Point, &Point)| {
        let along = (place.latitude - a.latitude) / (b.latitude - a.latitude);
        (a.latitude > place.latitude) != (b.latitude > place.latitude)
            && place.longitude < a.longitude + along * (b.longitude - a.longitude)
    };
    let next = shape.iter().cycle().skip(1);
    Simple::Truth(shape.iter().zip(next).filter(crosses).count() % 2 == 1)
}
