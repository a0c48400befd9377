//! What can be asked of objects beside their signals: information, and properties, some of which can be set.

use crate::abi::types::*;
use crate::handle_table::Handle;
use crate::name::Name;
use crate::object::{Body, Object};
use crate::socket;
use crate::vmar;
use crate::vmo;

/// What every handle tells of its object.
pub(crate) fn basic(handle: Handle) -> Result<zx_info_handle_basic_t, zx_status_t> {
    const PAIRED: [zx_obj_type_t; 4] =
        [ZX_OBJ_TYPE_CHANNEL, ZX_OBJ_TYPE_EVENTPAIR, ZX_OBJ_TYPE_SOCKET, ZX_OBJ_TYPE_FIFO];
    let object = handle.lock()?;
    Ok(zx_info_handle_basic_t {
        koid: object.koid(handle.end),
        rights: handle.rights,
        object_type: handle.kind,
        related_koid: if PAIRED.contains(&handle.kind) { object.koid(1 - handle.end) } else { 0 },
        ..zx_info_handle_basic_t::default()
    })
}

/// How many handles lead to the object.
pub(crate) fn count(handle: Handle) -> Result<zx_info_handle_count_t, zx_status_t> {
    let object = handle.allows(ZX_RIGHT_INSPECT)?.lock()?;
    Ok(zx_info_handle_count_t { handle_count: object.ends[handle.end].handles })
}

/// The object of a handle that may inspect an object of this type.
fn of_type<R>(
    handle: Handle,
    kind: zx_obj_type_t,
    tell: impl FnOnce(&mut Object) -> Option<R>,
) -> Result<R, zx_status_t> {
    let mut object = handle.check(kind, ZX_RIGHT_INSPECT)?.lock()?;
    tell(&mut object).ok_or(ZX_ERR_NOT_SUPPORTED)
}

/// How full a socket is.
pub(crate) fn socket(handle: Handle) -> Result<zx_info_socket_t, zx_status_t> {
    of_type(handle, ZX_OBJ_TYPE_SOCKET, |object| match &mut object.body {
        Body::Socket(socket) => Some(socket.info(&object.ends, handle.end)),
        Body::Pipe(pipe) => Some(pipe.info(&mut object.ends, handle.end)),
        _ => None,
    })
}

/// What a timer is set to.
pub(crate) fn timer(handle: Handle) -> Result<zx_info_timer_t, zx_status_t> {
    of_type(handle, ZX_OBJ_TYPE_TIMER, |object| match &object.body {
        Body::Timer(timer) => Some(timer.info()),
        _ => None,
    })
}

/// Where the address space is.
pub(crate) fn vmar(handle: Handle) -> Result<zx_info_vmar_t, zx_status_t> {
    of_type(handle, ZX_OBJ_TYPE_VMAR, |_| Some(vmar::info()))
}

/// What a memory object is like.
pub(crate) fn vmo(handle: Handle) -> Result<zx_info_vmo_t, zx_status_t> {
    of_type(handle, ZX_OBJ_TYPE_VMO, |object| match &object.body {
        Body::Vmo(vmo) => Some(vmo.info(object.koid(0), handle.rights)),
        _ => None,
    })
}

/// The bytes of a property's value.
pub(crate) fn property_bytes(property: u32) -> Result<usize, zx_status_t> {
    match property {
        ZX_PROP_NAME => Ok(ZX_MAX_NAME_LEN),
        ZX_PROP_SOCKET_RX_THRESHOLD | ZX_PROP_SOCKET_TX_THRESHOLD | ZX_PROP_VMO_CONTENT_SIZE => Ok(8),
        _ => Err(ZX_ERR_NOT_SUPPORTED),
    }
}

/// A property's value, of any type: its bytes come first.
pub(crate) type Value = [u8; ZX_MAX_NAME_LEN];

fn number(value: u64) -> Value {
    let mut bytes = [0; ZX_MAX_NAME_LEN];
    bytes[..8].copy_from_slice(&value.to_le_bytes());
    bytes
}

fn to_number(value: Value) -> u64 {
    u64::from_le_bytes([value[0], value[1], value[2], value[3], value[4], value[5], value[6], value[7]])
}

/// Reads a property.
pub(crate) fn property(handle: Handle, property: u32) -> Result<Value, zx_status_t> {
    match property {
        ZX_PROP_NAME => vmo::with(handle.check(ZX_OBJ_TYPE_VMO, 0)?, |vmo| {
            Ok(vmo.name.as_ref().map_or([0; ZX_MAX_NAME_LEN], |name| name.bytes))
        }),
        ZX_PROP_VMO_CONTENT_SIZE => {
            vmo::with(handle.check(ZX_OBJ_TYPE_VMO, 0)?, |vmo| Ok(number(vmo.sizes().1)))
        }
        ZX_PROP_SOCKET_RX_THRESHOLD | ZX_PROP_SOCKET_TX_THRESHOLD => {
            let handle = handle.check(ZX_OBJ_TYPE_SOCKET, 0)?;
            socket::threshold(handle, property).map(number)
        }
        _ => Err(ZX_ERR_NOT_SUPPORTED),
    }
}

/// Changes a property.
pub(crate) fn set_property(handle: Handle, property: u32, value: Value) -> Result<(), zx_status_t> {
    match property {
        ZX_PROP_NAME => {
            let handle = handle.check(ZX_OBJ_TYPE_VMO, 0)?;
            vmo::with(handle, |vmo| {
                match &mut vmo.name {
                    Some(name) => name.bytes = value,
                    None => vmo.name = Some(Name::of(value)?),
                }
                Ok(())
            })
        }
        ZX_PROP_VMO_CONTENT_SIZE => {
            vmo::set_stream_size(handle.check(ZX_OBJ_TYPE_VMO, ZX_RIGHT_WRITE)?, to_number(value))
        }
        ZX_PROP_SOCKET_RX_THRESHOLD | ZX_PROP_SOCKET_TX_THRESHOLD => {
            let handle = handle.check(ZX_OBJ_TYPE_SOCKET, 0)?;
            socket::set_threshold(handle, property, to_number(value))
        }
        _ => Err(ZX_ERR_NOT_SUPPORTED),
    }
}
