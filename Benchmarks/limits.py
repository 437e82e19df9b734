"""The commands that people and hooks wait for, warm, and what each may take.

Instructions, page faults and memory hardly depend on what else a machine does, so `gate` fails if one exceeds its
limit; `run` shows times beside them. What varies between machines (the processor's own code in libcrypto, the kernel's
page sizes) is allowed for."""

import collections

Limits = collections.namedtuple("Limits", "name command profiles instructions faults memory")

# Millions of instructions, minor page faults, KiB at most; None: not limited. With no profiles, nothing is stored.
LIMITS = [
    Limits(*row)
    for row in (
        ("process", "process prod", 20, 6.7, 400, 10_752),
        ("renew", "renew prod", 20, 6.7, 400, 10_752),
        ("folder", "folder", 20, 6.7, 400, 10_752),
        ("env", "env prod", 20, 12, 450, 12_288),
        ("list", "list", 20, 14, 500, 12_288),
        ("status", "status", 20, 14, 500, 12_288),
        ("explain", "explain prod", 20, 14, 500, 12_288),
        ("start page", "", 20, 14, 500, 12_288),
        ("start page, nothing stored", "", 0, 6, 400, 12_288),
        ("--help", "--help", 20, 6, 400, 12_288),
        ("--version", "--version", 20, 6, 400, 12_288),
        ("process, 10,000 profiles", "process prod", 10_000, 25, None, 12_288),
    )
]
