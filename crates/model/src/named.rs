//! Values by name, in the order of the names.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

/// Values by name; JSON has them as an object. Of a name that comes twice the later value counts.
///
/// A sorted list: there are one to some hundred, and the tree of a map costs the app two kilobytes for each kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<T>(Vec<(String, T)>);

impl<T> Named<T> {
    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.find(name).ok().map(|at| &self.0[at].1)
    }

    /// Sets the value of that name.
    pub fn set(&mut self, name: String, value: T) {
        match self.find(&name) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    /// Takes the value of that name away.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(own, _)| own != name);
    }

    /// The names, each with its value, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where the name stands, or where it would.
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(own, _)| own.as_str().cmp(name))
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<N: Into<String>, T> FromIterator<(N, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(values: I) -> Self {
        let mut named = Self::default();
        values.into_iter().for_each(|(name, value)| named.set(name.into(), value));
        named
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Values<T> {
            type Value = Named<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with a value for each name, such as {\"en\": \"Libraries\"}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut named = Named::default();
                while let Some((name, value)) = map.next_entry()? {
                    named.set(name, value);
                }
                Ok(named)
            }
        }
        deserializer.deserialize_map(Values(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// It does what a map does, and looks the same as JSON.
        #[test]
        fn it_is_a_map(steps in prop::collection::vec(("[abc]{0,2}", any::<Option<u8>>()), 0..20)) {
            let (mut named, mut map) = (Named::default(), BTreeMap::new());
            for (name, value) in steps {
                match value {
                    Some(value) => {
                        named.set(name.clone(), value);
                        map.insert(name, value);
                    }
                    None => {
                        named.remove(&name);
                        map.remove(&name);
                    }
                }
                prop_assert!(named.iter().eq(map.iter().map(|(name, value)| (name.as_str(), value))));
            }
            for name in ["", "a", "ab", "c", "cc"] {
                prop_assert_eq!(named.get(name), map.get(name));
            }
            prop_assert_eq!((named.len(), named.is_empty()), (map.len(), map.is_empty()));
            let json = serde_json::to_value(&named).unwrap();
            prop_assert_eq!(&json, &serde_json::to_value(&map).unwrap());
            prop_assert_eq!(serde_json::from_value::<Named<u8>>(json).unwrap(), named);
        }
    }

    #[test]
    fn the_later_of_two_values_counts() {
        let named: Named<u8> = serde_json::from_str(r#"{"b": 1, "a": 2, "b": 3}"#).unwrap();
        assert_eq!(named, [("a", 2), ("b", 3)].into_iter().collect());
    }
}
