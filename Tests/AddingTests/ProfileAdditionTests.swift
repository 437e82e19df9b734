import Failures
import Foundation
import RoomSupport
import Setup
import Testing

@testable import Adding

@Suite("Adding: the profile of a key")
struct ProfileAdditionTests {
    private let other = "# mine\n[profile other]\nregion = eu-north-1\n"

    private func intake(
        _ home: TestHome, region: String? = "eu-west-1", isWanted: Bool? = true, serial: String? = device
    ) throws -> ProfileAddition {
        ProfileAddition(
            context: try home.context(noPrompt: true), name: "alice", region: region, isWanted: isWanted,
            mfaSerial: serial)
    }

    private func section(_ home: TestHome) -> String {
        """
        [profile alice]
        region = eu-west-1
        mfa_serial = \(device)
        credential_process = \(home.program) process alice

        """
    }

    @Test("it is written behind what is there")
    func written() throws {
        let home = try TestHome.withProgram(config: other)
        try intake(home).run(device: device)
        #expect(try home.config() == other + "\n" + section(home))
        #expect(home.console.lines == ["warder: added the profile alice to \(home.path)/.aws/config"])
    }

    @Test("a file whose last line has no end gets one, and other ends of lines are kept")
    func ends() throws {
        let unended = try TestHome.withProgram(config: "[profile other]\nregion = x")
        try intake(unended).run(device: device)
        #expect(try unended.config() == "[profile other]\nregion = x\n\n" + section(unended))
        let returns = try TestHome.withProgram(config: "[profile other]\r\nregion = x\r\n")
        try intake(returns).run(device: device)
        #expect(
            try returns.config().hasSuffix(
                "\r\n\r\n[profile alice]\r\nregion = eu-west-1\r\n"
                    + "mfa_serial = \(device)\r\ncredential_process = \(returns.program) process alice\r\n"))
    }

    @Test("the config is made where there is none")
    func made() throws {
        let home = try TestHome.withProgram()
        try home.remove(".aws")
        try intake(home, region: nil, serial: nil).run(device: nil)
        #expect(try home.config() == "[profile alice]\ncredential_process = \(home.program) process alice\n")
        #expect(try home.mode(of: ".aws/config") == 0o600)
    }

    @Test("what is said of it is wanted where nobody can be asked; without a word it is not written")
    func meant() throws {
        for (region, serial) in [("eu-west-1", nil), (nil, device)] as [(String?, String?)] {
            let home = try TestHome.withProgram()
            try intake(home, region: region, isWanted: nil, serial: serial).run(device: serial)
            #expect(try home.config().hasPrefix("[profile alice]\n"))
        }
        let home = try TestHome.withProgram()
        try intake(home, region: nil, isWanted: nil, serial: nil).run(device: device)
        #expect(try home.config() == "" && home.console.lines.isEmpty)
    }

    @Test("one that is not wanted is not written, and what sessions then lack is said")
    func unwanted() throws {
        let home = try TestHome.withProgram()
        try intake(home, isWanted: false).run(device: device)
        #expect(try home.config() == "")
        #expect(
            home.console.lines
                == ["warder: no profile is written; sessions of alice have MFA where one says mfa_serial = \(device)"])
        try intake(home, region: nil, isWanted: false, serial: nil).run(device: nil)
        #expect(home.console.lines.count == 1)
    }

    @Test("one that is there stays as it is, and what differs is named")
    func present() throws {
        let text = "[profile alice]\nregion = eu-west-1\nmfa_serial = \(device)\n"
        let home = try TestHome.withProgram(config: text)
        try intake(home).run(device: device)
        let there = "the profile alice is in \(home.path)/.aws/config already"
        #expect(home.console.lines.last == "warder: \(there), and stays as it is")
        try intake(home, region: "us-east-1", serial: "arn:aws:iam::1:mfa/x").run(device: nil)
        #expect(
            home.console.lines.last
                == "warder: \(there): mfa_serial there is \(device), not arn:aws:iam::1:mfa/x, "
                + "and region there is eu-west-1, not us-east-1: it stays as it is")
        #expect(try home.config() == text)
        let bare = try TestHome.withProgram(config: "[profile alice]\n")
        try intake(bare, serial: nil).run(device: nil)
        #expect(
            bare.console.lines.last?.hasSuffix("already: it has no region there, not eu-west-1: it stays as it is")
                == true)
    }

    @Test("a section of the credentials file alone is not one: SDKs would not ask warder")
    func credentialsAlone() throws {
        let home = try TestHome.withProgram()
        try home.write("[alice]\nregion = x\n", to: ".aws/credentials")
        try intake(home).run(device: device)
        #expect(try home.config() == section(home))
    }

    @Test("where it cannot be written, its lines are shown, and what is done and what is not")
    func unwritable() throws {
        let home = try TestHome.withProgram(config: "[profile x\n")
        let failure = refusal { try intake(home).run(device: device) }
        let path = home.path + "/.aws/config"
        #expect(failure?.code == .badConfig)
        #expect(
            failure?.message
                == "the key alice is stored, but its profile is not written: "
                + "\(path):1: this section's head does not end with ]")
        #expect(
            failure?.hint
                == "add these lines to \(path) by hand, or fix that and run the same command again")
        #expect(home.console.lines.first == "warder: the lines of the profile alice:")
        #expect(home.console.lines.dropFirst().joined(separator: "\n") == "\n" + section(home))
        #expect(try home.config() == "[profile x\n")
    }

    @Test("a link into a folder that is not there has a way out of its own")
    func brokenLink() throws {
        let home = try TestHome.withProgram()
        try home.remove(".aws/config")
        try home.link(".aws/config", to: home.path + "/gone/config")
        let failure = refusal { try intake(home).run(device: device) }
        #expect(failure?.hint == "mkdir -p \(home.path)/gone, then run the same command again")
        #expect(failure?.message.contains("is a link into \(home.path)/gone, a folder that is not there") == true)
        #expect(home.console.lines.contains("[profile alice]"))
    }

    @Test("where no SDK could call this program, nothing is written")
    func noProgram() throws {
        let home = try TestHome()
        let failure = refusal { try intake(home).run(device: device) }
        #expect(failure?.message.contains("its profile is not written: no SDK can call warder at ") == true)
        #expect(try home.config() == "")
    }
}
