use std::any::TypeId;

use openapi_emit::HubMethod;
use schemars::JsonSchema;

use super::{Hub, HubSetupError, Upload};
use crate::description::Schemas;

type Describe = dyn Fn(&mut Schemas) -> HubMethod + Send + Sync;

/// What a hub says of itself.
#[derive(Default)]
pub(super) struct Description {
    name: Option<Box<str>>,
    summary: Option<Box<str>>,
    client_methods: Vec<Box<Describe>>,
}

/// What is said of one method of a hub.
pub(super) struct MethodDescription {
    signature: Signature,
    describe: Box<Describe>,
}

/// The types of a method: what it takes and what it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    arguments: TypeId,
    result: TypeId,
}

impl Signature {
    pub(super) fn of<A: 'static, R: 'static>() -> Self {
        Self {
            arguments: TypeId::of::<A>(),
            result: TypeId::of::<R>(),
        }
    }
}

/// A tuple of arguments whose types have schemas.
pub trait DescribeArguments: 'static {
    /// One name for each member.
    type Names: Clone + Send + Sync + 'static;

    /// Adds the arguments to `method`, with the schemas that `schema` makes of their types.
    fn describe(method: HubMethod, names: &Self::Names, schemas: Direction<'_>) -> HubMethod;
}

/// One argument of a hub method whose type has a schema, or an [`Upload`].
pub trait DescribeArgument: 'static {
    /// Adds the argument to `method`.
    fn describe(method: HubMethod, name: &str, schemas: &mut Direction<'_>) -> HubMethod;
}

impl<T: JsonSchema + 'static> DescribeArgument for T {
    fn describe(method: HubMethod, name: &str, schemas: &mut Direction<'_>) -> HubMethod {
        method.argument(name, schemas.schema::<T>())
    }
}

impl<T: JsonSchema + 'static> DescribeArgument for Upload<T> {
    fn describe(method: HubMethod, _: &str, schemas: &mut Direction<'_>) -> HubMethod {
        method.uploads(schemas.schema::<T>())
    }
}

/// Which way a call goes: what one side sends has another schema than what it reads.
#[derive(Debug)]
pub enum Direction<'a> {
    /// From the server to a client.
    ToClient(&'a mut Schemas),
    /// From a client to the server.
    ToServer(&'a mut Schemas),
}

impl Direction<'_> {
    fn schema<T: JsonSchema>(&mut self) -> openapi_emit::Schema {
        match self {
            Self::ToClient(schemas) => schemas.sent::<T>(),
            Self::ToServer(schemas) => schemas.received::<T>(),
        }
    }
}

impl<S: Send + Sync + 'static> Hub<S> {
    /// Names the hub and says what it is for, in the documents about the server. From then on all of
    /// its methods have to be [described](Self::describe).
    #[must_use]
    pub fn about(mut self, name: &str, summary: &str) -> Self {
        self.description.name = Some(name.into());
        self.description.summary = Some(summary.into());
        self
    }

    /// Describes the method that was added last: what it does, and what its arguments are called.
    /// `A` and `R` are its types (of a stream, `R` is the item), which is checked when the hub is registered. In a hub that is not
    /// [named](Self::about), methods without a description are left out of the documents.
    #[must_use]
    pub fn describe<A, R>(mut self, text: &'static str, names: A::Names) -> Self
    where
        A: DescribeArguments,
        R: JsonSchema + 'static,
    {
        if let Some(method) = self.methods.last_mut() {
            let name = method.name.clone();
            let streams = method.streams;
            let describe = move |schemas: &mut Schemas| {
                let method = HubMethod::new(&name).description(text);
                let method = A::describe(method, &names, Direction::ToServer(schemas));
                if streams {
                    method.streams(schemas.sent::<R>())
                } else {
                    returning::<R>(method, schemas)
                }
            };
            method.description = Some(MethodDescription {
                signature: Signature::of::<A, R>(),
                describe: Box::new(describe),
            });
        }
        self
    }

    /// Describes a method that the server calls on clients.
    #[must_use]
    pub fn client_method<A>(
        mut self,
        name: &'static str,
        text: &'static str,
        names: A::Names,
    ) -> Self
    where
        A: DescribeArguments,
    {
        let describe = move |schemas: &mut Schemas| {
            let method = HubMethod::new(name).description(text);
            A::describe(method, &names, Direction::ToClient(schemas))
        };
        self.description.client_methods.push(Box::new(describe));
        self
    }

    /// What documents say of the hub at `path`.
    pub(crate) fn document(
        &self,
        path: &str,
        schemas: &mut Schemas,
    ) -> Result<openapi_emit::Hub, HubSetupError> {
        let of_path = path.trim_matches('/').replace('/', "-");
        let name = self.description.name.as_deref().unwrap_or(&of_path);
        let mut hub = openapi_emit::Hub::new(name, path);
        if let Some(summary) = &self.description.summary {
            hub = hub.summary(summary);
        }
        for describe in &self.description.client_methods {
            hub = hub.client_method(describe(schemas));
        }
        for method in &self.methods {
            match &method.description {
                Some(description) if description.signature == method.signature => {
                    hub = hub.method((description.describe)(schemas));
                }
                Some(_) => {
                    return Err(HubSetupError::MisdescribedMethod(
                        method.name.as_ref().into(),
                    ));
                }
                None if self.description.name.is_some() => {
                    return Err(HubSetupError::UndescribedMethod(
                        method.name.as_ref().into(),
                    ));
                }
                None => {}
            }
        }
        Ok(hub)
    }
}

/// A method that gives `R`; nothing, where `R` is the empty tuple.
fn returning<R: JsonSchema + 'static>(method: HubMethod, schemas: &mut Schemas) -> HubMethod {
    if TypeId::of::<R>() == TypeId::of::<()>() {
        method
    } else {
        method.returns(schemas.sent::<R>())
    }
}

impl DescribeArguments for () {
    type Names = [&'static str; 0];

    fn describe(method: HubMethod, _: &Self::Names, _: Direction<'_>) -> HubMethod {
        method
    }
}

macro_rules! tuples {
    ($($count:literal: $($member:ident $name:ident)+;)+) => {$(
        impl<$($member: DescribeArgument),+> DescribeArguments for ($($member,)+) {
            type Names = [&'static str; $count];

            fn describe(
                method: HubMethod,
                [$($name),+]: &Self::Names,
                mut schemas: Direction<'_>,
            ) -> HubMethod {
                $(let method = $member::describe(method, $name, &mut schemas);)+
                method
            }
        }
    )+};
}

tuples! {
    1: A a;
    2: A a B b;
    3: A a B b C c;
    4: A a B b C c D d;
    5: A a B b C c D d E e;
    6: A a B b C c D d E e F f;
    7: A a B b C c D d E e F f G g;
    8: A a B b C c D d E e F f G g H h;
}
