//! People by two things they have in common, one along the lines and one along the columns of a table.

use model::{
    suppression::{Audit, Figure, Role, audit},
    tally::Cell,
};

use super::withhold::{Column, Withheld, elsewhere, figure, known, of_groups};

/// A table of people by two things they have in common: in each place the counts of those who have both.
#[derive(Debug)]
pub struct Square<'a> {
    /// For each place its line, its column and its counts.
    pub places: Vec<(usize, usize, Column)>,
    /// The lines' own counts, and what is withheld of them.
    pub lines: Vec<(Column, &'a Withheld)>,
    /// The same of the columns.
    pub columns: Vec<(Column, &'a Withheld)>,
    /// Everybody.
    pub whole: Column,
}

impl Square<'_> {
    /// What must stay unknown of each place. `withheld` is what is withheld already.
    pub fn audit(
        &self,
        (single, repeated): (bool, bool),
        mut withheld: Vec<Withheld>,
    ) -> Vec<Withheld> {
        // The three ways through it one after the other, until none finds more.
        loop {
            let before = withheld.clone();
            for (at, (whole, unknown)) in self.lines.iter().enumerate() {
                let own = |it: &(usize, usize, Column)| it.0 == at;
                self.slice(own, (single, repeated), whole, unknown, &mut withheld);
            }
            for (at, (whole, unknown)) in self.columns.iter().enumerate() {
                let own = |it: &(usize, usize, Column)| it.1 == at;
                self.slice(own, (single, repeated), whole, unknown, &mut withheld);
            }
            for row in 0..self.whole.rows.len() {
                self.level(
                    &mut withheld,
                    |column| column.rows[row],
                    |column, out| column.role(row, out),
                    |out| &mut out.rows[row],
                    |out| out.rows[row],
                );
            }
            self.level(
                &mut withheld,
                Column::base,
                Column::base_role,
                |out| &mut out.base,
                |out| out.base,
            );
            self.level(
                &mut withheld,
                Column::uncertain,
                Column::declined_role,
                |out| &mut out.declined,
                |out| out.declined,
            );
            if withheld == before {
                return withheld;
            }
        }
    }

    /// The places of one line or column, question by question.
    fn slice(
        &self,
        own: impl Fn(&(usize, usize, Column)) -> bool,
        (single, repeated): (bool, bool),
        whole: &Column,
        unknown: &Withheld,
        withheld: &mut [Withheld],
    ) {
        let places: Vec<usize> =
            (0..self.places.len()).filter(|at| own(&self.places[*at])).collect();
        let columns: Vec<Column> = places.iter().map(|at| self.places[*at].2.clone()).collect();
        let before = places.iter().map(|at| withheld[*at].clone()).collect();
        let found = of_groups(single, repeated, &columns, whole, unknown, before);
        for (at, found) in places.into_iter().zip(found) {
            withheld[at].join(&found);
        }
    }

    /// One figure in all places: they add up along lines and along columns.
    fn level(
        &self,
        withheld: &mut [Withheld],
        cell: impl Fn(&Column) -> Cell,
        role: impl Fn(&Column, bool) -> Role,
        part: impl Fn(&mut Withheld) -> &mut bool,
        is_out: impl Fn(&Withheld) -> bool,
    ) {
        let places = self.places.iter().zip(&*withheld).map(|((line, column, it), out)| Place {
            line: *line,
            column: *column,
            cell: cell(it),
            role: role(it, is_out(out)),
        });
        let places: Vec<Place> = places.collect();
        let sum = |own: &dyn Fn(&Place) -> bool| {
            let mut all = Cell::default();
            places.iter().filter(|place| own(place)).for_each(|place| all += place.cell);
            all
        };
        let margin = |(column, out): &(Column, &Withheld), all: Cell| {
            let own = match role(column, false) {
                Role::Known => Role::Known,
                _ => elsewhere(all, is_out(out)),
            };
            (all, own)
        };
        let lines: Vec<_> = self
            .lines
            .iter()
            .enumerate()
            .map(|(at, it)| margin(it, sum(&|place: &Place| place.line == at)))
            .collect();
        let columns: Vec<_> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, it)| margin(it, sum(&|place: &Place| place.column == at)))
            .collect();
        let found = of_square(&places, &lines, &columns);
        for ((out, found), place) in withheld.iter_mut().zip(found).zip(&places) {
            *part(out) |= found && place.role != Role::Known;
        }
    }
}

/// A figure in a table of two things.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Its line.
    pub line: usize,
    /// Its column.
    pub column: usize,
    /// The figure.
    pub cell: Cell,
    /// What may become of it.
    pub role: Role,
}

/// Which of `places` must be withheld, whose sums are `lines` and `columns`.
pub fn of_square(places: &[Place], lines: &[(Cell, Role)], columns: &[(Cell, Role)]) -> Vec<bool> {
    let (first, source) = (lines.len(), lines.len() + columns.len());
    let sink = source + 1;
    let place = |it: &Place| figure(it.line, first + it.column, it.cell, it.role);
    let mut figures: Vec<Figure> = places.iter().map(place).collect();
    let margin = |(at, (cell, role)): (usize, &(Cell, Role))| (at, *cell, *role);
    figures.extend(
        lines.iter().enumerate().map(margin).map(|(at, cell, role)| figure(source, at, cell, role)),
    );
    figures.extend(
        columns
            .iter()
            .enumerate()
            .map(margin)
            .map(|(at, cell, role)| figure(first + at, sink, cell, role)),
    );
    let mut whole = Cell::default();
    lines.iter().for_each(|(cell, _)| whole += *cell);
    figures.push(figure(sink, source, whole, known(whole)));
    let Audit { withheld, safe } = audit(sink + 1, &figures);
    (0..places.len()).map(|at| withheld[at] || !safe).collect()
}
