//! A tree as plain JavaScript data.
//!
//! It crosses the border as text, once: the browser makes objects of JSON faster than it can be asked for each of them.

use alloc::string::String;

use quorum_core::json::{Json, digits, quote};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Never throws: what is written here is JSON.
    #[wasm_bindgen(js_namespace = JSON)]
    pub(crate) fn parse(text: &str) -> JsValue;
    /// A number as JavaScript writes it. Printing every number exactly takes a table that would be downloaded for few.
    #[wasm_bindgen(js_name = String)]
    fn number(number: f64) -> String;
}

/// The tree as plain objects.
pub(crate) fn value(json: &Json) -> JsValue {
    match json {
        Json::Null => JsValue::NULL,
        Json::List(_) | Json::Object(_) => {
            let mut text = String::new();
            write(json, &mut text);
            parse(&text)
        }
        Json::Bool(truth) => (*truth).into(),
        Json::Number(number) => (*number).into(),
        Json::Text(text) => text.into(),
    }
}

fn write(json: &Json, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Json::Number(number) => write_number(*number, out),
        Json::Text(text) => quote(text, out),
        Json::List(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                out.push_str(if position == 0 { "" } else { "," });
                write(item, out);
            }
            out.push(']');
        }
        Json::Object(object) => {
            out.push('{');
            for (position, (name, item)) in object.iter().enumerate() {
                out.push_str(if position == 0 { "" } else { "," });
                quote(name, out);
                out.push(':');
                write(item, out);
            }
            out.push('}');
        }
    }
}

fn write_number(value: f64, out: &mut String) {
    match value as u32 {
        whole if f64::from(whole) == value => digits(whole.into(), out),
        _ if value.is_finite() => out.push_str(&number(value)),
        // JSON has no word for it.
        _ => out.push_str("null"),
    }
}
