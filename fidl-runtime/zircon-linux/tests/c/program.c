/* A program in C on the static library: a message with memory in it, a port that tells of it, and a call. */

#include "zircon_linux.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOOD(call) good((call), #call)

static void good(zx_status_t status, const char* call) {
    if (status != ZX_OK) {
        fprintf(stderr, "%s: %d\n", call, status);
        exit(1);
    }
}

static void expect(int held, const char* what) {
    if (!held) {
        fprintf(stderr, "not so: %s\n", what);
        exit(1);
    }
}

#define EXPECT(condition) expect((condition), #condition)

/* Sends memory over a channel, and maps it at the other end. */
static void send_memory(zx_handle_t near, zx_handle_t far, zx_handle_t port) {
    zx_handle_t memory;
    GOOD(zx_vmo_create(4096, 0, &memory));
    GOOD(zx_object_set_property(memory, ZX_PROP_NAME, "from C", 6));
    GOOD(zx_vmo_write(memory, "shared bytes", 0, 13));
    GOOD(zx_object_wait_async(far, port, 42, ZX_CHANNEL_READABLE, ZX_WAIT_ASYNC_TIMESTAMP));
    GOOD(zx_channel_write(near, 0, "hello", 6, &memory, 1));
    EXPECT(zx_vmo_write(memory, "x", 0, 1) == ZX_ERR_BAD_HANDLE);

    zx_port_packet_t packet;
    GOOD(zx_port_wait(port, ZX_TIME_INFINITE, &packet));
    EXPECT(packet.key == 42 && packet.type == ZX_PKT_TYPE_SIGNAL_ONE && packet.status == ZX_OK);
    EXPECT(packet.signal.trigger == ZX_CHANNEL_READABLE && packet.signal.count == 1);
    EXPECT((packet.signal.observed & ZX_CHANNEL_READABLE) != 0 && packet.signal.timestamp > 0);

    char bytes[16];
    zx_handle_info_t received;
    uint32_t num_bytes, num_handles;
    GOOD(zx_channel_read_etc(far, 0, bytes, &received, sizeof bytes, 1, &num_bytes, &num_handles));
    EXPECT(num_bytes == 6 && strcmp(bytes, "hello") == 0);
    EXPECT(num_handles == 1 && received.type == ZX_OBJ_TYPE_VMO && received.rights == ZX_DEFAULT_VMO_RIGHTS);

    zx_vaddr_t address;
    GOOD(zx_vmar_map(zx_vmar_root_self(), ZX_VM_PERM_READ, 0, received.handle, 0, 4096, &address));
    EXPECT(strcmp((const char*)address, "shared bytes") == 0);
    zx_info_vmo_t info;
    GOOD(zx_object_get_info(received.handle, ZX_INFO_VMO, &info, sizeof info, NULL, NULL));
    EXPECT(strcmp(info.name, "from C") == 0 && info.size_bytes == 4096 && info.num_mappings == 1);
    GOOD(zx_vmar_unmap(zx_vmar_root_self(), address, 4096));
    GOOD(zx_handle_close(received.handle));
}

/* A call that nobody answers in time: the request is there all the same, under a transaction id of the library's. */
static void call(zx_handle_t near, zx_handle_t far) {
    uint32_t request[2] = {0, 77}, reply[2], num_bytes = 0, num_handles = 0;
    zx_channel_call_args_t args = {
        .wr_bytes = request, .wr_num_bytes = sizeof request, .rd_bytes = reply, .rd_num_bytes = sizeof reply};
    EXPECT(zx_channel_call(near, 0, 0, &args, &num_bytes, &num_handles) == ZX_ERR_TIMED_OUT);
    GOOD(zx_channel_read(far, 0, reply, NULL, sizeof reply, 0, &num_bytes, &num_handles));
    EXPECT(num_bytes == 8 && reply[0] >= 0x80000000u && reply[1] == 77 && request[0] == 0);
}

static void sockets_and_fifos(void) {
    zx_handle_t near, far;
    size_t actual;
    char bytes[8];
    GOOD(zx_socket_create(ZX_SOCKET_STREAM, &near, &far));
    GOOD(zx_socket_write(near, 0, "stream", 6, &actual));
    GOOD(zx_socket_read(far, 0, bytes, sizeof bytes, &actual));
    EXPECT(actual == 6 && memcmp(bytes, "stream", 6) == 0);
    zx_handle_t both[2] = {near, far};
    GOOD(zx_handle_close_many(both, 2));
    GOOD(zx_fifo_create(4, 8, 0, &near, &far));
    uint64_t elements[2] = {1, 2}, found[4];
    GOOD(zx_fifo_write(near, 8, elements, 2, &actual));
    GOOD(zx_fifo_read(far, 8, found, 4, &actual));
    EXPECT(actual == 2 && found[0] == 1 && found[1] == 2);
    GOOD(zx_handle_close(near));
    GOOD(zx_handle_close(far));
}

int main(void) {
    zx_handle_t near, far, port;
    GOOD(zx_channel_create(0, &near, &far));
    GOOD(zx_port_create(0, &port));
    send_memory(near, far, port);
    call(near, far);
    sockets_and_fifos();
    GOOD(zx_handle_close(near));
    zx_signals_t observed;
    GOOD(zx_object_wait_one(far, ZX_CHANNEL_PEER_CLOSED, zx_deadline_after(1000000000), &observed));
    GOOD(zx_handle_close(far));
    GOOD(zx_handle_close(port));
    puts("all as it should be");
    return 0;
}
