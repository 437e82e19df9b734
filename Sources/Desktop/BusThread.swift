import CGLib
import Linux

/// Holds what a thread returns.
final class Box<Value: ~Copyable>: @unchecked Sendable {
    // Read only after the thread has ended.
    var value: Value

    init(_ value: consuming Value) { self.value = value }
}

/// Uses the bus on a separate thread, since some of GLib's waits cannot be interrupted.
final class BusThread: @unchecked Sendable {
    private let library: GLib
    private let cancellation: OpaquePointer?
    private let work: (OpaquePointer?) throws(SecretServiceError) -> Void
    private var failure: SecretServiceError?

    init(_ library: GLib, _ work: @escaping (OpaquePointer?) throws(SecretServiceError) -> Void) {
        self.library = library
        self.work = work
        cancellation = library.glib.g_cancellable_new()
    }

    deinit { library.glib.g_object_unref(UnsafeMutableRawPointer(cancellation)) }

    /// Runs the work. At the deadline it is cancelled, and 100 ms later its thread is abandoned.
    func run(until deadline: Deadline) throws(SecretServiceError) {
        guard !deadline.hasPassed else { throw .timedOut }
        let context = Unmanaged.passRetained(self)
        let start: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
            guard let context else { return }
            Unmanaged<BusThread>.fromOpaque(context).takeRetainedValue().perform()
        }
        guard let thread = warder_thread_start(start, context.toOpaque()) else {
            context.release()
            throw .refused(reason: "there can be no more threads")
        }
        defer { warder_thread_leave(thread) }
        guard wait(for: thread, until: deadline) else {
            library.glib.g_cancellable_cancel(cancellation)
            guard warder_thread_wait(thread, 100) == 1, failure == nil else { throw .timedOut }
            return
        }
        if let failure { throw failure }
    }

    private func wait(for thread: OpaquePointer, until deadline: Deadline) -> Bool {
        while !deadline.hasPassed {
            // The deadline's clock runs during suspend, and the thread's does not.
            if warder_thread_wait(thread, min(deadline.remaining, 1000)) == 1 { return true }
        }
        return false
    }

    private func perform() {
        // This object owns the cancellation.
        defer { withExtendedLifetime(self) {} }
        do throws(SecretServiceError) { try work(cancellation) } catch { failure = error }
    }
}
