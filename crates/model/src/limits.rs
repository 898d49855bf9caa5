//! Limits on everything that comes from outside, each with its reason.

/// Characters in one free-text answer or in a resident's words. A spoken minute is about
/// 150 words, 900 characters; ten minutes of talk fit, a pasted book does not.
pub const TEXT_CHARS: usize = 10_000;
/// Characters in a short field: a name, a phone number, an e-mail address (RFC 5321 allows 254).
pub const LINE_CHARS: usize = 300;
/// Characters in a [`crate::Key`]: it is printed in addresses on posters.
pub const KEY_CHARS: usize = 64;
/// Bytes of one submission's canonical form. The largest survey we ship needs 4 KiB; this
/// leaves room for a long form whose every text is full.
pub const SUBMISSION_BYTES: usize = 256 * 1024;
/// Submissions in one push: at 1 KiB each a batch is about 100 KiB, two seconds on a 400 kbit/s
/// line, and half a second in gzip, so a connection that drops often still gets batches through.
pub const PUSH_RECORDS: usize = 100;
/// Bytes of any request body. A tablet's batch has at most 512 KiB of submissions and an edit of
/// the largest record [`RECORD_BYTES`]; the rest is for what stands around them. One oversized
/// submission is refused by itself, by [`SUBMISSION_BYTES`].
pub const REQUEST_BYTES: usize = 3 * 1024 * 1024;
/// Levels of nesting in any JSON we accept. Our deepest real document, a survey definition
/// with nested groups, has 12.
pub const JSON_DEPTH: usize = 32;
/// Answers in one survey response: a household of 20 with 250 questions each stays below. At 40 bytes
/// each they fill [`SUBMISSION_BYTES`] anyway.
pub const ANSWERS: usize = 6_000;
/// Questions, notes and groups in one survey, fewer than [`ANSWERS`]: the longest form in use that we
/// know, the WHO's verbal autopsy, has 593 rows.
pub const QUESTIONS: usize = 2_000;
/// Parentheses, functions and predicates within one another in an expression: reading recurses as
/// deep. Scores written as one `if` in another come to 60.
pub const EXPRESSION_DEPTH: usize = 100;
/// Levels of an expression once it is read, where each operator of a chain such as `a or b or c`
/// is a level: evaluating recurses as deep, and a browser's stack is small.
pub const EXPRESSION_HEIGHT: usize = 300;
/// Nodes that one evaluation may look at: the largest form, 2,000 answers, a hundred times over,
/// or every choice of a list of 10,000 twenty times. Past this it is a product of lists.
pub const EVALUATION_STEPS: u32 = 200_000;
/// Choices of one list. A cascade keeps all its places in one, and the choice filter shows a few of them: every
/// village of a district is 5,700.
pub const CHOICES: usize = 10_000;
/// Choices picked in one multiple-choice answer: nobody touches more.
pub const PICKED: usize = 1_000;
/// Cells of a table attached to a survey: every school of a country in four columns, about a mebibyte.
pub const TABLE_CELLS: usize = 100_000;
/// Characters of all pictures, sounds and films of one survey, as the text they travel as. They come to each tablet with the
/// questions, so that they are there without a network: ten seconds on a 400 kbit/s line.
pub const FILES_CHARS: usize = 512 * 1024;
/// Themes on one piece of feedback: past this the field was not chosen but emptied out.
pub const THEMES: usize = 12;
/// Records in one page of catalogue changes: about 200 KiB of listings, one transaction.
pub const PAGE_RECORDS: usize = 500;
/// Edits in one request: a staff form sends one, an import of the web interface a few.
pub const EDITS: usize = 50;
/// Bytes of all fields of one catalogue record: the largest is a survey definition. The WHO's verbal
/// autopsy in two languages has about 600 KiB, a district's 5,700 places in a cascade as much again.
pub const RECORD_BYTES: usize = 2 * 1024 * 1024;
/// Surveys that staff are writing at a time: more than a borough asks in ten years.
pub const DRAFTS: usize = 200;
/// Fields of one catalogue record. Ours have at most 15; newer programs may add some. A name that
/// was ever used stays with the record, so that late edits still collide.
pub const RECORD_FIELDS: usize = 100;
/// Languages of one text: twice as many as a borough's schools count among their larger ones.
pub const LANGUAGES: usize = 40;
/// Lines of a postal address: Royal Mail's longest have nine.
pub const ADDRESS_LINES: usize = 12;
/// Opening hours of one place: four in a day, each day of the week.
pub const OPENINGS: usize = 28;
/// Numbers of one service: by language, by topic, by time of day.
pub const PHONES: usize = 20;
/// Records of one kind that a record names: every ward or area of a county, every category.
pub const REFERENCES: usize = 100;
/// Minutes that an event takes: a fortnight, the longest festival. What lasts longer is a listing.
pub const EVENT_MINUTES: u32 = 14 * 24 * 60;
/// Every how many days, weeks, months or years something recurs: three years of days.
pub const RULE_INTERVAL: i32 = 1_000;
/// How often something recurs in all: each day of 27 years. Only with a count must every occurrence
/// before a day be gone through to know it.
pub const RULE_COUNT: i32 = 10_000;
/// Days on which something that recurs does not take place: each day of a year.
pub const EXCEPTIONS: usize = 366;
/// Sources that a borough thanks.
pub const THANKS: usize = 20;
/// Problems told about one record. Nobody reads more at a time, and without an end a record of
/// a few bytes a fault would be answered with a hundred times its size.
pub const PROBLEMS: usize = 50;
