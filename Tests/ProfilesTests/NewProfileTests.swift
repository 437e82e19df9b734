import Profiles
import Testing

@Suite("A new profile")
struct NewProfileTests {
    private let new = "[profile bob]\nregion = r\nmfa_serial = m\ncredential_process = /usr/bin/warder process bob\n"

    private func added(to text: String?) throws -> String {
        let profile = try NewProfile(name: "bob", region: "r", mfaSerial: "m", program: program)
        #expect(profile.lines.map { $0 + "\n" }.joined() == new)
        let bytes = profile.added(to: try text.map { try config($0) })
        return bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("stands behind all others", arguments: [("a", "\n\n"), ("a\n", "\n"), ("a\n\n", "\n")])
    func behind(end: String, gap: String) throws {
        let text = "[profile alice]\nregion = " + end
        #expect(try added(to: text) == text + gap + new)
    }

    @Test("is all there is where there was nothing", arguments: [nil, ""])
    func alone(text: String?) throws { #expect(try added(to: text) == new) }

    @Test("its lines end as the others do")
    func windows() throws {
        let text = "[profile alice]\r\nregion = x\r\n"
        #expect(try added(to: text) == text + "\r\n" + new.split(separator: "\n").joined(separator: "\r\n") + "\r\n")
    }

    @Test("half of the last line's end is completed")
    func cutOff() throws {
        let text = "[profile alice]\r\n[profile carol]\r"
        let lines = new.split(separator: "\n").joined(separator: "\r\n") + "\r\n"
        #expect(try added(to: text) == text + "\n\r\n" + lines)
    }

    @Test("what is nil is left out, and default has a header of its own")
    func sparse() throws {
        let profile = try NewProfile(name: "default", region: nil, mfaSerial: nil, program: "/a b/warder")
        #expect(profile.lines == ["[default]", "credential_process = \"/a b/warder\" process default"])
    }

    @Test("one rule says where warder may be, as for adopted ones", arguments: ["/usr/bin/warder-0.1", "warder"])
    func unusable(path: String) throws {
        let profiles = try Editing("[profile bob]\n")
        #expect(throws: EditingError.unusableProgram(path)) { try profiles.adopt("bob", program: path) }
        #expect(throws: EditingError.unusableProgram(path)) {
            try NewProfile(name: "bob", region: nil, mfaSerial: nil, program: path)
        }
    }
}
