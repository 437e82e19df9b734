import Linux
import Profiles

/// The profile of a key that is stored by then: offered, written, or shown where it cannot be written.
struct ProfileIntake {
    let context: Context
    let name: String
    let region: String?
    /// What the command line says of it; nil for nothing.
    let isWanted: Bool?
    /// The command line says what belongs into it.
    let isDescribed: Bool

    /// - Parameter device: the MFA device of the key's user.
    func run(device: String?) throws(Failure) {
        do throws(Failure) { try write(device) } catch {
            // What failed behind the rename is the disk's, and the profile is there.
            if (try? isThere(ProfileLoading(context))) == true { throw error }
            throw unwritten(because: error, device)
        }
    }

    private func write(_ device: String?) throws(Failure) {
        let loading = ProfileLoading(context)
        let path = try loading.configPath()
        if try isThere(loading) { return sayThere(path) }
        guard try isMeant(path) else {
            guard let device, isDescribed else { return }
            return note("no profile is written; sessions of \(name) have MFA where one says mfa_serial = \(device)")
        }
        let rewrite = try ConfigRewrite(context)
        // Read again under the lock.
        let present = ProfileLoading(context)
        if try isThere(present) { return sayThere(path) }
        let config = try present.profiles().config
        try rewrite.replace(config, at: path, with: profile(device).added(to: config))
        note("added the profile \(name) to \(path)")
    }

    /// Whoever says what belongs into the profile, and cannot be asked, wants it: without one, sessions of the key would
    /// be made without its MFA device.
    private func isMeant(_ path: String) throws(Failure) -> Bool {
        if let isWanted { return isWanted }
        return try context.confirm(
            "add the profile \(name) to \(path)?", otherwise: true, unasked: isDescribed)
    }

    private func isThere(_ loading: ProfileLoading) throws(Failure) -> Bool {
        try loading.profiles().profile(name) != nil
    }

    private func sayThere(_ path: String) { note("the profile \(name) is in \(path) already, and stays as it is") }

    private func profile(_ device: String?) throws(Failure) -> NewProfile {
        do throws(EditingError) {
            return try NewProfile(name: name, region: region, mfaSerial: device, program: ownPath(context))
        } catch { throw Failure(error) }
    }

    /// Says what is done and what is not, and shows the lines that are to be added by hand.
    private func unwritten(because error: Failure, _ device: String?) -> Failure {
        let what = "the key \(name) is stored, but its profile is not written: \(error.message)"
        guard let path = try? ProfileLoading(context).configPath(), let profile = try? profile(device) else {
            return Failure(error.code, what, hint: error.hint)
        }
        note("the lines of the profile \(name):")
        printMessage("")
        for line in profile.lines { printMessage("\(line)") }
        printMessage("")
        return Failure(
            error.code, what,
            hint: "add these lines to \(path) by hand or, once that is mended, run the same command again")
    }
}

/// The path by which SDKs are to call this very warder.
func ownPath(_ context: Context) -> String {
    OwnProgram(searchPath: context.environment["PATH"])
        .path(named: "warder", calledBy: CommandLine.arguments.first ?? "")
}
