import Failures
import STS
import Secrets
import Setup
import Stores
import Text
import Times
import Vault

/// The keys that a user has at AWS besides the one in use. AWS lets a user have two, so each is in the way of a new one.
struct OtherKeys {
    let signer: KeySigner
    let record: AccessKeySummary
    let context: Context
    let keys: Keys

    /// What a key at AWS is to this rotation.
    enum Kind: Equatable {
        case inUse
        /// The last rotation left it, inactive.
        case kept
        /// An interrupted rotation made it, and its secret never arrived.
        case lost
        /// Anything else; the name that it is stored under, if it is.
        case foreign(storedAs: String?)
    }

    func kind(of other: RegisteredKey, _ key: borrowing Credentials) throws(Failure) -> Kind {
        let id = other.accessKeyID
        if id == record.accessKeyID { return .inUse }
        if case .kept(id) = record.rotation, !other.isActive { return .kept }
        let holder = try keys.summaries().first { $0.name != record.name && $0.keysAtAWS.contains(id) }
        if let holder { return .foreign(storedAs: holder.name.text) }
        return try isLost(other, key) ? .lost : .foreign(storedAs: nil)
    }

    /// Deletes those that earlier rotations left: one that was kept, and one whose secret never arrived.
    ///
    /// - Returns: whether one of the latter was there.
    /// - Throws: if there is any other.
    func clear(_ listed: RegisteredKeys, _ key: borrowing Credentials) throws(Failure) -> Bool {
        var foundLost = false
        for other in listed.keys {
            let id = other.accessKeyID
            switch try kind(of: other, key) {
            case .inUse: break
            case .kept:
                try delete(id, key)
                context.console.note("\(record.name): deleted \(id), the old key of the last rotation")
            case .lost:
                try delete(id, key)
                foundLost = true
                context.console.note(
                    "\(record.name): deleted \(id), which an interrupted rotation made and nothing used")
            case .foreign(let holder):
                let use = try? lastUse(id, key)
                throw Failure.twoKeys(
                    record.name.text, inUse: record.accessKeyID, other: id, storedAs: holder, isActive: other.isActive,
                    lastUse: Self.words(use))
            }
        }
        return foundLost
    }

    /// Whether an interrupted rotation made it: it was not there before, was made while that waited for the answer, and
    /// was never used.
    private func isLost(_ other: RegisteredKey, _ key: borrowing Credentials) throws(Failure) -> Bool {
        guard case .requested(let since, let until, let before) = record.rotation, !before.contains(other.accessKeyID),
            other.createdAt >= Int64(clamping: since) - Self.margin,
            other.createdAt <= Int64(clamping: until) + Self.longestRequest
        else { return false }
        return try lastUse(other.accessKeyID, key) == nil
    }

    /// Seconds by which AWS's clocks may differ from one another.
    private static let margin: Int64 = 10
    /// Seconds after the noted time when no request for a key is under way any more: warder waits ten for the answer.
    private static let longestRequest: Int64 = 60

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
