import Chains
import Profiles
import Testing

@Suite("Who says yes before credentials are given out")
struct ConfirmationTests {
    @Test(
        "the profile's own settings say so",
        arguments: [
            ("", false, []),
            ("warder_confirm = true", true, []),
            ("warder_confirm = on", true, []),
            ("warder_confirm = false", false, []),
            ("confirm = true", false, []),
            ("warder_callers = /usr/bin/terraform", true, ["/usr/bin/terraform"]),
            (
                "warder_callers = /usr/bin/terraform '/opt/my tools/aws'", true,
                ["/usr/bin/terraform", "/opt/my tools/aws"]
            ),
            ("warder_confirm = no\nwarder_callers = /bin/a", false, ["/bin/a"]),
            ("source_profile = q\nrole_arn = arn:aws:iam::222222222222:role/A", false, []),
            ("include_profile = q", true, []), ("warder_callers =\nwarder_confirm =", false, []),
            ("warder_confirm = true\nwarder_callers =", true, []),
        ])
    func read(settings: String, isWanted: Bool, callers: [String]) throws {
        let text = "[profile p]\n\(settings)\n[profile q]\nwarder_key = k\nwarder_confirm = true\n"
        let chain = try resolve("p", text, keys: ["p"])
        #expect(chain.confirmation.isWanted == isWanted)
        #expect(chain.confirmation.callers == callers)
    }

    @Test(
        "what is neither yes nor no, or not a path, is refused",
        arguments: ["confirm = perhaps", "callers = terraform", "callers = ''"])
    func refused(setting: String) {
        #expect(throws: ChainError.self) { try resolve("p", "[profile p]\nwarder_\(setting)\n", keys: ["p"]) }
    }
}
