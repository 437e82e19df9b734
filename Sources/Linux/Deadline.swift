import Glibc

/// A moment on a clock that never goes back and keeps running during suspend (`CLOCK_BOOTTIME`).
public struct Deadline: Sendable, Comparable {
    /// Milliseconds since boot.
    public let milliseconds: Int64

    /// A moment given in milliseconds since boot.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The present.
    public static var now: Deadline {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Deadline(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// The moment `milliseconds` from now.
    public static func after(milliseconds: Int64) -> Deadline {
        Deadline(milliseconds: now.milliseconds + milliseconds)
    }

    /// Milliseconds left; 0 once it has passed.
    public var remaining: Int64 { max(0, milliseconds - Self.now.milliseconds) }

    /// Whether it is now or in the past.
    public var hasPassed: Bool { remaining == 0 }

    /// The moment that many milliseconds after another.
    public static func + (moment: Deadline, milliseconds: Int64) -> Deadline {
        Deadline(milliseconds: moment.milliseconds + milliseconds)
    }

    /// Whether `a` is earlier than `b`.
    public static func < (a: Deadline, b: Deadline) -> Bool { a.milliseconds < b.milliseconds }
}

/// Identifies this boot: a `Deadline` of another boot means nothing. Nil if the kernel does not say (random(4)).
public func bootIdentifier() -> String? {
    guard let text = try? readFile("/proc/sys/kernel/random/boot_id", limit: 64), text.count >= 36 else { return nil }
    return text.withUnsafeBytes { String(decoding: $0.prefix(36), as: UTF8.self) }
}

/// The wall clock, in seconds since 1970. The corresponding C function is `clock_gettime`.
public func wallClock() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec)
}

/// Sleeps; a signal does not cut it short. The corresponding C function is `nanosleep`.
public func sleep(milliseconds: Int64) {
    var wanted = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
    var rest = timespec()
    while nanosleep(&wanted, &rest) == -1 && errno == EINTR { wanted = rest }
}
