import Secrets
import Testing

@testable import Profiles

private func section(_ name: String, _ role: String, ending: String = "\n", isLast: Bool = false) -> String {
    [
        "[profile \(name)]", "warder_from_sso = corp", "warder_sso_session = corp",
        "warder_sso_account_id = 111111111111", "warder_sso_role_name = \(role)",
        "credential_process = /usr/bin/warder process \(name)",
    ].joined(separator: ending) + (isLast ? "" : ending)
}

private func file(_ text: String) throws -> ProfileFile {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return try ProfileFile(text: bytes, path: "config", kind: .config)
}

private func text(_ bytes: borrowing SecretBytes) -> String { bytes.text(0..<bytes.count) }

@Suite struct MadeProfileTests {
    @Test func areKnownByTheirMark() throws {
        let others =
            section("a", "A").replacing("from_sso = corp", with: "from_sso = other")
            + section("b", "B").replacing(
                "warder_from_sso", with: "from_sso") + section("c", "C").replacing("[profile c]", with: "[c]")
            + section("d", "")
        let made = try file(others + section("e", "E e")).made(from: "corp")
        #expect(made.map(\.name) == ["e"])
        #expect(made.map(\.role) == ["E e"])
        #expect(made.map(\.accountID) == ["111111111111"])
    }

    @Test(arguments: [
        "", "# x", "# x\n", "# x\r\n", "[profile x]\r\na = b\r\n", "[profile x]\na = b", "# x\r", "# x\n\n", "\n",
    ])
    func comeAndGoToTheByte(before: String) throws {
        let profiles = try ["a", "b", "c"].map { name in
            try NewProfile(
                name: name,
                settings: [
                    ("warder_from_sso", "corp"), ("warder_sso_session", "corp"),
                    ("warder_sso_account_id", "111111111111"), ("warder_sso_role_name", name),
                ], program: "/usr/bin/warder")
        }
        let old = try file("[sso-session corp]\n" + before)
        let full = try file(text(old.edited(old.appendingAtEnd(profiles))))
        let made = full.made(from: "corp")
        #expect(made.map(\.name) == ["a", "b", "c"])
        for removed in [[0, 1, 2], [2, 1, 0]] {
            var rest = full
            for place in removed {
                let name = ["a", "b", "c"][place]
                rest = try file(text(rest.edited(rest.removing(rest.made(from: "corp").filter { $0.name == name }))))
            }
            #expect(text(rest.edited([])) == text(old.edited([])))
        }
        #expect(text(full.edited(full.removing(made))) == text(old.edited([])))
    }

    @Test func whatStandsBelowStays() throws {
        let old = "# x\n\n" + section("a", "A") + "region = r\n# of a\noutput = json\n\n# below\n\n[profile y]\na = b\n"
        let file = try file(old)
        #expect(text(file.edited(file.removing(file.made(from: "corp")))) == "# x\n\n# below\n\n[profile y]\na = b\n")
    }

    @Test func aRightOneDoesNotChange() throws {
        let file = try file(section("a", "A"))
        let made = try #require(file.made(from: "corp").first)
        let edits = try file.updating(made, to: "a", session: "corp", region: nil, program: "/opt/warder")
        #expect(edits.isEmpty)
    }

    @Test(arguments: ["\n", "\r\n"], [false, true])
    func aWrongOneIsCorrected(ending: String, isLast: Bool) throws {
        let right = section("b", "A", ending: ending, isLast: isLast)
        let wrong = right.replacing("[profile b]", with: "[profile  a ]").replacing(
            "session = corp", with: "session = x # y"
        )
        .replacing("process b", with: "process a")
        let file = try file(wrong)
        let made = try #require(file.made(from: "corp").first)
        let edits = try file.updating(made, to: "b", session: "corp", region: "r", program: "/usr/bin/warder")
        let expected =
            right.replacing("[profile b]", with: "[profile  b ]").replacing(
                "session = corp", with: "session = corp # y") + (isLast ? ending + "region = r" : "region = r" + ending)
        #expect(text(file.edited(edits)) == expected)
    }

    @Test func aValueOfSeveralLinesIsReplacedAsAWhole() throws {
        let wrong = section("a", "A").replacing("/usr/bin/warder process a", with: "/x\n  more\n  # c\n\n")
        let file = try file(wrong)
        let made = try #require(file.made(from: "corp").first)
        let edits = try file.updating(made, to: "a", session: "corp", region: nil, program: "/usr/bin/warder")
        #expect(text(file.edited(edits)) == section("a", "A") + "  # c\n\n\n")
    }

    @Test func aRegionOfTheUsersStays() throws {
        for line in ["region = x\n", "warder_region = x\n", "REGION = \n"] {
            let file = try file(section("a", "A") + line)
            let made = try #require(file.made(from: "corp").first)
            #expect(
                try file.updating(made, to: "a", session: "corp", region: "r", program: "/usr/bin/warder").isEmpty)
        }
    }
}
