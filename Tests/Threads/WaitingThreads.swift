import Foundation

/// The threads of tests that wait: more than there are processors, but few enough that eight tests that each start a
/// server at the same moment still meet deadlines of a second or two.
///
/// The newest job runs first. Otherwise each test of a serialized suite would queue behind all tests that can run at
/// any time, and the suite would end long after the others.
final class WaitingThreads: TaskExecutor, @unchecked Sendable {
    static let shared = WaitingThreads(count: 8)

    /// Guards `jobs`, and is signalled for each new one.
    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []

    private init(count: Int) {
        // They inherit the signal mask of the thread that starts them, which Swift's own threads share.
        for _ in 0..<count { Thread.detachNewThread { self.work() } }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    private func work() -> Never {
        while true {
            let job = condition.withLock {
                while jobs.isEmpty { condition.wait() }
                return jobs.removeLast()
            }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
