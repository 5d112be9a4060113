//! A history as lines of JSON, one operation a line.
//!
//! ```json
//! {"initial":{"k":"v"}}
//! {"client":"a","call":12,"return":30,"op":{"put":["k","w"]},"result":"ok"}
//! {"client":"b","call":14,"return":null,"op":{"get":"k"}}
//! ```
//!
//! Lines may be in any order. The first ones may be headers: `initial` has the values that keys have before anything
//! happens, and `"unobserved":true` says that a result that is left out was not observed. Without it, a result that is
//! left out is a mistake.

use alloc::{string::String, vec::Vec};

use hashbrown::HashMap;
use litemap::LiteMap;
use rustc_hash::FxBuildHasher;

use super::history::{History, HistoryError, Operation, expected};
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::MAX_HISTORY_OPERATIONS;
use crate::log::{Op, Output, Text};

/// Reads a history line by line.
#[derive(Debug, Default)]
pub struct HistoryReader {
    clients: Vec<String>,
    numbers: HashMap<String, usize, FxBuildHasher>,
    initial: LiteMap<Text, Text>,
    /// Whether a result may be left out.
    unobserved: bool,
    operations: Vec<Operation>,
    /// The line of each operation.
    lines: Vec<usize>,
}

impl HistoryReader {
    /// Takes in a line; its number is what [`line`](Self::line) gives back.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(&mut self, number: usize, json: &Json) -> Result<(), Malformed> {
        let is_header = matches!(json, Json::Object(object) if object.iter().any(|(name, _)| is_of_header(name)));
        if is_header {
            return self.header(json);
        }
        if self.operations.len() == MAX_HISTORY_OPERATIONS {
            let most = text!("a history has at most ", MAX_HISTORY_OPERATIONS, " operations: judge a part of it");
            return Err(Malformed::new(&most));
        }
        let operation = self.operation(json)?;
        self.operations.push(operation);
        self.lines.push(number);
        Ok(())
    }

    fn header(&mut self, json: &Json) -> Result<(), Malformed> {
        let object = Object::of(json, "header", &["initial", "unobserved"])?;
        if !self.operations.is_empty() {
            return Err(Malformed::new("a header comes before all operations"));
        }
        object.update("unobserved", &mut self.unobserved)?;
        let Some(initial) = object.get("initial") else { return Ok(()) };
        let Json::Object(initial) = initial else {
            return Err(Malformed::new("\"initial\" must be an object: each key with the value it has"));
        };
        for (key, value) in initial.iter() {
            let value = Text::from_json(value, key)?;
            self.initial.insert(Text::from_json(&key.into(), "initial")?, value);
        }
        Ok(())
    }

    fn operation(&mut self, json: &Json) -> Result<Operation, Malformed> {
        let object = Object::of(json, "operation", &["client", "call", "return", "op", "result"])?;
        let client: String = object.required("client")?;
        let call = object.required("call")?;
        let has = |name: &str| object.iter().any(|(other, _)| other == name);
        if !has("return") {
            return Err(Malformed::new("the field \"return\" is missing: it is null where no answer came"));
        }
        let returned = object.optional("return")?;
        let op: Op = object.required("op")?;
        let result = object.iter().find(|(name, _)| *name == "result").map(|(_, result)| result);
        let output = match (returned, result) {
            (None, None | Some(Json::Null)) => None,
            (_, Some(result)) => Some(output(&op, result)?),
            (Some(_), None) if self.unobserved => None,
            (Some(_), None) => {
                let header = "; if it was not observed, a first line {\"unobserved\":true} says so";
                return Err(Malformed::new(&text!("the field \"result\" is missing", header)));
            }
        };
        let client = match self.numbers.get(&client) {
            Some(number) => *number,
            None => {
                self.numbers.insert(client.clone(), self.clients.len());
                self.clients.push(client);
                self.clients.len() - 1
            }
        };
        Ok(Operation { client, call, returned, op, output })
    }

    /// The number of the line that an operation was read from: see [`History::given`].
    #[must_use]
    pub fn line(&self, operation: usize) -> usize {
        self.lines[operation]
    }

    /// The history of all lines.
    ///
    /// # Errors
    /// Why they are none.
    pub fn history(&self) -> Result<History, HistoryError> {
        History::new(self.clients.clone(), self.initial.clone(), self.operations.clone())
    }
}

fn is_of_header(name: &str) -> bool {
    matches!(name, "initial" | "unobserved")
}

fn output(op: &Op, result: &Json) -> Result<Output, Malformed> {
    Ok(match (op, result) {
        (Op::Get { .. }, Json::Null) => Output::Value(None),
        (Op::Get { .. }, Json::Text(_)) => Output::Value(Some(Text::from_json(result, "result")?)),
        (Op::Cas { .. }, Json::Bool(swapped)) => Output::Swapped(*swapped),
        (Op::Append { .. }, Json::Text(text)) if text == "too-long" => Output::TooLong,
        (Op::Put { .. } | Op::Delete { .. } | Op::Append { .. }, Json::Text(text)) if text == "ok" => Output::Done,
        _ => return Err(Malformed::new(&text!("the \"result\" of ", op.name(), " is ", expected(op)))),
    })
}

/// An answer as a line has it.
impl From<&Output> for Json {
    fn from(output: &Output) -> Self {
        match output {
            Output::Done => "ok".into(),
            Output::Value(value) => value.as_ref().map_or(Self::Null, Self::from),
            Output::Swapped(swapped) => (*swapped).into(),
            Output::TooLong => "too-long".into(),
        }
    }
}

impl History {
    /// An operation as a line has it.
    #[must_use]
    pub fn line(&self, operation: usize) -> Object {
        let Operation { client, call, returned, op, output } = &self.operations()[operation];
        Object::new()
            .with("client", self.clients()[*client].as_str())
            .with("call", *call)
            .with("return", *returned)
            .with("op", op)
            .maybe("result", output.as_ref().map(Json::from))
    }
}
