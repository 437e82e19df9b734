import Glibc

/// What a user can run out of with inotify(7).
public enum WatchResource: Sendable {
    /// `fs.inotify.max_user_instances`.
    case instances
    /// `fs.inotify.max_user_watches`.
    case watches
}

/// Which of them is used up, found by taking one of each and giving it back; nil if none is, or the kernel has no
/// inotify.
///
/// - Parameter path: what to watch for a moment.
public func exhaustedWatches(at path: String) -> WatchResource? {
    let number = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    guard number >= 0 else { return errno == EMFILE ? .instances : nil }
    defer { close(number) }
    guard inotify_add_watch(number, path, UInt32(IN_DELETE_SELF)) < 0 else { return nil }
    return errno == ENOSPC ? .watches : nil
}
