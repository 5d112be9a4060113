//! The class `Lab` as JavaScript has it, and plain data as text. Arguments are JavaScript expressions.

use js_sys::{Array, Function, JSON, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A lab, used from the other side of the fence.
pub(crate) struct Lab(JsValue);

impl Lab {
    /// `new Lab(config)`.
    pub(crate) fn new(config: &str) -> Self {
        Self::try_new(config).unwrap_or_else(|error| panic!("{config}: {error:?}"))
    }

    pub(crate) fn try_new(config: &str) -> Result<Self, JsValue> {
        Reflect::construct(&class(), &Array::from_iter(arguments(config))).map(Self)
    }

    /// `Lab.load(run)`.
    pub(crate) fn load(run: &JsValue) -> Result<Self, JsValue> {
        let class = class();
        let load: Function = Reflect::get(&class, &"load".into())?.unchecked_into();
        load.call1(&class, run).map(Self)
    }

    /// `lab.method(arguments)`, which is not refused.
    pub(crate) fn call(&self, method: &str, arguments: &str) -> JsValue {
        self.try_call(method, arguments).unwrap_or_else(|error| panic!("{method}({arguments}): {error:?}"))
    }

    pub(crate) fn try_call(&self, method: &str, given: &str) -> Result<JsValue, JsValue> {
        let function: Function = Reflect::get(&self.0, &method.into())?.unchecked_into();
        Reflect::apply(&function, &self.0, &Array::from_iter(arguments(given)))
    }
}

fn class() -> Function {
    let any: JsValue = quorum_wasm::Lab::new(&JsValue::UNDEFINED).unwrap_or_else(|_| panic!("no lab")).into();
    Reflect::get(&any, &"constructor".into()).unwrap().unchecked_into()
}

fn arguments(text: &str) -> Vec<JsValue> {
    Array::from(&js(&format!("[{text}]"))).to_vec()
}

/// What an expression evaluates to.
pub(crate) fn js(expression: &str) -> JsValue {
    let function = Function::new_no_args(&format!("return ({expression});"));
    function.call0(&JsValue::UNDEFINED).unwrap_or_else(|error| panic!("{expression}: {error:?}"))
}

/// As JSON.
pub(crate) fn text(value: &JsValue) -> String {
    JSON::stringify(value).map_or_else(|_| "cyclic".into(), |text: JsString| String::from(text))
}

pub(crate) fn list(value: &JsValue) -> Vec<JsValue> {
    assert!(Array::is_array(value), "{} is no list", text(value));
    Array::from(value).to_vec()
}

/// The names of its fields, in order.
pub(crate) fn keys(object: &JsValue) -> String {
    let object: &Object = object.dyn_ref().unwrap_or_else(|| panic!("{} is no object", text(object)));
    Object::keys(object).join(" ").into()
}

/// Something inside it: `nodes[0].disk`, or any expression about `$` and its fields.
pub(crate) fn get(value: &JsValue, path: &str) -> JsValue {
    let body = if path.starts_with('[') && !path.starts_with("[.") && !path.starts_with("[n") {
        format!("return $ {path};")
    } else {
        format!("with ($) return ({path});")
    };
    let function = Function::new_with_args("$", &body);
    function.call1(&JsValue::UNDEFINED, value).unwrap_or_else(|error| panic!("{path}: {error:?}"))
}

/// The same, as JSON.
pub(crate) fn read(value: &JsValue, path: &str) -> String {
    text(&get(value, path))
}

/// The message of a refusal, which is an `Error`, and not the kind a crash of WebAssembly makes.
pub(crate) fn refusal<T>(outcome: Result<T, JsValue>) -> String {
    let Err(thrown) = outcome else { panic!("this should have been refused") };
    let is_error = thrown.is_instance_of::<js_sys::Error>();
    let is_crash = thrown.is_instance_of::<js_sys::WebAssembly::RuntimeError>();
    assert!(is_error && !is_crash, "{thrown:?} is not a refusal");
    thrown.unchecked_into::<js_sys::Error>().message().into()
}
