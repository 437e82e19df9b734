import AuditLog
import Failures
import Secrets
import Setup
import Vault

/// What a store is to know of this home's log: where it began, and how many lines it has.
struct LogStanding {
    private let log: AuditLog
    let identifier: [UInt8]
    private let lines: UInt64

    /// Begins the log if there is none; nil if there is to be none, or it cannot be written.
    init?(_ context: Context) {
        guard let log = context.events.files, let standing = log.standing(at: context.now) else { return nil }
        self.log = log
        (identifier, lines) = standing
    }

    /// What to store; nil if the store has it already, or never got the beginning.
    ///
    /// - Parameter stored: what the store has of the same log.
    func update(_ stored: consuming LogStart?) -> LogStart? {
        if var start = stored ?? log.waitingStart(), start.identifier == identifier {
            start.lines = max(start.lines, lines)
            return start
        }
        return nil
    }

    /// The log's identifier as 32 lowercase digits.
    var hex: String {
        LogStart(identifier: identifier, key: SecretBytes(capacity: 0), lines: 0, began: 0, home: "").hex
    }

    /// Whether what a store has is of this log.
    func isOwn(_ start: borrowing LogStart) -> Bool { start.identifier == identifier }

    /// Whether what a store has is of an earlier log of this home.
    func isEarlier(_ start: borrowing LogStart) -> Bool { !isOwn(start) && start.home == log.home }

    /// Removes the beginning that waits in a file, if the store has it.
    ///
    /// - Parameter isStored: whether the store has the log of this identifier.
    static func forgetStart(_ context: Context, if isStored: ([UInt8]) -> Bool) {
        guard let log = context.events.files, log.mayHaveWaitingStart, let waiting = log.waitingStart(),
            isStored(waiting.identifier)
        else { return }
        log.forgetStart()
    }
}

extension Vault {
    /// Lends where each log began that the vault knows of.
    borrowing func forEachLogStart(_ body: (borrowing LogStart) -> Void) throws(VaultError) {
        try forEachLogSeal { value in
            switch LogStart(decoding: value) {
            case .some(let start): body(start)
            case .none: break
            }
        }
    }

    /// Where each log began that the vault knows of.
    borrowing func logStarts() throws(VaultError) -> [SharedLogStart] {
        var starts: [SharedLogStart] = []
        try forEachLogStart { starts.append(SharedLogStart($0)) }
        return starts
    }

    /// Stores where a log began that another store had.
    mutating func keep(_ moved: SharedLogStart) throws(VaultError) {
        try putLogSeal(moved.copy().encoded()) { value in
            switch LogStart(decoding: value) {
            case .some(let old): old.hex == moved.hex
            case .none: false
            }
        }
    }

    /// Stores what there is to know of a log.
    mutating func keep(_ standing: LogStanding, droppingOthers: Bool = false) throws(VaultError) {
        let found = LogStartBox()
        try forEachLogStart { start in if standing.isOwn(start) { found.start = start.copy() } }
        switch standing.update(found.start.take()) {
        case .some(let start):
            try putLogSeal(start.encoded()) { value in
                switch LogStart(decoding: value) {
                case .some(let old): standing.isOwn(old) || (droppingOthers && standing.isEarlier(old))
                case .none: false
                }
            }
        case .none: break
        }
    }
}

/// Carries a beginning out of a closure.
final class LogStartBox {
    var start: LogStart?
}

/// Where a log began, for lists.
final class SharedLogStart {
    let start: LogStart

    init(_ start: borrowing LogStart) { self.start = start.copy() }

    var hex: String { start.hex }

    func copy() -> LogStart { start.copy() }
}

extension KeyStore {
    /// Where each log began that the store knows of.
    func logStarts() throws(Failure) -> [SharedLogStart] {
        var starts: [SharedLogStart] = []
        try forEachLogStart { starts.append(SharedLogStart($0)) }
        return starts
    }
}

extension VaultStore {
    package func forEachLogStart(_ body: (borrowing LogStart) -> Void) throws(Failure) {
        try open()
        try inVault { () throws(VaultError) in try vault?.forEachLogStart(body) }
    }

    package var mayKeepLogStart: Bool { opening.method == .typed }

    package func keepLogStart(droppingOthers: Bool) throws(Failure) {
        guard droppingOthers else { return try change { _ in } }
        try change { (vault) throws(VaultError) in
            if let standing = LogStanding(self.context) { try vault.keep(standing, droppingOthers: true) }
        }
    }

    /// Once the vault is written: removes the beginning that waited, if it is there now.
    func forgetLogStart() {
        LogStanding.forgetStart(context) { identifier in
            var isStored = false
            try? vault?.forEachLogStart { if $0.identifier == identifier { isStored = true } }
            return isStored
        }
    }

    /// Adds to a change of the vault what there is to know of the log. A log that cannot be read or stored never fails
    /// the change.
    func noting(_ body: (inout Vault) throws(Failure) -> Void, in vault: inout Vault) throws(Failure) {
        try body(&vault)
        if let standing = LogStanding(context) { try? vault.keep(standing) }
    }
}
