#define _GNU_SOURCE
#include "clinux.h"

#include <linux/keyctl.h>
#include <linux/magic.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
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
