//! Who is connected: how many connections each address has.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Connections by address. Clones are the same ones.
#[derive(Debug, Clone, Default)]
pub struct Guests(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection, until it is dropped.
#[derive(Debug)]
pub struct Guest {
    guests: Guests,
    from: IpAddr,
}

impl Guests {
    /// Counts a connection from `from`; `None` if it has `most` already.
    pub fn admit(&self, from: IpAddr, most: usize) -> Option<Guest> {
        let from = household(from);
        let mut here = self.here();
        let count = here.entry(from).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        drop(here);
        Some(Guest { guests: self.clone(), from })
    }

    fn here(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut here = self.guests.here();
        if let Some(count) = here.get_mut(&self.from) {
            *count -= 1;
            // Nobody is remembered: addresses are without number.
            if *count == 0 {
                here.remove(&self.from);
            }
        }
    }
}

/// What one subscriber has: an IPv4 address, or the 2^64 of IPv6 that share their first half (RFC 6177).
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(network))
        }
        canonical => canonical,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_share_and_leaves_no_trace() {
        let guests = Guests::default();
        let admit = |text: &str| guests.admit(address(text), 2);
        let first = admit("192.0.2.1").unwrap();
        let _mapped = admit("::ffff:192.0.2.1").unwrap();
        assert!(admit("192.0.2.1").is_none());
        assert!(admit("192.0.2.2").is_some());
        drop(first);
        let _third = admit("192.0.2.1").unwrap();
        assert!(admit("192.0.2.1").is_none());
        assert_eq!(guests.here().len(), 1, "who left is forgotten");
    }

    #[test]
    fn neighbours_in_one_network_are_one() {
        let guests = Guests::default();
        let _one = guests.admit(address("2001:db8::1"), 1).unwrap();
        assert!(guests.admit(address("2001:db8::ffff:2"), 1).is_none());
        assert!(guests.admit(address("2001:db8:0:1::1"), 1).is_some());
    }
}
