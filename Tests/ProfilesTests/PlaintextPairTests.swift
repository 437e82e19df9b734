import Profiles
import Secrets
import Testing

private let lines = "aws_access_key_id = AKIA1\naws_secret_access_key = s/1\n"
private let other = "aws_access_key_id = AKIA2\naws_secret_access_key = s/2\n"

private func files(_ config: String, _ credentials: String) throws -> ProfileSet {
    ProfileSet(
        config: try ProfilesTests.config(config), credentials: try ProfilesTests.credentials(credentials))
}

@Suite("The plaintext key of a profile")
struct PlaintextPairTests {
    private func fault(_ config: String, _ credentials: String, _ name: String = "p") throws -> PlaintextFault? {
        let files = try files(config, credentials)
        do throws(PlaintextFault) { _ = try files.plaintextPair(of: name) } catch { return error }
        return nil
    }

    private func place(_ line: Int, _ path: String = "credentials") -> Origin { Origin(path: path, line: line) }

    @Test(arguments: [
        ("", "[p]\n" + lines, [ProfileFile.Kind.credentials]), ("[profile p]\n" + lines, "", [.config]),
        ("[profile p]\n" + lines, "[p]\n" + lines, [.credentials, .config]),
        ("", "[p]\n" + lines + "[q]\n[p]\n" + lines, [.credentials]),
        ("", "[p]\nAWS_Access_Key_ID=AKIA1 # mine\naws_secret_access_key\t=  s/1  \n", [.credentials]),
        ("[profile p]\naws_access_key_id =\n", "[p]\n" + lines, [.credentials]),
    ])
    func isFound(_ config: String, _ credentials: String, _ kinds: [ProfileFile.Kind]) throws {
        let pair = try #require(try files(config, credentials).plaintextPair(of: "p"))
        #expect(pair.accessKeyID == "AKIA1" && pair.files == kinds && pair.profile == "p")
        #expect(pair.secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == "s/1")
        #expect(try files(config, credentials).plaintextProfiles == ["p"])
    }

    @Test func whatIsNotOneKey() throws {
        let half = "aws_access_key_id = AKIA1\n"
        #expect(try fault("", "[p]\n" + half) == .half(missing: "aws_secret_access_key", place(2)))
        #expect(try fault("", "[p]\naws_secret_access_key = s\n") == .half(missing: "aws_access_key_id", place(2)))
        // Half in the one file and half in the other is a key for no SDK.
        #expect(
            try fault("[profile p]\naws_secret_access_key = s\n", "[p]\n" + half)
                == .half(missing: "aws_secret_access_key", place(2)))
        #expect(try fault("", "[p]\n" + lines + "aws_session_token = t\n") == .session(place(4)))
        #expect(try fault("[profile p]\naws_session_token = t\n", "[p]\n" + lines) == .session(place(2, "config")))
        #expect(
            try fault("[profile p]\n" + other, "[p]\n" + lines)
                == .different(key: "aws_access_key_id", place(2), place(2, "config")))
        #expect(
            try fault("", "[p]\n" + lines + "aws_secret_access_key = x\n")
                == .different(key: "aws_secret_access_key", place(3), place(4)))
        #expect(
            try fault("", "[p]\naws_access_key_id = AKIA1\n  more\naws_secret_access_key = s\n")
                == .severalLines(key: "aws_access_key_id", place(2)))
        #expect(try fault("", "[p q]\n" + lines, "p q") == .unusableName(place(2)))
        #expect(try files("[profile p]\nregion = r\n", "").plaintextPair(of: "p") == nil)
    }

    /// Before, after; the section is `p`.
    static let removals: [(String, String)] = [
        ("[p]\n" + lines, ""), ("[p]\n" + lines + "\n\n[q]\n", "[q]\n"),
        ("[p]\n" + lines + "region = r\n", "[p]\nregion = r\n"),
        ("\u{FEFF}[p]\r\naws_access_key_id=AKIA1\r\naws_secret_access_key=s/1\r\n[q]", "\u{FEFF}[q]"),
        ("[q]\nregion = r\n[p]\naws_access_key_id = AKIA1\naws_secret_access_key = s/1", "[q]\nregion = r\n"),
        ("[p]\n# mine\n" + lines, "[p]\n# mine\n"), ("[p] ; mine\n" + lines, "[p] ; mine\n"),
        ("[p]\n" + lines + "\n# of q\n[q]\n", "# of q\n[q]\n"),
        ("[p]\naws_access_key_id = AKIA1\n# mine\naws_secret_access_key = s/1\n", "[p]\n# mine\n"),
        ("  [p]\n  aws_access_key_id = AKIA1\n  aws_secret_access_key = s/1\n[q]\n", "[q]\n"),
        ("[p]\n" + lines + "[q]\n[p]\n" + lines + "output = o\n", "[q]\n[p]\noutput = o\n"),
        ("[p]\n" + lines + "warder_session = off\n", "[p]\nwarder_session = off\n"), ("[q]\n" + lines, "[q]\n" + lines),
    ]

    @Test(arguments: removals)
    func itsLinesGo(_ before: String, _ after: String) throws {
        let file = try ProfilesTests.credentials(before)
        let text = file.edited(file.removingKeys(of: ["p"]))
        #expect(text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == after)
    }

    @Test func aDiffIsMasked() throws {
        let file = try ProfilesTests.credentials("[p]\n" + lines + "[q]\n" + other + "aws_session_token = t\n  more")
        let text = file.masked().difference(file.removingKeys(of: ["p", "q"])).joined(
            separator: "\n")
        #expect(text.contains("-aws_secret_access_key = ***\n") && text.contains("-aws_access_key_id = AKIA1\n"))
        #expect(!text.contains("s/1") && !text.contains("s/2"))
        let whole = file.masked().edited([])
        let shown = whole.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        #expect(shown.hasSuffix("aws_session_token = *\n  ****") && !shown.contains("s/"))
    }
}

@Suite("A profile whose key is in the store")
struct ServingTests {
    private func serving(
        _ text: String, _ settings: [(key: String, value: String)] = [], replaces: Bool = false
    ) throws -> (String, undone: String) {
        let file = try config(text)
        let set = ProfileSet(config: file, credentials: nil)
        let after = try made(file, set.serving("p", program: program, settings: settings, replaces: replaces))
        let again = try config(after)
        return (after, try made(again, ProfileSet(config: again, credentials: nil).releasing("p")))
    }

    private func made(_ file: ProfileFile, _ edits: [Edit]) throws -> String {
        file.edited(edits).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private let command = "credential_process = /usr/bin/warder process p"

    @Test func getsItsCommand() throws {
        #expect(try serving("[profile p]\nregion = r\n").0 == "[profile p]\n\(command)\nregion = r\n")
        #expect(
            try serving("[profile p]\n  region = r\n", [("warder_key", "k")]).0
                == "[profile p]\n  warder_key = k\n  \(command)\n  region = r\n")
        #expect(try serving("[profile p]", [("warder_key", "k")]).0 == "[profile p]\nwarder_key = k\n\(command)")
        let done = "[profile p]\nwarder_key = k\n\(command)\n"
        #expect(try serving(done, [("warder_key", "k")]).0 == done)
        #expect(
            try serving("[profile p]\n\(command)\n", [("warder_key", "k")]).0
                == "[profile p]\nwarder_key = k\n\(command)\n")
    }

    @Test(
        arguments: [
            "[profile p]\nrole_arn = a\nsource_profile = p\n",
            "[profile p]\ncredential_process = aws-vault exec -j p\n",
            "[profile p]\n\tmfa_serial = m\n\tCredential_Process=aws-vault exec -j p\n; end",
            "[profile p]\r\ncredential_process = aws-vault exec -j p\r\nrole_arn = a",
            "[profile p]\ncredential_process = x",
        ], [false, true])
    func isTakenBack(_ text: String, _ replaces: Bool) throws {
        for settings in [[], [("warder_key", "k")], [("warder_key", "k"), ("warder_session", "off")]] {
            let (after, undone) = try serving(text, settings.map { (key: $0.0, value: $0.1) }, replaces: replaces)
            #expect(undone == text && after != text && after.contains(command))
            #expect(after.contains("# replaced by warder: ") == (replaces && text.lowercased().contains("process")))
        }
    }
}
