import Failures
import Foundation
import RoomSupport
import Testing

@testable import Explaining

/// `explain --json` has the failure's word, its message and its line; `process` fails in the same words.
@Suite("What is wrong with a chain")
struct WrongTests {
    private static let key = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/it\n"
    private static let r = "role_arn = \(role)\n"
    /// Nine profiles one behind the other, and a key.
    private static let deep =
        (0..<9).map { "[profile \($0 == 0 ? "p" : "\($0)")]\n\(r)source_profile = \($0 + 1)\n" }.joined()
        + "[profile 9]\n"
        + key

    /// The word, the line, the config; U+FFFD stands for a byte that is no UTF-8.
    private static let wrong: [(String, Int, String)] = [
        ("cycle", 6, "[profile p]\n\(r)source_profile = q\n[profile q]\n\(r)source_profile = p\n"),
        ("too_deep", 24, deep),
        ("source_missing", 3, "[profile p]\n\(r)source_profile = q\n"),
        ("two_sources", 3, "[profile p]\n\(r)source_profile = q\ncredential_source = Environment\n[profile q]\n\(key)"),
        ("role_without_source", 2, "[profile p]\n\(r)"),
        ("no_credentials", 1, "[profile p]\nregion = eu-west-1\n"),
        ("half_a_key", 2, "[profile p]\naws_access_key_id = AKIA\n"),
        ("half_a_key", 2, "[profile p]\naws_secret_access_key = s\n"),
        ("unknown_credential_source", 3, "[profile p]\n\(r)credential_source = Ec2\n"),
        ("web_identity_without_role", 2, "[profile p]\nweb_identity_token_file = /t\n"),
        ("sso_incomplete", 4, "[profile p]\nsso_start_url = https://a\nsso_account_id = 1\nsso_role_name = r\n"),
        ("sso_incomplete", 2, "[profile p]\nsso_account_id = 1\n"),
        (
            "sso_key_beside_session", 3,
            "[profile p]\nsso_session = s\nsso_region = r\n[sso-session s]\nsso_start_url = https://a\nsso_region = q\n"
        ),
        (
            "sso_key_beside_session", 3,
            "[profile p]\nsso_session = s\nsso_start_url = https://a\n[sso-session s]\nsso_region = r\n"
        ),
        (
            "bad_value", 6,
            "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_region = eu_west_1\nsso_start_url = https://a\n"
        ),
        ("own_source", 3, "[profile p]\n\(r)source_profile = p\n"),
        ("own_source", 2, "[profile p]\nsource_profile = p\n"),
        ("passed_over", 3, "[profile p]\n\(r)source_profile = münchen\n[profile münchen]\n\(key)"),
        (
            "inherited_tag", 4,
            "[profile p]\n\(r)source_profile = q\nsession_tags = TEAM=red\n[profile q]\n\(r)source_profile = r\nsession_tags = team=red,cost=1\ntransitive_session_tags = team\n[profile r]\n\(key)"
        ),
        (
            "inherited_tag", 4,
            "[profile p]\n\(r)source_profile = q\nsession_tags = team=red\n[profile q]\n\(r)source_profile = r\n[profile r]\n\(r)source_profile = s\nsession_tags = team=red\ntransitive_session_tags = team\n[profile s]\n\(key)"
        ),
        (
            "changed_source_identity", 4,
            "[profile p]\n\(r)source_profile = q\nsource_identity = bob\n[profile q]\n\(r)source_profile = r\nsource_identity = alice\n[profile r]\n\(key)"
        ),
        ("bad_value", 4, "[profile p]\n\(r)web_identity_token_file = /t\npolicy = {}\n"),
        ("bad_value", 4, "[profile p]\n\(r)web_identity_token_file = /t\nwarder_policy_file = /p\n"),
        (
            "bad_value", 4,
            "[profile p]\n\(r)web_identity_token_file = /t\npolicy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess\n"
        ),
        ("sso_session_missing", 2, "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n"),
        ("services_missing", 2, "[profile p]\nservices = s\n\(key)"),
        ("process_for_another_profile", 2, "[profile p]\ncredential_process = warder process q\n"),
        (
            "role_chaining_too_long", 4,
            "[profile p]\n\(r)source_profile = q\nduration_seconds = 7200\n[profile q]\n\(r)source_profile = r\n[profile r]\n\(key)"
        ),
        ("bad_value", 2, "[profile p]\nrole_arn = arn:aws:iam::2:role/A\nsource_profile = p\n\(key)"),
        ("bad_value", 4, "[profile p]\n\(r)source_profile = p\nduration_seconds = 1h\n\(key)"),
        ("bad_value", 4, "[profile p]\n\(r)source_profile = p\nduration_seconds = 899\n\(key)"),
        ("bad_value", 4, "[profile p]\n\(r)source_profile = p\nduration_seconds = 43201\n\(key)"),
        ("bad_value", 4, "[profile p]\n\(r)source_profile = p\nexternal_id = a b\n\(key)"),
        ("bad_value", 4, "[profile p]\n\(r)source_profile = p\nrole_session_name = a\n\(key)"),
        ("bad_value", 4, "[profile p]\n\(r)source_profile = p\nsource_identity = a b\n\(key)"),
        ("bad_value", 4, "[profile p]\n\(r)source_profile = p\npolicy = []\n\(key)"),
        ("bad_value", 4, "[profile p]\n\(r)source_profile = p\npolicy_arns = arn:aws:iam::aws:role/A\n\(key)"),
        ("bad_value", 4, "[profile p]\n\(r)source_profile = p\nsession_tags = a\n\(key)"),
        ("bad_value", 4, "[profile p]\n\(r)source_profile = p\nsession_tags = a=1,A=2\n\(key)"),
        ("bad_value", 4, "[profile p]\n\(r)source_profile = p\nsession_tags = aws:a=1\n\(key)"),
        (
            "bad_value", 5,
            "[profile p]\n\(r)source_profile = p\nsession_tags = a=1\ntransitive_session_tags = b\n\(key)"
        ),
        ("bad_value", 2, "[profile p]\nuse_fips_endpoint = maybe\n\(key)"),
        ("no_credentials", 1, "[profile p]\ncredential_process =\n"),
        ("no_credentials", 1, "[profile p]\nwarder_key =\n"),
        ("unknown_setting", 2, "[profile p]\nwarder_sesion = off\n\(key)"),
        ("misnamed", 3, "[profile p]\n\(r)source_profile = q\n[q]\n\(key)"),
        ("utf16", 1, "[\u{0}p\u{0}]\u{0}\n\u{0}"),
        ("bad_value", 2, "[profile p]\nwarder_session_duration = 1m\nmfa_serial = \(device)\n\(key)"),
        ("unclosed_section", 2, "\n[profile p\n"),
        ("outside_section", 1, "region = eu-west-1\n[profile p]\n"),
        ("continuation_outside_property", 2, "[profile p]\n  eu-west-1\n"),
        ("property_without_equals", 2, "[profile p]\nregion\n"),
        ("property_without_name", 2, "[profile p]\n= eu-west-1\n"),
        ("subproperty_without_equals", 3, "[profile p]\ns3 =\n  word\n"),
        ("subproperty_without_name", 3, "[profile p]\ns3 =\n  = word\n"),
        ("unreadable_value", 2, "[profile p]\nrole_arn = \u{fffd}\n"),
        ("include_cycle", 4, "[profile p]\ninclude_profile = q\n[profile q]\ninclude_profile = p\n"),
        ("included_profile_missing", 2, "[profile p]\ninclude_profile = q\n"),
    ]

    @Test(arguments: wrong)
    func isSaid(_ code: String, _ line: Int, _ config: String) throws {
        let home = try TestHome()
        let bytes = config.unicodeScalars.flatMap { $0 == "\u{fffd}" ? [0xff] : Array(String($0).utf8) }
        try Data(bytes).write(to: URL(filePath: home.path + "/.aws/config"))
        let failure = try #require(failure { () throws(Failure) in _ = try home.explanation("p") })
        let place = "\(home.path)/.aws/config:\(line)"
        #expect(failure.code == .badConfig && failure.message.hasPrefix(place + ": "))
        #expect(
            Explanation.json(failure, profile: "p").text() == """
                {
                  "profile": "p",
                  "error": {
                    "code": "\(code)",
                    "message": "\(failure.message.replacing("\"", with: "\\\""))",
                    "origin": "\(place)"
                  }
                }
                """)
        let failed = try #require(home.process("p"))
        #expect(failed.message == failure.message && failed.hint == failure.hint && failed.code == failure.code)
        #expect(home.console.lines == [])
    }
}
