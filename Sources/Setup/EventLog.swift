import AuditLog
import Crypto
import Linux
import Secrets
import Synchronization

/// Where events are recorded. Recording never fails, and prints nothing.
package protocol EventLog: AnyObject, Sendable {
    /// Records an event of the moment `time`, in seconds since 1970.
    func record(_ event: Event, at time: Int64)
    /// The log's files; nil if none are written.
    var files: AuditLog? { get }
}

/// The log in the state folder, unless the settings turn it off.
final class FileEventLog: EventLog {
    private let log: AuditLog
    private let settings: String
    private let machine: MachineSettings
    private let waits: WaitLimits
    /// Whether the settings turn the log off; nil before they are read.
    private let isOff = Mutex<Bool?>(nil)

    init(_ paths: Paths, _ machine: MachineSettings, _ waits: WaitLimits, random: RandomSource) {
        log = AuditLog(LogFolder(paths.state), random: random)
        settings = paths.settings
        self.machine = machine
        self.waits = waits
    }

    var files: AuditLog? {
        let isOff = isOff.withLock { known -> Bool in
            let isOff = known ?? Settings.turnLogOff(settings, machine, waits)
            known = isOff
            return isOff
        }
        return isOff ? nil : log
    }

    func record(_ event: Event, at time: Int64) {
        guard let files else { return }
        var event = event
        if event.caller == nil { event.caller = CallerSummary() }
        files.record(event, at: time)
    }
}

extension Context {
    /// The log's files, whether or not more is written to them.
    package var log: AuditLog { events.files ?? AuditLog(LogFolder(paths.state), random: random) }

    /// Records an event in the log. The caller is found where the event names none.
    package func record(_ event: Event) { events.record(event, at: now) }
}

extension Settings {
    /// Whether the settings at `path`, or else the machine's, turn the log off; false also where they are wrong, which
    /// other readers report, and where a rule of the machine keeps it on.
    fileprivate static func turnLogOff(_ path: String, _ machine: MachineSettings, _ waits: WaitLimits) -> Bool {
        guard let policy = try? machine.policy(), policy.log == nil else { return false }
        let defaults = (try? machine.defaults()) ?? nil
        // A warm answer reads no other setting: most files can be seen not to name this one.
        guard defaults != nil || mayNameLog(path) else { return false }
        return (try? isLogOff(path, defaults, waits)) == true
    }

    /// Whether a line of the file begins with `log`.
    private static func mayNameLog(_ path: String) -> Bool {
        guard let text = try? readFile(path, limit: 1 << 20, timeout: 0) else { return false }
        return text.withUnsafeBytes { text in
            var isAtStart = true
            for (index, byte) in text.enumerated() {
                if isAtStart, text[index...].prefix(3).map({ $0 | 0x20 }).elementsEqual("log".utf8) { return true }
                isAtStart = byte == UInt8(ascii: "\n") || (isAtStart && (byte == UInt8(ascii: " ") || byte == 9))
            }
            return false
        }
    }
}
