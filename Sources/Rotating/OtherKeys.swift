import Failures
import STS
import Secrets
import Setup
import Text
import Times
import Vault

/// The keys that a user has at AWS besides the one in use. AWS lets a user have two, so each is in the way of a new one.
struct OtherKeys {
    let signer: KeySigner
    let record: AccessKeySummary
    let context: Context

    /// Deletes those that earlier rotations left: one that was kept, and one whose secret never arrived.
    ///
    /// - Returns: whether one of the latter was there.
    /// - Throws: if there is any other.
    func clear(_ listed: RegisteredKeys, _ key: borrowing Credentials) throws(Failure) -> Bool {
        var foundLost = false
        for other in listed.keys where other.accessKeyID != record.accessKeyID {
            let id = other.accessKeyID
            if case .kept(id) = record.rotation, !other.isActive {
                try delete(id, key)
                context.console.note("\(record.name): deleted \(id), the old key of the last rotation")
            } else if try isLost(other, key) {
                try delete(id, key)
                foundLost = true
                context.console.note(
                    "\(record.name): deleted \(id), which an interrupted rotation made and nothing used")
            } else {
                let use = try? lastUse(id, key)
                throw Failure.twoKeys(
                    record.name.text, inUse: record.accessKeyID, other: id, isActive: other.isActive,
                    lastUse: Self.words(use))
            }
        }
        return foundLost
    }

    /// Whether an interrupted rotation made it: it was not there before, was made while that waited for the answer, and
    /// was never used.
    func isLost(_ other: RegisteredKey, _ key: borrowing Credentials) throws(Failure) -> Bool {
        guard case .requested(let since, let until, let before) = record.rotation, !before.contains(other.accessKeyID),
            other.createdAt >= Int64(clamping: since) - Self.margin,
            other.createdAt <= Int64(clamping: until) + Self.longestRequest
        else { return false }
        return try lastUse(other.accessKeyID, key) == nil
    }

    /// Seconds by which AWS's clocks may differ from one another.
    private static let margin: Int64 = 30
    /// Seconds after which a request for a key has been answered, however slowly.
    private static let longestRequest: Int64 = 120

    private func delete(_ id: String, _ key: borrowing Credentials) throws(Failure) {
        try signer.deleteKey(id, key)
    }

    func lastUse(_ id: String, _ key: borrowing Credentials) throws(Failure) -> LastUse? {
        try signer.iam("GetAccessKeyLastUsed", "ask when \(id) was last used", key) {
            client, signer, _ throws(STSError) in
            try client.lastUse(of: id, signedBy: signer)
        }
    }

    /// When and where a key was last used; nil for an unknown use.
    ///
    /// - Parameter use: nil if it is not known, and `.some(nil)` if the key never was.
    static func words(_ use: LastUse??) -> String? {
        guard let use else { return nil }
        guard let use else { return "never used" }
        let service = use.service.map { " by \($0)" } ?? ""
        let region = use.region.map { " in \($0)" } ?? ""
        return "last used \(UnixTime(use.time).iso8601)\(service)\(region)"
    }
}

extension KeySigner {
    /// Deletes a key at AWS, unless it is gone already.
    func deleteKey(_ id: String, _ key: borrowing Credentials) throws(Failure) {
        try goneOrDone { () throws(Failure) in
            try iam("DeleteAccessKey", "delete \(id)", key) { client, signer, user throws(STSError) in
                try client.deleteAccessKey(id, of: user, signedBy: signer)
            }
        }
    }

    /// Makes a key unusable, or usable again, unless it is gone.
    func setKey(_ id: String, isActive: Bool, _ key: borrowing Credentials) throws(Failure) {
        try goneOrDone { () throws(Failure) in
            try iam("UpdateAccessKey", "\(isActive ? "activate" : "deactivate") \(id)", key) {
                client, signer, user throws(STSError) in
                try client.setAccessKey(id, of: user, isActive: isActive, signedBy: signer)
            }
        }
    }

    private func goneOrDone(_ work: () throws(Failure) -> Void) throws(Failure) {
        do throws(Failure) { try work() } catch {
            guard error.cause == .noSuchEntity else { throw error }
        }
    }
}
