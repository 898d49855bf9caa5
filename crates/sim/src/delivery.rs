//! Deliveries: what a request meets on its way to the server, and an answer on its way back.

use server::ApiError;

use crate::{
    fault::Fault,
    front::{blocked, refusal, unavailable},
    network::{Answer, Ask, Busy, Doom, Line, POISON, Reply, Request, Sort},
    scheduler::Scheduler,
};

impl Scheduler {
    /// A request reaches what stands before the server, or the server.
    pub(crate) fn deliver(&mut self, index: usize) {
        let mut network = self.world.network.borrow_mut();
        let request = network.requests.remove(index);
        let sort = request.ask.sort();
        if index > 0 {
            self.world.count_on(Fault::Reorder, sort);
        }
        match network.strike(|doom| matches!(doom, Doom::Request | Doom::Twice)) {
            Some(Doom::Request) => {
                self.world.count_on(Fault::LostRequest, sort);
                self.world.note(format_args!("#{} is lost", request.number));
                return network.arrive(request.number, None);
            }
            Some(_) => {
                self.world.count_on(Fault::Duplicate, sort);
                self.world.note(format_args!("#{} will come twice", request.number));
                network.requests.push(Request { twin: true, ..request.clone() });
            }
            None => {}
        }
        let line = network.line(request.tablet);
        let busy = network.busy;
        if let (Line::Open, Some((kind, left))) = (line, busy) {
            network.busy = (left > 1).then_some((kind, left - 1));
        }
        let poisoned = line == Line::Open
            && busy.is_none()
            && !network.filter_mended
            && matches!(&request.ask, Ask::Push(body) if holds_poison(body));
        drop(network);
        let (fault, answer) = match (line, busy) {
            (Line::Cut, _) => {
                self.world.count_on(Fault::Partition, sort);
                self.world.note(format_args!("#{} is lost: no network", request.number));
                return self.world.network.borrow_mut().arrive(request.number, None);
            }
            (Line::Portal(kind), _) => (Fault::Portal, portal(kind)),
            (Line::Revoked, _) => (Fault::Revoked, refusal(ApiError::SignedOut)),
            (Line::Outdated, _) => (Fault::Outdated, refusal(ApiError::OldClient)),
            (Line::Open, Some((Busy::Unavailable, _))) => (Fault::Unavailable, unavailable()),
            (Line::Open, Some((Busy::TooMany, _))) => {
                (Fault::TooMany, refusal(ApiError::TooManyTries(60)))
            }
            (Line::Open, Some((Busy::BadGateway, _))) => (Fault::BadGateway, Answer::html(502)),
            (Line::Open, None) if poisoned => (Fault::RefusedBatch, blocked()),
            (Line::Open, None) => return self.server.begin(request),
        };
        self.world.count_on(fault, sort);
        self.world.note(format_args!("#{} is answered with {}", request.number, answer.status));
        self.reply(&request, answer);
    }

    fn reply(&self, request: &Request, answer: Answer) {
        if !request.twin {
            let Request { number, tablet, lane, .. } = *request;
            let reply = Reply { number, tablet, lane, sort: request.ask.sort(), answer };
            self.world.network.borrow_mut().replies.push(reply);
        }
    }

    /// An answer reaches its tablet.
    pub(crate) fn hand_over(&mut self, index: usize) {
        let mut network = self.world.network.borrow_mut();
        let Reply { number, tablet, sort, mut answer, .. } = network.replies.remove(index);
        if index > 0 {
            self.world.count_on(Fault::Reorder, sort);
        }
        let hit = network.strike(|doom| match doom {
            Doom::Ack => sort == Sort::Push && answer.status == 200,
            Doom::Truncated(_) => !answer.body.is_empty(),
            _ => false,
        });
        match hit {
            Some(Doom::Truncated(at)) => {
                answer.body.truncate(at as usize % answer.body.len());
                self.world.count_on(Fault::Truncated, sort);
                self.world.note(format_args!("the answer to #{number} is cut off"));
            }
            Some(_) => {
                self.world.count(Fault::LostAck);
                self.world.note(format_args!("the answer to #{number} is lost"));
                return network.arrive(number, None);
            }
            None => {}
        }
        if network.line(tablet) == Line::Cut {
            self.world.count_on(Fault::Partition, sort);
            return network.arrive(number, None);
        }
        if matches!(sort, Sort::Push | Sort::Segment) && answer.status == 200 {
            network.last.insert(sort, answer.clone());
        }
        network.arrive(number, Some(answer));
    }
}

fn portal(kind: u8) -> Answer {
    let json = |body: &[u8]| Answer {
        media_type: "application/json".to_owned(),
        body: body.to_vec(),
        ..Answer::html(200)
    };
    match kind % 6 {
        0 => Answer::html(200),
        1 => json(b"{\"portal\":\"please sign in\"}"),
        2 => Answer::html(511),
        3 => Answer { body: Vec::new(), ..Answer::html(204) },
        4 => json(b"[]"),
        _ => Answer::html(403),
    }
}

/// Whether a body holds the word, as a filter that knows nothing of JSON sees it.
fn holds_poison(body: &[u8]) -> bool {
    body.windows(POISON.len()).any(|window| window == POISON.as_bytes())
}
