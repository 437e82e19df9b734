import Failures
import Foundation
import RoomSupport
import Testing

@testable import Explaining

@Suite("The plan of a chain, for programs")
struct PlanJSONTests {
    @Test func whileLocked() throws {
        let home = try TestHome(config: usual)
        try home.makeVault()
        let path = home.path + "/.aws/config"
        #expect(
            try home.explanation("prod").json.text() == """
                {
                  "profile": "prod",
                  "steps": [
                    {
                      "kind": "stored_key",
                      "profile": "alice",
                      "parameters": {
                        "key": "alice"
                      },
                      "origin": {
                        "key": "\(path):1"
                      },
                      "cached_until": null,
                      "next": "read"
                    },
                    {
                      "kind": "session_token",
                      "profile": "alice",
                      "parameters": {
                        "duration_seconds": "43200",
                        "mfa_serial": "\(device)",
                        "region": "eu-west-1"
                      },
                      "origin": {
                        "mfa_serial": "\(path):3",
                        "region": "\(path):2"
                      },
                      "cached_until": null,
                      "next": "unknown"
                    },
                    {
                      "kind": "assume_role",
                      "profile": "prod",
                      "parameters": {
                        "role_arn": "\(role)",
                        "region": "eu-west-1"
                      },
                      "origin": {
                        "role_arn": "\(path):5",
                        "region": "\(path):7"
                      },
                      "cached_until": null,
                      "next": "unknown"
                    }
                  ],
                  "endpoint": {
                    "url": "https://sts.eu-west-1.amazonaws.com/",
                    "signing_region": "eu-west-1"
                  },
                  "fails": null,
                  "locked": true,
                  "prompts": true,
                  "sdks": {
                    "ask_warder": false,
                    "obstacles": [
                      {
                        "code": "setting_before_process",
                        "reach": "all",
                        "message": "SDKs go by role_arn first",
                        "hint": "run warder adopt prod",
                        "origin": "\(path):5"
                      },
                      {
                        "code": "setting_before_process",
                        "reach": "some",
                        "message": "some SDKs go by source_profile first, or refuse it beside credential_process",
                        "hint": "run warder adopt prod",
                        "origin": "\(path):6"
                      },
                      {
                        "code": "no_process",
                        "reach": "all",
                        "message": "prod has no credential_process",
                        "hint": "run warder adopt prod",
                        "origin": "\(path):4"
                      }
                    ],
                    "needed_variables": []
                  }
                }
                """)
    }

    @Test func whatIsCachedAndWhatIsNext() throws {
        let clock = TestClock()
        let home = try TestHome(config: usual, clock: clock, sender: Cloud(clock))
        try home.makeVault()
        try home.unlock()
        var plan = try JSON(home.explanation("prod"))
        #expect(plan.next == ["read", "request", "request"] && plan.prompts && !plan.isLocked)
        #expect(plan.ends == [nil, nil, nil])
        #expect(home.process("prod", code: "123456") == nil)
        plan = try JSON(home.explanation("prod"))
        #expect(plan.next == ["nothing", "nothing", "nothing"] && !plan.prompts)
        #expect(plan.ends == [nil, "2024-11-21T20:00:00Z", "2024-11-21T09:00:00Z"])
    }

    @Test func aKeyInPlainTextNeedsNoVault() throws {
        let home = try TestHome(
            config:
                "[profile p]\naws_access_key_id = AKIAPLAIN\naws_secret_access_key = s\n[profile r]\nrole_arn = \(role)\n"
                + "source_profile = p\n")
        try home.makeVault()
        #expect(try JSON(home.explanation("p")).next == ["read"])
        #expect(try !JSON(home.explanation("p")).prompts)
    }

    /// Eight profiles are allowed, the last of them the source.
    @Test func theGreatestDepth() throws {
        let roles = (1...9).map { "[profile p\($0)]\nrole_arn = \(role)\nsource_profile = p\($0 - 1)\n" }.joined()
        let home = try TestHome(
            config: "[profile p0]\naws_access_key_id = AKIAPLAIN\naws_secret_access_key = s\n" + roles)
        #expect(try JSON(home.explanation("p7")).kinds == ["static_key"] + Array(repeating: "assume_role", count: 7))
        #expect(failure { () throws(Failure) in _ = try home.explanation("p8") }?.fault == "too_deep")
    }

    private static let key = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = s\n"

    /// What cannot be resolved: `explain --json` has the failure's word, its message and its line.
    @Test(arguments: [
        ("two_sources", 3, "role_arn = \(role)\nsource_profile = q\ncredential_source = Environment\n[profile q]\n"),
        ("role_without_source", 2, "role_arn = \(role)\n"), ("no_credentials", 1, "region = eu-west-1\n"),
        ("bad_value", 2, "role_arn = arn:aws:iam::2:role/A\nsource_profile = p\n" + key),
        ("property_without_equals", 2, "region\n"),
        ("sso_role_missing", 2, "sso_start_url = \(startURL)\nsso_region = eu-west-1\n"),
        ("misnamed", 3, "role_arn = \(role)\nsource_profile = q\n[q]\n"),
    ])
    func whatIsWrong(_ code: String, _ line: Int, _ lines: String) throws {
        let home = try TestHome(config: "[profile p]\n" + lines)
        let failure = try #require(failure { () throws(Failure) in _ = try home.explanation("p") })
        let place = "\(home.path)/.aws/config:\(line)"
        #expect(failure.code == .badConfig && failure.message.hasPrefix(place + ": "))
        #expect(
            Explanation.json(failure, profile: "p").text() == """
                {
                  "profile": "p",
                  "error": {
                    "code": "\(code)",
                    "message": "\(failure.message)",
                    "origin": "\(place)"
                  }
                }
                """)
        #expect(home.process("p")?.message == failure.message)
    }

    @Test func noSuchProfile() throws {
        let home = try TestHome()
        let failure = try #require(failure { () throws(Failure) in _ = try home.explanation("nobody") })
        #expect(failure.code == .notFound && failure.fault == "no_such_profile" && failure.origin == nil)
    }

    @Test func whatHasNoWordOfItsOwnHasItsCode() {
        let text = Explanation.json(.noStore, profile: "p").text()
        #expect(text.contains("\"code\": \"exit_7\"") && text.contains("\"origin\": null"))
    }
}

/// What a program reads of a plan.
struct JSON {
    let next: [String]
    let kinds: [String]
    let ends: [String?]
    let roles: [String?]
    let prompts: Bool
    let isLocked: Bool
    let fails: String?

    init(_ explanation: Explanation) throws {
        let data = Data(explanation.json.text().utf8)
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        let steps = object["steps"] as? [[String: Any]] ?? []
        next = steps.map { $0["next"] as? String ?? "" }
        kinds = steps.map { $0["kind"] as? String ?? "" }
        ends = steps.map { $0["cached_until"] as? String }
        roles = steps.map { ($0["parameters"] as? [String: Any])?["role_arn"] as? String }
        prompts = object["prompts"] as? Bool ?? false
        isLocked = object["locked"] as? Bool ?? false
        fails = object["fails"] as? String
    }

    /// The requests that it says will be made, or may be, as `Cloud` counts them.
    func requests(_ outlooks: String...) -> [String] {
        let actions = [
            "session_token": "GetSessionToken", "assume_role": "AssumeRole",
            "web_identity": "AssumeRoleWithWebIdentity",
        ]
        return next.indices.filter { outlooks.contains(next[$0]) }.map {
            "\(actions[kinds[$0]] ?? kinds[$0]) \(roles[$0] ?? "")"
        }
    }
}
