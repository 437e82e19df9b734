import Foundation

/// Work on a thread of its own: what waits for a lock must not take a thread from the tests that are to give it.
package final class Work<Outcome: Sendable>: @unchecked Sendable {
    private let isDone = DispatchSemaphore(value: 0)
    // Written before the semaphore is signalled, and read behind it.
    private var outcome: Outcome?

    /// Starts it.
    package init(_ body: @escaping @Sendable () -> Outcome) {
        let thread = Thread { [self] in
            outcome = body()
            isDone.signal()
        }
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Waits for its end.
    package func end() -> Outcome? {
        isDone.wait()
        return outcome
    }
}

/// Does `body` so many times at once, a thread each, and waits for all.
package func atOnce<Outcome: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> Outcome) -> [Outcome] {
    (0..<count).map { number in Work { body(number) } }.compactMap { $0.end() }
}
