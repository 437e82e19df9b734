"""The moments at which killing a command can have different outcomes, taken from strace's log of a run."""

import collections
import re

# Calls that change what outlives the process: files, folders and keys in the kernel's keyring.
CHANGING = {
    "write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat", "unlink",
    "unlinkat", "mkdir", "mkdirat", "ftruncate", "fchmod", "futimens", "utimensat", "add_key",
}
# Calls that do so only with one of these arguments.
SOMETIMES = {
    "openat": ("O_CREAT", "O_TRUNC"),
    "keyctl": ("UPDATE", "REVOKE", "CHOWN", "SETPERM", "CLEAR", "UNLINK", "SET_TIMEOUT", "INVALIDATE"),
}
TRACED = "trace=" + ",".join(f"?{call}" for call in sorted(CHANGING | SOMETIMES.keys()))


def moments(log):
    """(call, number) of each call of the main thread that a test should kill the command before, numbered as strace
    does, by thread and name. Calls that change nothing are left out: the state before them is the state before the next
    call that does, since locks end with the process. The last call of any kind stands for the state after the last
    change."""
    text = log.read_text()
    main = text.split(" ", 1)[0]
    counts, found, last = collections.Counter(), [], None
    for call, arguments in re.findall(rf"^{main} +(\w+)\((.*)", text, re.MULTILINE):
        counts[call] += 1
        last = call, counts[call]
        if call in CHANGING or any(word in arguments for word in SOMETIMES.get(call, ())):
            found.append(last)
    return found + [last] * (last not in found)
