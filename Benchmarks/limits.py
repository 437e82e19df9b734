"""The commands that people and hooks wait for, warm, and what each may take.

Instructions, page faults and memory hardly depend on what else a machine does, so `gate` fails if one exceeds its
limit; `run` shows times beside them. What varies between machines (the processor's own code in libcrypto, the kernel's
page sizes) is allowed for."""

import collections

Limits = collections.namedtuple("Limits", "name command profiles instructions faults memory")

# What the log may add to a warm answer: instructions, and its share of the time.
LOG_INSTRUCTIONS, LOG_TIME = 300_000, 1.03

# Millions of instructions, minor page faults, KiB at most; None: not limited. With no profiles, nothing is stored.
LIMITS = [
    Limits(*row)
    for row in (
        ("process", "process prod", 20, 5, 400, 9_728),
        ("renew", "renew prod", 20, 5, 400, 9_728),
        ("folder", "folder", 20, 4.6, 400, 9_728),
        ("env", "env prod", 20, 5.5, 450, 10_752),
        ("list", "list", 20, 8.5, 500, 11_264),
        ("status", "status", 20, 6, 500, 11_264),
        ("explain", "explain prod", 20, 8, 500, 11_264),
        ("doctor", "doctor", 20, 30, 550, 13_312),
        ("start page", "", 20, 5.2, 500, 10_240),
        ("start page, nothing stored", "", 0, 4.5, 400, 9_216),
        ("--help", "--help", 20, 5.5, 400, 9_216),
        ("--version", "--version", 20, 4, 400, 8_192),
        ("process, 10,000 profiles", "process prod", 10_000, 21, None, 10_752),
    )
]
