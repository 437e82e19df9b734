import Failures
import RoomSupport
import Testing

@testable import Adopting

@Suite("What adopt refuses")
struct RefusalTests {
    private func refused(
        _ config: String, credentials: String = "", _ names: [String] = ["prod"], undo: Bool = false
    ) throws -> Failure {
        let home = try warderHome(config: config, credentials: credentials)
        let outcome = try names.count == 1 ? home.adopt(names[0], undo: undo) : home.adopt(undo: undo)
        #expect(outcome.config == config && outcome.changed.isEmpty)
        #expect(!outcome.text.contains("SECRET"))
        return try #require(outcome.failure)
    }

    @Test(arguments: [
        ("[profile prod]\nrole_arn = a\nwarder_role_arn = b\n", "", "config:2: role_arn", "keep one of them"),
        (
            "[profile prod]\naws_access_key_id = x\naws_secret_access_key = SECRET\n", "",
            "config:2: a key in plain text",
            "run warder import prod"
        ),
        (prod, "[prod]\naws_secret_access_key = SECRET\n", "credentials:2: ", "warder import prod"),
        (prod, "[prod]\nrole_arn = SECRET\n", "credentials:2: role_arn", "config file"),
        (
            "[profile prod]\ncredential_process = warder process x\n", "",
            "config:2: credential_process asks warder for x", "x"
        ),
        ("", "[prod]\nregion = x\n", "credentials:1: prod", "[profile prod]"),
        ("", "[prod]\n" + key, "credentials:2: a key in plain text", "run warder import prod"),
        ("[profile prod]\nrole_arn = SECRET\nsource_profile = x\n", "", "config:2: role_arn", "arn:aws:iam"),
        (
            prod.replacing("alice", with: "b") + "[profile b]\nrole_arn = \(role)\nsource_profile = prod\n", "",
            "source_profile leads back", "circle"
        ),
        ("[profile prod]\nregion = x\n[profile other\n", "", "config:3: ", "]"),
    ])
    func aProfileThatIsNamed(_ config: String, _ credentials: String, _ message: String, _ hint: String) throws {
        let failure = try refused(config, credentials: credentials)
        #expect(failure.code == .badConfig)
        #expect(failure.message.contains(message) && failure.hint.contains(hint))
    }

    /// Named or not: what warder cannot read would be of no use to any SDK from then on.
    @Test(
        arguments: [
            ("role_arn = arn:aws:iam::2:role/A\nsource_profile = alice\n", "config:4: role_arn"),
            (
                "role_arn = \(role)\nsource_profile = q\n[profile q]\nrole_arn = \(role)\nsource_profile = p\n",
                "source_profile leads back"
            ), ("sso_session = s\nsso_account_id = 1\nsso_role_name = R\n", "config:4: "),
            ("role_arn = \(role)\nsource_profile = alice\nduration_seconds = 1h\n", "config:6: duration_seconds"),
            ("role_arn = \(role)\nsource_profile = alice\ncredential_source = Environment\n", "config:5: "),
        ], [["p"], []])
    func whatCannotBeResolved(_ test: (String, String), _ names: [String]) throws {
        let failure = try refused("\(alice)[profile p]\n\(test.0)", names)
        #expect(failure.code == .badConfig && failure.message.contains(test.1))
    }

    @Test(arguments: ["absent", "", "a b", "../x", "prod]", "Prod", "s"], [true, false])
    func aProfileThatIsNotThere(_ name: String, _ undo: Bool) throws {
        let config = alice + prod + "[sso-session s]\n[profile a b]\n"
        let failure = try refused(config, [name], undo: undo)
        #expect(failure.code == .notFound && failure.message.contains("no profile named"))
    }

    @Test(arguments: [
        ("corp", "there is no profile named corp: it is an sso-session, which profiles name", "warder adopt one two"),
        ("local", "there is no profile named local: it is a services section, which profiles name", "services"),
    ])
    func aSectionThatIsNoProfile(_ name: String, _ message: String, _ hint: String) throws {
        let failure = try refused(
            "[profile one]\nsso_session = corp\n[profile two]\nwarder_sso_session = corp\n[sso-session corp]\n"
                + "[services local]\n", [name])
        #expect(failure.code == .notFound && failure.message == message && failure.hint.contains(hint))
    }

    /// One that cannot be adopted leaves the others to be.
    @Test func withAllTheOthersAreChanged() throws {
        let home = try warderHome(
            config: alice + prod + "[profile bad]\nrole_arn = arn:aws:iam::2:role/A\nsource_profile = alice\n")
        let outcome = try home.adopt()
        #expect(outcome.changed == ["prod"] && outcome.failure?.message.contains("role_arn is not the ARN") == true)
    }
}
