//! The `type` column: every spelling that pyxform takes, by the name that a definition has for it.

/// What a type column says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `begin group`, `begin repeat`, `begin loop over LIST`.
    Begin(Control, Option<String>),
    /// `end group` ...
    End(Control),
    /// A question that picks from a list.
    Select {
        /// `select_one`, `select_multiple` or `rank`.
        kind: &'static str,
        /// The list's name, a file's name or `${repeat question}`.
        list: String,
        /// The list is on the sheet external_choices.
        external: bool,
        /// "or specify other" follows.
        or_other: bool,
        /// Written as `select_…_from_file`.
        from_file: bool,
    },
    /// Any other question.
    Plain(Plain),
    /// `csv-external`, `xml-external`: a file to look things up in, no question; with the ending of its name.
    ExternalFile(&'static str),
    /// `set form title` and the like: the name column holds a setting.
    Setting(&'static str),
}

/// What holds other rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    Group,
    Repeat,
    Loop,
}

impl Control {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Repeat => "repeat",
            Self::Loop => "loop",
        }
    }
}

/// A question without a list, and what its type brings along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Plain {
    /// The type in a definition.
    pub(crate) name: &'static str,
    /// A constraint that the type implies.
    pub(crate) constraint: Option<&'static str>,
    /// A hint that the type implies.
    pub(crate) hint: Option<&'static str>,
    /// What this program cannot do of it, a sentence.
    pub(crate) lacks: Option<&'static str>,
}

/// Spellings of selects; the longest first, so that none hides another.
const SELECTS: [(&str, &str, bool); 15] = [
    ("add select multiple prompt using", "select_multiple", false),
    ("add select one prompt using", "select_one", false),
    ("select_multiple_from_file", "select_multiple", false),
    ("select multiple from file", "select_multiple", false),
    ("select all that apply from", "select_multiple", false),
    ("select_one_from_file", "select_one", false),
    ("select_one_external", "select_one", true),
    ("select one from file", "select_one", false),
    ("select all that apply", "select_multiple", false),
    ("select_multiple", "select_multiple", false),
    ("select one from", "select_one", false),
    ("select_one", "select_one", false),
    ("select one", "select_one", false),
    ("select1", "select_one", false),
    ("rank", "rank", false),
];

/// Spellings of the other types, and the type.
const PLAIN: [(&[&str], &str); 32] = [
    (&["text", "string", "q string", "add text prompt"], "text"),
    (&["integer", "int", "q int", "add integer prompt"], "integer"),
    (&["decimal", "q decimal", "add decimal prompt"], "decimal"),
    (&["note", "q note", "add note prompt"], "note"),
    (&["date", "q date", "add date prompt"], "date"),
    (&["time"], "time"),
    (
        &[
            "dateTime",
            "datetime",
            "date time",
            "q date time",
            "q dateTime",
            "add date time prompt",
            "add dateTime prompt",
        ],
        "dateTime",
    ),
    (
        &["geopoint", "gps", "location", "q location", "q geopoint", "add location prompt"],
        "geopoint",
    ),
    (&["geoshape", "q geoshape"], "geoshape"),
    (&["geotrace", "q geotrace"], "geotrace"),
    (&["image", "photo", "q picture", "q image", "add image prompt", "add photo prompt"], "image"),
    (&["audio", "q audio", "add audio prompt"], "audio"),
    (&["video", "q video", "add video prompt"], "video"),
    (&["file", "add file prompt"], "file"),
    (&["barcode", "q barcode", "add barcode prompt"], "barcode"),
    (&["acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"], "acknowledge"),
    (&["calculate", "q calculate", "add calculate prompt"], "calculate"),
    (&["hidden"], "hidden"),
    (&["range"], "range"),
    (&["start", "start time", "get start time"], "start"),
    (&["end", "end time", "get end time"], "end"),
    (&["today", "get today"], "today"),
    (&["deviceid", "device id", "get device id", "imei", "uri:deviceid"], "deviceid"),
    (&["phonenumber", "get phone number", "uri:phonenumber"], "phonenumber"),
    (&["username", "uri:username"], "username"),
    (&["email", "uri:email"], "email"),
    (&["audit"], "audit"),
    (&["start-geopoint"], "start-geopoint"),
    (&["background-audio"], "background-audio"),
    (&["simserial", "sim id", "get sim id", "uri:simserial"], "simserial"),
    (&["subscriberid", "subscriber id", "get subscriber id", "uri:subscriberid"], "subscriberid"),
    (&["background-geopoint"], "background-geopoint"),
];

/// Reads a type as pyxform does, letter by letter.
pub(crate) fn read(text: &str) -> Option<Kind> {
    match text {
        "form_title" | "set_form_title" | "set form title" => {
            return Some(Kind::Setting("form_title"));
        }
        "form_id" | "set_form_id" | "set form id" => return Some(Kind::Setting("form_id")),
        "csv-external" => return Some(Kind::ExternalFile(".csv")),
        "xml-external" => return Some(Kind::ExternalFile(".xml")),
        _ => {}
    }
    control(text).or_else(|| select(text)).or_else(|| plain(text).map(Kind::Plain))
}

fn control(text: &str) -> Option<Kind> {
    let after = |word: &str| text.strip_prefix(word)?.strip_prefix([' ', '_']);
    let named = |words: &str| {
        Some(match words {
            "group" => Control::Group,
            "repeat" | "lgroup" | "looped group" => Control::Repeat,
            "loop" => Control::Loop,
            _ => return None,
        })
    };
    if let Some(rest) = after("end") {
        return named(rest).map(Kind::End);
    }
    let rest = after("begin")?;
    if let Some(control) = named(rest) {
        return Some(Kind::Begin(control, None));
    }
    let (words, list) = rest.rsplit_once(' ')?;
    let words = words.strip_suffix(" over").unwrap_or(words);
    named(words).map(|control| Kind::Begin(control, Some(list.to_owned())))
}

fn select(text: &str) -> Option<Kind> {
    SELECTS.iter().find_map(|&(spelling, kind, external)| {
        let rest = text.strip_prefix(spelling)?.strip_prefix(' ')?;
        let other = ["or specify other", "or_other", "or other"];
        let without = other.iter().find_map(|words| rest.strip_suffix(words)?.strip_suffix(' '));
        let list = without.unwrap_or(rest);
        (!list.is_empty() && !list.contains(char::is_whitespace)).then(|| Kind::Select {
            kind,
            list: list.to_owned(),
            external,
            or_other: without.is_some(),
            from_file: spelling.ends_with("file"),
        })
    })
}

fn plain(text: &str) -> Option<Plain> {
    let days = |constraint, hint| {
        Some(Plain { name: "integer", constraint: Some(constraint), hint: Some(hint), lacks: None })
    };
    match text {
        "percentage" => {
            let constraint = Some("0 <= . and . <= 100");
            return Some(Plain { name: "integer", constraint, ..Plain::default() });
        }
        "number of days in last month" => {
            return days("0 <= . and . <= 31", "Enter a number 0-31.");
        }
        "number of days in last six months" => {
            return days("0 <= . and . <= 183", "Enter a number 0-183.");
        }
        "number of days in last year" => {
            return days("0 <= . and . <= 365", "Enter a number 0-365.");
        }
        "phone number" => {
            return Some(Plain {
                name: "text",
                constraint: Some(r"regex(., '^\d*$')"),
                hint: Some("Enter numbers only."),
                lacks: None,
            });
        }
        _ => {}
    }
    if text == "osm" || text.starts_with("osm ") {
        let lacks = Some("Maps of OpenStreetMap cannot be drawn on here; a file is asked for.");
        return Some(Plain { name: "file", lacks, ..Plain::default() });
    }
    let (_, name) = PLAIN.iter().find(|(spellings, _)| spellings.contains(&text))?;
    let never = Some("A browser cannot read it, so its column stays empty.");
    Some(match *name {
        "simserial" | "subscriberid" | "background-geopoint" => {
            Plain { name: "hidden", lacks: never, ..Plain::default() }
        }
        name => Plain { name, ..Plain::default() },
    })
}

/// Reads a type that is written with other capitals, hyphens or too many spaces: what it would be
/// in XLSForm's own spelling, and its meaning.
pub(crate) fn lenient(text: &str) -> Option<(String, Kind)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let joined = words.join(" ");
    let (head, tail) = joined.rsplit_once(' ').unwrap_or((joined.as_str(), ""));
    // The list's name keeps its capitals.
    let lowered = [joined.to_lowercase(), format!("{} {tail}", head.to_lowercase())];
    let hyphens = lowered[1].replacen("select-one", "select_one", 1).replacen(
        "select-multiple",
        "select_multiple",
        1,
    );
    let others = [
        lowered[1].replacen("select multiple ", "select_multiple ", 1),
        lowered[1].replacen("selectone ", "select_one ", 1),
        lowered[1].replacen("ranking ", "rank ", 1),
        lowered[0].replace(['_', '-'], " "),
        lowered[0].replace(' ', "_"),
        lowered[0].replace("begingroup", "begin group").replace("endgroup", "end group"),
        lowered[0].replace("beginrepeat", "begin repeat").replace("endrepeat", "end repeat"),
    ];
    let [all, head_only] = lowered;
    [head_only, all, hyphens]
        .into_iter()
        .chain(others)
        .map(|spelling| spelling.trim().to_owned())
        .find_map(|spelling| read(&spelling).map(|kind| (spelling, kind)))
}

/// Every spelling, for "did you mean".
pub(crate) fn spellings() -> impl Iterator<Item = &'static str> {
    let controls = ["begin_group", "end_group", "begin_repeat", "end_repeat"];
    let plain = PLAIN.iter().flat_map(|(spellings, _)| spellings.iter().copied());
    SELECTS.iter().map(|(spelling, ..)| *spelling).chain(plain).chain(controls)
}
