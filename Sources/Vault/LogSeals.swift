import Fields
import Secrets

/// The records of type 3: where each log of the vault's user began. What is in them is outside this module.
extension Vault {
    /// Lends the value of each, in file order.
    ///
    /// - Throws: `.damaged`, which cannot happen after a successful opening.
    public borrowing func forEachLogSeal(_ body: (borrowing SecretBytes) -> Void) throws(VaultError) {
        try records.forEachLogSeal(body)
    }

    /// Stores a value, in place of those that `isReplaced` names.
    ///
    /// - Throws: `.tooLarge`; then they are still there.
    public mutating func putLogSeal(
        _ value: borrowing SecretBytes, replacing isReplaced: (borrowing SecretBytes) -> Bool
    ) throws(VaultError) {
        try records.putLogSeal(value, replacing: isReplaced)
    }
}

extension Records {
    /// The tag of a log's record.
    package static let logSeal: UInt8 = 3

    borrowing func forEachLogSeal(_ body: (borrowing SecretBytes) -> Void) throws(VaultError) {
        try wellFormed { () throws(FieldsError) in
            try bytes.withUnsafeBytes { (bytes) throws(FieldsError) in
                var reader = FieldReader(bytes)
                while let record = try reader.next() {
                    if record.tag == Self.logSeal { body(SecretBytes(copying: record.value)) }
                }
            }
        }
    }

    mutating func putLogSeal(
        _ value: borrowing SecretBytes, replacing isReplaced: (borrowing SecretBytes) -> Bool
    ) throws(VaultError) {
        var old: [Range<Int>] = []
        try wellFormed { () throws(FieldsError) in
            try bytes.withUnsafeBytes { (bytes) throws(FieldsError) in
                var reader = FieldReader(bytes)
                while let record = try reader.next() {
                    guard record.tag == Self.logSeal, isReplaced(SecretBytes(copying: record.value)) else { continue }
                    old.append(record.range)
                }
            }
        }
        try appendLogSeal(value)
        for range in old.reversed() { cut(range) }
    }
}
