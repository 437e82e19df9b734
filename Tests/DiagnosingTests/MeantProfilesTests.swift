import Profiles
import RoomSupport
import Testing

@testable import Diagnosing

@Suite("Which profiles are meant to ask warder")
struct MeantProfilesTests {
    @Test(arguments: [
        "/usr/bin/warder process p", "warder process p", "~/bin/warder process p", "'/usr/bin/warder process p",
        "\"/opt/my tools/warder process p\"", "A=b /usr/bin/warder process p | cat", "/usr/bin/warder list",
        "/usr/bin/wardre process p", "", "\"\"",
    ])
    func isMeant(_ command: String) { #expect(MeantProfiles.isMeantForWarder(command)) }

    @Test(arguments: [
        "aws-vault exec p --json", "/opt/warder-wrapper p", "/usr/bin/border get p", "process p",
        "/usr/bin/processes warden",
    ])
    func isNot(_ command: String) { #expect(!MeantProfiles.isMeantForWarder(command)) }

    private func meant(_ config: String) throws -> (asks: [String], concerns: [String]) {
        let file = try ProfileFile(text: secret(config), path: "config", kind: .config)
        let profiles = ProfileSet(config: file, credentials: nil, isIndexed: true)
        let meant = MeantProfiles(profiles)
        return (profiles.profileNames.filter(meant.asks), profiles.profileNames.filter(meant.concernsWarder))
    }

    @Test func bySettings() throws {
        let found = try meant(
            """
            [profile hidden]
            warder_role_arn = r
            warder_source_profile = base
            [profile base]
            warder_key = alice
            [profile executed]
            role_arn = r
            warder_session_duration = 8h
            [profile plain]
            role_arn = r
            source_profile = other
            [profile other]
            region = x
            """)
        // What another profile goes through need not ask for itself.
        #expect(found.asks == ["hidden"])
        #expect(found.concerns == ["hidden", "executed"])
    }
}
