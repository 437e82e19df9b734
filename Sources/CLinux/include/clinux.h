// Kernel calls that Swift cannot import: variadic ones, and those without a glibc wrapper.
#pragma once
#include <stddef.h>
#include <signal.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

typedef int32_t warder_key_serial;

/// add_key(2) with the "user" type, into the user keyring; returns the serial, or -1 and errno.
warder_key_serial warder_add_user_key(const char *description, const void *payload, size_t length);
/// KEYCTL_SEARCH for a "user" key in the user keyring; returns the serial, or -1 and errno.
warder_key_serial warder_search_user_key(const char *description);
/// KEYCTL_LINK of the user keyring into the process keyring, so that this process possesses its keys.
int warder_possess_user_keyring(void);
/// KEYCTL_READ; returns the payload's whole length (it may exceed `capacity`), or -1 and errno.
long warder_read_key(warder_key_serial key, void *buffer, size_t capacity);
/// KEYCTL_SET_TIMEOUT, in seconds.
int warder_set_key_timeout(warder_key_serial key, unsigned seconds);
/// KEYCTL_INVALIDATE: removes the key at once, for every holder.
int warder_invalidate_key(warder_key_serial key);

/// prctl(PR_SET_DUMPABLE, 0 or 1).
int warder_set_dumpable(int dumpable);
/// Whether `f_type` of fstatfs(2) is TMPFS_MAGIC or RAMFS_MAGIC: 1 or 0; or -1 and errno.
int warder_is_memory_filesystem(int descriptor);
/// `f_type` of statfs(2), in 32 bits; or -1 and errno.
int64_t warder_filesystem_type(const char *path);

/// Sets the soft RLIMIT_CORE to 0 and stores its previous value; returns 0, or -1 and errno.
int warder_forbid_core_dump(uint64_t *previous);
/// Sets the soft RLIMIT_CORE.
int warder_allow_core_dump(uint64_t limit);

/// F_OFD_SETLK of a read lock on the whole file; returns 0, or -1 and errno.
int warder_try_shared_lock(int descriptor);
/// F_OFD_GETLK: whether another open file has any lock on the file; 1 or 0; or -1 and errno.
int warder_is_locked(int descriptor);
/// F_OFD_SETLK of a write lock on `length` bytes from `offset` (0: to the end of the file); returns 0, or -1 and errno.
int warder_try_lock(int descriptor, int64_t offset, int64_t length);
/// F_OFD_SETLKW of the same; EINTR if a signal handler ran meanwhile.
int warder_wait_lock(int descriptor, int64_t offset, int64_t length);
/// The same of a read lock.
int warder_wait_shared_lock(int descriptor, int64_t offset, int64_t length);

/// A timer that interrupts this thread's system calls, and its signal's previous action.
typedef struct {
    timer_t timer;
    int number;
    struct sigaction action;
    sigset_t mask;
} warder_alarm;
/// Interrupts this thread's system calls twenty times a second, starting in `milliseconds` (CLOCK_BOOTTIME), so that a
/// call which begins just after one signal is interrupted by the next; returns 0, or -1 and errno.
int warder_start_alarm(warder_alarm *alarm, int64_t milliseconds);
/// Stops the timer, and restores the signal's previous action unless that was the default.
void warder_stop_alarm(warder_alarm *alarm);

// glibc declares these only under _GNU_SOURCE, which Swift's importer does not define.

/// pipe2 with O_CLOEXEC.
int warder_pipe(int ends[2]);
/// accept4 with SOCK_CLOEXEC and SOCK_NONBLOCK.
int warder_accept(int listener);
/// SO_PEERCRED: the user at the other end of a Unix socket; returns 0, or -1 and errno.
int warder_peer_user(int socket, uint32_t *user);
/// A socket for sock_diag(7) queries, or -1 and errno.
int warder_open_socket_table(void);
/// The user whose TCP socket on 127.0.0.1 (or IPv4-mapped in IPv6) has the port `own` and is connected to `other` on
/// the same address. Returns 1; 0 if the kernel finds none that a program still holds; or -1 and errno.
int warder_socket_user(int table, uint16_t own, uint16_t other, uint32_t *user);
/// signalfd with SFD_CLOEXEC.
int warder_signal_descriptor(const sigset_t *signals);
/// execvpe; returns only on failure.
int warder_become(const char *file, char *const arguments[], char *const environment[]);

/// pidfd_open(2) of this process, close-on-exec; or -1 and errno.
int warder_process_descriptor(void);
/// Starts a child to which the kernel sends SIGTERM when this thread ends, however it ends. The child gets
/// `descriptors` as its first three, no blocked signals, and SIGPIPE and SIGTERM at their defaults. Returns 0, or the
/// failed call's errno.
int warder_spawn_bound(pid_t *process, const char *file, char *const arguments[], char *const environment[],
                       const int descriptors[3], int own_group);
/// Starts a daemon, not a child of this process: in its own session, with `count` descriptors as its first ones and no
/// others, every signal at its default. Returns 0, or -1 and errno; a program that cannot be run is not reported.
int warder_detach(const char *file, char *const arguments[], char *const environment[], const int *descriptors,
                  int count);
