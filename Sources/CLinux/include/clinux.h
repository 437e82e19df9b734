// Kernel calls that Swift cannot import: variadic ones, and those without a glibc wrapper.
#pragma once
#include <stddef.h>
#include <signal.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

typedef int32_t warder_key_serial;

/// add_key(2) with the "user" type, into the user keyring; the serial, or -1 and errno.
warder_key_serial warder_add_user_key(const char *description, const void *payload, size_t length);
/// KEYCTL_SEARCH for a "user" key in the user keyring; the serial, or -1 and errno.
warder_key_serial warder_search_user_key(const char *description);
/// KEYCTL_LINK of the user keyring into the process keyring, so that this process possesses its keys.
int warder_possess_user_keyring(void);
/// KEYCTL_READ; the payload's whole length (it may exceed `capacity`), or -1 and errno.
long warder_read_key(warder_key_serial key, void *buffer, size_t capacity);
/// KEYCTL_SET_TIMEOUT, in seconds.
int warder_set_key_timeout(warder_key_serial key, unsigned seconds);
/// KEYCTL_INVALIDATE: gone at once, for every holder.
int warder_invalidate_key(warder_key_serial key);

/// prctl(PR_SET_DUMPABLE, 0 or 1).
int warder_set_dumpable(int dumpable);
/// `f_type` of fstatfs(2) is TMPFS_MAGIC or RAMFS_MAGIC: 1, 0, or -1 and errno.
int warder_is_memory_filesystem(int descriptor);

/// Sets the soft RLIMIT_CORE to 0 and gives what it was; 0, or -1 and errno.
int warder_forbid_core_dump(uint64_t *previous);
/// Sets the soft RLIMIT_CORE.
int warder_allow_core_dump(uint64_t limit);

/// F_OFD_SETLK of a read lock on the whole file; 0, or -1 and errno.
int warder_try_shared_lock(int descriptor);
/// F_OFD_GETLK: whether somebody else has any lock on the file; 1, 0, or -1 and errno.
int warder_is_locked(int descriptor);
/// F_OFD_SETLK of a write lock on `length` bytes from `offset`, all to come for 0; 0, or -1 and errno.
int warder_try_lock(int descriptor, int64_t offset, int64_t length);
/// F_OFD_SETLKW of the same; EINTR where a handler ran meanwhile.
int warder_wait_lock(int descriptor, int64_t offset, int64_t length);

/// A timer that interrupts this thread's system calls, and what its signal did before.
typedef struct {
    timer_t timer;
    int number;
    struct sigaction action;
    sigset_t mask;
} warder_alarm;
/// From `milliseconds` from now (CLOCK_BOOTTIME) on, interrupts this thread's calls twenty times a second, so that a call
/// which begins a moment too late is interrupted too; 0, or -1 and errno.
int warder_start_alarm(warder_alarm *alarm, int64_t milliseconds);
/// Ends that, and puts back what the signal did before, unless that was the default.
void warder_stop_alarm(warder_alarm *alarm);

// Declared by glibc only under _GNU_SOURCE, which Swift's importer does not set.

/// pipe2 with O_CLOEXEC.
int warder_pipe(int ends[2]);
/// accept4 with SOCK_CLOEXEC and SOCK_NONBLOCK.
int warder_accept(int listener);
/// SO_PEERCRED: the user at the other end of a Unix socket; 0, or -1 and errno.
int warder_peer_user(int socket, uint32_t *user);
/// A socket to ask sock_diag(7) with, or -1 and errno.
int warder_open_socket_table(void);
/// The user whose TCP socket on 127.0.0.1 (or that address mapped into IPv6) has the port `own` and is connected to
/// `other` on the same address: 1; 0 where the kernel finds none that a program still holds; or -1 and errno.
int warder_socket_user(int table, uint16_t own, uint16_t other, uint32_t *user);
/// signalfd with SFD_CLOEXEC.
int warder_signal_descriptor(const sigset_t *signals);
/// execvpe; returns only on failure.
int warder_become(const char *file, char *const arguments[], char *const environment[]);

/// pidfd_open(2) of this process, close-on-exec; or -1 and errno.
int warder_process_descriptor(void);
/// Starts a program as a child that the kernel sends SIGTERM when this thread ends, however it ends: with `descriptors` as
/// its first three, no signal held back, and SIGPIPE and SIGTERM as they are by default. 0, or the code of what failed.
int warder_spawn_bound(pid_t *process, const char *file, char *const arguments[], char *const environment[],
                       const int descriptors[3], int own_group);
/// Starts a program as nobody's child: in a session of its own, with `count` descriptors as its first ones and no others,
/// every signal as it is by default. 0, or -1 and errno; that the program cannot be run does not show here.
int warder_detach(const char *file, char *const arguments[], char *const environment[], const int *descriptors,
                  int count);
