//! Who runs PostgreSQL: it refuses to be root, which tests in a container are.

use std::{
    fs, io,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

use crate::PgError;

/// The account that PostgreSQL runs under, if not that of the test.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account(Option<(u32, u32)>);

impl Account {
    /// The test's own account, or one without rights if that is root.
    ///
    /// # Errors
    /// [`PgError::NoAccount`] if it is root and knows nobody else.
    pub(crate) fn find() -> Result<Self, PgError> {
        // The directory of a process belongs to whoever runs it.
        if fs::metadata("/proc/self").is_ok_and(|own| own.uid() != 0) {
            return Ok(Self(None));
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| ids_of(&accounts, name))
            .map(|ids| Self(Some(ids)))
            .ok_or(PgError::NoAccount)
    }

    /// Lets `command` run under this account.
    pub(crate) fn runs(self, command: &mut Command) -> &mut Command {
        match self.0 {
            Some((user, group)) => command.uid(user).gid(group),
            None => command,
        }
    }

    /// Gives a file or directory to this account.
    pub(crate) fn owns(self, path: &Path) -> io::Result<()> {
        self.0.map_or(Ok(()), |(user, group)| chown(path, Some(user), Some(group)))
    }
}

fn ids_of(accounts: &str, name: &str) -> Option<(u32, u32)> {
    let mut fields = accounts
        .lines()
        .map(|line| line.split(':'))
        .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?
        .skip(1);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_stand_after_the_name() {
        let accounts = "root:x:0:0::/:/bin/sh\npostgres:x:101:104:,,,:/var:/bin/sh\n";
        assert_eq!(ids_of(accounts, "postgres"), Some((101, 104)));
        assert_eq!(ids_of(accounts, "nobody"), None);
    }
}
