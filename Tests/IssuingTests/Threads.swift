import Foundation

/// Runs `body` in so many threads at once, and waits for all.
func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let threads = (0..<count).map { index in Running { body(index) } }
    for thread in threads { thread.join() }
}

/// What runs in a thread of its own: it may wait for a lock, which a task must not.
final class Running: Sendable {
    private let end = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () -> Void) {
        let end = end
        Thread.detachNewThread {
            body()
            end.signal()
        }
    }

    func join() { end.wait() }
}

/// Opens once, and lets everybody through from then on.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }

    func wait() {
        semaphore.wait()
        semaphore.signal()
    }
}
