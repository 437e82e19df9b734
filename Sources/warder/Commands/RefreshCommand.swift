import ArgumentParser
import Failures
import Issuing
import Linux
import Stores

struct Refresh: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Mints new sessions now: before work, before a long run.",
        discussion: """
            Signs in to IAM Identity Center where a profile wants that: with the
            browser or, where there is no display, by a code for any other one.

            --all takes every profile that asks warder: one code for each key, then
            the roles behind it side by side.

            examples:
              warder refresh prod --mfa-code 123456
              warder refresh dev --device-code
              warder refresh --all
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var code: CodeOptions
    @Flag(name: .customLong("device-code"), help: "Sign in by a code in the browser of any machine.")
    var deviceCode = false
    /// The warder process that started this one has just made the key's own session.
    @Flag(help: .private) var behind = false
    @Flag(help: "Every profile whose credential_process is warder.")
    var all = false
    @Argument(help: "The profiles.", completion: .custom(completeProfiles))
    var profiles: [String] = []

    // Not in `validate`, which runs before the parser reports an unknown option.
    func run() throws {
        if all, !profiles.isEmpty { throw ValidationError("--all takes no profiles") }
        if !all, profiles.isEmpty { throw ValidationError("name a profile, or say --all") }
        let context = try common.context()
        let keys = Keys(context)
        let codes = CodeSupply(given: code.mfaCode, keys: keys)
        func issuer(_ profile: String) throws(Failure) -> Issuer {
            try Issuer(
                context, profile: profile, keys: keys, codes: codes, signIn: deviceCode ? .deviceCode : .automatic)
        }
        if all { return try RefreshAll(context, issuer: issuer).run() }
        for profile in profiles {
            let issuer = try issuer(profile)
            note("\(profile): \(try (behind ? issuer.refreshLastStep() : issuer.refresh()).remainingTime)")
        }
    }
}
