import Profiles
import Secrets
import Testing

/// Configs that are put together at random.
private struct RandomConfig {
    private var state: UInt64

    init(_ seed: Int) {
        state = 0x9E37_79B9_7F4A_7C15 &* UInt64(seed + 1)
        for _ in 0..<8 { _ = next(2) }
    }

    mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    mutating func pick(_ choices: [String]) -> String { choices[next(choices.count)] }

    static let keys = [
        "role_arn", "Role_ARN", "source_profile", "mfa_serial", "MFA_SERIAL", "external_id", "duration_seconds",
        "role_session_name", "credential_source", "web_identity_token_file", "sso_session", "sso_account_id",
        "sso_role_name", "sso_start_url", "sso_region", "credential_process", "login_session",
        "region", "output", "warder_key", "warder_session", "s3", "endpoint_url", "services", "role_arns", "x",
    ]

    mutating func text() -> String {
        let ending = pick(["\n", "\n", "\r\n"])
        var text = pick(["", "", "\u{FEFF}"]) + pick(["", "# head" + ending, ending + ending])
        // Deeper than the setting before it, a section's head would be part of that.
        var deepest = 2
        for _ in 0...next(6) {
            let (head, body) = (pick(["", "", "  ", "\t"]), pick(["", "", "", "  ", "\t"]))
            text +=
                (head.count > deepest ? "" : head)
                + pick([
                    "[profile p]", "[profile p]", "[profile p]  # note", "[profile\tp ]; x", "[profile q]", "[default]",
                    "[profile default]", "[sso-session p]", "[services p]", "[p]", "[profile pp]",
                ]) + ending
            let lines = next(7)
            for number in 0..<lines { text += indented(number == 0 ? "region = r" + ending : line(ending), body) }
            deepest = lines > 0 ? body.count : 2
        }
        for _ in 0..<next(3) where text.utf8.last == 0x0A || text.utf8.last == 0x0D { text = String(text.dropLast()) }
        return text
    }

    private func indented(_ lines: String, _ blanks: String) -> String {
        var text = ""
        var isStart = true
        for scalar in lines.unicodeScalars {
            if isStart { text += blanks }
            text.unicodeScalars.append(scalar)
            isStart = scalar == "\n"
        }
        return text
    }

    private mutating func line(_ ending: String) -> String {
        let ending = next(9) == 0 ? "\n" : ending
        switch next(8) {
        case 0: return pick(["", " ", "\t ", "# c", "; c", "#[profile p]", " # role_arn = c"]) + ending
        case 1:
            return pick(["s3", "role_arn", "x"]) + " =" + ending + "  role_arn = n" + ending
                + pick(["", "\tname = n" + ending, ending + " n = n" + ending, "#" + ending])
        case 2: return pick(["x", "external_id"]) + " = v" + ending + pick([" more", "\t= more", " # more"]) + ending
        default:
            let space = pick(["=", " = ", " =", "\t=  "])
            return pick(Self.keys) + space + pick(["v", "v # c", "v#c", "ü", "/a b", "v ; c", "-"]) + ending
        }
    }
}

@Suite("Whatever the config, adopting is undone to the last byte")
struct EditingPropertyTests {
    /// What warder reads, which must stay; `credential_process` is what adopting is about.
    private func settings(_ profile: Profile) throws -> [String: String] {
        var settings: [String: String] = [:]
        for key in profile.keys where key != "credential_process" {
            let key = key.hasPrefix("warder_") ? String(key.dropFirst(7)) : key
            settings[key] = try profile.setting(key)?.value
        }
        return settings
    }

    private func others(_ set: ProfileSet, _ name: String) throws -> [String: [String: String]] {
        var all: [String: [String: String]] = [:]
        for other in set.profileNames where other != name { all[other] = try set.profile(other)?.materialized() }
        all["sso-session p"] = try set.ssoSession("p")?.materialized()
        all["services p"] = try set.services("p")?.materialized()
        return all
    }

    @Test func holdsForRandomConfigs() throws {
        var adoptions = 0
        for seed in 0..<4000 {
            var random = RandomConfig(seed)
            let text = random.text()
            let name = random.pick(["p", "p", "default"])
            let before = try Editing(text)
            guard let old = before.set.profile(name) else { continue }
            let process = try old.plain("credential_process")?.value
            let adopted = try before.adopt(name)
            let after = try Editing(adopted)
            let new = try #require(after.set.profile(name))
            adoptions += 1

            #expect(try settings(new).filter { $0.key != "credential_process" } == settings(old), "\(seed)")
            #expect(try new.own("credential_process")?.value == process, "\(seed)")
            #expect(try new.plain("credential_process")?.value == "/usr/bin/warder process \(name)", "\(seed)")
            let hidden = ["role_arn", "source_profile", "sso_session", "web_identity_token_file"]
            #expect(hidden.allSatisfy { new.origin(of: $0) == nil }, "\(seed)")
            #expect(try others(after.set, name) == others(before.set, name), "\(seed)")
            #expect(Array(try after.adopt(name).utf8) == Array(adopted.utf8), "\(seed)")
            #expect(Array(try after.undo(name).utf8) == Array(text.utf8), "\(seed)")
        }
        #expect(adoptions > 2000)
    }

    /// An index of the sections is for speed alone.
    @Test func anIndexChangesNothing() throws {
        for seed in 0..<1000 {
            var random = RandomConfig(seed)
            let file = try config(random.text())
            let (plain, indexed) = (
                ProfileSet(config: file, credentials: nil), ProfileSet(config: file, credentials: nil).indexed()
            )
            for name in plain.profileNames + ["absent", "profile p"] {
                #expect(indexed.profile(name)?.origin == plain.profile(name)?.origin, "\(seed)")
                #expect(try indexed.profile(name)?.materialized() == plain.profile(name)?.materialized(), "\(seed)")
                let edits = try? plain.adopting(name, program: "/usr/bin/warder")
                #expect((try? indexed.adopting(name, program: "/usr/bin/warder")) == edits, "\(seed)")
                #expect((try? indexed.releasing(name)) == (try? plain.releasing(name)), "\(seed)")
            }
            #expect(try others(indexed, "p") == others(plain, "p"), "\(seed)")
        }
    }
}
