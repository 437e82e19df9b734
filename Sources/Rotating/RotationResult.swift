import Vault

/// What a rotation came to.
package struct RotationResult {
    /// What became of the key before.
    package enum Old: Equatable, Sendable {
        case deleted
        /// Deactivated, and kept at AWS.
        case inactive
        /// It works until then, in seconds since 1970.
        case active(until: UInt64)
    }

    /// The name of the key.
    package let name: KeyName
    /// The id of the key in use.
    package let accessKeyID: String
    /// The id of the key before.
    package let oldKey: String
    /// What became of it.
    package let old: Old
}

/// What a user wants of a rotation.
package struct RotationOptions: Sendable {
    /// The old key is deactivated, and not deleted.
    package var keepsOld = false
    /// Seconds for which the old key goes on working; 0 ends such a time now; nil for none.
    package var grace: Int?

    package init(keepsOld: Bool = false, grace: Int? = nil) {
        self.keepsOld = keepsOld
        self.grace = grace
    }

    /// Whether the old key goes on working, and the user does not end that.
    ///
    /// - Parameters:
    ///   - end: when its time ends, in seconds since 1970.
    ///   - now: likewise.
    func isInGrace(until end: UInt64, now: Int64) -> Bool { grace != 0 && UInt64(clamping: now) < end }
}
