import Crypto
import Secrets

@testable import AuditLog

/// Lines of a log, and the files around it: what nobody sealed is never taken for good.
@Sendable func fuzzLog(_ bytes: UnsafeRawBufferPointer) {
    let text = Array(bytes)
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        if let parsed = SealedLine(line) {
            require(parsed.sealedCount > 0 && parsed.sealedCount < line.count, "a seal covers a part of the line")
            require(parsed.mac.count == Seal.macSize, "a MAC has its size")
            if let header = FileHeader(line, parsed) {
                require(header.identifier.count == Seal.identifierSize, "an identifier has its size")
            }
        }
        if let entry = LogEntry(line) { require(entry.line.utf8.elementsEqual(line), "an entry keeps its line") }
    }
    let start = LogStart(
        identifier: [UInt8](repeating: 0, count: 16), key: SecretBytes(zeros: 32), lines: 1, began: 0, home: "")
    let seal = Seal(identifier: start.identifier, key: start.key)
    let verdict = required("libcrypto works") { () throws(CryptoError) in
        try LogVerdict(
            [LogText(name: "log", bytes: text)], seal: seal.encoded(), named: "log.seal", startedBy: start)
    }
    if case .good = verdict { require(false, "nothing was sealed with this key") }
    if let read = Seal(decoding: SecretBytes(input: bytes)) {
        require(read.encoded().array() == text, "a seal is written as it was read")
    }
}
