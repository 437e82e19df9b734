import AuditLog
import Setup
import Synchronization

/// Remembers the events of a test's home.
package final class RecordingEvents: EventLog {
    private let recorded = Mutex<[Event]>([])
    private let log: AuditLog?

    /// - Parameter log: the log's files, for what stores keep of them; events do not go there.
    package init(log: AuditLog? = nil) { self.log = log }

    package var files: AuditLog? { log }

    package func record(_ event: Event, at time: Int64) { recorded.withLock { $0.append(event) } }

    /// What was recorded, in order.
    package var all: [Event] { recorded.withLock { $0 } }

    /// The kinds of what was recorded, in order.
    package var kinds: [Event.Kind] { all.map(\.kind) }
}
