import Glibc

/// A moment as clocks here show it, `2026-11-29 20:59:57`; in UTC if it cannot be told. The corresponding C function is
/// `localtime_r`.
///
/// - Parameter seconds: since 1970.
public func localTime(_ seconds: Int64) -> String {
    var moment = time_t(seconds)
    var parts = tm()
    guard localtime_r(&moment, &parts) != nil || gmtime_r(&moment, &parts) != nil else { return "" }
    func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        + " \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
}

/// Whether the reader of what this process writes to `descriptor` is gone. The corresponding C function is `poll`.
public func isReaderGone(_ descriptor: Int32) -> Bool {
    var output = pollfd(fd: descriptor, events: 0, revents: 0)
    return poll(&output, 1, 0) > 0 && output.revents & Int16(POLLERR | POLLNVAL) != 0
}
