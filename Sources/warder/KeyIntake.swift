import Linux
import Secrets
import STS
import Text
import Vault

/// What `warder add` does: read, check, store, and write the profile.
struct KeyIntake {
    let context: Context
    let name: String
    let source: KeySource
    let verifies: Bool
    let replaces: Bool
    let store: StoreKind?
    var mfaSerial: String?
    /// Where the seed of one-time codes comes from, if it is to be stored with the key.
    let seed: SeedIntake?
    /// A seed that the key before had goes with it.
    let dropsSeed: Bool
    let region: String?
    let writesProfile: Bool?

    func run() throws(Failure) {
        let keyName = try Self.keyName(name)
        try checkSettings()
        let keys = Keys(context)
        try keys.chooseStore(store)
        // What another program deleted from the Secret Service may still be noted.
        if !replaces, try keys.presentStore().kind == .file, let index = try keys.index(),
            index.contains(where: { $0.name == name })
        {
            throw Failure(VaultError.nameTaken(keyName), path: context.places.vault)
        }
        let key = try source.read(context)
        let identity = try verifies ? verify(key) : nil
        var device = mfaSerial
        if device == nil, verifies { device = try discoverDevice(key) }
        let summary = AccessKeySummary(
            name: keyName, accessKeyID: key.accessKeyID, createdAt: UInt64(max(0, wallClock())),
            accountID: identity?.account,
            principalARN: identity?.arn, mfaSerial: device)
        var record = AccessKeyRecord(summary, secret: key.secret.copy())
        if let seed { record.totp = try seed.read(device: device) }
        if let passedOver = keys.passedOver, try !keys.vaultStore().exists() {
            note("the key goes to a vault, not to the desktop's keyring: \(passedOver)")
        }
        try put(record, keys)
        note("stored the key \(name) (\(key.accessKeyID)) in the \(try keys.presentStore().kind.spoken)")
        try writeProfile(device: device)
        try StoredBeside(context: context, name: name, accessKeyID: key.accessKeyID).warn()
        switch record.totp {
        case .some(let totp): try seed?.show(totp)
        case .none: break
        }
    }

    static func keyName(_ name: String) throws(Failure) -> KeyName {
        if let keyName = KeyName(name) { return keyName }
        throw Failure(
            .usage, name.isEmpty ? "the name is empty" : "\(name) is no name for a key",
            hint: "use up to 128 letters, digits and . _ @ + = , : / % -")
    }

    /// What goes into the config file must not bring lines of its own, and a name must not look like an option there.
    private func checkSettings() throws(Failure) {
        if name.begins(with: "-") {
            throw Failure(.usage, "\(name) looks like an option", hint: "use a name that begins with a letter")
        }
        if let region {
            do throws(STSError) { _ = try Partition(region: region) } catch {
                throw Failure(error, doing: "use the region")
            }
        }
        try Self.check(serial: mfaSerial)
    }

    static func check(serial: String?) throws(Failure) {
        guard let serial, !isSerial(serial) else { return }
        throw Failure(.usage, "\(serial) is no MFA device", hint: "give an ARN like arn:aws:iam::123456789012:mfa/NAME")
    }

    /// `[\w+=/:,.@-]{9,256}` (STS API Reference, SerialNumber).
    private static func isSerial(_ text: String) -> Bool {
        (9...256).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
                        || "_+=/:,.@-".unicodeScalars.contains($0))
            }
    }

    private func verify(_ key: borrowing Credentials) throws(Failure) -> CallerIdentity {
        let identity = try DirectCalls(context, profile: name, region: region).callerIdentity(key)
        note("\(key.accessKeyID) is \(identity.arn) in account \(identity.account)")
        return identity
    }

    /// Asks IAM for the user's device, if the user wants that.
    private func discoverDevice(_ key: borrowing Credentials) throws(Failure) -> String? {
        let question = "look for its MFA device (iam:ListMFADevices)?"
        guard try context.confirm(question, otherwise: true, unasked: false) else { return nil }
        do throws(Failure) {
            let devices = try DirectCalls(context, profile: name, region: region).mfaDevices(key)
            guard let first = devices.first(where: Self.isSerial) else {
                note("its user has no MFA device")
                return nil
            }
            note("its MFA device is \(first)")
            return first
        } catch {
            note("could not look: " + error.message)
            return nil
        }
    }

    /// Sessions of a key that is replaced must not outlive it: they go before, and those made meanwhile go after.
    private func put(_ record: borrowing AccessKeyRecord, _ keys: Keys) throws(Failure) {
        if replaces { try keys.forgetSessions(ofKey: name) }
        try keys.put(record, replacing: replaces)
        if replaces, dropsSeed { try keys.setTOTPSeed(nil, of: record.summary.name) }
        if replaces { try keys.forgetSessions(ofKey: name) }
    }

    private func writeProfile(device: String?) throws(Failure) {
        let profiles = ProfileLoading(context)
        if try profiles.profiles().profile(name) != nil {
            return note("the profile \(name) is in \(try profiles.configPath()) already, and stays as it is")
        }
        let question = "add the profile \(name) to \(try profiles.configPath())?"
        let wanted: Bool
        if let writesProfile {
            wanted = writesProfile
        } else {
            // Whoever says what belongs into the profile, and cannot be asked, wants it: without one, sessions of the key
            // would be made without its MFA device.
            let isDescribed = mfaSerial != nil || region != nil
            wanted = try context.confirm(question, otherwise: true, unasked: isDescribed)
        }
        guard wanted else {
            guard let mfaSerial else { return }
            return note("no profile is written; sessions of \(name) have MFA where one says mfa_serial = \(mfaSerial)")
        }
        let section = ProfileSection(name: name, region: region, mfaSerial: device, key: name)
        try section.append(to: try profiles.configPath())
        note("added the profile \(name) to \(try profiles.configPath())")
    }
}
