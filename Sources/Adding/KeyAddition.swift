import AuditLog
import Failures
import Issuing
import Linux
import STS
import Secrets
import Setup
import Stores
import Text
import Vault

/// Implements `warder add`: reads, checks and stores the key, and writes the profile.
package struct KeyAddition {
    let context: Context
    let name: String
    let source: KeySource
    let verifies: Bool
    let replaces: Bool
    let store: StoreKind?
    var mfaSerial: String?
    /// The source of the seed for one-time codes, if one is to be stored with the key.
    let seed: SeedAddition?
    /// A seed stored with the previous key is deleted with that key.
    let dropsSeed: Bool
    let region: String?
    let profile: ProfileAddition

    /// The options of the command line for the key.
    package init(
        context: Context, name: String, source: KeySource, verifies: Bool, replaces: Bool, store: StoreKind?,
        mfaSerial: String?, seed: SeedAddition?, dropsSeed: Bool, region: String?, profile: ProfileAddition
    ) {
        self.context = context
        self.name = name
        self.source = source
        self.verifies = verifies
        self.replaces = replaces
        self.store = store
        self.mfaSerial = mfaSerial
        self.seed = seed
        self.dropsSeed = dropsSeed
        self.region = region
        self.profile = profile
    }

    /// Returns the keys, opened, and the profiles that have the same key in plain text.
    @discardableResult package func run() throws(Failure) -> (keys: Keys, twins: [String]) {
        let keyName = try KeyChecks.keyName(name)
        try checkSettings()
        if seed != nil { try context.policy().refuseSeeds() }
        let keys = Keys(context)
        try keys.chooseStore(store)
        let taken = try replaces ? nil : notedKey(keys)
        if let taken, case .terminal = source {
            context.console.note(
                "there is a key named \(name) already (\(taken)): give that one to finish what was interrupted")
        }
        let key = try source.read(context, name: name) { (identifier) throws(Failure) in
            if let taken, taken != identifier { throw Self.taken(keyName, context) }
        }
        let identity = try verifies ? verify(key) : nil
        var device = mfaSerial
        if device == nil, verifies { device = try discoverDevice(key) }
        let summary = AccessKeySummary(
            name: keyName, accessKeyID: key.accessKeyID, createdAt: UInt64(max(0, context.now)),
            accountID: identity?.account,
            principalARN: identity?.arn, mfaSerial: device)
        var record = AccessKeyRecord(summary, secret: key.secret.copy())
        if let seed { record.totp = try seed.read(device: device) }
        if let passedOver = keys.passedOver, try !keys.vaultStore().exists() {
            context.console.note("the key goes to a vault, not to the desktop's keyring: \(passedOver)")
        }
        try store(record, keys)
        source.warn(context)
        try profile.run(device: device)
        let twins = try CompetingCredentials(context: context, name: name, accessKeyID: key.accessKeyID).warn()
        switch record.totp {
        case .some(let totp): try seed?.show(totp)
        case .none: break
        }
        return (keys, twins)
    }

    /// The id of the recorded key of this name. The record may be stale if another program deleted the key from the
    /// Secret Service.
    private func notedKey(_ keys: Keys) throws(Failure) -> String? {
        guard try keys.store()?.isListExact == true else { return nil }
        return try keys.index()?.first { $0.name == name }?.accessKeyID
    }

    static func taken(_ name: KeyName, _ context: Context) -> Failure {
        Failure(VaultError.nameTaken(name), path: context.paths.vault)
    }

    /// Stores the key, unless it is stored already: then an interrupted addition continues after this step.
    private func store(_ record: borrowing AccessKeyRecord, _ keys: Keys) throws(Failure) {
        let what = "the key \(name) (\(record.summary.accessKeyID))"
        if !replaces, try isStored(record, keys) {
            return context.console.note("\(what) is in the \(try keys.presentStore().kind.spoken) already")
        }
        try put(record, keys)
        context.console.note("stored \(what) in the \(try keys.presentStore().kind.spoken)")
    }

    /// Whether exactly this key is stored under this name. Fails if the name has another key.
    private func isStored(_ record: borrowing AccessKeyRecord, _ keys: Keys) throws(Failure) -> Bool {
        switch try keys.recordBefore(record.summary.name) {
        case .none: return false
        case .some(let present):
            guard present.isSame(as: record.summary.accessKeyID, record.secret) else {
                throw Self.taken(record.summary.name, context)
            }
        }
        switch record.totp {
        case .some(let totp): try keys.setTOTPSeed(totp.copy(), of: record.summary.name)
        case .none: break
        }
        return true
    }

    /// Values for the config file must not contain line breaks, and a name must not look like an option there.
    private func checkSettings() throws(Failure) {
        if name.begins(with: "-") {
            throw Failure(.usage, "\(name) looks like an option", hint: "use a name that begins with a letter")
        }
        if let region {
            do throws(STSError) { _ = try Partition(region: region) } catch {
                throw Failure(error, doing: "use the region")
            }
        }
        try KeyChecks.check(serial: mfaSerial)
    }

    private func verify(_ key: borrowing Credentials) throws(Failure) -> CallerIdentity {
        let identity = try DirectCalls(context, profile: name, region: region).callerIdentity(key)
        context.console.note("\(key.accessKeyID) is \(identity.arn) in account \(identity.account)")
        return identity
    }

    /// Asks IAM for the user's MFA device, if the user wants that.
    private func discoverDevice(_ key: borrowing Credentials) throws(Failure) -> String? {
        let question = "look for its MFA device (iam:ListMFADevices)?"
        guard try context.confirm(question, otherwise: true, unasked: false) else { return nil }
        do throws(Failure) {
            let devices = try DirectCalls(context, profile: name, region: region).mfaDevices(key)
            guard let first = devices.first(where: KeyChecks.isSerial) else {
                context.console.note("its user has no MFA device")
                return nil
            }
            context.console.note("its MFA device is \(first)")
            return first
        } catch {
            context.console.note("could not look: " + error.message)
            return nil
        }
    }

    /// Sessions of a replaced key must not outlive it: deletes them first, and those made meanwhile afterwards.
    private func put(_ record: borrowing AccessKeyRecord, _ keys: Keys) throws(Failure) {
        let summary = record.summary
        let left = try replaces ? KeysLeft(of: summary.name, in: keys, replacedBy: summary.accessKeyID) : nil
        if replaces { try keys.forgetSessions(ofKey: name) }
        try keys.put(record, replacing: replaces)
        context.record(Event(.added, profile: name, keyID: record.summary.accessKeyID))
        left?.report(on: context.console)
        if replaces, dropsSeed { try keys.setTOTPSeed(nil, of: record.summary.name) }
        if replaces { try keys.forgetSessions(ofKey: name) }
    }
}
