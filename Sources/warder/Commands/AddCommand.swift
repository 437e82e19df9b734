import Adding
import Arguments
import Failures
import Linux
import Secrets
import Setup
import Vault

struct Add: Command {
    static let name = "add"
    static let key = Operand("name", .key, "The name to store it under; best the profile's.")
    static let stdin = Flag("stdin", "Read standard input: a line for key id, secret, and seed each.")
    static let csv = Option("csv", .file, "Read the file that the AWS console gives for download.", placeholder: "file")
    static let fromEnvironment = Flag("from-env", "Take AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    static let sources: [any Described] = [stdin, csv, fromEnvironment]
    static let noVerify = Flag("no-verify", "Store it without asking AWS whether it works.")
    static let replace = Flag("replace", "Replace the key of this name.")
    static let store = Option(
        "store", .words(StoreKind.allCases.map(\.rawValue)), "Where keys go: libsecret or file; the first key decides.")
    static let mfaSerial = Option(
        "mfa-serial", .text, "The MFA device of its user: an ARN, or a serial number.", placeholder: "device")
    static let totp = Pair("totp", "Also store the seed of the MFA device, or remove it.")
    static let region = Option("region", .text, "The region to ask STS in, and to write into the profile.")
    static let writeProfile = Pair("write-profile", "Add a profile to ~/.aws/config.")
    static var description: CommandDescription {
        CommandDescription(
            "Stores an access key.",
            """
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
            """,
            [key] + sources + [noVerify, replace, store, mfaSerial, totp, region, writeProfile, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let context = try given.context()
        let name = given[Self.key]
        let (region, mfaSerial) = (given[Self.region], given[Self.mfaSerial])
        let (totp, writeProfile, replace) = (given[Self.totp], given[Self.writeProfile], given[Self.replace])
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
        let (keys, twins) = try KeyAddition(
            context: context, name: name, source: source, verifies: !given[Self.noVerify], replaces: replace,
            store: given[Self.store].flatMap(StoreKind.init(rawValue:)), mfaSerial: mfaSerial,
            seed: totp == true ? seed : nil, dropsSeed: totp == false,
            region: region, profile: profile
        ).run()
        try FileImport.offer(twins, context, keys)
    }

    private func source() throws(Failure) -> KeySource {
        let (stdin, csv, fromEnvironment) = (given[Self.stdin], given[Self.csv], given[Self.fromEnvironment])
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
