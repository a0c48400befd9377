//! Channel ends that know their protocol.

use core::fmt;
use core::marker::PhantomData;

use fuchsia_zircon::{AsHandleRef, Channel, Handle, HandleBased, HandleRef, Status};

use crate::wire::handle::Sealed;
use crate::wire::{self, Encode, EncodeError, Encoder, IntoRawHandle};

macro_rules! ends {
    ($($(#[$meta:meta])* $name:ident;)*) => { $(
        $(#[$meta])*
        pub struct $name<P> {
            channel: Channel,
            protocol: PhantomData<fn() -> P>,
        }

        impl<P> $name<P> {
            /// The end without its protocol.
            pub fn into_channel(self) -> Channel {
                self.channel
            }
        }

        impl<P> From<Channel> for $name<P> {
            fn from(channel: Channel) -> Self {
                Self { channel, protocol: PhantomData }
            }
        }

        impl<P> From<$name<P>> for Channel {
            fn from(end: $name<P>) -> Self {
                end.channel
            }
        }

        impl<P> From<Handle> for $name<P> {
            fn from(handle: Handle) -> Self {
                Channel::from(handle).into()
            }
        }

        impl<P> AsHandleRef for $name<P> {
            fn as_handle_ref(&self) -> HandleRef<'_> {
                self.channel.as_handle_ref()
            }
        }

        impl<P> fmt::Debug for $name<P> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:#x})"), self.channel.raw_handle())
            }
        }

        impl<P> Sealed for $name<P> {}

        impl<P> IntoRawHandle for $name<P> {
            fn into_raw_handle(self) -> u32 {
                self.channel.into_raw()
            }

            fn close_raw_handle(handle: u32) {
                Channel::close_raw_handle(handle);
            }
        }

        impl<P> Encode<wire::Endpoint<$name<P>>> for $name<P> {
            fn encode(
                self,
                out: &mut wire::Endpoint<$name<P>>,
                encoder: &mut Encoder<'_>,
            ) -> Result<(), EncodeError> {
                out.fill(self, encoder)
            }
        }
    )* };
}

ends! {
    /// The end of a channel that calls the protocol `P` (`client_end:P`).
    ClientEnd;
    /// The end of a channel that serves the protocol `P` (`server_end:P`).
    ServerEnd;
}

/// Makes a channel for the protocol `P` (`zx_channel_create`).
///
/// # Errors
///
/// The call's: `NO_RESOURCES`, `NO_MEMORY`.
pub fn create_endpoints<P>() -> Result<(ClientEnd<P>, ServerEnd<P>), Status> {
    let (client, server) = Channel::create()?;
    Ok((client.into(), server.into()))
}
