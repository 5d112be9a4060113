//! The Paxos that `stateright` itself is measured with: three servers, two clients, and a network that neither loses nor
//! repeats but delivers in any order. Each client writes a value and then reads one; what they see must be what one
//! register could have shown them. It is said again here in our words; that it is the same shows in its number of states.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use stateright::actor::register::{RegisterActor, RegisterMsg};
use stateright::actor::{Actor, ActorModel, Id, Network, Out, majority, model_peers};
use stateright::semantics::LinearizabilityTester;
use stateright::semantics::register::Register;
use stateright::{Checker, Expectation, Model};

/// How many there are, as its authors publish.
pub(super) const STATES: usize = 16_668;
const SERVERS: usize = 3;
const CLIENTS: usize = 2;

type Ballot = (u32, Id);
/// The request that brought a value, who sent it, and the value.
type Wish = (u64, Id, char);
type Vote = (Ballot, Wish);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Message {
    Prepare(Ballot),
    Promise(Ballot, Option<Vote>),
    Accept(Vote),
    Accepted(Ballot),
    Chosen(Vote),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct State {
    ballot: (u32, Id),
    wish: Option<Wish>,
    promises: BTreeMap<Id, Option<Vote>>,
    voters: BTreeSet<Id>,
    vote: Option<Vote>,
    is_chosen: bool,
}

/// Proposer, acceptor and learner in one.
struct Server {
    others: Vec<Id>,
}

impl Server {
    fn tell(&self, message: Message, out: &mut Out<Self>) {
        out.broadcast(&self.others, &RegisterMsg::Internal(message));
    }

    fn is_quorum(&self, count: usize) -> bool {
        count == majority(self.others.len() + 1)
    }

    /// A client's value begins a ballot, once for each server.
    fn propose(&self, own: Id, state: &mut State, wish: Wish, out: &mut Out<Self>) {
        state.wish = Some(wish);
        state.ballot = (state.ballot.0 + 1, own);
        state.promises = BTreeMap::from([(own, state.vote)]);
        state.voters.clear();
        self.tell(Message::Prepare(state.ballot), out);
    }

    /// At a quorum of promises it asks for the value of the highest vote reported, or else for its client's, and votes.
    fn promised(&self, own: Id, state: &mut State, from: Id, report: Option<Vote>, out: &mut Out<Self>) {
        state.promises.insert(from, report);
        if !self.is_quorum(state.promises.len()) {
            return;
        }
        let reported = state.promises.values().flatten().max().map(|(_, wish)| *wish);
        state.wish = reported.or(state.wish);
        let Some(wish) = state.wish else { return };
        state.vote = Some((state.ballot, wish));
        state.voters.insert(own);
        self.tell(Message::Accept((state.ballot, wish)), out);
    }

    fn accepted(&self, state: &mut State, from: Id, out: &mut Out<Self>) {
        state.voters.insert(from);
        let Some(wish) = state.wish.filter(|_| self.is_quorum(state.voters.len())) else { return };
        state.is_chosen = true;
        self.tell(Message::Chosen((state.ballot, wish)), out);
        out.send(wish.1, RegisterMsg::PutOk(wish.0));
    }
}

impl Actor for Server {
    type Msg = RegisterMsg<u64, char, Message>;
    type State = State;
    type Timer = ();
    type Random = ();
    type Storage = ();

    fn on_start(&self, _: Id, _: &Option<()>, _: &mut Out<Self>) -> State {
        State::default()
    }

    fn on_msg(&self, own: Id, state: &mut Cow<'_, State>, from: Id, message: Self::Msg, out: &mut Out<Self>) {
        use Message::{Accept, Accepted, Chosen, Prepare, Promise};
        let internal = match message {
            // Only a server that knows what is chosen answers a reader.
            RegisterMsg::Get(request) if state.is_chosen => {
                state.vote.iter().for_each(|(_, (.., value))| out.send(from, RegisterMsg::GetOk(request, *value)));
                return;
            }
            RegisterMsg::Put(request, value) if !state.is_chosen && state.wish.is_none() => {
                return self.propose(own, state.to_mut(), (request, from, value), out);
            }
            RegisterMsg::Internal(internal) if !state.is_chosen => internal,
            _ => return,
        };
        match internal {
            Prepare(ballot) if ballot > state.ballot => {
                state.to_mut().ballot = ballot;
                out.send(from, RegisterMsg::Internal(Promise(ballot, state.vote)));
            }
            Promise(ballot, report) if ballot == state.ballot => {
                self.promised(own, state.to_mut(), from, report, out);
            }
            Accept(vote) if vote.0 >= state.ballot => {
                let state = state.to_mut();
                (state.ballot, state.vote) = (vote.0, Some(vote));
                out.send(from, RegisterMsg::Internal(Accepted(vote.0)));
            }
            Accepted(ballot) if ballot == state.ballot => self.accepted(state.to_mut(), from, out),
            Chosen(vote) => {
                let state = state.to_mut();
                (state.ballot, state.vote, state.is_chosen) = (vote.0, Some(vote), true);
            }
            _ => {}
        }
    }
}

type Paxos = ActorModel<RegisterActor<Server>, (), LinearizabilityTester<Id, Register<char>>>;

fn model() -> Paxos {
    let servers = (0..SERVERS).map(|own| RegisterActor::Server(Server { others: model_peers(own, SERVERS) }));
    let clients = (0..CLIENTS).map(|_| RegisterActor::Client { put_count: 1, server_count: SERVERS });
    ActorModel::new((), LinearizabilityTester::new(Register(char::default())))
        .actors(servers)
        .actors(clients)
        .init_network(Network::new_unordered_nonduplicating([]))
        .property(Expectation::Always, "linearizable", |_, state| state.history.serialized_history().is_some())
        .property(Expectation::Sometimes, "a value is read", |_, state| {
            let is_read = |message: &_| matches!(message, RegisterMsg::GetOk(_, value) if *value != char::default());
            state.network.iter_deliverable().any(|envelope| is_read(envelope.msg))
        })
        .record_msg_in(RegisterMsg::record_returns)
        .record_msg_out(RegisterMsg::record_invocations)
}

/// Searches all of it on one thread, and says how many states there are.
pub(super) fn search() -> usize {
    let checker = model().checker().threads(1).spawn_bfs().join();
    checker.assert_properties();
    checker.unique_state_count()
}
