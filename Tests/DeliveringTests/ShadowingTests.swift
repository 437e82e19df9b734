import Failures
import Profiles
import Secrets
import Testing

@testable import Delivering

@Suite("What SDKs find before an endpoint")
struct ShadowingTests {
    private static let key = "aws_access_key_id = AKIA\naws_secret_access_key = s\n"
    private static let warder = "credential_process = /usr/bin/warder process "
    private static let role = "role_arn = arn:aws:iam::123456789012:role/R\nsource_profile = x\n"

    private func shield(_ config: String, _ profile: String = "p", isNarrowed: Bool = false) throws -> String? {
        let file = try ProfileFile(text: secret(config), path: "/h/config", kind: .config)
        return try Shadowing(
            profiles: ProfileSet(config: file, credentials: nil), profile: profile, isNarrowed: isNarrowed
        ).shield()
    }

    private static let cases: [(String, String, String?)] = [
        // Nothing in [default] that is taken for credentials.
        ("", "p", nil), ("[default]\nregion = eu-west-1\n[profile p]\n" + key, "p", nil),
        // A section of its own without credentials is a shield, and so is one that asks warder.
        ("[default]\n\(key)[profile p]\nregion = x\n", "p", "p"),
        ("[default]\n\(key)[profile p]\nwarder_key = a\n", "p", "p"),
        ("[default]\n\(key)[profile p]\n\(warder)p\n", "p", "p"),
        ("[default]\n\(role)[profile p]\n\(warder)p\n", "p", "p"),
        ("[default]\n\(warder)default\n[profile p]\n\(warder)p\n", "p", "p"),
        ("[default]\n\(warder)default\n", "default", nil),
    ]

    @Test(arguments: cases)
    func isNamed(_ config: String, _ profile: String, _ shield: String?) throws {
        #expect(try self.shield(config, profile) == shield)
    }

    @Test(arguments: [
        // No section of its own, as for a key's name.
        ("[default]\n\(key)", "p", false, "run it without --serve"),
        ("[default]\n\(key)[profile p]\n\(key)", "p", false, "run it without --serve, or first: warder adopt p"),
        (
            "[default]\n\(key)[profile p/q]\n\(role)", "p/q", false,
            "run it without --serve, or first: warder adopt p/q"
        ),
        (
            "[default]\n\(key)[profile p]\n\(warder)p\n\(role)", "p", false,
            "run it without --serve, or first: warder adopt p"
        ),
        (
            "[default]\n\(key)[profile p]\ncredential_process = /bin/tool\n", "p", false,
            "run it without --serve, or first: warder adopt p"
        ),
        ("[default]\n\(key)", "default", false, "run it without --serve, or first: warder adopt default"),
        // What warder gives there is more than what is served.
        ("[default]\n\(key)[profile p]\n\(warder)p\n", "p", true, "run it without --serve"),
        ("[default]\n\(warder)default\n", "default", true, "run it without --serve"),
    ])
    func isMissed(_ config: String, _ profile: String, _ isNarrowed: Bool, _ hint: String) {
        do {
            let shield = try shield(config, profile, isNarrowed: isNarrowed)
            Issue.record("\(shield ?? "nothing") is told")
        } catch let failure as Failure {
            #expect(failure.code == .badConfig && failure.origin == "/h/config:2")
            #expect(
                failure.message
                    == "/h/config:2: SDKs would take the credentials of [default] before those of --serve")
            #expect(failure.hint == hint)
        } catch { Issue.record(error) }
    }

    /// A narrowed profile's own section shields as well where SDKs find nothing in it.
    @Test func isNamedForANarrowedOneToo() throws {
        #expect(try shield("[default]\n\(Self.key)[profile p]\nregion = x\n", isNarrowed: true) == "p")
    }
}
