import Profiles
import Secrets
import Testing

let program = "/usr/bin/warder"

/// The files, and what `adopt` and `adopt --undo` make of the config file.
struct Editing {
    let set: ProfileSet

    init(_ text: String, credentials other: String? = nil) throws {
        set = ProfileSet(config: try config(text), credentials: try other.map { try credentials($0) })
    }

    func adopt(_ name: String, program path: String = program) throws -> String {
        try made(try set.adopting(name, program: path))
    }

    func undo(_ name: String) throws -> String { try made(try set.releasing(name)) }

    func difference(_ name: String) throws -> [String] {
        try #require(set.config).difference(try set.adopting(name, program: program))
    }

    private func made(_ edits: [Edit]) throws -> String {
        let text = try #require(set.config).edited(edits)
        return text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

@Suite("A profile is pointed at warder, and away again")
struct EditingTests {
    /// Before, after, and the profile if it is not `p`.
    static let examples: [(String, String, String)] = [
        (
            "[profile p]\nregion = r\nrole_arn = a\nsource_profile=b\n",
            "[profile p]\n{role_arn source_profile }\nregion = r\nwarder_role_arn = a\nwarder_source_profile=b\n", "p"
        ),
        // What is between is left as it is written.
        (
            "# c\n\n[profile p] ; head\n\n# it\nRole_ARN\t=  a  # why\n# mfa\nMFA_serial =\n\ns3 =\n  role_arn = x\n\n# end\n",
            "# c\n\n[profile p] ; head\n{role_arn mfa_serial }\n\n# it\nwarder_Role_ARN\t=  a  # why\n# mfa\nwarder_MFA_serial =\n\ns3 =\n  "
                + "role_arn = x\n\n# end\n", "p"
        ),
        // Line ends.
        ("[profile p]\r\nrole_arn = a\r\n", "[profile p]\r\n{role_arn }\r\nwarder_role_arn = a\r\n", "p"),
        ("\u{FEFF}[profile p]\nrole_arn = a", "\u{FEFF}[profile p]\n{role_arn }\nwarder_role_arn = a", "p"),
        ("[profile a]\n[profile p]", "[profile a]\n[profile p]\n{}", "p"),
        ("[profile a]\r\n[profile p]", "[profile a]\r\n[profile p]\r\n{}", "p"),
        ("[profile p]", "[profile p]\n{}", "p"),
        ("[profile p]\r", "[profile p]\n{}\r", "p"),
        ("[profile p]\n", "[profile p]\n{}\n", "p"),
        // An indented section: what is added must not have what stands below it for its own.
        (
            "[profile p]\n  # c\n\n  role_arn = a\n  region = r\n",
            "[profile p]\n{  role_arn }\n  # c\n\n  warder_role_arn = a\n  region = r\n", "p"
        ),
        (
            "\t[profile p]\r\n\trole_arn = a\r\n\t\tmore\r\n\t[profile q]\r\n\trole_arn = q\r\n",
            "\t[profile p]\r\n{\trole_arn }\r\n\twarder_role_arn = a\r\n\t\tmore\r\n\t[profile q]\r\n\trole_arn = q\r\n",
            "p"
        ),
        ("[profile p]\n  [profile q]\n", "[profile p]\n{  }\n  [profile q]\n", "p"),
        ("  [profile p]\nrole_arn = a", "  [profile p]\n{role_arn }\nwarder_role_arn = a", "p"),
        // Sections and settings more than once.
        (
            "[profile p]\nrole_arn = a\nrole_arn = b\n[profile q]\nrole_arn = q\n[profile p]\nrole_arn = c\n  more\n",
            "[profile p]\n{role_arn }\nwarder_role_arn = a\nwarder_role_arn = b\n[profile q]\nrole_arn = q\n[profile p]\n"
                + "warder_role_arn = c\n  more\n", "p"
        ),
        // Both ways to write the default.
        (
            "[default]\nrole_arn = a\n[profile default]\nrole_arn = b\n",
            "[default]\n{role_arn }\nwarder_role_arn = a\n[profile default]\n{role_arn }\nwarder_role_arn = b\n",
            "default"
        ),
        ("[default]\nrole_arn = a\n", "[default]\n{role_arn }\nwarder_role_arn = a\n", "default"),
        // Names that look like others.
        (
            "[profile a@b.c/d:e+f%g-h_i]\nsso_session = s\n[sso-session p]\nsso_region = r\n",
            "[profile a@b.c/d:e+f%g-h_i]\n{sso_session }\nwarder_sso_session = s\n[sso-session p]\nsso_region = r\n",
            "a@b.c/d:e+f%g-h_i"
        ),
        // Another program goes behind warder; SDKs need the rest themselves.
        (
            "[profile p]\ncredential_process = op run --x\nendpoint_url = u\nservices = s\noutput = json\nca_bundle = c\n",
            "[profile p]\n{credential_process }\nwarder_credential_process = op run --x\nendpoint_url = u\nservices = s\noutput = json\nca_bundle = c\n",
            "p"
        ),
    ]

    /// `{role_arn }` stands for the lines that adopt adds: what it noted, and warder's command.
    private func written(_ text: String, _ name: String) -> String {
        let ending = text.contains("\r\n") ? "\r\n" : "\n"
        var written = ""
        for (index, part) in text.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
            guard index > 0, let end = part.firstIndex(of: "}") else {
                written += part
                continue
            }
            let blanks = part.prefix { $0 == " " || $0 == "\t" }
            written += "\(blanks)# adopted by warder: \(part[blanks.endIndex..<end])+credential_process\(ending)"
            written += "\(blanks)credential_process = \(program) process \(name)" + part[part.index(after: end)...]
        }
        return written
    }

    @Test(arguments: examples)
    func adoptsAndUndoes(_ before: String, _ after: String, _ name: String) throws {
        let adopted = try Editing(before).adopt(name)
        #expect(Array(adopted.utf8) == Array(written(after, name).utf8))
        #expect(try Editing(adopted).adopt(name) == adopted)
        #expect(Array(try Editing(adopted).undo(name).utf8) == Array(before.utf8))
        #expect(try Editing(before).undo(name) == before)
    }

    /// What would be added below such a comment would become part of the value.
    @Test(arguments: [
        "[profile p]\n  s3 =\n ~ name = v\n# adopted by warder: role_arn +credential_process\n  x = 1\n   more\n",
        "[profile p]\ns3 =\n  a = b\n  # adopted by warder: role_arn\n  c = d\nrole_arn = r\n",
        "[profile p]\nregion = y\n# adopted by warder: region\n  x\n\n[profile q]\n",
    ])
    func aCommentInAValueIsNotAMark(_ before: String) throws {
        let adopted = try Editing(before).adopt("p")
        #expect(adopted.hasPrefix("[profile p]\n") && adopted != before)
        #expect(adopted.contains("\ncredential_process = ") || adopted.contains("\n  credential_process = "))
        #expect(try Editing(adopted).adopt("p") == adopted)
        #expect(try Editing(adopted).undo("p") == before)
        #expect(try Editing(before).undo("p") == before)
    }

    @Test func leavesACommandThatIsThereAlready() throws {
        for command in ["warder process p", "'/a b/warder' process --no-prompt p # c", "\"/x/warder\"  process p"] {
            let text = "[profile p]\ncredential_process = \(command)\n"
            #expect(try Editing(text).adopt("p") == text)
            #expect(try Editing(text + "mfa_serial = m\n").adopt("p") == text + "mfa_serial = m\n")
            #expect(try Editing(text).undo("p") == text)
            let before = text + "role_arn = r\nwarder_duration_seconds = 900\nmfa_serial = m\n"
            let after =
                "[profile p]\n# adopted by warder: role_arn mfa_serial\ncredential_process = \(command)\n"
                + "warder_role_arn = r\nwarder_duration_seconds = 900\nwarder_mfa_serial = m\n"
            #expect(try Editing(before).adopt("p") == after)
            #expect(try Editing(after).undo("p") == before)
        }
    }

    /// Programs that are not warder, or that warder would not be called by in this way.
    @Test(arguments: ["/bin/warderx process p", "my-warder process p", "warder", "sh -c 'warder process p'"])
    func knowsOtherPrograms(_ command: String) throws {
        let text = "[profile p]\ncredential_process = \(command)\n"
        let mark = "# adopted by warder: credential_process +credential_process\n"
        let lines = mark + "credential_process = \(program) process p\n"
        #expect(try Editing(text).adopt("p") == "[profile p]\n\(lines)warder_credential_process = \(command)\n")
        #expect(try Editing(text).undo("p") == text)
    }

    @Test func leavesWhatWasWrittenByHand() throws {
        for text in [
            "[profile p]\nwarder_role_arn = a\nWARDER_Source_Profile = b\nwarder_key = k\n",
            "[profile p]\ncredential_process = warder process p\n", "[profile p]\nwarder_role_arn = a\nrole_arn = b\n",
        ] { #expect(try Editing(text).undo("p") == text) }
    }

    @Test func notesWhatIsAdoptedLater() throws {
        let first = try Editing("[profile p]\nrole_arn = a\n").adopt("p")
        let second = try Editing(first + "external_id = x\nsource_profile = y\n").adopt("p")
        #expect(
            second.hasPrefix(
                "[profile p]\n# adopted by warder: role_arn +credential_process external_id source_profile\n"))
        #expect(second.hasSuffix("warder_external_id = x\nwarder_source_profile = y\n"))
        #expect(
            try Editing(second).undo("p") == "[profile p]\nrole_arn = a\nexternal_id = x\nsource_profile = y\n")
    }

    @Test func quotesTheProgramWhereItMust() throws {
        #expect(
            try Editing("[profile p]\n").adopt("p", program: "/a b/warder")
                == "[profile p]\n# adopted by warder: +credential_process\ncredential_process = \"/a b/warder\" process p\n"
        )
        for path in [
            "/a\"b/warder", "/a$b/warder", "/a\n/warder", "/a'b/warder", "/a/warder2", "warder", "/a #/warder",
        ] {
            #expect(throws: EditingError.unusableProgram(path)) {
                try Editing("[profile p]\n").adopt("p", program: path)
            }
        }
    }

    static let line2 = Origin(path: "config", line: 2)
    @Test("the comment of adopt, its command gone, is the file's last line and has no end", arguments: ["\n", "\r\n"])
    func addsBelowAnOpenComment(_ ending: String) throws {
        let text = ["[profile p]", "warder_role_arn = a", "# adopted by warder: role_arn"].joined(separator: ending)
        let adopted = text + " +credential_process" + ending + "credential_process = \(program) process p"
        #expect(try Editing(text).adopt("p") == adopted)
        #expect(try Editing(adopted).undo("p") == ["[profile p]", "role_arn = a"].joined(separator: ending))
    }

    static let refusals: [(String, String?, EditingError)] = [
        ("[profile q]\n", nil, .noSuchProfile("p")),
        ("[profile q]\n", "[p]\nx = y\n", .onlyInCredentials(profile: "p", Origin(path: "credentials", line: 1))),
        ("[profile p]\naws_access_key_id = x\n", nil, .plaintextKey(line2)),
        ("[profile p]\nAWS_Secret_Access_Key = x\n", nil, .plaintextKey(line2)),
        (
            "[profile p]\n", "[q]\nx = y\n[p]\naws_access_key_id = x\n",
            .plaintextKey(Origin(path: "credentials", line: 4))
        ),
        (
            "[profile p]\n", "[p]\nrole_arn = x\n",
            .inCredentials(key: "role_arn", Origin(path: "credentials", line: 2))
        ),
        (
            "[profile p]\nrole_arn = a\nwarder_role_arn = b\n", nil,
            .twin(key: "role_arn", line2, own: Origin(path: "config", line: 3))
        ),
        (
            "[profile p]\nrole_arn = a\n", "[p]\nwarder_role_arn = b\n",
            .twin(key: "role_arn", line2, own: Origin(path: "credentials", line: 2))
        ),
        ("[profile p]\ncredential_process = warder process q\n", nil, .anotherProfile(asked: "q", line2)),
        (
            "[profile p]\ncredential_process = x\ncredential_process = warder process p\n", nil, .twoPrograms(line2)
        ),
        (
            "[profile q]\ncredential_process = x\n[profile p]\ninclude_profile = q\n", nil, .includedProgram(line2)
        ),
    ]

    @Test(arguments: refusals)
    func refuses(_ text: String, _ other: String?, _ error: EditingError) throws {
        #expect(throws: error) { try Editing(text, credentials: other).adopt("p") }
    }

    @Test func refusesToUndoWhatWouldStandTwice() throws {
        let text = "[profile p]\nrole_arn = a\n# adopted by warder: role_arn\nwarder_role_arn = b\n"
        #expect(throws: EditingError.twin(key: "role_arn", Self.line2, own: Origin(path: "config", line: 4))) {
            try Editing(text).undo("p")
        }
        #expect(throws: EditingError.unusableName("-x")) { try Editing("[profile -x]\n").adopt("-x") }
    }

    @Test func showsADifferenceWithoutItsNeighbours() throws {
        let text = "[profile q]\naws_secret_access_key = s\n[profile p]\nregion = r\n\nrole_arn = a\n[x]"
        #expect(
            try Editing(text).difference("p") == [
                "--- config", "+++ config", "@@ -3,0 +4,2 @@ [profile p]",
                "+# adopted by warder: role_arn +credential_process", "+credential_process = \(program) process p",
                "@@ -6 +8 @@ [profile p]", "-role_arn = a", "+warder_role_arn = a",
            ])
        #expect(
            try Editing("[profile p]").difference("p") == [
                "--- config", "+++ config", "@@ -1 +1,3 @@ [profile p]", "-[profile p]", "\\ No newline at end of file",
                "+[profile p]", "+# adopted by warder: +credential_process",
                "+credential_process = \(program) process p", "\\ No newline at end of file",
            ])
    }

    @Test("what a newer version noted is not half undone", arguments: ["~region", "role_arn=a", "!", "+a.b"])
    func newer(_ word: String) throws {
        let text = "[profile a]\n[profile p]\n# adopted by warder: role_arn \(word)\nwarder_role_arn = a\n"
        #expect(throws: EditingError.adoptedByNewer(Origin(path: try config("").path, line: 3))) {
            try Editing(text).undo("p")
        }
    }
}
