import Glibc

/// Whether this process may lock that much memory beside what it has locked: below its limit, or with the capability
/// that lifts it. The corresponding C function is `mmap` with `MAP_LOCKED`.
public func canLockMemory(bytes: Int) -> Bool {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED
    guard let base = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED else { return false }
    munmap(base, bytes)
    return true
}

/// How much memory this process may lock, and how far it may raise that itself, in bytes (`RLIMIT_MEMLOCK`). The
/// corresponding C function is `getrlimit`.
public func memoryLockLimits() -> (soft: UInt64, hard: UInt64)? {
    var limits = rlimit()
    guard getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limits) == 0 else { return nil }
    return (UInt64(limits.rlim_cur), UInt64(limits.rlim_max))
}
