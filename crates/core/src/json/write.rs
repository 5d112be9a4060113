//! Writing: what becomes which JSON.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use super::{Json, Object};
use crate::paxos::{NodeId, NodeSet, Value};
use crate::sim::MessageId;

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<bool> for Json {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<u32> for Json {
    fn from(number: u32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<u64> for Json {
    /// Exact up to 2⁵³, which every number here stays below.
    fn from(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_string())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<Self>> for Json {
    fn from(list: Vec<Self>) -> Self {
        Self::List(list)
    }
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        value.as_str().into()
    }
}

impl From<NodeId> for Json {
    fn from(node: NodeId) -> Self {
        node.get().into()
    }
}

impl From<MessageId> for Json {
    fn from(message: MessageId) -> Self {
        message.0.into()
    }
}

impl From<NodeSet> for Json {
    fn from(nodes: NodeSet) -> Self {
        nodes.iter().collect()
    }
}

impl From<(u32, u32)> for Json {
    fn from((low, high): (u32, u32)) -> Self {
        Self::List([low.into(), high.into()].into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Json {
    fn from(option: Option<T>) -> Self {
        option.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Self>> FromIterator<T> for Json {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list = Vec::new();
        for item in items {
            list.push(item.into());
        }
        Self::List(list)
    }
}
