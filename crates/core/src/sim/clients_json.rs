//! What clients do and how they ask, as people and pages write it.

use super::clients::ClientAction;
use super::workload::Workload;
use crate::json::{FromJson, Json, Malformed, Object};
use crate::log::{Election, Reads};

impl ClientAction {
    /// Its name in JSON.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Request { .. } => "request",
            Self::Retry { .. } => "retry",
            Self::Stray { .. } => "stray",
            Self::Workload(_) => "workload",
        }
    }

    pub(super) const fn fields(&self) -> &'static [&'static str] {
        match self {
            Self::Request { .. } => &["type", "client", "op", "node", "since"],
            Self::Retry { .. } => &["type", "client", "node"],
            Self::Stray { .. } => &["type", "client", "seq", "op", "node", "since"],
            Self::Workload(_) => &["type", "clients", "rate", "keys"],
        }
    }

    pub(super) fn json(&self, object: Object) -> Object {
        match self {
            Self::Request { client, op, node, since } => {
                object.with("client", *client).with("op", op).maybe("node", *node).maybe("since", *since)
            }
            Self::Retry { client, node } => object.with("client", *client).maybe("node", *node),
            Self::Stray { client, seq, op, node, since } => {
                let object = object.with("client", *client).with("seq", *seq).with("op", op).with("node", *node);
                object.maybe("since", (*since > 0).then_some(*since))
            }
            Self::Workload(Some(Workload { clients, rate, keys })) => {
                object.with("clients", *clients).with("rate", *rate).with("keys", *keys)
            }
            Self::Workload(None) => object.with("rate", 0_u32),
        }
    }

    pub(super) fn read(kind: &str, fields: &Object) -> Result<Option<Self>, Malformed> {
        Ok(Some(match kind {
            "request" => Self::Request {
                client: fields.required("client")?,
                op: fields.required("op")?,
                node: fields.optional("node")?,
                since: fields.optional("since")?,
            },
            "retry" => Self::Retry { client: fields.required("client")?, node: fields.optional("node")? },
            "stray" => Self::Stray {
                client: fields.required("client")?,
                seq: fields.required("seq")?,
                op: fields.required("op")?,
                node: fields.required("node")?,
                since: fields.optional("since")?.unwrap_or(0),
            },
            "workload" if fields.required::<u32>("rate")? == 0 => Self::Workload(None),
            "workload" => Self::Workload(Some(workload(fields)?)),
            _ => return Ok(None),
        }))
    }
}

fn workload(fields: &Object) -> Result<Workload, Malformed> {
    let keys = fields.optional("keys")?.unwrap_or(3);
    Ok(Workload { clients: fields.required("clients")?, rate: fields.required("rate")?, keys })
}

impl From<Workload> for Json {
    fn from(Workload { clients, rate, keys }: Workload) -> Self {
        Object::new().with("clients", clients).with("rate", rate).with("keys", keys).into()
    }
}

impl FromJson for Workload {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        workload(Object::of(json, name, &["clients", "rate", "keys"])?)
    }
}

impl FromJson for Election {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.one_of(name, &Self::ALL, Self::as_str)
    }
}

impl FromJson for Reads {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.one_of(name, &Self::ALL, Self::as_str)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};

    use crate::json::{FromJson, Json, Malformed};
    use crate::sim::Action;

    fn read(json: &str) -> Result<Action, Malformed> {
        Action::from_json(&serde_json::from_str(json).unwrap(), "action")
    }

    #[test]
    fn what_clients_do_is_read_as_it_is_written() {
        for json in [
            r#"{"type":"request","client":"a","op":{"put":["x","1"]},"node":2}"#,
            r#"{"type":"request","client":"z","op":{"get":"x"}}"#,
            r#"{"type":"retry","client":"b"}"#,
            r#"{"type":"request","client":"z","op":{"get":"x"},"since":40}"#,
            r#"{"type":"stray","client":"b","seq":1,"op":{"get":"x"},"node":3}"#,
            r#"{"type":"stray","client":"b","seq":1,"op":{"get":"x"},"node":3,"since":40}"#,
            r#"{"type":"retry","client":"b","node":3}"#,
            r#"{"type":"workload","clients":5,"rate":20,"keys":3}"#,
            r#"{"type":"workload","rate":0}"#,
            r#"{"type":"cut","from":"a","to":3}"#,
            r#"{"type":"snapshot","node":3}"#,
        ] {
            assert_eq!(serde_json::to_string(&Json::from(&read(json).unwrap())).unwrap(), json);
        }
    }

    #[test]
    fn what_clients_cannot_do_is_refused_in_a_sentence() {
        let wrong = |json: &str| -> String { read(json).unwrap_err().to_string() };
        assert!(wrong(r#"{"type":"request","client":"A","op":{"get":"x"}}"#).contains("\"a\" to \"z\""));
        assert!(wrong(r#"{"type":"request","client":"a","op":{"incr":"x"}}"#).contains("is one operation"));
        assert!(wrong(r#"{"type":"request","client":"a"}"#).contains("op"));
        assert!(wrong(r#"{"type":"retry","client":"a","op":{"get":"x"}}"#).contains("no field \"op\""));
    }
}
