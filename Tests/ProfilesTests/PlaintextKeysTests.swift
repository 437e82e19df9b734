import Profiles
import Secrets
import Testing

@Suite("Keys in plain text")
struct PlaintextKeysTests {
    private static func file(_ text: String, _ kind: ProfileFile.Kind) throws -> ProfileFile {
        var bytes = SecretBytes(capacity: text.utf8.count)
        bytes.append(text)
        return try ProfileFile(text: bytes, path: kind == .config ? "config" : "credentials", kind: kind)
    }

    @Test("Each is found where it stands, one that is beaten by another too")
    func found() throws {
        let config = """
            [default]
            AWS_Access_Key_ID = A1 # mine
            aws_secret_access_key = s
            [profile p]
            warder_aws_access_key_id = A2
            s3 =
              aws_access_key_id = A3
            aws_access_key_id = A4
            [services p]
            aws_access_key_id = A5
            [p]
            aws_access_key_id = A6
            [profile empty]
            aws_access_key_id =
            """
        let credentials = "[p]\naws_secret_access_key = s\naws_access_key_id=A7\n[p]\naws_access_key_id = A8\n"
        let files = ProfileSet(
            config: try Self.file(config, .config), credentials: try Self.file(credentials, .credentials))
        let found = files.writtenKeys.map { "\($0.profile) \($0.accessKeyID) \($0.origin.path):\($0.origin.line)" }
        #expect(found == ["p A7 credentials:3", "p A8 credentials:5", "default A1 config:2", "p A4 config:8"])
    }

    /// What no SDK reads as a profile holds a key all the same.
    @Test func inNoProfile() throws {
        let key = "aws_access_key_id = A\naws_secret_access_key = s\n"
        let config =
            "[p]\n\(key)[Profile q]\nregion = r\n\(key)[my p]\n\(key)[sso-session s]\n\(key)[other]\nregion = r\n"
            + "[Default]\naws_secret_access_key = s\n[empty]\naws_access_key_id =\n[profile x\0]\n\(key)"
        let files = ProfileSet(
            config: try Self.file(config, .config), credentials: try Self.file("[p]\n\(key)[x\0]\n\(key)", .credentials)
        )
        let found = files.strayKeys.map {
            "\($0.header ?? "–") \($0.heading ?? "–") \($0.origin.path):\($0.origin.line)"
        }
        #expect(
            found == [
                "– – credentials:5", "p [profile p] config:2", "Profile q [profile q] config:6", "my p – config:9",
                "sso-session s – config:12", "Default [default] config:17", "– – config:21",
            ])
        #expect(files.plaintextProfiles == ["p"])
    }

    @Test("There are none")
    func none() throws {
        #expect(ProfileSet(config: nil, credentials: nil).writtenKeys == [])
        #expect(ProfileSet(config: try Self.file("", .config), credentials: nil).writtenKeys == [])
    }
}

@Suite("What stands twice")
struct RepetitionTests {
    static let files: [(text: String, found: String?)] = [
        ("[profile p]\nregion = x\n[profile q]\nregion = x\n", nil),
        ("[profile p]\n[profile  p]\n[default]\n[profile default]\n", nil),
        ("[profile p]\nkey = x\nwarder_key = x\ns3 =\n  key = x\n", nil),
        ("[profile p]\n[profile q]\n[profile p]\n", "profile p 3"),
        ("[services s]\n[services s]\n", "services s 2"),
        ("[what]\n[what]\n", "what 2"),
        ("[profile p]\nregion = x\n[profile q]\nregion = x\n\nREGION = y\n", "region 6"),
        ("[profile p]\nwarder_key = x\nwarder_key = y\n", "warder_key 3"),
    ]

    @Test("Python's parser refuses it", arguments: files)
    func repetition(text: String, found: String?) throws {
        let shown = try profiles(text).repetitions.first.map { "\($0.name) \($0.origin.line)" }
        #expect(shown == found)
    }
}
