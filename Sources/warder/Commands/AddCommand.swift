import Adding
import ArgumentParser
import Failures
import Linux
import Secrets
import Setup
import Vault

struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stores an access key.",
        discussion: """
            Asks for the key id and the secret (hidden) on the terminal, or takes
            them from elsewhere. The key is checked with sts:GetCallerIdentity
            before it is stored. The same command again finishes what was
            interrupted.

            With --mfa-serial or --region the profile is written even where warder
            cannot ask, unless --no-write-profile says otherwise.

            --totp also stores the seed of the user's MFA device, from which warder
            makes the one-time codes itself: with a key that is stored already, it
            asks only for the seed. Anyone who opens the store then has both
            factors.

            examples:
              warder add alice
              warder add alice --csv ~/Downloads/alice_accessKeys.csv
              pass show aws/alice | warder add alice --stdin
              warder add alice --totp --mfa-serial arn:aws:iam::123456789012:mfa/alice
              warder add alice --no-totp
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The name to store it under; best the profile's.")
    var name: String
    @Flag(help: "Read standard input: a line for key id, secret, and seed each.")
    var stdin = false
    @Option(help: "Read the file that the AWS console gives for download.", completion: .file())
    var csv: String?
    @Flag(name: .customLong("from-env"), help: "Take AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    var fromEnvironment = false
    @Flag(name: .customLong("no-verify"), help: "Store it without asking AWS whether it works.")
    var noVerify = false
    @Flag(help: "Replace the key of this name.")
    var replace = false
    @Option(help: "Where keys go: libsecret or file; the first key decides.")
    var store: StoreKind?
    @Option(name: .customLong("mfa-serial"), help: "The MFA device of its user: an ARN, or a serial number.")
    var mfaSerial: String?
    @Flag(inversion: .prefixedNo, help: "Also store the seed of the MFA device, or remove it.")
    var totp: Bool?
    @Option(help: "The region to ask STS in, and to write into the profile.")
    var region: String?
    @Flag(name: .customLong("write-profile"), inversion: .prefixedNo, help: "Add a profile to ~/.aws/config.")
    var writeProfile: Bool?

    func run() throws {
        let context = try common.context()
        let source = try source()
        let profile = ProfileAddition(
            context: context, name: name, region: region, isWanted: writeProfile,
            mfaSerial: mfaSerial)
        let seed = SeedAddition(
            context: context, name: name, source: source, mfaSerial: mfaSerial,
            profile: writeProfile == true ? profile : nil)
        if let totp, !replace {
            switch source {
            case .terminal, .standardInput: if try seed.change(storing: totp) { return }
            case .csv, .environment: break
            }
        }
        try KeyAddition(
            context: context, name: name, source: source, verifies: !noVerify, replaces: replace,
            store: store, mfaSerial: mfaSerial, seed: totp == true ? seed : nil, dropsSeed: totp == false,
            region: region, profile: profile
        ).run()
    }

    private func source() throws(Failure) -> KeySource {
        let chosen = [stdin, csv != nil, fromEnvironment].filter { $0 }.count
        guard chosen <= 1 else {
            throw Failure(
                .usage, "--stdin, --csv and --from-env exclude one another", hint: "choose one: warder add --help")
        }
        if stdin { return .standardInput }
        if let csv { return .csv(path: csv) }
        return fromEnvironment ? .environment : .terminal
    }
}

extension StoreKind: ExpressibleByArgument {}
