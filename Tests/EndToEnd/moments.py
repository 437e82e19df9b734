"""The moments at which a command may be killed with different outcomes, from what strace wrote down of a run."""

import collections
import re

# What changes something that outlives the process, or may: files, folders, and keys of the kernel.
CHANGING = {
    "write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat", "unlink",
    "unlinkat", "mkdir", "mkdirat", "ftruncate", "fchmod", "futimens", "utimensat", "add_key",
}
# These do so with such an argument alone.
SOMETIMES = {
    "openat": ("O_CREAT", "O_TRUNC"),
    "keyctl": ("UPDATE", "REVOKE", "CHOWN", "SETPERM", "CLEAR", "UNLINK", "SET_TIMEOUT", "INVALIDATE"),
}
TRACED = "trace=" + ",".join(f"?{call}" for call in sorted(CHANGING | SOMETIMES.keys()))


def moments(log):
    """(call, number) of each call of the main thread before which to kill it. strace counts for each thread and call by
    itself. Before a call that changes nothing all is as it is before the next one that does: the locks go with the process.
    What there is after the last change is seen before the last call of any kind."""
    text = log.read_text()
    main = text.split(" ", 1)[0]
    counts, found, last = collections.Counter(), [], None
    for call, arguments in re.findall(rf"^{main} +(\w+)\((.*)", text, re.MULTILINE):
        counts[call] += 1
        last = call, counts[call]
        if call in CHANGING or any(word in arguments for word in SOMETIMES.get(call, ())):
            found.append(last)
    return found + [last] * (last not in found)
