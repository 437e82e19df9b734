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
            "Signs in with the AWS console's credentials.",
            """
            No access key is needed: you sign in to the console in the browser, and
            warder gets sessions of 15 minutes, which it renews for 12 hours. A name
            without a profile gets one. The tokens are kept encrypted.

            A profile that signs in already, there or to IAM Identity Center, signs in
            again.

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
                misused: Self.self, "--region is for a new profile, and \(name) is there: it signs in at its own region")
        }
        let issuer = try Issuer(
            context, profile: name, keys: keys, codes: CodeSupply(given: nil, keys: keys), signIn: method)
        note("\(name): \(try issuer.signIn().remainingTime)")
        guard try addition.isOfSDKs() else { return }
        let adopt = "warder adopt \(shellWord(name))"
        note("SDKs do not ask warder for \(name) yet, and need aws login; to change that: \(adopt)")
    }
}
