//! One connection through the proxy.

use std::{
    cell::{Cell, RefCell},
    io,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::{mpsc, watch},
    time::{Instant, sleep, sleep_until},
};

use super::{
    Direction, Fault, Manner,
    counts::Counters,
    link::{Line, PACKET},
    plan::Deal,
};

/// Bytes taken at a time where there is no slow line.
const BUFFER: usize = 16 * 1024;
/// Packets under way in one direction: past it the sender waits, as for a full window.
const UNDER_WAY: usize = 64;
/// The head of an answer of this server has less than a kilobyte; what has no end of its head
/// within this is no answer of it.
const HEAD: usize = 16 * 1024;

/// What a connection meets on its way.
pub(super) struct Relay {
    pub(super) number: u64,
    pub(super) fault: Cell<Option<Fault>>,
    pub(super) deal: Option<Deal>,
    pub(super) line: Option<Arc<Line>>,
    pub(super) counters: Arc<Counters>,
    /// The exchange that is under way, and whether bytes of its answer have come.
    pub(super) exchange: Cell<u64>,
    pub(super) answered: Cell<bool>,
    /// Bytes taken from each end, to place the faults of later exchanges.
    pub(super) taken: RefCell<[u64; 2]>,
}

/// Why a connection ended before both ends had said all.
enum Ending {
    Fault(Fault),
    /// One end was gone; the other learns of it.
    Broken,
}

/// What passes from the reading to the writing side, in order.
enum Parcel {
    Bytes(Vec<u8>, Option<Instant>),
    End,
    Fault(Fault),
}

impl Relay {
    /// Carries bytes both ways until both ends have said all, or the fault comes.
    pub(super) async fn run(
        self,
        mut client: TcpStream,
        mut server: TcpStream,
        mut plug: watch::Receiver<()>,
    ) -> io::Result<()> {
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let ended = {
            let (client_says, to_client) = client.split();
            let (server_says, to_server) = server.split();
            let up = self.carry(Direction::Up, client_says, to_server);
            let down = self.carry(Direction::Down, server_says, to_client);
            tokio::select! {
                ended = async { tokio::try_join!(up, down) } => ended,
                _ = plug.changed() => Err(Ending::Broken),
            }
        };
        let manner = match ended {
            Ok(_) => return Ok(()),
            Err(Ending::Broken) => Manner::Reset,
            Err(Ending::Fault(fault)) => self.strike(fault).await,
        };
        if manner == Manner::Reset {
            client.set_zero_linger()?;
            server.set_zero_linger()?;
        }
        Ok(())
    }

    /// Counts the fault, waits out a stall, and says how the connection ends.
    async fn strike(&self, fault: Fault) -> Manner {
        let (counter, manner, pause) = match fault {
            Fault::Cut { manner: Manner::Close, .. } => {
                (&self.counters.closes, Manner::Close, Duration::ZERO)
            }
            Fault::Cut { manner: Manner::Reset, .. } => {
                (&self.counters.resets, Manner::Reset, Duration::ZERO)
            }
            Fault::Stall { pause, .. } => (&self.counters.stalls, Manner::Reset, pause),
            Fault::HalfAnswer => (&self.counters.half_answers, Manner::Close, Duration::ZERO),
        };
        counter.fetch_add(1, Ordering::Relaxed);
        sleep(pause).await;
        manner
    }

    async fn carry(
        &self,
        direction: Direction,
        from: ReadHalf<'_>,
        to: WriteHalf<'_>,
    ) -> Result<(), Ending> {
        let (sender, receiver) = mpsc::channel(UNDER_WAY);
        let reading = self.read(direction, from, sender);
        let writing = self.write(direction, to, receiver);
        tokio::pin!(writing);
        tokio::select! {
            wrote = &mut writing => wrote,
            // What was taken is still to be delivered.
            () = reading => writing.await,
        }
    }

    /// Takes what comes, up to where the fault is. Ends without a last parcel if the end it
    /// reads from is gone.
    async fn read(&self, direction: Direction, mut from: ReadHalf<'_>, to: mpsc::Sender<Parcel>) {
        let mut buffer = vec![0; if self.line.is_some() { PACKET } else { BUFFER }];
        let mut head = Vec::new();
        loop {
            let due = self.due(direction);
            // A fault in an answer waits until more of it comes: cut before its first byte, the
            // answer is lost and the request was still carried out.
            if let Some(fault) = due.filter(|_| direction == Direction::Up) {
                let _ = to.send(Parcel::Fault(fault)).await;
                return;
            }
            let Ok(count) = from.read(&mut buffer).await else { return };
            if let Some(fault) = due.filter(|_| count > 0) {
                let _ = to.send(Parcel::Fault(fault)).await;
                return;
            }
            if count == 0 {
                let _ = to.send(Parcel::End).await;
                return;
            }
            let mut bytes = &buffer[..count];
            self.notice(direction);
            if direction == Direction::Down && self.fault.get() == Some(Fault::HalfAnswer) {
                head.extend_from_slice(bytes);
                let Some(half) = half_of(&head) else { continue };
                // From here on it is a cut at a known place, but counted by its own name.
                let whole = std::mem::take(&mut head);
                let kept = half.min(whole.len());
                let _ = self.pass(direction, &whole[..kept], &to).await;
                let mut missing = half - kept;
                while missing > 0 {
                    let Ok(count @ 1..) = from.read(&mut buffer).await else { break };
                    let part = &buffer[..count.min(missing)];
                    missing -= part.len();
                    let _ = self.pass(direction, part, &to).await;
                }
                let _ = to.send(Parcel::Fault(Fault::HalfAnswer)).await;
                return;
            }
            if let Some(room) = self.room(direction) {
                bytes = &bytes[..bytes.len().min(room)];
            }
            if self.pass(direction, bytes, &to).await.is_err() {
                return;
            }
            if let Some(fault) = self.due(direction).filter(|_| bytes.len() < count) {
                let _ = to.send(Parcel::Fault(fault)).await;
                return;
            }
        }
    }

    /// Sends bytes on their way, over the line if there is one.
    async fn pass(
        &self,
        direction: Direction,
        bytes: &[u8],
        to: &mpsc::Sender<Parcel>,
    ) -> Result<(), mpsc::error::SendError<Parcel>> {
        self.taken.borrow_mut()[direction as usize] += bytes.len() as u64;
        for packet in bytes.chunks(if self.line.is_some() { PACKET } else { BUFFER }) {
            let due = match &self.line {
                Some(line) => Some(line.send(direction, packet.len()).await),
                None => None,
            };
            to.send(Parcel::Bytes(packet.to_vec(), due)).await?;
        }
        Ok(())
    }

    async fn write(
        &self,
        direction: Direction,
        mut to: WriteHalf<'_>,
        mut from: mpsc::Receiver<Parcel>,
    ) -> Result<(), Ending> {
        let passed = match direction {
            Direction::Up => &self.counters.up,
            Direction::Down => &self.counters.down,
        };
        while let Some(parcel) = from.recv().await {
            match parcel {
                Parcel::Bytes(bytes, due) => {
                    if let Some(due) = due {
                        sleep_until(due).await;
                    }
                    // Counted first: whoever has read them may look at the count at once.
                    passed.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                    to.write_all(&bytes).await.map_err(|_| Ending::Broken)?;
                }
                Parcel::End => {
                    let _ = to.shutdown().await;
                    return Ok(());
                }
                Parcel::Fault(fault) => return Err(Ending::Fault(fault)),
            }
        }
        Err(Ending::Broken)
    }

    /// The place of the fault in this direction.
    fn place(&self, direction: Direction) -> Option<(u64, Fault)> {
        let fault = self.fault.get()?;
        match fault {
            Fault::Cut { direction: its, at, .. } | Fault::Stall { direction: its, at, .. } => {
                (its == direction).then_some((at, fault))
            }
            Fault::HalfAnswer => None,
        }
    }

    fn due(&self, direction: Direction) -> Option<Fault> {
        let taken = self.taken.borrow()[direction as usize];
        self.place(direction).filter(|(at, _)| taken >= *at).map(|(_, fault)| fault)
    }

    fn room(&self, direction: Direction) -> Option<usize> {
        let taken = self.taken.borrow()[direction as usize];
        let (at, _) = self.place(direction)?;
        Some(usize::try_from(at.saturating_sub(taken)).unwrap_or(usize::MAX))
    }

    /// Notices where one exchange ends and the next begins, and has its fault dealt.
    fn notice(&self, direction: Direction) {
        if direction == Direction::Down {
            self.answered.set(true);
            return;
        }
        let first = self.taken.borrow()[direction as usize] == 0;
        let next = self.answered.replace(false);
        if first || next {
            self.counters.requests.fetch_add(1, Ordering::Relaxed);
        }
        if next {
            self.exchange.set(self.exchange.get() + 1);
            let Some(deal) = &self.deal else { return };
            let [up, down] = *self.taken.borrow();
            let moved = |direction, at| at + if direction == Direction::Up { up } else { down };
            let fault = deal.fault(self.number, self.exchange.get());
            self.fault.set(fault.map(|fault| match fault {
                Fault::Cut { direction, at, manner } => {
                    Fault::Cut { direction, at: moved(direction, at), manner }
                }
                Fault::Stall { direction, at, pause } => {
                    Fault::Stall { direction, at: moved(direction, at), pause }
                }
                Fault::HalfAnswer => Fault::HalfAnswer,
            }));
        }
    }
}

/// Where the half of an answer is: its head and half of the body that the head promises. An
/// answer in chunks promises no length; half of what came with its head passes then. Nothing
/// while the head is incomplete.
fn half_of(so_far: &[u8]) -> Option<usize> {
    let Some(end) = so_far.windows(4).position(|four| four == b"\r\n\r\n") else {
        return (so_far.len() > HEAD).then_some(so_far.len() / 2);
    };
    let head = String::from_utf8_lossy(&so_far[..end]);
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let body = length.unwrap_or(so_far.len() - end - 4);
    Some(end + 4 + body / 2)
}
