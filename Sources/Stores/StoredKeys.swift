import AuditLog
import Failures
import Secrets
import Sessions
import Text
import Vault

/// The stored keys, one by one.
extension Keys {
    /// A stored key, ready to sign; the store is opened for it.
    package func storedKey(_ name: String) throws(Failure) -> Credentials {
        guard let keyName = KeyName(name) else { throw Failure.noSuchKey(name) }
        let record = try storedRecord(keyName)
        return Credentials(
            accessKeyID: record.summary.accessKeyID, secret: record.secret.copy(), sessionToken: nil, expiration: nil,
            accountID: record.summary.accountID)
    }

    /// A stored key with all that is stored with it; the store is opened for it.
    package func storedRecord(_ name: KeyName) throws(Failure) -> AccessKeyRecord {
        try sessionKey.refuseIfHeld()
        return try following { (store) throws(Failure) -> AccessKeyRecord in
            let wasOpen = store.isOpen
            guard let record = try store.record(name) else { throw Failure.noSuchKey(name.text) }
            if !wasOpen, store.isOpen { try settle() }
            return record
        }
    }

    /// Whether the store has a key of this name.
    package func holds(_ name: String) throws(Failure) -> Bool {
        guard let keyName = KeyName(name), let store = try store() else { return false }
        try sessionKey.refuseIfHeld()
        let wasOpen = store.isOpen
        let record = try store.record(keyName)
        if !wasOpen, store.isOpen { try settle() }
        return record != nil
    }

    /// What is stored under a name that a key is to be stored under; nil for nothing. As storing it, this opens the store.
    package func recordBefore(_ name: KeyName) throws(Failure) -> AccessKeyRecord? {
        guard let store = try store() else { return nil }
        store.lookAgain()
        if try store.isEmptyForNow() { return nil }
        return try following { (store) throws(Failure) in try store.record(name) }
    }

    /// What is stored, for keys that are to be stored; empty if there is no store yet. As storing them, this opens the
    /// store.
    package func listingBefore() throws(Failure) -> [IndexedKey] {
        guard let store = try store() else { return [] }
        store.lookAgain()
        if try store.isEmptyForNow() { return [] }
        return try following { (store) throws(Failure) in try store.listing(noted: []) }
    }

    /// What the store holds of each key, read from the store itself: for decisions, where `listing` is for showing. The
    /// store is opened for it; empty if there is none yet.
    package func summaries() throws(Failure) -> [AccessKeySummary] {
        guard let store = try store(), try !store.isEmptyForNow() else { return [] }
        return try following { (store) throws(Failure) in try store.summaries() }
    }

    /// Stores a key.
    package func put(_ record: borrowing AccessKeyRecord, replacing: Bool) throws(Failure) {
        try put([SharedRecord(record)], replacing: replacing)
    }

    /// Stores keys: all of them or, if the name of one is taken, none.
    package func put(_ records: [SharedRecord], replacing: Bool = false) throws(Failure) {
        if let store = try store() { try context.refuse(store) }
        let summaries = records.map { $0.copy().summary }
        try following { (store) throws(Failure) in try store.put(records, replacing: replacing) }
        try settle { keys in
            summaries.reduce(keys) { keys, summary in
                let before = keys.first { $0.name == summary.name.text }
                return keys.filter { $0.name != summary.name.text }
                    + [IndexedKey(summary, keepsSeed: replacing && before?.hasTOTPSeed == true)]
            }
        }
    }

    /// Reads the store anew: what is read from then on is what it holds.
    package func readAgain() throws(Failure) {
        try following { (store) throws(Failure) in try store.readAgain() }
    }

    /// Changes a stored key.
    func changeKey(_ name: KeyName, _ body: @escaping (inout AccessKeyRecord) -> Void) throws(Failure) {
        let summary = try following { (store) throws(Failure) in try store.change(name, body) }
        try settle { keys in keys.filter { $0.name != name.text } + [IndexedKey(summary)] }
    }

    /// Changes a stored key, if it is still as the caller knows it; whether it was.
    ///
    /// - Parameter isKnown: compares; asked while no other process changes the store.
    package func changeKey(
        _ name: KeyName, if isKnown: @escaping (borrowing AccessKeyRecord) -> Bool,
        _ body: @escaping (inout AccessKeyRecord) -> Void
    ) throws(Failure) -> Bool {
        var wasKnown = false
        try changeKey(name) { record in
            wasKnown = isKnown(record)
            if wasKnown { body(&record) }
        }
        return wasKnown
    }

    /// Deletes a key.
    package func remove(_ name: KeyName) throws(Failure) {
        try following { (store) throws(Failure) in try store.remove(name) }
        context.record(Event(.removed, profile: name.text))
        try settle { keys in keys.filter { $0.name != name.text } }
    }

    // MARK: - One-time codes

    /// What the one-time codes of `device` are made from, as it is stored with the key: an `otpauth://totp/` address;
    /// nil where the key has none, or it belongs to another device. The store is opened for it.
    ///
    /// - Parameter device: the MFA device's ARN or serial number.
    package func totpSeed(_ name: String, device: String) throws(Failure) -> SecretBytes? {
        guard let keyName = KeyName(name) else { throw Failure.noSuchKey(name) }
        let record = try storedRecord(keyName)
        switch record.totp {
        case .some(let totp) where totp.device == nil || totp.device?.isSame(as: device) == true:
            return totp.text.copy()
        default: return nil
        }
    }

    /// Stores a seed of one-time codes with a key that is stored, in place of the one that it has; nil takes that away.
    package func setTOTPSeed(_ seed: consuming StoredSeed?, of name: KeyName) throws(Failure) {
        let box = SeedBox(seed)
        try changeKey(name) { $0.totp = box.seed?.copy() }
        context.record(Event(box.isEmpty ? .removed : .added, profile: name.text, by: "totp"))
    }
}

/// A seed that a closure may hold on to.
private final class SeedBox {
    let seed: StoredSeed?

    init(_ seed: consuming StoredSeed?) { self.seed = seed }

    var isEmpty: Bool {
        switch seed {
        case .some: false
        case .none: true
        }
    }
}
