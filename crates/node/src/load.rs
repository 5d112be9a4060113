//! Clients that ask as fast as they are answered: how many operations a second, how late, and whether the answers add up.

use std::time::Duration;

use quorum_core::check::linear::{History, Operation};
use quorum_core::json::Json;
use quorum_core::limits::MAX_HISTORY_OPERATIONS;
use quorum_core::log::{Op, Output, Text};
use tokio::time::Instant;

use crate::client::{Client, ClientError, Way};

/// One in so many operations is a get.
const GETS: u32 = 10;
/// How long a client waits for one answer before the load is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a load is.
#[derive(Clone, Debug)]
pub struct Load {
    /// The servers (`host:port`).
    pub servers: Vec<String>,
    /// The way to them.
    pub way: Way,
    /// How many clients ask at once.
    pub clients: usize,
    /// For how long.
    pub time: Duration,
}

/// One operation as its client saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The client, from 0.
    pub client: usize,
    /// When it was asked for, in microseconds since the load began.
    pub call: u64,
    /// When it was answered, and what. `None`: it never was.
    pub answer: Option<(u64, Output)>,
    /// What was asked for.
    pub op: Op,
}

/// What came of a load.
#[derive(Clone, Debug)]
pub struct Report {
    /// All operations, in the order in which they were asked for.
    pub seen: Vec<Seen>,
    /// How long it took.
    pub took: Duration,
    /// Why some clients stopped early.
    pub errors: Vec<ClientError>,
}

impl Load {
    /// Runs it.
    ///
    /// # Errors
    /// There is nobody to ask.
    pub async fn run(&self) -> Result<Report, ClientError> {
        let begun = Instant::now();
        let prefix = getrandom::u32().map_err(|error| ClientError::Refused(error.to_string()))?;
        let mut tasks = Vec::new();
        for number in 0..self.clients {
            let client = Client::new(self.servers.clone(), self.way.clone())?;
            let keys = self.clients as u32;
            tasks
                .push(tokio::spawn(ask(client, number, begun, self.time, move || key(prefix, fastrand::u32(0..keys)))));
        }
        let (mut seen, mut errors) = (Vec::new(), Vec::new());
        for task in tasks {
            let (operations, error) = task.await.map_err(|error| ClientError::Refused(error.to_string()))?;
            seen.extend(operations);
            errors.extend(error);
        }
        seen.sort_by_key(|seen: &Seen| seen.call);
        Ok(Report { seen, took: begun.elapsed(), errors })
    }
}

/// A key that no other load uses, so that it has no value to begin with.
fn key(prefix: u32, number: u32) -> String {
    format!("load-{prefix:08x}-{number}")
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap_or_else(|| unreachable!("{text} is short"))
}

async fn ask(
    mut client: Client,
    number: usize,
    begun: Instant,
    time: Duration,
    key: impl Fn() -> String,
) -> (Vec<Seen>, Option<ClientError>) {
    let mut all = Vec::new();
    let micros = || begun.elapsed().as_micros() as u64;
    for count in 0_u32.. {
        if begun.elapsed() >= time {
            break;
        }
        let key = text(&key());
        let value = || text(&format!("{number}-{count}"));
        let op = if count % GETS == GETS - 1 { Op::Get { key } } else { Op::Put { key, value: value() } };
        let call = micros();
        match client.execute(&op, PATIENCE).await {
            Ok((output, _)) => all.push(Seen { client: number, call, answer: Some((micros(), output)), op }),
            Err(error) => {
                all.push(Seen { client: number, call, answer: None, op });
                return (all, Some(error));
            }
        }
    }
    (all, None)
}

impl Report {
    /// The history as the judge of histories reads it. It has a limit: what was asked for after that is left out, and what was
    /// answered after that counts as never answered. A prefix of a linearizable history is linearizable.
    #[must_use]
    pub fn operations(&self) -> Vec<Operation> {
        let kept = &self.seen[..self.seen.len().min(MAX_HISTORY_OPERATIONS)];
        let end = self.seen.get(MAX_HISTORY_OPERATIONS).map_or(u64::MAX, |seen| seen.call);
        kept.iter()
            .map(|Seen { client, call, answer, op }| {
                let answer = answer.as_ref().filter(|(at, _)| *at < end);
                Operation {
                    client: *client,
                    call: *call,
                    returned: answer.map(|(at, _)| *at),
                    op: op.clone(),
                    output: answer.map(|(_, output)| output.clone()),
                }
            })
            .collect()
    }

    /// The same, one operation a line, as `quorum linearizable` reads it.
    ///
    /// # Errors
    /// Why it is no history: nothing was answered.
    pub fn lines(&self) -> Result<String, String> {
        let operations = self.operations();
        let clients = self.seen.iter().map(|seen| seen.client).max().map_or(0, |last| last + 1);
        let names = (1..=clients).map(|number| format!("client-{number}")).collect();
        let history = History::new(names, Default::default(), operations).map_err(|error| error.what.to_string())?;
        let mut lines = String::new();
        for operation in 0..history.operations().len() {
            lines += &serde_json::to_string(&Json::from(history.line(operation))).map_err(|error| error.to_string())?;
            lines.push('\n');
        }
        Ok(lines)
    }

    /// How long each answered put took, in microseconds, shortest first.
    fn latencies(&self) -> Vec<u64> {
        let puts = self.seen.iter().filter(|seen| matches!(seen.op, Op::Put { .. }));
        let mut all: Vec<u64> = puts.filter_map(|seen| Some(seen.answer.as_ref()?.0 - seen.call)).collect();
        all.sort_unstable();
        all
    }

    /// What came of it, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        let latencies = self.latencies();
        let at = |thousandth: usize| latencies.get(latencies.len() * thousandth / 1000).copied().unwrap_or_default();
        let ms = |micros: u64| format!("{}.{:02} ms", micros / 1000, micros % 1000 / 10);
        let seconds = self.took.as_secs_f64();
        let per_second = latencies.len() as f64 / seconds;
        let open = self.seen.iter().filter(|seen| seen.answer.is_none()).count();
        let mut text = format!(
            "{per_second:.0} puts a second ({} puts in {seconds:.1} s), median {}, 99th percentile {}, slowest {}\n",
            latencies.len(),
            ms(at(500)),
            ms(at(990)),
            ms(latencies.last().copied().unwrap_or_default()),
        );
        if self.seen.len() > MAX_HISTORY_OPERATIONS {
            text += &format!("the history has the first {MAX_HISTORY_OPERATIONS} operations of {}\n", self.seen.len());
        }
        if open > 0 {
            text += &format!("{open} operations were never answered\n");
        }
        for error in &self.errors {
            text += &format!("a client gave up: {error}\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use quorum_core::check::linear::{Verdict, judge};

    use super::*;

    fn report(count: u64) -> Report {
        let seen = (0..count).map(|number| Seen {
            client: 0,
            call: 10 * number,
            answer: Some((10 * number + 5, Output::Done)),
            op: Op::Put { key: text("k"), value: text("v") },
        });
        Report { seen: seen.collect(), took: Duration::from_secs(2), errors: Vec::new() }
    }

    #[test]
    fn the_summary_says_how_many_and_how_late() {
        assert_eq!(
            report(200).summary(),
            "100 puts a second (200 puts in 2.0 s), median 0.00 ms, 99th percentile 0.00 ms, slowest 0.00 ms\n"
        );
        let mut slow = report(100);
        slow.seen[7].answer = Some((70 + 12_340, Output::Done));
        assert!(slow.summary().contains("slowest 12.34 ms"));
        slow.seen[7].answer = None;
        assert!(slow.summary().contains("1 operations were never answered"));
    }

    #[test]
    fn a_history_that_is_too_long_is_cut_where_every_answer_in_it_was_known() {
        let report = report(MAX_HISTORY_OPERATIONS as u64 + 3);
        assert_eq!(report.operations().len(), MAX_HISTORY_OPERATIONS);
        assert!(report.summary().contains("the first 100000 operations of 100003"));
        let mut overlapping = report.clone();
        overlapping.seen[0].answer = Some((u64::MAX - 1, Output::Done));
        assert_eq!(overlapping.operations()[0].returned, None);
    }

    #[test]
    fn its_lines_are_a_history() {
        let lines = report(3).lines().unwrap();
        let first = r#"{"client":"client-1","call":0,"return":5,"op":{"put":["k","v"]},"result":"ok"}"#;
        assert_eq!(lines.lines().next(), Some(first));
        let history = History::new(vec!["a".into()], Default::default(), report(3).operations()).unwrap();
        assert!(matches!(judge(&history), Verdict::Linearizable { .. }));
        assert!(report(0).lines().is_err());
    }
}
