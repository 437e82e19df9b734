import AuditLog
import Desktop
import Failures
import Linux
import Secrets
import Vault

/// Where logs began, as items of the Secret Service: one a log, its value in hexadecimal digits.
extension SecretServiceStore {
    package func forEachLogStart(_ body: (borrowing LogStart) -> Void) throws(Failure) {
        let items = try desktop.with { (service) throws(SecretServiceError) in
            try service.items(DesktopSecrets.logSeals, [:])
        }
        for identifier in items.compactMap({ $0.attributes["log"] }).sorted() {
            switch try logStart(identifier) {
            case .some(let start): body(start)
            case .none: break
            }
        }
    }

    package var mayKeepLogStart: Bool { true }

    package func keepLogStart(droppingOthers: Bool) throws(Failure) {
        guard let standing = LogStanding(context) else { return }
        switch standing.update(try logStart(standing.hex)) {
        case .some(let start): try putLogStart(start)
        case .none: return
        }
        LogStanding.forgetStart(context) { $0 == standing.identifier }
        guard droppingOthers else { return }
        var earlier: [String] = []
        try forEachLogStart { start in if standing.isEarlier(start) { earlier.append(start.hex) } }
        for identifier in earlier { try deleteLogStart(identifier) }
    }

    /// The beginning of one log; nil if the service has none, or something else in its place.
    private func logStart(_ identifier: String) throws(Failure) -> LogStart? {
        let text = try desktop.with { (service) throws(SecretServiceError) in
            try service.secret(DesktopSecrets.logSeals, ["log": identifier])
        }
        guard let text, text.count % 2 == 0, let value = SecretBytes.of(hexadecimal: text, count: text.count / 2) else {
            return nil
        }
        return LogStart(decoding: value)
    }

    /// Stores where a log began.
    func putLogStart(_ start: borrowing LogStart) throws(Failure) {
        let text = start.encoded().inHexadecimal
        let identifier = start.hex
        try desktop.with { (service) throws(SecretServiceError) in
            try service.put(text, DesktopSecrets.logSeals, ["log": identifier], label: "warder: seals the log")
        }
    }

    /// Deletes where a log began.
    func deleteLogStart(_ identifier: String) throws(Failure) {
        _ = try desktop.with { (service) throws(SecretServiceError) in
            try service.remove(DesktopSecrets.logSeals, ["log": identifier])
        }
    }
}
