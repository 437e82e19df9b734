import Glibc

/// Waits until one of `descriptors` is readable or its other end has closed, until the deadline, or until a signal
/// arrives. The corresponding C function is `poll`.
public func wait(for descriptors: [Int32], until deadline: Deadline?) {
    var waiting = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    _ = poll(&waiting, nfds_t(waiting.count), deadline.map { Int32(clamping: $0.remaining) } ?? -1)
}
