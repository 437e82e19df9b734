import Failures
import Foundation
import Linux
import RoomSupport
import Secrets
import Setup
import Stores
import Transport
import Vault

@testable import Adding

/// The key that is added in these tests.
let identifier = "AKIAADDED00000000000"
let secretText = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
let device = "arn:aws:iam::111111111111:mfa/alice"
let seedText = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

/// What a command reads on standard input.
final class StandardInput: Sendable {
    let descriptor: Int32

    init(_ text: String) {
        var ends: [Int32] = [-1, -1]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        descriptor = ends[0]
        _ = Array(text.utf8).withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
        close(ends[1])
    }

    deinit { close(descriptor) }
}

/// One `warder add`, as its command line has it.
struct Add {
    var name = "alice"
    var source = KeySource.standardInput
    var input = identifier + "\n" + secretText + "\n"
    var verifies = false
    var replaces = false
    var store: StoreKind? = .file
    var mfaSerial: String?
    var storesSeed = false
    var dropsSeed = false
    var region: String?
    var isProfileWanted: Bool?

    /// Runs it as a process of its own, whom nobody may ask.
    func run(in home: TestHome) throws(Failure) {
        let input = StandardInput(input)
        defer { withExtendedLifetime(input) {} }
        let context = try home.context(reading: input)
        let profile = ProfileAddition(
            context: context, name: name, region: region, isWanted: isProfileWanted, mfaSerial: mfaSerial)
        let seed =
            storesSeed
            ? SeedAddition(context: context, name: name, source: source, mfaSerial: mfaSerial, profile: nil) : nil
        try KeyAddition(
            context: context, name: name, source: source, verifies: verifies, replaces: replaces, store: store,
            mfaSerial: mfaSerial, seed: seed, dropsSeed: dropsSeed, region: region, profile: profile
        ).run()
    }
}

extension TestHome {
    /// A home whose `PATH` leads to this program by warder's name, as SDKs are to call it.
    static func withProgram(config: String = "", sender: any HTTPSender & Sendable = ReplayingSender([])) throws
        -> TestHome
    {
        let home = try TestHome(config: config, sender: sender)
        try home.makeFolder("bin")
        try home.link("bin/warder", to: FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        home.set("PATH", home.path + "/bin:/usr/bin:/bin")
        return home
    }

    var program: String { path + "/bin/warder" }

    /// What a process stands on that reads `input`, and whom nobody may ask.
    func context(reading input: StandardInput) throws(Failure) -> Context {
        let base = try context(noPrompt: true)
        var world = base.world
        world.standardInput = input.descriptor
        return try Context(noPrompt: true, environment: base.environment, world: world)
    }

    func keys() throws(Failure) -> Keys { Keys(try context(noPrompt: true)) }

    /// What is stored under a name; nil for nothing.
    func stored(_ name: String = "alice") throws -> Stored? {
        guard let name = KeyName(name), try keys().holds(name.text) else { return nil }
        let record = try keys().storedRecord(name)
        let summary = record.summary
        let secret = text(record.secret)
        switch record.totp {
        case .some(let totp):
            return Stored(summary: summary, secret: secret, seed: text(totp.text), device: totp.device)
        case .none: return Stored(summary: summary, secret: secret, seed: nil, device: nil)
        }
    }

    /// Whether a line was said that holds all of these.
    func hasSaid(_ pieces: String...) -> Bool {
        console.lines.contains { line in pieces.allSatisfy { line.contains($0) } }
    }

    /// The config's text.
    func config() throws -> String { has(".aws/config") ? try read(".aws/config") : "" }
}

/// A stored key whose secrets may be looked at.
struct Stored {
    let summary: AccessKeySummary
    let secret: String
    let seed: String?
    let device: String?
}

/// The failure that `work` ends in.
func refusal(_ work: () throws -> Void) -> Failure? {
    do {
        try work()
        return nil
    } catch { return error as? Failure }
}
