/*
 * Zircon's IPC objects and system calls on Linux, for C.
 *
 * The calls mean what Zircon's documentation says; the page of the crate `zircon-linux` lists the differences. Link with
 * the static library that `cargo rustc --release --package zircon-linux --lib --crate-type staticlib` makes.
 */
#ifndef ZIRCON_LINUX_H
#define ZIRCON_LINUX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t zx_handle_t;
typedef int32_t zx_status_t;
typedef uint32_t zx_signals_t;
typedef uint32_t zx_rights_t;
typedef uint32_t zx_obj_type_t;
typedef uint32_t zx_handle_op_t;
typedef uint32_t zx_packet_type_t;
typedef uint32_t zx_clock_t;
typedef uint64_t zx_koid_t;
typedef int64_t zx_time_t;
typedef int64_t zx_duration_t;
typedef int64_t zx_ticks_t;
typedef uintptr_t zx_vaddr_t;

/* Handles. */
#define ZX_HANDLE_INVALID ((zx_handle_t)(0))
#define ZX_HANDLE_FIXED_BITS_MASK ((zx_handle_t)(3))

/* Status. */
#define ZX_OK ((zx_status_t)(0))
#define ZX_ERR_INTERNAL ((zx_status_t)(-1))
#define ZX_ERR_NOT_SUPPORTED ((zx_status_t)(-2))
#define ZX_ERR_NO_RESOURCES ((zx_status_t)(-3))
#define ZX_ERR_NO_MEMORY ((zx_status_t)(-4))
#define ZX_ERR_INVALID_ARGS ((zx_status_t)(-10))
#define ZX_ERR_BAD_HANDLE ((zx_status_t)(-11))
#define ZX_ERR_WRONG_TYPE ((zx_status_t)(-12))
#define ZX_ERR_BAD_SYSCALL ((zx_status_t)(-13))
#define ZX_ERR_OUT_OF_RANGE ((zx_status_t)(-14))
#define ZX_ERR_BUFFER_TOO_SMALL ((zx_status_t)(-15))
#define ZX_ERR_BAD_STATE ((zx_status_t)(-20))
#define ZX_ERR_TIMED_OUT ((zx_status_t)(-21))
#define ZX_ERR_SHOULD_WAIT ((zx_status_t)(-22))
#define ZX_ERR_CANCELED ((zx_status_t)(-23))
#define ZX_ERR_PEER_CLOSED ((zx_status_t)(-24))
#define ZX_ERR_NOT_FOUND ((zx_status_t)(-25))
#define ZX_ERR_ALREADY_EXISTS ((zx_status_t)(-26))
#define ZX_ERR_UNAVAILABLE ((zx_status_t)(-28))
#define ZX_ERR_ACCESS_DENIED ((zx_status_t)(-30))
#define ZX_ERR_IO ((zx_status_t)(-40))
#define ZX_ERR_BAD_PATH ((zx_status_t)(-50))

/* Rights. */
#define ZX_RIGHT_NONE ((zx_rights_t)(0))
#define ZX_RIGHT_DUPLICATE ((zx_rights_t)(1u << 0))
#define ZX_RIGHT_TRANSFER ((zx_rights_t)(1u << 1))
#define ZX_RIGHT_READ ((zx_rights_t)(1u << 2))
#define ZX_RIGHT_WRITE ((zx_rights_t)(1u << 3))
#define ZX_RIGHT_EXECUTE ((zx_rights_t)(1u << 4))
#define ZX_RIGHT_MAP ((zx_rights_t)(1u << 5))
#define ZX_RIGHT_GET_PROPERTY ((zx_rights_t)(1u << 6))
#define ZX_RIGHT_SET_PROPERTY ((zx_rights_t)(1u << 7))
#define ZX_RIGHT_SIGNAL ((zx_rights_t)(1u << 12))
#define ZX_RIGHT_SIGNAL_PEER ((zx_rights_t)(1u << 13))
#define ZX_RIGHT_WAIT ((zx_rights_t)(1u << 14))
#define ZX_RIGHT_INSPECT ((zx_rights_t)(1u << 15))
#define ZX_RIGHT_MANAGE_SOCKET ((zx_rights_t)(1u << 20))
#define ZX_RIGHT_OP_CHILDREN ((zx_rights_t)(1u << 21))
#define ZX_RIGHT_RESIZE ((zx_rights_t)(1u << 22))
#define ZX_RIGHT_SAME_RIGHTS ((zx_rights_t)(1u << 31))
#define ZX_DEFAULT_CHANNEL_RIGHTS ((zx_rights_t)(0xF00Eu))
#define ZX_DEFAULT_EVENT_RIGHTS ((zx_rights_t)(0xD003u))
#define ZX_DEFAULT_EVENTPAIR_RIGHTS ((zx_rights_t)(0xF003u))
#define ZX_DEFAULT_FIFO_RIGHTS ((zx_rights_t)(0xF00Fu))
#define ZX_DEFAULT_PORT_RIGHTS ((zx_rights_t)(0x800Fu))
#define ZX_DEFAULT_SOCKET_RIGHTS ((zx_rights_t)(0x10F0CFu))
#define ZX_DEFAULT_TIMER_RIGHTS ((zx_rights_t)(0xD00Bu))
#define ZX_DEFAULT_VMAR_RIGHTS ((zx_rights_t)(0x208003u))
#define ZX_DEFAULT_VMO_RIGHTS ((zx_rights_t)(0xD0EFu))

/* Types of objects. */
#define ZX_OBJ_TYPE_NONE ((zx_obj_type_t)(0))
#define ZX_OBJ_TYPE_VMO ((zx_obj_type_t)(3))
#define ZX_OBJ_TYPE_CHANNEL ((zx_obj_type_t)(4))
#define ZX_OBJ_TYPE_EVENT ((zx_obj_type_t)(5))
#define ZX_OBJ_TYPE_PORT ((zx_obj_type_t)(6))
#define ZX_OBJ_TYPE_SOCKET ((zx_obj_type_t)(14))
#define ZX_OBJ_TYPE_EVENTPAIR ((zx_obj_type_t)(16))
#define ZX_OBJ_TYPE_VMAR ((zx_obj_type_t)(18))
#define ZX_OBJ_TYPE_FIFO ((zx_obj_type_t)(19))
#define ZX_OBJ_TYPE_TIMER ((zx_obj_type_t)(22))

/* Signals. */
#define ZX_SIGNAL_NONE ((zx_signals_t)(0))
#define ZX_CHANNEL_READABLE ((zx_signals_t)(1u << 0))
#define ZX_CHANNEL_WRITABLE ((zx_signals_t)(1u << 1))
#define ZX_CHANNEL_PEER_CLOSED ((zx_signals_t)(1u << 2))
#define ZX_EVENT_SIGNALED ((zx_signals_t)(1u << 3))
#define ZX_EVENTPAIR_SIGNALED ((zx_signals_t)(1u << 3))
#define ZX_EVENTPAIR_PEER_CLOSED ((zx_signals_t)(1u << 2))
#define ZX_FIFO_READABLE ((zx_signals_t)(1u << 0))
#define ZX_FIFO_WRITABLE ((zx_signals_t)(1u << 1))
#define ZX_FIFO_PEER_CLOSED ((zx_signals_t)(1u << 2))
#define ZX_SOCKET_READABLE ((zx_signals_t)(1u << 0))
#define ZX_SOCKET_WRITABLE ((zx_signals_t)(1u << 1))
#define ZX_SOCKET_PEER_CLOSED ((zx_signals_t)(1u << 2))
#define ZX_SOCKET_PEER_WRITE_DISABLED ((zx_signals_t)(1u << 4))
#define ZX_SOCKET_WRITE_DISABLED ((zx_signals_t)(1u << 5))
#define ZX_SOCKET_READ_THRESHOLD ((zx_signals_t)(1u << 10))
#define ZX_SOCKET_WRITE_THRESHOLD ((zx_signals_t)(1u << 11))
#define ZX_TIMER_SIGNALED ((zx_signals_t)(1u << 3))
#define ZX_VMO_ZERO_CHILDREN ((zx_signals_t)(1u << 3))
#define ZX_SIGNAL_HANDLE_CLOSED ((zx_signals_t)(1u << 23))
#define ZX_USER_SIGNAL_0 ((zx_signals_t)(1u << 24))
#define ZX_USER_SIGNAL_1 ((zx_signals_t)(1u << 25))
#define ZX_USER_SIGNAL_2 ((zx_signals_t)(1u << 26))
#define ZX_USER_SIGNAL_3 ((zx_signals_t)(1u << 27))
#define ZX_USER_SIGNAL_4 ((zx_signals_t)(1u << 28))
#define ZX_USER_SIGNAL_5 ((zx_signals_t)(1u << 29))
#define ZX_USER_SIGNAL_6 ((zx_signals_t)(1u << 30))
#define ZX_USER_SIGNAL_7 ((zx_signals_t)(1u << 31))
#define ZX_USER_SIGNAL_ALL ((zx_signals_t)(0xFF000000u))

/* Options and limits. */
#define ZX_CHANNEL_READ_MAY_DISCARD ((uint32_t)(1))
#define ZX_CHANNEL_WRITE_USE_IOVEC ((uint32_t)(2))
#define ZX_CHANNEL_MAX_MSG_BYTES ((uint32_t)(65536))
#define ZX_CHANNEL_MAX_MSG_HANDLES ((uint32_t)(64))
#define ZX_CHANNEL_MAX_MSG_IOVECS ((uint32_t)(8192))
#define ZX_HANDLE_OP_MOVE ((uint32_t)(0))
#define ZX_HANDLE_OP_DUPLICATE ((uint32_t)(1))
#define ZX_WAIT_ASYNC_ONCE ((uint32_t)(0))
#define ZX_WAIT_ASYNC_TIMESTAMP ((uint32_t)(1))
#define ZX_WAIT_ASYNC_EDGE ((uint32_t)(2))
#define ZX_WAIT_ASYNC_BOOT_TIMESTAMP ((uint32_t)(4))
#define ZX_PORT_BIND_TO_INTERRUPT ((uint32_t)(1))
#define ZX_PKT_TYPE_USER ((uint32_t)(0))
#define ZX_PKT_TYPE_SIGNAL_ONE ((uint32_t)(1))
#define ZX_CLOCK_MONOTONIC ((uint32_t)(0))
#define ZX_CLOCK_BOOT ((uint32_t)(1))
#define ZX_TIMER_SLACK_CENTER ((uint32_t)(0))
#define ZX_TIMER_SLACK_EARLY ((uint32_t)(1))
#define ZX_TIMER_SLACK_LATE ((uint32_t)(2))
#define ZX_SOCKET_STREAM ((uint32_t)(0))
#define ZX_SOCKET_DATAGRAM ((uint32_t)(1))
#define ZX_SOCKET_PEEK ((uint32_t)(8))
#define ZX_SOCKET_DISPOSITION_WRITE_DISABLED ((uint32_t)(1))
#define ZX_SOCKET_DISPOSITION_WRITE_ENABLED ((uint32_t)(2))

/* Topics of information. */
#define ZX_INFO_HANDLE_VALID ((uint32_t)(1))
#define ZX_INFO_HANDLE_BASIC ((uint32_t)(2))
#define ZX_INFO_VMAR ((uint32_t)(7))
#define ZX_INFO_HANDLE_COUNT ((uint32_t)(19))
#define ZX_INFO_SOCKET ((uint32_t)(22))
#define ZX_INFO_VMO ((uint32_t)(0x30000017u))
#define ZX_INFO_VMO_V0 ((uint32_t)(0x17u))
#define ZX_INFO_VMO_V1 ((uint32_t)(0x10000017u))
#define ZX_INFO_VMO_V2 ((uint32_t)(0x20000017u))
#define ZX_INFO_TIMER ((uint32_t)(25))
#define ZX_INFO_VMO_TYPE_PAGED ((uint32_t)(1))
#define ZX_INFO_VMO_RESIZABLE ((uint32_t)(2))
#define ZX_INFO_VMO_IS_COW_CLONE ((uint32_t)(4))
#define ZX_INFO_VMO_VIA_HANDLE ((uint32_t)(8))

/* Properties. */
#define ZX_PROP_NAME ((uint32_t)(3))
#define ZX_PROP_SOCKET_RX_THRESHOLD ((uint32_t)(12))
#define ZX_PROP_SOCKET_TX_THRESHOLD ((uint32_t)(13))
#define ZX_PROP_VMO_CONTENT_SIZE ((uint32_t)(17))

/* Memory. */
#define ZX_VMO_RESIZABLE ((uint32_t)(2))
#define ZX_VMO_DISCARDABLE ((uint32_t)(4))
#define ZX_VMO_TRAP_DIRTY ((uint32_t)(8))
#define ZX_VMO_UNBOUNDED ((uint32_t)(16))
#define ZX_VMO_CHILD_SNAPSHOT ((uint32_t)(1))
#define ZX_VMO_CHILD_RESIZABLE ((uint32_t)(4))
#define ZX_VMO_CHILD_SLICE ((uint32_t)(8))
#define ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE ((uint32_t)(16))
#define ZX_VMO_CHILD_NO_WRITE ((uint32_t)(32))
#define ZX_VMO_CHILD_REFERENCE ((uint32_t)(64))
#define ZX_VMO_CHILD_SNAPSHOT_MODIFIED ((uint32_t)(128))
#define ZX_VMO_OP_COMMIT ((uint32_t)(1))
#define ZX_VMO_OP_DECOMMIT ((uint32_t)(2))
#define ZX_VMO_OP_LOCK ((uint32_t)(3))
#define ZX_VMO_OP_UNLOCK ((uint32_t)(4))
#define ZX_VMO_OP_CACHE_SYNC ((uint32_t)(6))
#define ZX_VMO_OP_CACHE_INVALIDATE ((uint32_t)(7))
#define ZX_VMO_OP_CACHE_CLEAN ((uint32_t)(8))
#define ZX_VMO_OP_CACHE_CLEAN_INVALIDATE ((uint32_t)(9))
#define ZX_VMO_OP_ZERO ((uint32_t)(10))
#define ZX_VMO_OP_TRY_LOCK ((uint32_t)(11))
#define ZX_VMO_OP_DONT_NEED ((uint32_t)(12))
#define ZX_VMO_OP_ALWAYS_NEED ((uint32_t)(13))
#define ZX_VMO_OP_PREFETCH ((uint32_t)(14))
#define ZX_VM_PERM_READ ((uint32_t)(1))
#define ZX_VM_PERM_WRITE ((uint32_t)(2))
#define ZX_VM_PERM_EXECUTE ((uint32_t)(4))
#define ZX_VM_COMPACT ((uint32_t)(8))
#define ZX_VM_SPECIFIC ((uint32_t)(0x10u))
#define ZX_VM_SPECIFIC_OVERWRITE ((uint32_t)(0x20u))
#define ZX_VM_CAN_MAP_SPECIFIC ((uint32_t)(0x40u))
#define ZX_VM_CAN_MAP_READ ((uint32_t)(0x80u))
#define ZX_VM_CAN_MAP_WRITE ((uint32_t)(0x100u))
#define ZX_VM_CAN_MAP_EXECUTE ((uint32_t)(0x200u))
#define ZX_VM_MAP_RANGE ((uint32_t)(0x400u))
#define ZX_VM_REQUIRE_NON_RESIZABLE ((uint32_t)(0x800u))
#define ZX_VM_ALLOW_FAULTS ((uint32_t)(0x1000u))
#define ZX_VM_OFFSET_IS_UPPER_LIMIT ((uint32_t)(0x2000u))
#define ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED ((uint32_t)(0x4000u))
#define ZX_VM_FAULT_BEYOND_STREAM_SIZE ((uint32_t)(0x8000u))

/* Time. */
#define ZX_TIME_INFINITE ((zx_time_t)(INT64_MAX))
#define ZX_TIME_INFINITE_PAST ((zx_time_t)(INT64_MIN))

/* Limits. */
#define ZX_WAIT_MANY_MAX_ITEMS ((size_t)(64))
#define ZX_MAX_NAME_LEN ((size_t)(32))
#define ZX_FIFO_MAX_SIZE_BYTES ((size_t)(4096))
/* What a packet that a wait made says. */
typedef struct zx_packet_signal {
    zx_signals_t trigger;
    zx_signals_t observed;
    uint64_t count;
    zx_time_t timestamp;
    uint64_t reserved1;
} zx_packet_signal_t;

/* What a packet that a user queued says. */
typedef union zx_packet_user {
    uint64_t u64[4];
    uint32_t u32[8];
    uint16_t u16[16];
    uint8_t c8[32];
} zx_packet_user_t;

typedef struct zx_port_packet {
    uint64_t key;
    zx_packet_type_t type;
    zx_status_t status;
    union {
        zx_packet_user_t user;
        zx_packet_signal_t signal;
    };
} zx_port_packet_t;

typedef struct zx_wait_item {
    zx_handle_t handle;
    zx_signals_t waitfor;
    zx_signals_t pending;
} zx_wait_item_t;

typedef struct zx_handle_info {
    zx_handle_t handle;
    zx_obj_type_t type;
    zx_rights_t rights;
    uint32_t unused;
} zx_handle_info_t;

typedef struct zx_handle_disposition {
    zx_handle_op_t operation;
    zx_handle_t handle;
    zx_obj_type_t type;
    zx_rights_t rights;
    zx_status_t result;
} zx_handle_disposition_t;

typedef struct zx_channel_iovec {
    const void* buffer;
    uint32_t capacity;
    uint32_t reserved;
} zx_channel_iovec_t;

typedef struct zx_channel_call_args {
    const void* wr_bytes;
    const zx_handle_t* wr_handles;
    void* rd_bytes;
    zx_handle_t* rd_handles;
    uint32_t wr_num_bytes;
    uint32_t wr_num_handles;
    uint32_t rd_num_bytes;
    uint32_t rd_num_handles;
} zx_channel_call_args_t;

typedef struct zx_channel_call_etc_args {
    const void* wr_bytes;
    zx_handle_disposition_t* wr_handles;
    void* rd_bytes;
    zx_handle_info_t* rd_handles;
    uint32_t wr_num_bytes;
    uint32_t wr_num_handles;
    uint32_t rd_num_bytes;
    uint32_t rd_num_handles;
} zx_channel_call_etc_args_t;

typedef struct zx_info_handle_basic {
    zx_koid_t koid;
    zx_rights_t rights;
    zx_obj_type_t type;
    zx_koid_t related_koid;
    uint32_t reserved;
    uint8_t padding1[4];
} zx_info_handle_basic_t;

typedef struct zx_info_handle_count {
    uint32_t handle_count;
} zx_info_handle_count_t;

typedef struct zx_info_socket {
    uint32_t options;
    uint8_t padding1[4];
    size_t rx_buf_max;
    size_t rx_buf_size;
    size_t rx_buf_available;
    size_t tx_buf_max;
    size_t tx_buf_size;
} zx_info_socket_t;

typedef struct zx_info_timer {
    uint32_t options;
    zx_clock_t clock_id;
    zx_time_t deadline;
    zx_duration_t slack;
} zx_info_timer_t;

typedef struct zx_info_vmar {
    zx_vaddr_t base;
    size_t len;
} zx_info_vmar_t;

typedef struct zx_info_vmo {
    zx_koid_t koid;
    char name[32];
    uint64_t size_bytes;
    zx_koid_t parent_koid;
    size_t num_children;
    size_t num_mappings;
    size_t share_count;
    uint32_t flags;
    uint8_t padding1[4];
    uint64_t committed_bytes;
    zx_rights_t handle_rights;
    uint32_t cache_policy;
    uint64_t metadata_bytes;
    uint64_t committed_change_events;
    uint64_t populated_bytes;
    uint64_t committed_private_bytes;
    uint64_t populated_private_bytes;
    uint64_t committed_scaled_bytes;
    uint64_t populated_scaled_bytes;
    uint64_t committed_fractional_scaled_bytes;
    uint64_t populated_fractional_scaled_bytes;
} zx_info_vmo_t;

/* Handles. */
zx_status_t zx_handle_close(zx_handle_t handle);
zx_status_t zx_handle_close_many(const zx_handle_t* handles, size_t num_handles);
zx_status_t zx_handle_duplicate(zx_handle_t handle, zx_rights_t rights, zx_handle_t* out);
zx_status_t zx_handle_replace(zx_handle_t handle, zx_rights_t rights, zx_handle_t* out);
zx_status_t zx_handle_check_valid(zx_handle_t handle);

/* Objects of any type. */
zx_status_t zx_object_wait_one(zx_handle_t handle, zx_signals_t signals, zx_time_t deadline, zx_signals_t* observed);
zx_status_t zx_object_wait_many(zx_wait_item_t* items, size_t num_items, zx_time_t deadline);
zx_status_t zx_object_wait_async(zx_handle_t handle, zx_handle_t port, uint64_t key, zx_signals_t signals,
                                 uint32_t options);
zx_status_t zx_object_signal(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);
zx_status_t zx_object_signal_peer(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);
zx_status_t zx_object_get_info(zx_handle_t handle, uint32_t topic, void* buffer, size_t buffer_size, size_t* actual,
                               size_t* avail);
zx_status_t zx_object_get_property(zx_handle_t handle, uint32_t property, void* value, size_t value_size);
zx_status_t zx_object_set_property(zx_handle_t handle, uint32_t property, const void* value, size_t value_size);

/* Channels. */
zx_status_t zx_channel_create(uint32_t options, zx_handle_t* out0, zx_handle_t* out1);
zx_status_t zx_channel_read(zx_handle_t handle, uint32_t options, void* bytes, zx_handle_t* handles,
                            uint32_t num_bytes, uint32_t num_handles, uint32_t* actual_bytes,
                            uint32_t* actual_handles);
zx_status_t zx_channel_read_etc(zx_handle_t handle, uint32_t options, void* bytes, zx_handle_info_t* handles,
                                uint32_t num_bytes, uint32_t num_handles, uint32_t* actual_bytes,
                                uint32_t* actual_handles);
zx_status_t zx_channel_write(zx_handle_t handle, uint32_t options, const void* bytes, uint32_t num_bytes,
                             const zx_handle_t* handles, uint32_t num_handles);
zx_status_t zx_channel_write_etc(zx_handle_t handle, uint32_t options, const void* bytes, uint32_t num_bytes,
                                 zx_handle_disposition_t* handles, uint32_t num_handles);
zx_status_t zx_channel_call(zx_handle_t handle, uint32_t options, zx_time_t deadline,
                            const zx_channel_call_args_t* args, uint32_t* actual_bytes, uint32_t* actual_handles);
zx_status_t zx_channel_call_etc(zx_handle_t handle, uint32_t options, zx_time_t deadline,
                                zx_channel_call_etc_args_t* args, uint32_t* actual_bytes, uint32_t* actual_handles);

/*
 * Ports. Five calls are extensions: `zx_linux_port_wait_batch` takes as many packets as are there,
 * `zx_linux_port_set_spin` and `_set_yields` set for how long a thread may spin, and how often it may yield its processor,
 * before it sleeps. Loops that wait for descriptors wait for that of `zx_linux_port_descriptor`, which stays the port's,
 * each time behind `zx_linux_port_prepare_wait` and up to the time that it gives, then take packets without waiting.
 */
zx_status_t zx_port_create(uint32_t options, zx_handle_t* out);
zx_status_t zx_port_queue(zx_handle_t handle, const zx_port_packet_t* packet);
zx_status_t zx_port_wait(zx_handle_t handle, zx_time_t deadline, zx_port_packet_t* packet);
zx_status_t zx_port_cancel(zx_handle_t handle, zx_handle_t source, uint64_t key);
zx_status_t zx_port_cancel_key(zx_handle_t handle, uint32_t options, uint64_t key);
zx_status_t zx_linux_port_wait_batch(zx_handle_t handle, zx_time_t deadline, zx_port_packet_t* packets,
                                     size_t capacity, size_t* actual);
zx_status_t zx_linux_port_set_spin(zx_handle_t handle, uint32_t nanoseconds);
zx_status_t zx_linux_port_set_yields(zx_handle_t handle, uint32_t times);
zx_status_t zx_linux_port_descriptor(zx_handle_t handle, int32_t* descriptor);
zx_status_t zx_linux_port_prepare_wait(zx_handle_t handle, zx_time_t* latest);

/* An extension: gives statics, code, tables, and the rings of channels that are made from then on, their pages. */
#define ZX_LINUX_PREFAULT_LOCK ((uint32_t)1)
zx_status_t zx_linux_process_prefault(uint32_t options);

/* Events, event pairs, timers. */
zx_status_t zx_event_create(uint32_t options, zx_handle_t* out);
zx_status_t zx_eventpair_create(uint32_t options, zx_handle_t* out0, zx_handle_t* out1);
zx_status_t zx_timer_create(uint32_t options, zx_clock_t clock_id, zx_handle_t* out);
zx_status_t zx_timer_set(zx_handle_t handle, zx_time_t deadline, zx_duration_t slack);
zx_status_t zx_timer_cancel(zx_handle_t handle);

/* Sockets and fifos. */
zx_status_t zx_socket_create(uint32_t options, zx_handle_t* out0, zx_handle_t* out1);
zx_status_t zx_socket_write(zx_handle_t handle, uint32_t options, const void* buffer, size_t buffer_size,
                            size_t* actual);
zx_status_t zx_socket_read(zx_handle_t handle, uint32_t options, void* buffer, size_t buffer_size, size_t* actual);
zx_status_t zx_socket_set_disposition(zx_handle_t handle, uint32_t disposition, uint32_t disposition_peer);
zx_status_t zx_fifo_create(size_t elem_count, size_t elem_size, uint32_t options, zx_handle_t* out0,
                           zx_handle_t* out1);
zx_status_t zx_fifo_write(zx_handle_t handle, size_t elem_size, const void* data, size_t count,
                          size_t* actual_count);
zx_status_t zx_fifo_read(zx_handle_t handle, size_t elem_size, void* data, size_t count, size_t* actual_count);

/* Memory objects and their mappings. */
zx_status_t zx_vmo_create(uint64_t size, uint32_t options, zx_handle_t* out);
zx_status_t zx_vmo_read(zx_handle_t handle, void* buffer, uint64_t offset, size_t buffer_size);
zx_status_t zx_vmo_write(zx_handle_t handle, const void* buffer, uint64_t offset, size_t buffer_size);
zx_status_t zx_vmo_get_size(zx_handle_t handle, uint64_t* size);
zx_status_t zx_vmo_set_size(zx_handle_t handle, uint64_t size);
zx_status_t zx_vmo_get_stream_size(zx_handle_t handle, uint64_t* size);
zx_status_t zx_vmo_set_stream_size(zx_handle_t handle, uint64_t size);
zx_status_t zx_vmo_op_range(zx_handle_t handle, uint32_t op, uint64_t offset, uint64_t size, void* buffer,
                            size_t buffer_size);
zx_status_t zx_vmo_create_child(zx_handle_t handle, uint32_t options, uint64_t offset, uint64_t size,
                                zx_handle_t* out);
zx_handle_t zx_vmar_root_self(void);
zx_status_t zx_vmar_map(zx_handle_t handle, uint32_t options, size_t vmar_offset, zx_handle_t vmo,
                        uint64_t vmo_offset, size_t len, zx_vaddr_t* mapped_addr);
zx_status_t zx_vmar_unmap(zx_handle_t handle, zx_vaddr_t addr, size_t len);

/* Clocks, sleep, randomness. */
zx_time_t zx_clock_get_monotonic(void);
zx_time_t zx_clock_get_boot(void);
zx_time_t zx_deadline_after(zx_duration_t nanoseconds);
zx_status_t zx_nanosleep(zx_time_t deadline);
zx_ticks_t zx_ticks_get(void);
zx_ticks_t zx_ticks_get_boot(void);
zx_ticks_t zx_ticks_per_second(void);
void zx_cprng_draw(void* buffer, size_t buffer_size);
zx_status_t zx_cprng_add_entropy(const void* buffer, size_t buffer_size);

#ifdef __cplusplus
}
#endif

#endif
