//! The expression language against what XPath 1.0 and ODK XForms 1.0.0 say of it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{borrow::Cow, fs, path::Path};

use model::time::Millis;
use proptest::prelude::*;
use survey::{
    Expression,
    expression::{Environment, EvaluationError, Hop, Origin, Tree, Value, shuffled},
};

/// A form as lines, indented by how deep they lie: `name` or `name: text`, `!name` if it is not relevant. The first
/// tree is the form, the others are lists by their name.
struct Lines {
    nodes: Vec<(Option<usize>, String, String, bool)>,
    roots: Vec<usize>,
}

impl Lines {
    fn read(text: &str) -> Self {
        let (mut nodes, mut roots) = (Vec::new(), Vec::new());
        let mut open: Vec<usize> = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let depth = (line.len() - line.trim_start().len()) / 2;
            open.truncate(depth);
            let (name, value) = line.trim().split_once(':').unwrap_or((line.trim(), ""));
            let relevant = !name.starts_with('!');
            let name = name.trim_start_matches('!');
            if depth == 0 {
                roots.push(nodes.len());
            }
            let parent = open.last().copied();
            open.push(nodes.len());
            nodes.push((parent, name.to_owned(), value.trim().to_owned(), relevant));
        }
        Self { nodes, roots }
    }

    fn around(&self, node: usize) -> Vec<usize> {
        std::iter::successors(Some(node), |node| self.nodes[*node].0).collect()
    }

    fn find(&self, name: &str) -> usize {
        self.nodes.iter().position(|(_, other, _, _)| other == name).unwrap()
    }
}

impl Tree for Lines {
    type Node = usize;

    fn root(&self) -> usize {
        self.roots[0]
    }

    fn parent(&self, node: usize) -> Option<usize> {
        self.nodes[node].0
    }

    fn children(&self, node: usize) -> Vec<usize> {
        (0..self.nodes.len()).filter(|other| self.nodes[*other].0 == Some(node)).collect()
    }

    fn name(&self, node: usize) -> Cow<'_, str> {
        Cow::Borrowed(if self.nodes[node].0.is_none() { "" } else { &self.nodes[node].1 })
    }

    fn text(&self, node: usize) -> Cow<'_, str> {
        Cow::Borrowed(if self.nodes[node].3 { &self.nodes[node].2 } else { "" })
    }

    fn is_relevant(&self, node: usize) -> bool {
        self.around(node).iter().all(|node| self.nodes[*node].3)
    }

    fn named(&self, name: &str, from: Option<usize>) -> Vec<usize> {
        let shared = |node: usize| -> usize {
            let repeat = from.and_then(|from| {
                let around = self.around(from);
                let strictly = self.around(node).into_iter().skip(1);
                let mut repeats = strictly.filter(|it| self.nodes[*it].1.starts_with("person"));
                repeats.find(|it| around.contains(it))
            });
            usize::from(repeat.is_some())
        };
        let all: Vec<usize> =
            (0..self.roots[1]).filter(|node| self.nodes[*node].1 == name).collect();
        let most = all.iter().map(|node| shared(*node)).max();
        all.into_iter().filter(|node| Some(shared(*node)) == most).collect()
    }

    fn instance(&self, id: &str) -> Option<usize> {
        self.roots[1..].iter().copied().find(|root| self.nodes[*root].1 == id)
    }

    fn choice_label(&self, question: usize, value: &str) -> Option<String> {
        Some(format!("{} of {}", value, self.nodes[question].1))
    }
}

fn tree() -> Lines {
    Lines::read(
        "
form
  data
    age: 41
    blank
    no: false
    why: cost skills far
    born: 1985-03-02
    met: 2026-06-01T10:30:00.000+01:00
    !gone: 7
    spaced:   a  b
    own: 17
    person
      name: Ada
      years: 36
      pet
        kind: cat
      pet
        kind: dog
    person
      name: Ben
      years: 5
      pet
        kind: fish
    person
      name: Cy
      years
    !person
      name: Dee
      years: 90
counties
  root
    item
      name: king
      label: King County
      state: wa
    item
      name: cass
      label: Cass
      state: tx
    item
      name: bell
      label: Bell
      state: tx
",
    )
}

/// 24 November 2026, 10:30:05.250 in London; an hour ahead, so that zones matter.
fn environment() -> Environment {
    Environment::new(Millis(1_795_515_005_250), 60, 7)
}

fn evaluate(source: &str, at: &str) -> Result<String, EvaluationError> {
    let tree = tree();
    let expression = Expression::parse(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    let value = expression.evaluate(&tree, tree.find(at), &environment())?;
    Ok(value.text(&tree))
}

#[track_caller]
fn all(rows: &[(&str, &str)], at: &str) {
    for (source, expected) in rows {
        assert_eq!(evaluate(source, at).as_deref(), Ok(*expected), "{source}");
    }
}

/// XPath 1.0, sections 3.4, 3.5 and 4.
#[test]
fn operators_and_conversions() {
    all(
        &[
            ("1 + 2 * 3 - -1", "8"),
            ("(1 + 2) * 3", "9"),
            ("7 div 2", "3.5"),
            ("-7 mod 3", "-1"),
            ("1 div 0", "Infinity"),
            ("0 div 0", "NaN"),
            ("2 < 10 and '2' < '10'", "true"),
            ("'10' = '10.0'", "false"),
            ("10 = '10.0'", "true"),
            ("true() = 'x'", "true"),
            ("1 = 1 = 1", "true"),
            ("not(1 > 2 or 2 > 3)", "true"),
            ("'a' = \"a\"", "true"),
            ("number('x')", "NaN"),
            ("number('')", "NaN"),
            ("number(true())", "1"),
            ("string(0.1 + 0.2 < 0.4)", "true"),
            ("boolean(0)", "false"),
            ("boolean('0')", "true"),
            (".5 + 0.25", "0.75"),
            // What is no number is neither above nor below.
            ("${blank} > 0 or ${blank} < 1 or ${blank} = 0", "false"),
            ("${blank} = ''", "true"),
            ("${blank} != ''", "false"),
            ("${gone} = ''", "true"),
            ("${gone} + 1", "NaN"),
            ("count(${gone})", "0"),
            // ODK: the text of the node is converted, so "false" is true and an empty answer is false.
            ("boolean(${no})", "true"),
            ("boolean-from-string(${no})", "false"),
            ("if(${blank}, 'y', 'n')", "n"),
            ("not(${blank})", "true"),
            // Nodes compare if any of them does.
            ("${years} > 30", "true"),
            ("${years} > 40", "false"),
            ("${name} = 'Ben'", "true"),
            ("${name} != 'Ben'", "true"),
            // "and" does not look at the other side.
            ("false() and instance('none')/root/item", "false"),
            ("true() or instance('none')/root/item", "true"),
        ],
        "own",
    );
}

#[test]
fn paths() {
    all(
        &[
            (".", "17"),
            (". >= 16 and . <= 120", "true"),
            ("../age", "41"),
            ("/data/age", "41"),
            ("current()/../age", "41"),
            ("count(/data/person)", "3"),
            ("count(//kind)", "3"),
            ("count(/data/*)", "11"),
            ("count(../person/pet)", "3"),
            ("/data/person[2]/name", "Ben"),
            ("/data/person[last()]/name", "Cy"),
            ("/data/person[years > 30]/name", "Ada"),
            ("count(/data/person[position() < 3])", "2"),
            ("${person}[name = 'Ben']/pet/kind", "fish"),
            ("join(' ', ${name})", "Ada Ben Cy"),
            ("join(' ', ../age | ../born | ../age)", "41 1985-03-02"),
            ("name(..)", "data"),
            ("count(../descendant::kind) + count(ancestor::data)", "4"),
            ("../person[1]/following-sibling::person[1]/name", "Ben"),
            ("instance('counties')/root/item[name = 'cass']/label", "Cass"),
            ("count(instance('counties')/root/item[state = 'tx'])", "2"),
            ("instance('counties')/root/item[state = 'tx'][2]/label", "Bell"),
            (
                "count(instance('counties')/root/item[string-length(name) = current()/../age - 37])",
                "3",
            ),
            ("count( instance( 'counties' ) / root / item )", "3"),
        ],
        "own",
    );
    all(
        &[
            ("${years}", "36"),
            ("/data/person/years", "36"),
            ("count(/data/person)", "3"),
            ("position(..)", "1"),
            ("join(' ', ${kind})", "cat dog"),
        ],
        "name",
    );
    assert_eq!(
        evaluate("instance('none')/root/item", "own"),
        Err(EvaluationError::List("none".to_owned()))
    );
    assert_eq!(evaluate("count('x')", "own"), Err(EvaluationError::Nodes("count")));
}

#[test]
fn functions_of_words() {
    all(
        &[
            ("concat('a', 1, true(), ${name})", "a1trueAdaBenCy"),
            ("substring('12345', 2, 3)", "234"),
            ("substring('12345', 1.5, 2.6)", "234"),
            ("substring('12345', 0, 3)", "12"),
            ("substring('12345', 0 div 0, 3)", ""),
            ("substring('12345', 2)", "2345"),
            ("substr('hello', 1, 3)", "el"),
            ("substr('hello', -3)", "llo"),
            ("substr('hello', -3, -1)", "ll"),
            ("substring-before('1999/04/01', '/')", "1999"),
            ("substring-after('1999/04/01', '/')", "04/01"),
            ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
            ("normalize-space('  a   b ')", "a b"),
            ("normalize-space() = '17'", "true"),
            ("string-length('żółw')", "4"),
            ("upper-case('Łódź')", "ŁÓDŹ"),
            (
                "contains('abc', 'bc') and starts-with('abc', 'ab') and ends-with('abc', 'bc')",
                "true",
            ),
            ("regex('ab12', '[a-z]+[0-9]{2}')", "true"),
            // The whole text must match.
            ("regex('xab12', '[a-z]{2}[0-9]+')", "false"),
            ("regex('1', '1|23')", "true"),
            (
                "digest('abc', 'SHA-256', 'hex')",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            ("digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
            ("base64-decode('xbzDs8WCdw==')", "żółw"),
            ("coalesce(${blank}, ${age})", "41"),
            ("coalesce('', '')", ""),
            ("once('new')", "17"),
            ("selected(${why}, 'skills')", "true"),
            ("selected(${why}, 'skill')", "false"),
            ("selected-at(${why}, 2)", "far"),
            ("selected-at(${why}, 3)", ""),
            ("selected-at(${why}, -1)", ""),
            ("count-selected(${why}) + count-selected(${blank})", "3"),
            ("jr:choice-name('far', '${why}')", "far of why"),
            ("jr:choice-name('far', ' /data/why ')", "far of why"),
            ("pulldata('counties', 'label', 'name', 'bell')", "Bell"),
            ("pulldata('counties', 'label', 'name', 'none')", ""),
            ("string-length(uuid())", "36"),
            (
                "regex(uuid(), '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')",
                "true",
            ),
            ("string-length(uuid(50))", "50"),
        ],
        "own",
    );
    let unknown = evaluate("digest('abc', 'MD5')", "own");
    assert_eq!(unknown, Err(EvaluationError::Digest("MD5".to_owned())));
}

#[test]
fn functions_of_numbers() {
    all(
        &[
            ("round(2.5)", "3"),
            ("round(-2.5)", "-3"),
            ("round(1.23456, 2)", "1.23"),
            ("round(1250, -2)", "1300"),
            ("int(-2.7)", "-2"),
            ("floor(-2.5) + ceiling(2.1)", "0"),
            ("pow(2, 10) + sqrt(9) + abs(-1)", "1028"),
            ("log10(1000)", "3"),
            ("round(exp(1), 4)", "2.7183"),
            ("round(sin(pi() div 2), 6)", "1"),
            ("sum(/data/person[years != '']/years)", "41"),
            ("sum(${years})", "NaN"),
            ("max(1, 3, 2) - min(4, 2)", "1"),
            ("max(/data/person[years != '']/years)", "36"),
            ("min(/data/none)", "NaN"),
            ("count(${years})", "3"),
            ("count-non-empty(${years})", "2"),
            ("random() >= 0 and random() < 1", "true"),
            ("checklist(1, 2, 1, 0, 'yes')", "true"),
            ("checklist(3, -1, 1, 0, 'yes')", "false"),
            ("checklist(-1, 1, 1, 0, 'yes')", "false"),
            ("weighted-checklist(5, -1, 1, 2, true(), 3)", "true"),
            ("weighted-checklist(6, -1, 1, 2, true(), 3)", "false"),
            ("indexed-repeat(${name}, ${person}, 2)", "Ben"),
            ("indexed-repeat(${kind}, ${person}, 1, ${pet}, 2)", "dog"),
            ("indexed-repeat(${kind}, ${pet}, 1, ${person}, 2)", "fish"),
            ("indexed-repeat(${name}, ${person}, 9)", ""),
            ("distance('0 0 0 0; 0 1 0 0')", "111318.85"),
            ("area('0 0; 0 1; 1 1; 1 0; 0 0') > 12300000000", "true"),
            ("geofence('0.5 0.5 0 0', '0 0; 0 1; 1 1; 1 0; 0 0')", "true"),
            ("geofence('1.5 0.5 0 0', '0 0; 0 1; 1 1; 1 0; 0 0')", "false"),
            ("area('x')", "NaN"),
        ],
        "own",
    );
    // Seen from within a repeat it is still every instance.
    all(&[("indexed-repeat(${name}, ${person}, position(..) + 1)", "Ben")], "name");
}

#[test]
fn dates() {
    all(
        &[
            ("today()", "2026-11-24"),
            ("now()", "2026-11-24T11:10:05.250+01:00"),
            ("number('1970-01-02')", "1"),
            ("today() - 1", "20780"),
            ("date(today() - 1)", "2026-11-23"),
            ("${born} < today() and ${born} > date('1985-3-1')", "true"),
            ("int((today() - ${born}) div 365.25)", "41"),
            ("date('2012-02-30')", ""),
            ("date('x')", ""),
            ("date(1)", "1970-01-02"),
            // 10:30 an hour ahead is half past nine.
            ("decimal-date-time('1970-01-02T10:30:00.000+01:00')", "1.3958333333333333"),
            ("decimal-time('18:00')", "0.75"),
            ("decimal-time('06:00:00.000+01:00')", "0.25"),
            ("format-date(${born}, '%d/%m/%Y %e.%n.%y %b %a')", "02/03/1985 2.3.85 Mar Sat"),
            ("format-date-time(${met}, '%H:%M:%S.%3 %h %%')", "10:30:00.000 10 %%"),
            ("format-date('', '%Y')", ""),
            ("${met} < now()", "true"),
            ("date-time('2026-06-01T10:30:00Z')", "2026-06-01T11:30:00.000+01:00"),
            ("date(${met})", "2026-06-01"),
        ],
        "own",
    );
}

/// The orders that JavaRosa and ODK's web forms give for the same seeds.
#[test]
fn shuffles_are_those_of_odk() {
    let letters: Vec<char> = ('A'..='F').collect();
    let order =
        |seed| shuffled(&letters, Some(seed), &environment()).into_iter().collect::<String>();
    // ODK XForms test suite of openrosa-xpath-evaluator and web-forms ("randomize").
    assert_eq!(order("42"), "AFCBDE");
    assert_eq!(order("42.9"), "AFCBDE");
    assert_eq!(order("-42"), "EDAFBC");
    assert_eq!(order(""), order("0"));
    assert_ne!(order("a"), order("b"));
    let mut chance = shuffled(&letters, None, &environment());
    chance.sort_unstable();
    assert_eq!(chance, letters);
}

#[test]
fn what_makes_no_sense_is_said_with_the_piece_where_it_is_and_what_to_do() {
    let error = |source: &str| Expression::parse(source).unwrap_err().to_string();
    let long = "if(${first_question_of_all} > 1, ${second_question_of_all} 5, 0)";
    for (source, said) in [
        ("", "Nothing is written here. Write a ${name}, a number or a 'text'."),
        (
            "${a} =",
            "Something is missing after “${a} =”. Write a ${name}, a number or a 'text' there.",
        ),
        (
            "${a} +* 2",
            "“2” cannot follow “${a} +*”. Put a sign or word between them, such as = or and.",
        ),
        (
            "${a} > < 2",
            "Something is missing before “< 2”. Write a ${name}, a number or a 'text' there.",
        ),
        (long, "“5, 0)” cannot stand in these brackets. Put “)” or a comma before it."),
        ("${a", "“${a” is not a whole name. Write the question's name between ${ and }."),
        ("'a", "The text “'a” has no quote at its end. Add the quote."),
        ("‘a’", "“‘a’” begins with a curly quote. Use straight quotes: 'text'."),
        ("1.2.3", "“1.2.3” is not a number. Write digits with one point, such as 12.5."),
        ("(1 + 2", "A bracket is opened and not closed. Add “)” after “(1 + 2”."),
        ("not()", "“not” needs 1 value in its brackets and has 0. Commas stand between them."),
        ("true(1)", "“true” needs no values in its brackets and has 1. Commas stand between them."),
        (
            "substr('a')",
            "“substr” needs 2 to 3 values in its brackets and has 1. Commas stand between them.",
        ),
        ("join()", "“join” needs at least 1 in its brackets and has 0. Commas stand between them."),
        ("1 2", "“2” cannot follow “1”. Put a sign or word between them, such as = or and."),
        ("countSelected(${a})", "There is no function “countSelected”. Write “count-selected”."),
        ("nothing-like(1)", "There is no function “nothing-like”. Check how it is spelled."),
        ("regex(${a}, '[a')", "The pattern “[a” of regex() cannot be read. Write it more simply."),
        ("../@id", "“@id” is an attribute, which holds no answers. Write a question's name."),
        (
            "instance(${a})/root",
            "instance() does not name a list. Write its name in quotes: instance('list').",
        ),
        ("a[1", "A “[” is opened and not closed. Add “]” after “a[1”."),
    ] {
        assert_eq!(error(source), said, "{source}");
        assert!(said.split(". ").all(|it| it.split_whitespace().count() <= 15), "{said}");
    }
    // Of a long one the piece alone is shown, cut between letters.
    let polish = format!("'{}' + + 'Łódź jest miastem w środku Polski' 3", "żółw ".repeat(40));
    assert_eq!(
        error(&polish),
        "Something is missing before “+ 'Łódź jest miastem w ś…”. Write a ${name}, a number or a 'text' there."
    );
    for source in
        ["(".repeat(9_000), "-".repeat(9_000), vec!["1"; 4_000].join("+"), "a[".repeat(4_000)]
    {
        assert!(Expression::parse(&source).is_err());
    }
    let scored =
        (0..60).fold("0".to_owned(), |rest, at| format!("if(${{a}} = {at}, {at}, {rest})"));
    assert!(Expression::parse(&scored).is_ok(), "scores are written so");
}

#[test]
fn what_takes_too_long_ends() {
    let product = "count(//*[count(//*[count(//*[count(//*[count(//*) > 0]) > 0]) > 0]) > 0])";
    assert_eq!(evaluate(product, "own"), Err(EvaluationError::TooMuch));
    assert!(evaluate("uuid(1000000000)", "own").is_ok_and(|id| id.len() < 1_000));
}

#[test]
fn references_are_those_that_are_read() {
    let found = |source: &str| {
        let references = Expression::parse(source).unwrap().references();
        let short = references.iter().map(|reference| {
            let hops = reference.hops.iter().map(|hop| match hop {
                Hop::Child(name) => format!("/{name}"),
                Hop::Children => "/*".to_owned(),
                Hop::Parent => "/..".to_owned(),
                Hop::Anywhere => "//".to_owned(),
            });
            let origin = match &reference.origin {
                Origin::Named(name) => format!("${name}"),
                Origin::Every(name) => format!("every {name}"),
                Origin::Instance(id) => format!("list {id}"),
                Origin::Table(id) => format!("table {id}"),
                other => format!("{other:?}"),
            };
            origin + &hops.collect::<String>()
        });
        short.collect::<Vec<_>>().join(", ")
    };
    for (source, expected) in [
        ("${a} + ../b", "$a, Context/../b"),
        (
            "instance('l')/root/item[ward = ${w}]/label",
            "list l/root/item/ward, $w, list l/root/item/label",
        ),
        ("${r}[x > 1]/y", "$r/x, $r/y"),
        ("current()/../z", "Current/../z"),
        ("//q", "Root///q"),
        ("indexed-repeat(${a}, ${r}, ${i})", "every a, every r, $i"),
        ("pulldata('t', 'c', 'k', ${key})", "table t, $key"),
        ("jr:choice-name(${q}, '${q}')", "$q, $q"),
        ("randomize(${r})/x", "$r, $r/x"),
    ] {
        assert_eq!(found(source), expected, "{source}");
    }
    let is = |source: &str| {
        let expression = Expression::parse(source).unwrap();
        (expression.is_volatile(), expression.uses_position())
    };
    assert_eq!(is("once(random())"), (true, false));
    assert_eq!(is("position(..) + 1"), (false, true));
    assert_eq!(is("${a} + 1"), (false, false));
}

/// The expressions of an XForm: those of its bindings, actions and lists.
fn expressions_of(form: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in form.split('<').filter(|tag| !tag.starts_with(['/', '!', '?'])) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.split_whitespace().next().unwrap_or_default();
        let wanted: &[&str] = match name {
            "bind" => &["relevant", "constraint", "calculate", "required", "readonly", "nodeset"],
            "setvalue" => &["value", "ref"],
            "itemset" => &["nodeset"],
            "output" => &["value"],
            "repeat" => &["jr:count", "nodeset"],
            _ => continue,
        };
        for attribute in wanted {
            let Some((_, rest)) = tag.split_once(&format!(" {attribute}=\"")) else { continue };
            let source = rest.split('"').next().unwrap_or_default();
            let plain = [
                ("&lt;", "<"),
                ("&gt;", ">"),
                ("&quot;", "\""),
                ("&apos;", "'"),
                ("&#10;", "\n"),
                ("&amp;", "&"),
            ]
            .iter()
            .fold(source.to_owned(), |text, (escape, plain)| text.replace(escape, plain));
            if !plain.trim().is_empty() {
                found.push(plain);
            }
        }
    }
    found
}

#[test]
fn every_expression_of_the_fields_forms_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/xlsform");
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("skipped: there are no forms in ../shared/xlsform");
        return;
    };
    let (mut forms, mut read) = (0, 0);
    for path in entries.map(|entry| entry.unwrap().path()) {
        if !path.to_string_lossy().ends_with(".pyxform.xml") {
            continue;
        }
        forms += 1;
        for source in expressions_of(&fs::read_to_string(&path).unwrap()) {
            let expression = Expression::parse(&source)
                .unwrap_or_else(|error| panic!("{}: {source}: {error}", path.display()));
            read += 1;
            assert_eq!(expression.source(), source);
        }
    }
    assert!(forms > 20 && read > 4_000, "{read} expressions of {forms} forms");
}

proptest! {
    /// Hostile text is refused or evaluated, the same each time, and in bounded time.
    #[test]
    fn any_text_is_refused_or_evaluated(
        source in r#"([-()$\{\}a-z'"=<>!+*.,/|\[\]: 0-9]|\$\{age\}|//|\*|person|count\(|concat\(|position\(\)|instance\('counties'\)|\[1\]| and | div |today\(\)|substr\(|'){0,30}"#,
    ) {
        if let Ok(expression) = Expression::parse(&source) {
            prop_assert_eq!(expression.source(), &source);
            prop_assert_eq!(&Expression::parse(expression.source()).unwrap(), &expression);
            let _ = expression.references();
            let tree = tree();
            let evaluate = || {
                expression.evaluate(&tree, tree.find("own"), &environment()).map(|value| match value {
                    Value::Nodes(nodes) => format!("{nodes:?}"),
                    value => value.text(&tree),
                })
            };
            prop_assert_eq!(evaluate(), evaluate());
        }
    }
}
