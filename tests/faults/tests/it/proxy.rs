//! The proxy itself: it does what its plan says, no more and no less.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Result;
use faults::{
    Proxy,
    proxy::{Deal, Direction, Fault, Kind, Link, Manner, Plan},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A server that answers each connection with what it got, once all of it is there.
async fn echo() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut got = Vec::new();
                if stream.read_to_end(&mut got).await.is_ok() {
                    stream.write_all(&got).await.ok();
                }
            });
        }
    });
    Ok(address)
}

/// A server that answers every connection with these bytes at once, whatever is asked.
async fn answering(answer: &'static [u8]) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(answer).await.ok();
        }
    });
    Ok(address)
}

/// Sends bytes and gives what came back, and whether it ended well.
async fn ask(address: SocketAddr, bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut got = Vec::new();
    let Ok(mut stream) = TcpStream::connect(address).await else { return (got, false) };
    let sent = stream.write_all(bytes).await.is_ok() && stream.shutdown().await.is_ok();
    // One by one: what came before a reset counts.
    let mut byte = [0];
    loop {
        match stream.read(&mut byte).await {
            Ok(0) => return (got, sent),
            Ok(_) => got.push(byte[0]),
            Err(_) => return (got, false),
        }
    }
}

#[tokio::test]
async fn what_passes_is_whole() -> Result<()> {
    let proxy = Proxy::start(echo().await?, Plan::Open)?;
    assert!(proxy.address().ip().is_loopback());
    let bytes: Vec<u8> = (0..300_000_u32).map(|at| at as u8).collect();
    assert_eq!(ask(proxy.address(), &bytes).await, (bytes.clone(), true));
    let counts = proxy.counts();
    assert_eq!((counts.up, counts.down, counts.faults()), (300_000, 300_000, 0));
    Ok(())
}

#[tokio::test]
async fn a_cut_is_at_its_byte_in_either_direction() -> Result<()> {
    let proxy = Proxy::start(echo().await?, Plan::Open)?;
    for at in 0..12 {
        for manner in [Manner::Close, Manner::Reset] {
            let direction = Direction::Down;
            proxy.follow(Plan::Once(Fault::Cut { direction, at, manner }));
            let (got, well) = ask(proxy.address(), b"twelve bytes").await;
            // What passed before a reset may be lost with it.
            assert!(b"twelve bytes".starts_with(&got) && got.len() as u64 <= at);
            assert_eq!(well, manner == Manner::Close, "{at} {manner:?}");
            assert!(!well || got.len() as u64 == at);

            let before = proxy.counts();
            proxy.follow(Plan::Once(Fault::Cut { direction: Direction::Up, at, manner }));
            ask(proxy.address(), b"twelve bytes").await;
            let after = proxy.counts();
            assert_eq!(after.up - before.up, at);
            assert_eq!(after.faults() - before.faults(), 1);
        }
    }
    assert_eq!(ask(proxy.address(), b"whole again").await, (b"whole again".to_vec(), true));
    Ok(())
}

#[tokio::test]
async fn half_an_answer_is_its_head_and_half_of_its_body() -> Result<()> {
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
    let proxy = Proxy::start(answering(ANSWER).await?, Plan::Once(Fault::HalfAnswer))?;
    let (got, _) = ask(proxy.address(), b"").await;
    assert_eq!(got, &ANSWER[..ANSWER.len() - 5]);
    assert_eq!(proxy.counts().half_answers, 1);
    Ok(())
}

#[tokio::test]
async fn a_stall_gives_nothing_and_then_a_reset() -> Result<()> {
    let proxy = Proxy::start(echo().await?, Plan::Open)?;
    let pause = Duration::from_millis(300);
    proxy.follow(Plan::Once(Fault::Stall { direction: Direction::Down, at: 4, pause }));
    let start = Instant::now();
    let (got, well) = ask(proxy.address(), b"twelve bytes").await;
    assert!(start.elapsed() >= pause);
    assert_eq!((got.as_slice(), well), (&b"twel"[..], false));
    Ok(())
}

#[tokio::test]
async fn an_unplugged_server_resets_old_and_new_connections() -> Result<()> {
    let proxy = Proxy::start(echo().await?, Plan::Open)?;
    let mut old = TcpStream::connect(proxy.address()).await?;
    old.write_all(b"still there?").await?;
    e2e::wait::until("the bytes passed", e2e::wait::SHORT, async || {
        Ok((proxy.counts().up == 12).then_some(()))
    })
    .await?;
    proxy.unplug();
    assert!(old.read(&mut [0]).await.is_err());
    assert!(!ask(proxy.address(), b"").await.1);
    proxy.follow(Plan::Open);
    assert!(ask(proxy.address(), b"").await.1);
    Ok(())
}

#[test]
fn a_seed_deals_the_same_again_and_every_kind() {
    let deal = Deal::everything(7, 0.5);
    let dealt = |deal: &Deal| (0..1_000).map(|number| deal.fault(number, 0)).collect::<Vec<_>>();
    assert_eq!(dealt(&deal), dealt(&deal.clone()));
    assert_ne!(dealt(&deal), dealt(&Deal::everything(8, 0.5)));
    let faults: Vec<_> = dealt(&deal).into_iter().flatten().collect();
    assert!((450..550).contains(&faults.len()), "{}", faults.len());
    let has = |wanted: fn(&Fault) -> bool| faults.iter().filter(|it| wanted(it)).count() > 50;
    assert!(has(|it| matches!(it, Fault::Cut { manner: Manner::Close, .. })));
    assert!(has(|it| matches!(it, Fault::Cut { manner: Manner::Reset, .. })));
    assert!(has(|it| matches!(it, Fault::Stall { .. })));
    assert!(has(|it| matches!(it, Fault::HalfAnswer)));
    assert!(has(|it| matches!(it, Fault::Cut { direction: Direction::Up, at: ..100, .. })));

    // Two in a hundred, as on the benchmarks' line.
    let resets = Deal::resets(7, 0.02);
    let struck = dealt(&resets).into_iter().flatten().count();
    assert!((10..35).contains(&struck), "{struck}");
    assert_eq!(resets.fault(0, 1), None);
}

#[tokio::test]
async fn later_exchanges_of_a_connection_have_faults_of_their_own() -> Result<()> {
    const ANSWER: &[u8] = b"pong";
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let upstream = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                while stream.read_exact(&mut [0; 4]).await.is_ok() {
                    stream.write_all(ANSWER).await.ok();
                }
            });
        }
    });
    let kinds = vec![Kind::Reset];
    let deal = Deal { kinds, reach: 1, each_exchange: true, ..Deal::resets(3, 0.05) };
    let proxy = Proxy::start(upstream, Plan::Dealt(deal.clone()))?;
    let mut exchanges = 0;
    let mut stream = TcpStream::connect(proxy.address()).await?;
    while stream.write_all(b"ping").await.is_ok() && stream.read_exact(&mut [0; 4]).await.is_ok() {
        exchanges += 1;
    }
    let first = (0..).find(|exchange| deal.fault(0, *exchange).is_some());
    assert_eq!(Some(exchanges), first);
    Ok(())
}

#[tokio::test]
async fn a_line_has_its_rate_and_delay_and_connections_share_it() -> Result<()> {
    let link = Link { bits_per_second: 800_000, round_trip: Duration::from_millis(100) };
    let proxy = Proxy::start(echo().await?, Plan::Open)?;
    proxy.use_link(Some(link));
    let bytes = vec![7; 25_000];
    // 25 kB up and then down, each a quarter of a second; a round trip for the handshake and
    // one for the bytes.
    let alone = Instant::now();
    assert!(ask(proxy.address(), &bytes).await.1);
    let alone = alone.elapsed().as_secs_f64();
    assert!((0.68..1.4).contains(&alone), "{alone}");
    let both = Instant::now();
    let (one, two) = tokio::join!(ask(proxy.address(), &bytes), ask(proxy.address(), &bytes));
    let both = both.elapsed().as_secs_f64();
    assert!(one.1 && two.1);
    assert!((1.15..2.5).contains(&both), "{both}");
    Ok(())
}
