//! How responses travel.

use core::marker::PhantomData;

/// The response of a strict method without error type: the payload itself.
#[derive(Debug)]
pub struct Strict<T>(PhantomData<T>);

/// The response of a flexible method without error type: the payload in a result union.
#[derive(Debug)]
pub struct Flexible<T>(PhantomData<T>);

/// The response of a strict method with error type `E`: the payload `T`, or the error, in a result union. Its view is a
/// `Result`: the error is the method's own, and the call has succeeded.
///
/// A method without a response payload has [`EmptyStruct`](crate::wire::EmptyStruct) for `T`.
#[derive(Debug)]
pub struct StrictError<T, E>(PhantomData<(T, E)>);

/// The response of a flexible method with error type `E`; as [`StrictError`]. That the server does not know the method is
/// an error of the call.
#[derive(Debug)]
pub struct FlexibleError<T, E>(PhantomData<(T, E)>);

/// The response of a strict method without error type and without a response payload: no body.
#[derive(Debug)]
pub struct Empty;
