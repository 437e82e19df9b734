import Glibc

/// Waits until there is something to read from one of `descriptors`, or one's other end is gone, or the deadline has
/// passed, or a signal came. The corresponding C function is `poll`.
public func wait(for descriptors: [Int32], until deadline: Deadline?) {
    var waiting = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    _ = poll(&waiting, nfds_t(waiting.count), deadline.map { Int32(clamping: $0.remaining) } ?? -1)
}
