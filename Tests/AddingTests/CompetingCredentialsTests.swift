import Failures
import Foundation
import RoomSupport
import Setup
import Testing

@testable import Adding

@Suite("Adding: what SDKs would take in the place of a key that was stored")
struct CompetingCredentialsTests {
    private func warned(
        config: String = "", credentials: String = "", _ variables: [String: String] = [:]
    ) throws -> (TestHome, [String]) {
        let home = try TestHome.withProgram(config: config)
        try home.write(credentials, to: ".aws/credentials")
        for (name, value) in variables { home.set(name, value) }
        try CompetingCredentials(context: home.context(), name: "alice", accessKeyID: identifier).warn()
        return (home, home.console.lines)
    }

    private func keyed(_ header: String, _ id: String = identifier) -> String {
        "\(header)\naws_access_key_id = \(id)\naws_secret_access_key = \(secretText)\n"
    }

    private let wins = ", and there it takes precedence over the stored one until it is removed"

    @Test("the same key in its own profile")
    func own() throws {
        let (home, lines) = try warned(credentials: "# mine\n" + keyed("[alice]"))
        #expect(
            lines.contains(
                "warder: \(home.path)/.aws/credentials:3: this key is in plain text too, in the profile alice\(wins)"
            ))
        #expect(
            lines.contains("hint: run warder import alice"))
        #expect(!lines.contains { $0.contains(secretText) })
    }

    @Test(
        "the same key elsewhere",
        arguments: [("[default]", "[default]", "default"), ("[profile work]", "the profile work", "work")])
    func elsewhere(header: String, shown: String, name: String) throws {
        let (home, lines) = try warned(config: "\n" + keyed(header))
        #expect(
            lines == [
                "warder: \(home.path)/.aws/config:3: this key is in plain text too, in \(shown)\(wins)",
                "hint: run warder import \(name)",
            ])
    }

    @Test("both places are named")
    func both() throws {
        let (home, lines) = try warned(config: keyed("[profile work]"), credentials: keyed("[default]"))
        #expect(lines.count == 4)
        #expect(lines.contains { $0.contains("\(home.path)/.aws/config:2: ") })
        #expect(lines.contains { $0.contains("\(home.path)/.aws/credentials:2: ") })
    }

    @Test("another key in its profile is in the way, and elsewhere it is not")
    func another() throws {
        let (home, lines) = try warned(credentials: keyed("[alice]", "AKIAOTHER00000000000"))
        #expect(
            lines.contains(
                "warder: \(home.path)/.aws/credentials:2: another key is in plain text, in the profile alice\(wins)"
            ))
        #expect(!lines.contains { $0.contains(secretText) })
        #expect(try warned(credentials: keyed("[default]", "AKIAOTHER00000000000")).1.isEmpty)
    }

    @Test("a key in the environment comes before every profile", arguments: [true, false])
    func variable(hasProfile: Bool) throws {
        let variables = ["AWS_ACCESS_KEY_ID": identifier, "AWS_SECRET_ACCESS_KEY": secretText]
        let home = try TestHome.withProgram()
        let config = hasProfile ? "[profile alice]\ncredential_process = \(home.program) process alice\n" : ""
        let (_, lines) = try warned(config: config, variables)
        #expect(lines.contains { $0.contains("AWS_ACCESS_KEY_ID is set here, and comes before every profile") })
        #expect(lines.contains { $0.hasPrefix("hint: ") && $0.contains("unset AWS_ACCESS_KEY_ID") })
    }

    @Test(
        "a profile of its name that does not ask warder",
        arguments: [
            ("region = eu-west-1\n", "config:1: alice has no credential_process", "warder adopt alice"),
            (
                "credential_process = /usr/bin/aws-vault export alice\n",
                "config:2: there is no program /usr/bin/aws-vault", "warder adopt alice"
            ),
            (
                "credential_process = PROGRAM process alice\nrole_arn = arn:aws:iam::222222222222:role/x\n",
                "config:3: SDKs go by role_arn first", "adopt"
            ),
        ])
    func profile(text: String, message: String, hint: String) throws {
        let home = try TestHome.withProgram()
        let lines = text.replacingOccurrences(of: "PROGRAM", with: home.program)
        try home.write("[profile alice]\n" + lines, to: ".aws/config")
        try CompetingCredentials(context: home.context(), name: "alice", accessKeyID: identifier).warn()
        #expect(home.hasSaid(message))
        #expect(home.hasSaid("hint: ", hint))
    }

    @Test("where nothing is in the way, nothing is said")
    func nothing() throws {
        let home = try TestHome.withProgram()
        try home.write("[profile alice]\ncredential_process = \(home.program) process alice\n", to: ".aws/config")
        try CompetingCredentials(context: home.context(), name: "alice", accessKeyID: identifier).warn()
        #expect(home.console.lines.isEmpty)
        #expect(try warned().1.isEmpty)
    }
}
