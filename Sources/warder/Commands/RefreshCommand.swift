import Arguments
import Failures
import Issuing
import Linux
import Stores

struct Refresh: Command {
    static let name = "refresh"
    static let all = Flag("all", "Every profile whose credential_process is warder.")
    static let deviceCode = Flag("device-code", "Sign in by a code in the browser of any machine.")
    /// The warder process that started this one has just made the key's own session.
    static let behind = Flag("behind", "", isHidden: true)
    static var description: CommandDescription {
        CommandDescription(
            "Mints new sessions now: before work, before a long run.",
            """
            Signs in to IAM Identity Center where a profile wants that: with the
            browser or, where there is no display, by a code for any other one.

            --all takes every profile that asks warder: one code for each key, then
            the roles behind it side by side.

            examples:
              warder refresh prod --mfa-code 123456
              warder refresh dev --device-code
              warder refresh --all
            """,
            [Shared.profiles, all, deviceCode, Shared.mfaCode, Shared.noPrompt, behind])
    }

    let given: Given

    func run() throws {
        let profiles = given[Shared.profiles]
        let all = given[Self.all]
        if all, !profiles.isEmpty { throw Failure(misused: Self.self, "--all takes no profiles") }
        if !all, profiles.isEmpty { throw Failure(misused: Self.self, "name a profile, or say --all") }
        let context = try given.context()
        let keys = Keys(context)
        let codes = CodeSupply(given: given.mfaCode, keys: keys)
        func issuer(_ profile: String) throws(Failure) -> Issuer {
            try Issuer(
                context, profile: profile, keys: keys, codes: codes,
                signIn: given[Self.deviceCode] ? .deviceCode : .automatic)
        }
        if all { return try RefreshAll(context, keys, issuer: issuer).run() }
        for profile in profiles {
            let issuer = try issuer(profile)
            note("\(profile): \(try (given[Self.behind] ? issuer.refreshLastStep() : issuer.refresh()).remainingTime)")
        }
    }
}
