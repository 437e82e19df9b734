#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/inet_diag.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

warder_key_serial warder_add_user_key(const char *description, const void *payload, size_t length) {
    return (warder_key_serial)syscall(SYS_add_key, "user", description, payload, length, KEY_SPEC_USER_KEYRING);
}

warder_key_serial warder_search_user_key(const char *description) {
    return (warder_key_serial)syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", description, 0);
}

int warder_possess_user_keyring(void) {
    return (int)syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_PROCESS_KEYRING);
}

long warder_read_key(warder_key_serial key, void *buffer, size_t capacity) {
    return syscall(SYS_keyctl, KEYCTL_READ, key, buffer, capacity);
}

int warder_set_key_timeout(warder_key_serial key, unsigned seconds) {
    return (int)syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, key, seconds);
}

int warder_invalidate_key(warder_key_serial key) {
    return (int)syscall(SYS_keyctl, KEYCTL_INVALIDATE, key);
}

int warder_set_dumpable(int dumpable) {
    return prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0);
}

int warder_is_memory_filesystem(int descriptor) {
    struct statfs info;
    if (fstatfs(descriptor, &info) != 0) return -1;
    return info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC;
}

int64_t warder_filesystem_type(const char *path) {
    struct statfs info;
    if (statfs(path, &info) != 0) return -1;
    return (uint32_t)info.f_type;
}

int warder_forbid_core_dump(uint64_t *previous) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0) return -1;
    *previous = limit.rlim_cur;
    limit.rlim_cur = 0;
    return setrlimit(RLIMIT_CORE, &limit);
}

int warder_allow_core_dump(uint64_t soft) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0) return -1;
    limit.rlim_cur = soft;
    return setrlimit(RLIMIT_CORE, &limit);
}

int warder_try_lock(int descriptor, int64_t offset, int64_t length) {
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = length};
    return fcntl(descriptor, F_OFD_SETLK, &range);
}

int warder_try_shared_lock(int descriptor) {
    struct flock range = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    return fcntl(descriptor, F_OFD_SETLK, &range);
}

int warder_is_locked(int descriptor) {
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(descriptor, F_OFD_GETLK, &range) != 0) return -1;
    return range.l_type != F_UNLCK;
}

int warder_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int warder_peer_user(int socket, uint32_t *user) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    *user = peer.uid;
    return 0;
}

int warder_open_socket_table(void) {
    return socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
}

int warder_socket_user(int table, uint16_t own, uint16_t other, uint32_t *user) {
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 body;
    } request = {
        .head = {.nlmsg_len = sizeof request, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
        .body = {
            // Without NLM_F_DUMP the kernel looks up one socket by addresses and ports, which finds IPv4-mapped IPv6
            // ones as well.
            .sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0U,
            .id = {
                .idiag_sport = htons(own), .idiag_dport = htons(other),
                .idiag_src = {htonl(INADDR_LOOPBACK)}, .idiag_dst = {htonl(INADDR_LOOPBACK)},
                .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
            },
        },
    };
    static const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    union {
        struct nlmsghdr head;
        char bytes[4096];
    } answer;
    // Discard the leftovers of an earlier call, which would be taken for the answer to this one.
    while (recv(table, &answer, sizeof answer, 0) >= 0) continue;
    if (sendto(table, &request, sizeof request, 0, (const struct sockaddr *)&kernel, sizeof kernel) < 0) return -1;
    ssize_t count = recv(table, &answer, sizeof answer, 0);
    if (count < 0) return -1;
    if (NLMSG_OK(&answer.head, (size_t)count) && answer.head.nlmsg_type == NLMSG_ERROR &&
        answer.head.nlmsg_len >= NLMSG_LENGTH(sizeof(struct nlmsgerr))) {
        errno = -((struct nlmsgerr *)NLMSG_DATA(&answer.head))->error;
        return -1;
    }
    if (!NLMSG_OK(&answer.head, (size_t)count) || answer.head.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
        answer.head.nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg))) {
        errno = EBADMSG;
        return -1;
    }
    const struct inet_diag_msg *socket = NLMSG_DATA(&answer.head);
    // Without such a connection the kernel returns a socket that listens at that port. A socket that its program has
    // closed has no inode, and shows root as its user.
    if (socket->id.idiag_dport != htons(other) || socket->idiag_state == TCP_LISTEN) return 0;
    if (socket->idiag_inode == 0) return 0;
    *user = socket->idiag_uid;
    return 1;
}

int warder_wait_lock(int descriptor, int64_t offset, int64_t length) {
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = length};
    return fcntl(descriptor, F_OFD_SETLKW, &range);
}

int warder_wait_shared_lock(int descriptor, int64_t offset, int64_t length) {
    struct flock range = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = length};
    return fcntl(descriptor, F_OFD_SETLKW, &range);
}

// A signal handler for a signal that only has to interrupt a wait.
static void nothing(int number) {
    (void)number;
}

int warder_start_alarm(warder_alarm *alarm, int64_t milliseconds) {
    alarm->number = SIGRTMAX;
    struct sigaction action = {.sa_handler = nothing};  // Without SA_RESTART.
    if (sigaction(alarm->number, &action, &alarm->action) != 0) return -1;
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, alarm->number);
    sigprocmask(SIG_UNBLOCK, &mask, &alarm->mask);
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = alarm->number};
    event._sigev_un._tid = gettid();  // glibc 2.36 has no other name for it.
    struct itimerspec time = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000},
        .it_interval = {.tv_nsec = 50000000},
    };
    if (time.it_value.tv_sec == 0 && time.it_value.tv_nsec == 0) time.it_value.tv_nsec = 1;
    if (timer_create(CLOCK_BOOTTIME, &event, &alarm->timer) == 0) {
        if (timer_settime(alarm->timer, 0, &time, NULL) == 0) return 0;
        timer_delete(alarm->timer);
    }
    int code = errno;
    sigprocmask(SIG_SETMASK, &alarm->mask, NULL);
    if (alarm->action.sa_handler != SIG_DFL) sigaction(alarm->number, &alarm->action, NULL);
    errno = code;
    return -1;
}

void warder_stop_alarm(warder_alarm *alarm) {
    int code = errno;
    timer_delete(alarm->timer);
    sigprocmask(SIG_SETMASK, &alarm->mask, NULL);
    // Under the default action another thread's timer would end the process: the handler stays until execve.
    if (alarm->action.sa_handler != SIG_DFL) sigaction(alarm->number, &alarm->action, NULL);
    errno = code;
}

int warder_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}

int warder_signal_descriptor(const sigset_t *signals) {
    return signalfd(-1, signals, SFD_CLOEXEC);
}

int warder_become(const char *file, char *const arguments[], char *const environment[]) {
    return execvpe(file, arguments, environment);
}

int warder_process_descriptor(void) {
    // The kernel sets close-on-exec.
    return (int)syscall(SYS_pidfd_open, getpid(), 0);
}

// Between fork and execve: only async-signal-safe calls (signal-safety(7)).

static void close_from(int first) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
#endif
    struct rlimit limit;
    rlim_t end = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536 ? limit.rlim_cur : 65536;
    for (int descriptor = first; descriptor < (int)end; descriptor++) close(descriptor);
}

static void default_signals(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void take_descriptors(const int *descriptors, int count) {
    int copies[8];
    // Move the descriptors out of each other's way first.
    for (int index = 0; index < count; index++) {
        copies[index] = fcntl(descriptors[index], F_DUPFD, 16);
        if (copies[index] < 0) _exit(127);
    }
    for (int index = 0; index < count; index++) {
        if (dup2(copies[index], index) < 0) _exit(127);
    }
    close_from(count);
}

static void become_bound(const char *file, char *const arguments[], char *const environment[], const int descriptors[3],
                         int own_group) {
    if (own_group && setpgid(0, 0) != 0) return;
    int copies[3];
    for (int index = 0; index < 3; index++) {
        copies[index] = fcntl(descriptors[index], F_DUPFD_CLOEXEC, 16);
        if (copies[index] < 0) return;
    }
    for (int index = 0; index < 3; index++) {
        if (dup2(copies[index], index) < 0) return;
    }
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(file, arguments, environment);
}

int warder_spawn_bound(pid_t *process, const char *file, char *const arguments[], char *const environment[],
                       const int descriptors[3], int own_group) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return errno;
    sigset_t all, before;
    sigfillset(&all);
    // A handler of this process must not run in the child.
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t child = fork();
    int code = errno;
    if (child == 0) {
        int told = fcntl(report[1], F_DUPFD_CLOEXEC, 16);
        prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
        // The parent may have ended before the request was made.
        if (getppid() == parent) become_bound(file, arguments, environment, descriptors, own_group);
        code = errno;
        (void)!write(told, &code, sizeof code);
        _exit(127);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    ssize_t count = 0;
    if (child > 0) {
        // Execve closes the pipe, so nothing arrives once the other program runs.
        while ((count = read(report[0], &code, sizeof code)) < 0 && errno == EINTR) continue;
        if (count > 0) while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
    }
    close(report[0]);
    if (child < 0 || count > 0) return code;
    *process = child;
    return 0;
}

int warder_detach(const char *file, char *const arguments[], char *const environment[], const int *descriptors,
                  int count) {
    if (count > 8) {
        errno = EINVAL;
        return -1;
    }
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        setsid();
        pid_t grandchild = fork();
        if (grandchild != 0) _exit(grandchild < 0);
        take_descriptors(descriptors, count);
        default_signals();
        execve(file, arguments, environment);
        _exit(127);
    }
    int status = 0;
    // With SIGCHLD ignored there is no status to wait for; whether the program runs shows by its output alone.
    while (waitpid(child, &status, 0) < 0) {
        if (errno == ECHILD) return 0;
        if (errno != EINTR) return -1;
    }
    if (status == 0) return 0;
    errno = EAGAIN;
    return -1;
}
