//! Where an item of a draft stands.

use std::fmt;

/// The names from the outermost group to an item: `household/age`. Empty, it is the form itself. Names are unique
/// within their group, so a path leads to one item.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<String>);

impl Path {
    /// The form itself, which holds the outermost items.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads `group/name`; parts without a name are left out.
    pub fn parse(text: &str) -> Self {
        Self(text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect())
    }

    /// The item of that name within this group.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self(self.0.iter().cloned().chain([name.to_owned()]).collect())
    }

    /// The group around it; none around the form itself.
    pub fn parent(&self) -> Option<Self> {
        let (_, around) = self.0.split_last()?;
        Some(Self(around.to_vec()))
    }

    /// The item's own name; none for the form itself.
    pub fn name(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }

    /// The names, outermost first.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Whether it is `group`, or stands in it.
    pub fn is_in(&self, group: &Self) -> bool {
        self.0.starts_with(&group.0)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("/"))
    }
}
