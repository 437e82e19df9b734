import ArgumentParser
import Linux
import Secrets
import Vault

struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stores an access key.",
        discussion: """
            Asks for the key id and the secret (hidden) on the terminal, or takes
            them from elsewhere. The key is checked with sts:GetCallerIdentity
            before it is stored.

            examples:
              warder add alice
              warder add alice --csv ~/Downloads/alice_accessKeys.csv
              pass show aws/alice | warder add alice --stdin
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The name to store it under; best the profile's.")
    var name: String
    @Flag(help: "Read two lines from standard input: key id, secret.")
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
    @Option(help: "The region to ask STS in, and to write into the profile.")
    var region: String?
    @Flag(name: .customLong("write-profile"), inversion: .prefixedNo, help: "Add a profile to ~/.aws/config.")
    var writeProfile: Bool?

    func run() throws {
        let context = try common.context()
        try KeyIntake(
            context: context, name: name, source: try source(), verifies: !noVerify, replaces: replace,
            store: store, mfaSerial: mfaSerial, region: region, writesProfile: writeProfile
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
