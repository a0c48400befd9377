//! Zircon's IPC objects and system calls on Linux.
