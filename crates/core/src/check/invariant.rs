//! What must always hold.

use serde::Serialize;

words! {
    /// A property of every state of a correct run.
    ///
    /// The first four are what consensus *means* (*Paxos Made Simple*, §2.1 and §2.2); the others are how Paxos gets
    /// there. Digests count on the order of these, as on that of [`Violation`](super::Violation): add at the end.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
    pub enum Invariant {
        /// "Only a single value is chosen" (§2.1).
        OneValueChosen = "one-value-chosen",
        /// "Only a value that has been proposed may be chosen" (§2.1).
        OnlyProposedChosen = "only-proposed-chosen",
        /// "If a proposal with value v is chosen, then every higher-numbered proposal issued by any proposer has value
        /// v" (§2.2, P2b), and the acceptors that chose it still hold it.
        ChosenStaysChosen = "chosen-stays-chosen",
        /// "A process never learns that a value has been chosen unless it actually has been" (§2.1).
        OnlyChosenLearned = "only-chosen-learned",
        /// An acceptor never promises, remembers or restarts with less than it has told others it promised (§2.5).
        PromisesNeverGoBack = "promises-never-go-back",
        /// What a message rests on is durable before the message leaves (§2.5).
        DurableBeforeSent = "durable-before-sent",
        /// "Different proposals have different numbers" (§2.2): no ballot asks for two values.
        OneValuePerBallot = "one-value-per-ballot",
        /// Whatever happens is a step of the specification, or several, or none.
        StepOfSpecification = "step-of-specification",
        /// In a log, only a single command is chosen in a slot, over all ballots.
        OneCommandPerSlot = "one-command-per-slot",
        /// A server applies only what a client asked for, or nothing.
        OnlyAskedApplied = "only-asked-applied",
        /// What a server has applied is what is chosen in the first slots, in their order.
        AppliedIsChosen = "applied-is-chosen",
        /// Servers that have applied the same slots hold the same store and the same sessions.
        EqualStores = "equal-stores",
        /// A server applies each operation of a client once.
        AppliedOnce = "applied-once",
        /// A leader proposes in no slot above the last one that it applied plus the window.
        WithinWindow = "within-window",
        /// What clients were answered could have been answered by one store that does one operation after the other.
        Linearizable = "linearizable",
    }
}
