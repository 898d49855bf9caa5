//! Which figures of a question must stay back. What is withheld of the people who have one thing in common is the same
//! whether they are a view of their own or stand beside the others: the two are a touch apart, and where they differed
//! each would tell what the other withholds.

use model::{
    suppression::{Audit, FEWEST, Figure, Role, audit},
    tally::Cell,
};

/// Where the figures of a column are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Seen {
    /// On the page that is audited.
    #[default]
    Here,
    /// On a page that means the same people by fewer filters, which decides.
    Elsewhere,
    /// Nowhere. But whoever subtracts has them, where nothing else is unknown.
    Nowhere,
}

/// The counts of a question among some people.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// The people.
    pub people: u64,
    /// People who answered.
    pub answered: u64,
    /// People who preferred not to say.
    pub declined: u64,
    /// What the rows are shares of: people, or answers in a repeat.
    pub base: u64,
    /// The rows.
    pub rows: Vec<Cell>,
    /// Its people were not asked: everybody knows that none of them answered.
    pub unasked: bool,
    /// The rows that were not offered to them; empty if all were.
    pub unoffered: Vec<bool>,
    /// Where this is shown.
    pub seen: Seen,
}

impl Column {
    /// What a cell is worth to whoever adds up: nothing, where all know that it is empty.
    pub fn role(&self, row: usize, withheld: bool) -> Role {
        let is_known = self.unasked || self.unoffered.get(row).copied().unwrap_or(false);
        if is_known && self.rows[row].count == 0 {
            return Role::Known;
        }
        self.seen_role(self.rows[row], withheld)
    }

    /// The same of its base.
    pub fn base_role(&self, withheld: bool) -> Role {
        if self.unasked && self.base == 0 {
            return Role::Known;
        }
        self.seen_role(self.base(), withheld)
    }

    fn seen_role(&self, cell: Cell, withheld: bool) -> Role {
        match self.seen {
            Seen::Here => role(withheld),
            Seen::Elsewhere => elsewhere(cell, withheld),
            Seen::Nowhere => Role::Unseen,
        }
    }

    /// Those who preferred not to say but one: that nobody did is told, so where it says "hidden" one is certain.
    pub fn uncertain(&self) -> Cell {
        Cell { count: self.declined.saturating_sub(1), people: self.declined }
    }

    /// The same of those who preferred not to say.
    pub fn declined_role(&self, withheld: bool) -> Role {
        if self.declined == 0 { Role::Known } else { self.seen_role(self.uncertain(), withheld) }
    }

    /// Whether nothing in it rests on fewer than [`FEWEST`] people, those included who did not pick a choice.
    pub fn is_plenty(&self, single: bool) -> bool {
        let enough = |people: u64| people >= FEWEST;
        let rest = |cell: &Cell| single || enough(self.answered.saturating_sub(cell.people));
        let row = |(at, cell): (usize, &Cell)| {
            let is_known = self.unoffered.get(at).copied().unwrap_or(false) && cell.count == 0;
            is_known || enough(cell.people) && rest(cell)
        };
        let declined = self.declined == 0 || enough(self.declined);
        self.unasked && self.base == 0
            || enough(self.answered) && declined && self.rows.iter().enumerate().all(row)
    }

    /// What its rows are shares of.
    pub fn base(&self) -> Cell {
        Cell { count: self.base, people: self.answered }
    }

    /// What no row shows: a number that is none.
    fn rest(&self) -> u64 {
        self.base.saturating_sub(self.rows.iter().map(|cell| cell.count).sum())
    }
}

/// What is withheld of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Withheld {
    /// How many answered.
    pub base: bool,
    /// Who preferred not to say.
    pub declined: bool,
    /// The rows.
    pub rows: Vec<bool>,
}

impl Withheld {
    /// Nothing of `rows` rows.
    pub fn nothing(rows: usize) -> Self {
        Self { base: false, declined: false, rows: vec![false; rows] }
    }

    /// Everything.
    pub fn everything(rows: usize) -> Self {
        Self { base: true, declined: true, rows: vec![true; rows] }
    }

    /// Withholds also what `other` does.
    pub fn join(&mut self, other: &Self) {
        self.base |= other.base;
        self.declined |= other.declined;
        self.rows.iter_mut().zip(&other.rows).for_each(|(own, other)| *own |= other);
    }
}

/// An edge of the network that is audited.
pub fn figure(from: usize, to: usize, cell: Cell, role: Role) -> Figure {
    Figure { from, to, count: cell.count, people: cell.people, role }
}

fn role(withheld: bool) -> Role {
    if withheld { Role::Withheld } else { Role::Cell }
}

/// A figure that is shown elsewhere, unless it is too small for that.
pub fn known(cell: Cell) -> Role {
    if cell.people < FEWEST { Role::Cell } else { Role::Known }
}

/// That many people.
pub fn people(count: u64) -> Cell {
    Cell { count, people: count }
}

/// Which of a table's columns must stay unknown: `of` people each, of whom all together are known. `hidden` are so
/// already.
pub fn of_people(of: &[u64], hidden: &[bool], everybody: u64) -> Vec<bool> {
    let column = |(count, hidden): (&u64, &bool)| figure(0, 1, people(*count), role(*hidden));
    let mut figures: Vec<_> = of.iter().zip(hidden).map(column).collect();
    figures.push(figure(1, 0, people(everybody), Role::Known));
    let mut audit = audit(2, &figures);
    audit.withheld.truncate(of.len());
    if audit.safe { audit.withheld } else { vec![true; of.len()] }
}

/// What must stay unknown of `columns`, groups of different people who together are `whole`, each shown by itself and
/// beside the others. All of `whole` is shown but for `unknown`; `withheld` is what is withheld already. With `single` an
/// answer stands in one row at most, with `repeated` a person may give several.
pub fn of_groups(
    single: bool,
    repeated: bool,
    columns: &[Column],
    whole: &Column,
    unknown: &Withheld,
    mut withheld: Vec<Withheld>,
) -> Vec<Withheld> {
    // What one audit withholds the others must keep, too, until none finds more.
    loop {
        let before = withheld.clone();
        for (column, out) in columns.iter().zip(&mut withheld) {
            if !column.unasked && column.seen != Seen::Nowhere {
                of_column(single, repeated, column, out);
            }
        }
        match withheld.as_mut_slice() {
            // Nobody else is in it: it is the whole.
            [own] => own.join(unknown),
            _ => {
                of_declined(columns, whole, unknown, &mut withheld);
                withheld = of_table(single, columns, whole, unknown, withheld);
            }
        }
        if withheld == before {
            return withheld;
        }
    }
}

/// Audits those who preferred not to say, group by group.
fn of_declined(columns: &[Column], whole: &Column, unknown: &Withheld, withheld: &mut [Withheld]) {
    let mut figures = Vec::new();
    for (column, out) in columns.iter().zip(&*withheld) {
        figures.push(figure(0, 1, column.uncertain(), column.declined_role(out.declined)));
    }
    let count = columns.iter().map(|column| column.uncertain().count).sum();
    let whole = Cell { count, people: whole.declined };
    figures.push(figure(1, 0, whole, if unknown.declined { Role::Withheld } else { known(whole) }));
    let Audit { withheld: found, safe } = audit(2, &figures);
    for ((column, out), found) in columns.iter().zip(withheld).zip(found) {
        out.declined |= column.declined > 0 && (found || !safe);
    }
}

/// What must stay unknown of `columns`, whose sums in `whole` are shown but for `unknown`. `withheld` is what is
/// withheld already. With `single` an answer stands in one row at most.
fn of_table(
    single: bool,
    columns: &[Column],
    whole: &Column,
    unknown: &Withheld,
    mut withheld: Vec<Withheld>,
) -> Vec<Withheld> {
    let count = whole.rows.len();
    if single || count == 0 {
        let rows: Vec<usize> = (0..count).collect();
        grid(&rows, true, columns, whole, unknown, &mut withheld);
    } else {
        // Whoever did not pick a choice is the other row of a table of its own.
        for row in 0..count {
            grid(&[row], false, columns, whole, unknown, &mut withheld);
        }
    }
    withheld
}

/// Audits the table of `rows` and what is left of each column's base.
fn grid(
    rows: &[usize],
    rest_is_silent: bool,
    columns: &[Column],
    whole: &Column,
    unknown: &Withheld,
    withheld: &mut [Withheld],
) {
    let rest = rows.len();
    let left = |column: &Column| -> Cell {
        if rest_is_silent {
            return people(column.rest());
        }
        let shown: u64 = rows.iter().map(|row| column.rows[*row].count).sum();
        let shown_people: u64 = rows.iter().map(|row| column.rows[*row].people).sum();
        Cell {
            count: column.base.saturating_sub(shown),
            people: column.answered.saturating_sub(shown_people),
        }
    };
    let (first, source) = (rest + 1, rest + 1 + columns.len());
    let sink = source + 1;
    let mut figures = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        for (node, row) in rows.iter().enumerate() {
            let role = column.role(*row, withheld[at].rows[*row]);
            figures.push(figure(node, first + at, column.rows[*row], role));
        }
        let is_silent = rest_is_silent || column.unasked;
        let unseen = if is_silent { Role::Silent } else { Role::Unseen };
        figures.push(figure(rest, first + at, left(column), unseen));
        let role = column.base_role(withheld[at].base);
        figures.push(figure(first + at, sink, column.base(), role));
    }
    for (node, row) in rows.iter().enumerate() {
        let cell = whole.rows[*row];
        let role = if unknown.rows[*row] { Role::Withheld } else { known(cell) };
        figures.push(figure(source, node, cell, role));
    }
    figures.push(figure(source, rest, left(whole), Role::Silent));
    let base = if unknown.base { Role::Withheld } else { known(whole.base()) };
    figures.push(figure(sink, source, whole.base(), base));
    let Audit { withheld: found, safe } = audit(sink + 1, &figures);
    let mut found = found.into_iter();
    for own in withheld.iter_mut() {
        for row in rows {
            own.rows[*row] |= found.next().unwrap_or(true) || !safe;
        }
        found.next();
        own.base |= found.next().unwrap_or(true) || !safe;
    }
}

/// What a figure is worth that another page decides on.
pub fn elsewhere(cell: Cell, is_withheld: bool) -> Role {
    if is_withheld { Role::Withheld } else { known(cell) }
}

/// What must stay unknown of one column that is shown by itself, beside how many people it means.
///
/// That nobody preferred not to say is told, unlike every other zero: it tells nothing of what anybody thinks, and hiding
/// it would hide how many answered wherever all did. So who reads "hidden" there knows that there is somebody, and the audit
/// reckons with that.
pub fn of_column(single: bool, repeated: bool, column: &Column, withheld: &mut Withheld) {
    let Column { people: everybody, declined, .. } = *column;
    let silent = everybody.saturating_sub(column.answered + declined);
    // The one of those who declined of whom everybody knows is no part of what is uncertain.
    let certain = declined.min(1);
    let mut figures = vec![
        figure(0, 1, people(column.answered), role(withheld.base)),
        figure(0, 2, people(silent), Role::Silent),
        figure(2, 0, people(everybody.saturating_sub(certain)), Role::Known),
    ];
    if declined > 0 {
        let others = Cell { count: declined - certain, people: declined };
        figures.push(figure(0, 2, others, role(withheld.declined)));
    }
    let rows_at = figures.len();
    if single && !repeated {
        let rows = column.rows.iter().zip(&withheld.rows).enumerate();
        figures.extend(rows.map(|(row, (cell, out))| figure(1, 2, *cell, column.role(row, *out))));
        figures.push(figure(1, 2, people(column.rest()), Role::Silent));
    } else {
        figures.push(figure(1, 2, people(column.answered), Role::Silent));
    }
    let Audit { withheld: found, safe } = audit(3, &figures);
    if !safe || column.answered < FEWEST {
        *withheld = Withheld::everything(column.rows.len());
        return;
    }
    withheld.base |= found[0];
    withheld.declined |= declined > 0 && found[3];
    if single && !repeated {
        withheld.rows.iter_mut().zip(&found[rows_at..]).for_each(|(own, found)| *own |= found);
        return;
    }
    let unknown = Withheld { base: withheld.base, ..Withheld::nothing(column.rows.len()) };
    // One column of one table: its rows are its sums, so they must not be taken for known.
    let mut alone = [withheld.clone()];
    let rows: Vec<usize> = (0..column.rows.len()).collect();
    if single {
        line(&rows, true, column, &unknown, &mut alone[0]);
    } else {
        rows.iter().for_each(|row| line(&[*row], false, column, &unknown, &mut alone[0]));
    }
    withheld.join(&alone[0]);
}

/// Audits the parts of one column's base.
fn line(
    rows: &[usize],
    rest_is_silent: bool,
    column: &Column,
    unknown: &Withheld,
    own: &mut Withheld,
) {
    let shown: u64 = rows.iter().map(|row| column.rows[*row].count).sum();
    let shown_people: u64 = rows.iter().map(|row| column.rows[*row].people).sum();
    let rest = Cell {
        count: column.base.saturating_sub(shown),
        people: column.answered.saturating_sub(shown_people),
    };
    let part = |row: &usize| figure(0, 1, column.rows[*row], column.role(*row, own.rows[*row]));
    let mut figures: Vec<_> = rows.iter().map(part).collect();
    figures.push(figure(0, 1, rest, if rest_is_silent { Role::Silent } else { Role::Unseen }));
    let base = if unknown.base { Role::Withheld } else { known(column.base()) };
    figures.push(figure(1, 0, column.base(), base));
    let Audit { withheld: found, safe } = audit(2, &figures);
    for (row, found) in rows.iter().zip(found) {
        own.rows[*row] |= found || !safe;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(rows: &[u64]) -> Column {
        let base = rows.iter().sum();
        Column {
            people: base,
            answered: base,
            base,
            rows: rows.iter().map(|count| people(*count)).collect(),
            ..Column::default()
        }
    }

    #[test]
    fn a_choice_that_nearly_all_picked_tells_who_did_not() {
        let many = Column {
            people: 40,
            answered: 30,
            base: 30,
            rows: vec![people(25), people(12)],
            ..Column::default()
        };
        let mut withheld = Withheld::nothing(2);
        of_column(false, false, &many, &mut withheld);
        assert_eq!(withheld, Withheld { base: false, declined: false, rows: vec![true, false] });
    }

    #[test]
    fn hidden_says_that_somebody_declined_and_is_safe_even_so() {
        // 11 of 31 gave no answer or declined: 1 to 11 declined, which spans 10. Of 30 it would be 1 to 10.
        let audited = |everybody, declined| {
            let mut withheld = Withheld::nothing(2);
            let column = Column { people: everybody, declined, ..column(&[10, 10]) };
            of_column(true, false, &column, &mut withheld);
            (withheld.base, withheld.declined)
        };
        assert_eq!(audited(31, 4), (false, true));
        assert_eq!(audited(30, 4), (true, true));
        // Nobody declined, and nothing is hidden for that.
        assert_eq!(audited(20, 0), (false, false));
    }

    #[test]
    fn a_group_cannot_be_had_by_subtracting_the_others() {
        // Two venues of 40 and 3 people: either the first tells the second, or neither is shown.
        let columns = [column(&[20, 20]), column(&[2, 1])];
        let nothing = Withheld::nothing(2);
        let found =
            of_table(true, &columns, &column(&[22, 21]), &nothing, vec![nothing.clone(); 2]);
        assert!(found.iter().all(|column| column.base && column.rows == [true, true]), "{found:?}");
        assert_eq!(of_people(&[40, 3], &[false; 2], 43), [true, true]);
        assert_eq!(of_people(&[40, 25, 30], &[false; 3], 95), [false; 3]);
    }

    #[test]
    fn what_a_version_did_not_offer_hides_nothing_of_the_others() {
        // 14 and 15 people; the second version does not offer the second choice.
        let first = column(&[14, 12]);
        let second = Column { unoffered: vec![false, true], ..column(&[15, 0]) };
        let nothing = Withheld::nothing(2);
        let both = |second: Column| {
            let columns = [first.clone(), second];
            of_table(true, &columns, &column(&[29, 12]), &nothing, vec![nothing.clone(); 2])
        };
        assert!(both(second.clone()).iter().all(|column| *column == nothing));
        // Offered and picked by nobody, it would tell that nobody did.
        let hidden = both(Column { unoffered: Vec::new(), ..second });
        assert!(hidden[0].rows[1] && hidden[1].rows[1]);
    }
}
