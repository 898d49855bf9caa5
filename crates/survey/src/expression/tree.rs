//! What expressions are evaluated over: the answers of a form and its lists, as a tree of nodes.

use std::borrow::Cow;

/// The data of one filling, as XPath sees it (XPath 1.0, section 5; ODK XForms 1.0.0, "Instance").
///
/// Above everything is a node without a name, [`Tree::root`]; its only child is the form (`data`), below which are
/// groups, instances of repeats and questions. Each list of choices and each table is a tree of its own.
pub trait Tree {
    /// A node. Two nodes are equal if they are the same place, whatever they hold.
    type Node: Copy + Eq;

    /// What `/` stands for: the node above the form.
    fn root(&self) -> Self::Node;

    /// The node around `node`; none above a root.
    fn parent(&self, node: Self::Node) -> Option<Self::Node>;

    /// The nodes below `node`, in the order of the form. Instances of a repeat stand beside one another.
    fn children(&self, node: Self::Node) -> Vec<Self::Node>;

    /// The name of `node`: that of its question, group, repeat or column; empty at a root.
    fn name(&self, node: Self::Node) -> Cow<'_, str>;

    /// What `node` holds, empty if it is not answered: a choice's name, picked names separated by spaces, a number's
    /// digits, an ISO date. Of a group it does not matter.
    fn text(&self, node: Self::Node) -> Cow<'_, str>;

    /// Whether `node` is relevant. What is not is left out of everything that a path selects.
    fn is_relevant(&self, node: Self::Node) -> bool {
        let _ = node;
        true
    }

    /// What `${name}` means.
    ///
    /// Seen `from` a node it is what pyxform writes for it: inside of the innermost repeat instance that holds both,
    /// or all there are where no repeat holds both. Without `from` it is all there are, as the first arguments of
    /// `indexed-repeat` mean it. The order is that of the form.
    fn named(&self, name: &str, from: Option<Self::Node>) -> Vec<Self::Node>;

    /// The number of `node` among the instances of its repeat, from 1; of others 1.
    fn position(&self, node: Self::Node) -> usize {
        let Some(parent) = self.parent(node) else { return 1 };
        let name = self.name(node);
        let same = self.children(parent).into_iter().filter(|other| self.name(*other) == name);
        same.take_while(|other| *other != node).count() + 1
    }

    /// The innermost instance of a repeat that `node` stands in or is; none outside of every repeat.
    fn instance_of(&self, node: Self::Node) -> Option<Self::Node> {
        let _ = node;
        None
    }

    /// What `instance('id')` stands for, a list of choices or a table: a node above `root`, whose children are `item`s
    /// with `name`, `label` and the columns below them. None if the form has no such list.
    fn instance(&self, id: &str) -> Option<Self::Node>;

    /// The label, in the language at hand, of the choice `value` of the question `question` (`jr:choice-name`).
    fn choice_label(&self, question: Self::Node, value: &str) -> Option<String>;

    /// `pulldata(table, column, key_column, key)`: the field in `column` of the first row of `table` that has `key` in
    /// `key_column`. None if there is no such row or column.
    ///
    /// What is here goes through [`Tree::instance`]; who knows the table can be quicker.
    fn look_up(&self, table: &str, column: &str, key_column: &str, key: &str) -> Option<String> {
        let above = self.instance(table)?;
        let field = |row, name: &str| {
            let mut children = self.children(row).into_iter();
            children.find(|child| self.name(*child) == name).map(|field| self.text(field))
        };
        let rows = self.children(above).into_iter().flat_map(|root| self.children(root));
        let mut found = rows.filter(|row| field(*row, key_column).is_some_and(|text| text == key));
        found.next().and_then(|row| field(row, column)).map(Cow::into_owned)
    }

    /// `jr:itext(id)`: a text by its number in the form's own file. Forms of XLSForm do not write it themselves.
    fn itext(&self, id: &str) -> Option<String> {
        let _ = id;
        None
    }

    /// `property(name)` of ODK XForms, "Metadata": `deviceid`, `username`, `email`, `phonenumber`; none is empty.
    fn property(&self, name: &str) -> Option<String> {
        let _ = name;
        None
    }
}
