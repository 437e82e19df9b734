import Failures
import Linux
import Secrets
import Sessions
import Setup
import Vault

/// Moves all keys from one store to the other.
///
/// Copy, read back, compare; then the marker, which says where the keys are; and only then the old ones go. Killed
/// anywhere, both stores hold what the other one's reader needs, and a second run finishes the first.
package struct StoreMoving {
    private let keys: Keys
    private let context: Context
    private let marker: StoreMarker
    private let vault: VaultStore
    private let desktop: SecretServiceStore

    package init(_ keys: Keys) {
        self.keys = keys
        context = keys.context
        marker = StoreMarker(context)
        vault = VaultStore(context)
        desktop = SecretServiceStore(context)
    }

    package func move(to kind: StoreKind) throws(Failure) {
        try context.refuse(kind)
        _ = try keys.presentStore()
        let lock = try marker.lockForChange()
        defer { withExtendedLifetime(lock) {} }
        let before = try keys.unlockedState()
        let count: Int
        switch kind {
        case .libsecret: count = try moveToDesktop()
        case .file: count = try moveToVault()
        }
        // What lay unlocked belonged to the old store.
        _ = try? before?.lock()
        try keys.settle()
        context.console.note("moved \(count) \(count == 1 ? "key" : "keys") to the \(kind.spoken)")
    }

    // MARK: - To the Secret Service

    private func moveToDesktop() throws(Failure) -> Int {
        guard try vault.exists() else { throw alreadyThere(.libsecret) }
        var count = 0
        let slots = try vault.slots()
        let identifier = try vault.head()?.identifier ?? ""
        try vault.retire { (open) throws(Failure) in
            let records = try vault.inVault { () throws(VaultError) in try open.sharedRecords() }
            let cacheKey = try vault.inVault { () throws(VaultError) in try open.sessionCacheKey() }
            if try vault.inVault({ () throws(VaultError) in try open.holdsUnknown() }) {
                throw .losingNewer("the vault \(vault.file.path)", not: "moved")
            }
            try refuseUnknown(records, in: "the vault \(vault.file.path)")
            for record in records { try refuseConflict(record, try desktop.record(record.name), in: .libsecret) }
            for record in records { try desktop.write(record.copy()) }
            try desktop.establish(sessionCacheKey: cacheKey.copy())
            for start in try vault.inVault({ () throws(VaultError) in try open.logStarts() }) {
                try desktop.putLogStart(start.copy())
            }
            count = records.count
        }
        // What opened the vault opens nothing any more.
        for slot in slots { slot.handler?.forget(slot, ofVault: identifier, context) }
        keys.use(desktop)
        return count
    }

    // MARK: - To the vault

    private func moveToVault() throws(Failure) -> Int {
        let identifier = try marker.identifier()
        if identifier == nil { return try removeLeftovers() }
        let records = try desktop.sharedRecords()
        try refuseUnknown(records, in: "the Secret Service")
        let logs = try desktop.logStarts()
        if try vault.exists() {
            try mergeIntoVault(records, logs)
        } else {
            let made = try vault.make(
                recovery: .ifSomebodyIsThere, sessionCacheKey: try desktop.sessionCacheKey()
            ) { (new) throws(Failure) in
                for record in records { try vault.inVault { () throws(VaultError) in try new.add(record.copy()) } }
                for log in logs { try vault.inVault { () throws(VaultError) in try new.keep(log) } }
            }
            guard made else { throw Failure(VaultFileError.exists(path: vault.file.path)) }
        }
        try vault.readAgain()
        for record in records { try check(record) }
        try marker.remove()
        for record in records { _ = try desktop.delete(record.name) }
        if let identifier { try desktop.deleteCacheKey(identifier) }
        for log in logs { try desktop.deleteLogStart(log.hex) }
        keys.use(vault)
        return records.count
    }

    /// Puts keys into a vault that an interrupted run left.
    private func mergeIntoVault(_ records: [SharedRecord], _ logs: [SharedLogStart]) throws(Failure) {
        var missing: [SharedRecord] = []
        for record in records {
            guard let present = try vault.record(record.name) else {
                missing.append(record)
                continue
            }
            try refuseConflict(record, present, in: .file)
        }
        guard !missing.isEmpty || !logs.isEmpty else { return }
        let added = missing
        try vault.change { (vault) throws(VaultError) in
            for record in added { try vault.add(record.copy()) }
            for log in logs { try vault.keep(log) }
        }
    }

    /// Deletes what an interrupted run left in the Secret Service; all of it is in the vault.
    private func removeLeftovers() throws(Failure) -> Int {
        let left = (try? desktop.sharedRecords()) ?? []
        var count = 0
        for record in left {
            guard let present = try vault.record(record.name), record.isSame(as: present) else { continue }
            _ = try desktop.delete(record.name)
            count += 1
        }
        let leftCacheKey = try desktop.deleteCacheKeys(like: vault.sessionCacheKey())
        let leftLogs = try removeLeftLogs()
        guard count > 0 || leftCacheKey || leftLogs else { throw alreadyThere(.file) }
        keys.use(vault)
        return count
    }

    /// Deletes where logs began, as far as the vault has it; whether there was any.
    private func removeLeftLogs() throws(Failure) -> Bool {
        let present = try vault.logStarts().map(\.hex)
        let left = ((try? desktop.logStarts()) ?? []).filter { present.contains($0.hex) }
        for log in left { try desktop.deleteLogStart(log.hex) }
        return !left.isEmpty
    }

    private func check(_ record: SharedRecord) throws(Failure) {
        guard let stored = try vault.record(record.name), record.isSame(as: stored) else {
            throw Failure(
                .other, "the vault does not hold the key \(record.name) as it was given",
                hint: "nothing was removed; run warder vault verify")
        }
    }

    // MARK: - Both ways

    /// Each store has a form of its own for what a newer version keeps with a key.
    private func refuseUnknown(_ records: [SharedRecord], in store: String) throws(Failure) {
        for record in records where record.holdsUnknown {
            throw .losingNewer("the key \(record.name) in \(store)", not: "moved")
        }
    }

    private func refuseConflict(
        _ record: SharedRecord, _ present: consuming AccessKeyRecord?, in kind: StoreKind
    ) throws(Failure) {
        switch consume present {
        case .some(let present):
            if record.isSame(as: present) { return }
            throw Failure(
                .other, "the \(kind.spoken) has another key named \(record.name): \(present.summary.accessKeyID)",
                hint: "nothing was moved; see which of the two works, and remove the other")
        case .none: return
        }
    }

    private func alreadyThere(_ kind: StoreKind) -> Failure {
        Failure(.usage, "the keys are in the \(kind.spoken) already", hint: "see warder list")
    }
}

extension Vault {
    /// Every stored key.
    borrowing func sharedRecords() throws(VaultError) -> [SharedRecord] {
        var records: [SharedRecord] = []
        for summary in try accessKeySummaries() {
            guard let record = try accessKey(named: summary.name) else { throw .damaged }
            records.append(SharedRecord(record))
        }
        return records
    }
}
