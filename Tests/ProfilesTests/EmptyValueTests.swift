import Profiles
import Testing

@Suite("An empty value counts as not set")
struct EmptyValueTests {
    static let empties = [
        "x =", "x =   ", "x = # none", "x =\t; none", "x =\n  # none\n", "x =\n\n", "x = 1\nx =", "X=",
    ]

    @Test(arguments: empties)
    func whoeverAsks(_ line: String) throws {
        for (config, credentials) in [("[profile a]\n\(line)", ""), ("[profile a]\nx = 1", "[a]\n\(line)")] {
            let profile = try #require(try set(config, credentials).profile("a"))
            #expect(try profile.setting("x") == nil)
            #expect(try profile.plain("x") == nil)
            #expect(profile.origin(of: "x") == nil)
            #expect(profile.secretText("x") == nil)
            #expect(try profile.written("x")?.value == "")
        }
    }

    @Test func ofWardersOwnAndOfOthers() throws {
        let profile = try #require(try set("[profile a]\nwarder_x =\nwarder_y =\ny = 1\nz = 2").profile("a"))
        #expect(try profile.own("x") == nil)
        #expect(try profile.setting("x") == nil)
        // It takes back what SDKs are to read.
        #expect(try profile.setting("y") == nil)
        #expect(try profile.setting("z")?.value == "2")
    }

    @Test func takesBackWhatIsIncluded() throws {
        let text =
            "[profile a]\ninclude_profile = b\nx =\n[profile b]\nx = 1\ny = 2\nwarder_key = k\ninclude_profile =\n"
        let profile = try #require(try set(text).profile("a"))
        #expect(try profile.setting("x") == nil)
        #expect(try profile.setting("y")?.value == "2")
        #expect(try profile.own("key")?.value == "k")
    }

    @Test func belowASetting() throws {
        let services = try #require(try set("[services s]\nsts =\n  endpoint_url =\n  x = 1").services("s"))
        #expect(try services.nested("sts", "endpoint_url") == nil)
        #expect(try services.nested("sts", "x")?.value == "1")
    }

    private func set(_ config: String, _ other: String = "") throws -> ProfileSet {
        ProfileSet(config: try ProfilesTests.config(config), credentials: try credentials(other))
    }
}
