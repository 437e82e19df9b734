import Failures
import Linux
import Profiles
import Setup

/// Adds the profile of a stored key: offers it, writes it, or shows its lines if it cannot be written.
package struct ProfileAddition {
    let context: Context
    let name: String
    let region: String?
    /// Whether the command line wants a profile; nil if it does not say.
    let isWanted: Bool?
    /// The MFA device from the command line.
    let mfaSerial: String?

    /// The options of the command line for the profile.
    package init(
        context: Context, name: String, region: String?, isWanted: Bool?, mfaSerial: String?
    ) {
        self.context = context
        self.name = name
        self.region = region
        self.isWanted = isWanted
        self.mfaSerial = mfaSerial
    }

    /// The command line gives settings for the profile.
    private var isDescribed: Bool { mfaSerial != nil || region != nil }

    /// - Parameter device: the MFA device of the key's user.
    func run(device: String?) throws(Failure) {
        do throws(Failure) { try write(device) } catch {
            // A failure after the rename is the disk's, and the profile exists.
            if (try? present(ProfileLoading(context))) != nil { throw error }
            throw unwritten(because: error, device)
        }
    }

    private func write(_ device: String?) throws(Failure) {
        let loading = ProfileLoading(context)
        let path = try loading.configPath()
        if let there = try present(loading) { return say(there, path) }
        guard try isMeant(path) else {
            guard let device, isDescribed else { return }
            return context.console.note(
                "no profile is written; sessions of \(name) have MFA where one says mfa_serial = \(device)")
        }
        let rewrite = try ConfigRewrite(context)
        // Read again under the lock.
        let again = ProfileLoading(context)
        if let there = try present(again) { return say(there, path) }
        let config = try again.profiles().config
        try rewrite.replace(config, at: path, with: profile(device).added(to: config))
        context.console.note("added the profile \(name) to \(path)")
    }

    /// A user who gives settings for the profile and cannot be asked wants the profile: without it, sessions of the key
    /// would be made without its MFA device.
    private func isMeant(_ path: String) throws(Failure) -> Bool {
        if let isWanted { return isWanted }
        return try context.confirm(
            "add the profile \(name) to \(path)?", otherwise: true, unasked: isDescribed)
    }

    /// The profile, if the config file itself has it: a section in the credentials file alone does not make SDKs ask
    /// warder.
    private func present(_ loading: ProfileLoading) throws(Failure) -> Profile? {
        let profiles = try loading.profiles()
        return profiles.configAlone.profile(name) == nil ? nil : profiles.profile(name)
    }

    /// Reports where the profile differs from the command line.
    private func say(_ profile: Profile, _ path: String) {
        let wanted = [("mfa_serial", mfaSerial), ("region", region)]
        let differences = wanted.compactMap { key, value in value.flatMap { profile.difference(key, $0) } }
        let what = "the profile \(name) is in \(path) already"
        guard !differences.isEmpty else { return context.console.note(what + ", and stays as it is") }
        context.console.note("\(what): \(differences.joined(separator: ", and ")): it stays as it is")
    }

    private func profile(_ device: String?) throws(Failure) -> NewProfile {
        do throws(EditingError) {
            return try NewProfile(name: name, region: region, mfaSerial: device, program: context.ownPath)
        } catch { throw Failure(error) }
    }

    /// Reports what was done and what was not, and shows the lines to add by hand.
    private func unwritten(because error: Failure, _ device: String?) -> Failure {
        let what = "the key \(name) is stored, but its profile is not written: \(error.message)"
        guard let path = try? ProfileLoading(context).configPath(), let profile = try? profile(device) else {
            return Failure(error.code, what, hint: error.hint)
        }
        context.console.note("the lines of the profile \(name):")
        context.console.say("")
        for line in profile.lines { context.console.say("\(line)") }
        context.console.say("")
        let other = "add these lines to \(path) by hand, or fix that and run the same command again"
        return Failure(error.code, what, hint: error.cause == .brokenLink ? error.hint : other)
    }
}

extension Profile {
    /// How `key` differs from `value`; nil if it does not.
    fileprivate func difference(_ key: String, _ value: String) -> String? {
        guard let present = (try? setting(key))?.value else { return "it has no \(key) there, not \(value)" }
        return present.utf8.elementsEqual(value.utf8) ? nil : "\(key) there is \(present), not \(value)"
    }
}
