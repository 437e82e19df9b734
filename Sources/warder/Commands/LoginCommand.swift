import Adding
import Arguments
import Failures
import Issuing
import Setup
import Stores
import Text

struct Login: Command {
    static let name = "login"
    static let profile = OptionalOperand("profile", .profile, "The profile; AWS_PROFILE or default if none is named.")
    static let region = Option("region", .text, "The region to sign in at, and to write into a new profile.")
    static var description: CommandDescription {
        CommandDescription(
            "Signs in with your AWS console credentials.",
            """
            No access key is needed: you sign in to the console in the browser, and
            warder gets 15-minute sessions, which it renews for 12 hours. If the
            profile does not exist, warder creates it. The tokens are kept encrypted.

            If the profile already has a sign-in, to the console or to IAM Identity
            Center, you sign in again.

            examples:
              warder login
              warder login work --region eu-central-1
              warder login work --device-code      the browser is on another machine
            """,
            [profile, region, Refresh.deviceCode, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let context = try given.context()
        let name = given[Self.profile] ?? context.environment.nonEmpty("AWS_PROFILE") ?? "default"
        let method: SignInMethod = given[Refresh.deviceCode] ? .deviceCode : .automatic
        let keys = Keys(context)
        let addition = LoginAddition(keys, name: name, region: given[Self.region], method: method)
        if try addition.isNew() { return try addition.run() }
        guard given[Self.region] == nil else {
            throw Failure(
                misused: Self.self, "--region is for a new profile, but \(name) exists: it signs in at its own region")
        }
        let issuer = try Issuer(
            context, profile: name, keys: keys, codes: CodeSupply(given: nil, keys: keys), signIn: method)
        note("\(name): \(try issuer.signIn().remainingTime)")
        guard try addition.isOfSDKs() else { return }
        let adopt = "warder adopt \(shellWord(name))"
        note("SDKs do not ask warder for \(name) yet, but use what aws login stores; to change that: \(adopt)")
    }
}
