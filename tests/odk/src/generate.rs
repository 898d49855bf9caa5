//! Forms made by a seed, as large as the largest of the field: 250 questions, and a cascade of 1,000 choices.

use serde_json::{Value, json};

use crate::answer::Chance;

/// Questions of the long form.
pub const QUESTIONS: usize = 250;
/// Questions of one group: a page where it is a field-list.
const GROUP: usize = 10;
/// Choices of the cascade, in three lists.
pub const CHOICES: usize = REGIONS + REGIONS * DISTRICTS + REGIONS * DISTRICTS * PLACES;
const REGIONS: usize = 10;
const DISTRICTS: usize = 9;
const PLACES: usize = 10;

/// A form of 250 questions. A quarter has a condition, three in five numbers have limits, and 52 values are calculated, as in the
/// long forms of the field (a survey of food security with 242 questions, a verbal autopsy with 469).
pub fn questions(seed: u64) -> Value {
    let mut chance = Chance::new(seed);
    let mut long = Long::default();
    let mut groups = Vec::new();
    for group in 0..QUESTIONS / GROUP {
        let mut items = Vec::new();
        for number in 0..GROUP {
            items.push(long.question(group * GROUP + number, &mut chance));
            if number % 5 == 4 {
                items.push(long.calculation(&mut chance));
            }
        }
        let mut own = json!({
            "type": "group", "name": format!("g{group}"), "label": { "en": format!("Part {}", group + 1) },
            "items": items,
        });
        if group % 3 == 0 {
            own["appearance"] = json!("field-list");
        }
        // The conditions of groups look at what came before them.
        if group % 6 == 5
            && let Some(yes) = chance.pick(&long.before)
        {
            own["relevant"] = json!(format!("${{{yes}}} != 'no'"));
        }
        long.before = std::mem::take(&mut long.asked);
        groups.push(own);
    }
    groups.push(json!({
        "type": "group", "name": "end_of_it", "label": { "en": "In the end" }, "items": [
            long.total(),
            { "type": "note", "name": "thanks", "label": { "en": "It comes to ${all}." } },
        ],
    }));
    let list = |names: &[&str]| -> Value {
        names
            .iter()
            .map(|it| json!({ "name": it, "label": { "en": format!("It is {it}") } }))
            .collect()
    };
    json!({
        "languages": ["en"], "title": { "en": "Two hundred and fifty questions" },
        "items": groups,
        "lists": {
            "yes_no": list(&["yes", "no"]),
            "often": list(&["never", "seldom", "sometimes", "often", "always"]),
            "things": list(&["bread", "milk", "eggs", "fruit", "meat", "rice", "oil", "salt"]),
        },
    })
}

#[derive(Default)]
struct Long {
    /// Yes and no questions of the group before, and of this one.
    before: Vec<String>,
    asked: Vec<String>,
    numbers: Vec<String>,
    sums: Vec<String>,
}

impl Long {
    fn question(&mut self, number: usize, chance: &mut Chance) -> Value {
        let name = format!("q{number}");
        let mut item = json!({
            "name": name, "label": { "en": format!("Question {number}: how is it with this one?") },
        });
        if number.is_multiple_of(4) {
            item["hint"] = json!({ "en": "Say what comes to mind first." });
        }
        if chance.below(4) == 0
            && let Some(yes) = chance.pick(&self.asked).or(self.before.last())
        {
            let other = self.numbers.last();
            item["relevant"] = json!(match other.filter(|_| chance.below(2) == 0) {
                Some(other) => format!("${{{yes}}} = 'yes' or ${{{other}}} > 3"),
                None => format!("${{{yes}}} = 'yes'"),
            });
        }
        item["required"] = json!(chance.below(2) == 0);
        let bounds = |chance: &mut Chance, numbers: &[String]| match chance.below(5) {
            0 => None,
            1 if !numbers.is_empty() => {
                let other = chance.pick(numbers).cloned().unwrap_or_default();
                Some(format!(". >= 0 and (. <= 99 or . <= ${{{other}}})"))
            }
            _ => Some(". >= 0 and . <= 99".to_owned()),
        };
        match chance.below(20) {
            0..=5 => {
                item["type"] = json!("select_one");
                item["list"] = json!("yes_no");
                self.asked.push(name);
            }
            6..=8 => {
                item["type"] = json!("select_one");
                item["list"] = json!("often");
            }
            9..=10 => {
                item["type"] = json!("select_multiple");
                item["list"] = json!("things");
                item["constraint"] = json!("count-selected(.) <= 5");
            }
            11..=15 => {
                item["type"] = json!("integer");
                if let Some(bounds) = bounds(chance, &self.numbers) {
                    item["constraint"] = json!(bounds);
                    item["constraint_message"] = json!({ "en": "Between 0 and 99, please." });
                }
                self.numbers.push(name);
            }
            16..=17 => {
                item["type"] = json!("decimal");
                if let Some(bounds) = bounds(chance, &self.numbers) {
                    item["constraint"] = json!(bounds);
                }
                self.numbers.push(name);
            }
            18 => {
                item["type"] = json!("date");
                item["constraint"] = json!(". <= today()");
            }
            _ => {
                item["type"] = json!("text");
                item["constraint"] = json!("string-length(.) < 200");
            }
        }
        item
    }

    /// Something of the last numbers: a sum, a share, a class.
    fn calculation(&mut self, chance: &mut Chance) -> Value {
        let name = format!("c{}", self.sums.len());
        let from = self.numbers.len().saturating_sub(6);
        let last: Vec<String> =
            self.numbers[from..].iter().map(|it| format!("coalesce(${{{it}}}, 0)")).collect();
        let sum = if last.is_empty() { "0".to_owned() } else { last.join(" + ") };
        let calculation = match (chance.below(3), self.sums.last()) {
            (0, Some(before)) => format!("${{{before}}} + {sum}"),
            (1, Some(before)) => format!("if(${{{before}}} > 50, 1, round(({sum}) div 7, 2))"),
            _ => sum,
        };
        self.sums.push(name.clone());
        json!({ "type": "calculate", "name": name, "calculation": calculation })
    }

    fn total(&self) -> Value {
        let all: Vec<String> = self.sums.iter().map(|it| format!("${{{it}}}")).collect();
        json!({ "type": "calculate", "name": "all", "calculation": all.join(" + ") })
    }
}

/// Region, district and place, each list filtered by the one before: 1,000 choices, and what hangs on them.
pub fn cascade() -> Value {
    let (mut regions, mut districts, mut places) = (Vec::new(), Vec::new(), Vec::new());
    let choice = |name: &str, label: String, columns: Value| json!({ "name": name, "label": { "en": label }, "columns": columns });
    for r in 0..REGIONS {
        let region = format!("r{r}");
        regions.push(choice(&region, format!("Region {r}"), json!({})));
        for d in 0..DISTRICTS {
            let district = format!("{region}d{d}");
            let columns = json!({ "region": region });
            districts.push(choice(&district, format!("District {d} of {r}"), columns));
            for p in 0..PLACES {
                let columns = json!({ "region": region, "district": district });
                places.push(choice(
                    &format!("{district}p{p}"),
                    format!("Place {p} of {d}"),
                    columns,
                ));
            }
        }
    }
    json!({
        "languages": ["en"], "title": { "en": "Where do you live?" },
        "lists": { "regions": regions, "districts": districts, "places": places },
        "items": [
            { "type": "group", "name": "home", "label": { "en": "Home" }, "appearance": "field-list", "items": [
                { "type": "select_one", "name": "region", "list": "regions", "label": { "en": "Which region?" } },
                { "type": "select_one", "name": "district", "list": "districts", "label": { "en": "Which district?" },
                  "choice_filter": "region = ${region}", "relevant": "${region} != ''" },
                { "type": "select_one", "name": "place", "list": "places", "label": { "en": "Which place?" },
                  "choice_filter": "region = ${region} and district = ${district}",
                  "relevant": "${district} != ''", "required": true },
                { "type": "calculate", "name": "whole", "calculation": "concat(${region}, '/', ${district}, '/', ${place})" },
            ] },
            { "type": "text", "name": "street", "label": { "en": "Which street in ${place}?" }, "relevant": "${place} != ''" },
        ],
    })
}
