import Failures
import Linux
import RoomSupport
import Secrets
import Testing
import Vault

@testable import Stores

@Suite("Stores: which store the marker names")
struct StoreMarkerTests {
    private static let identifier = "0123456789abcdef0123456789abcdef"

    @Test("without a file there is none, and what is written is read")
    func written() throws {
        let home = try TestHome()
        let marker = StoreMarker(try home.context())
        #expect(try marker.identifier() == nil)
        let lock = try marker.lockForChange()
        try marker.write(Self.identifier)
        _ = consume lock
        #expect(try marker.identifier() == Self.identifier)
        #expect(try home.read(".local/share/warder/store") == "libsecret \(Self.identifier)\n")
        #expect(try home.mode(of: ".local/share/warder/store") == 0o600)
        try marker.remove()
        #expect(try marker.identifier() == nil)
        try marker.remove()
    }

    @Test(
        "what says nothing opens nothing",
        arguments: [
            "", "libsecret", "libsecret 0123", "libsecret \(identifier) more", "Libsecret \(identifier)\n",
            "libsecret 0123456789ABCDEF0123456789ABCDEF", "libsecret \(identifier)0",
            String(repeating: "x", count: 300),
        ])
    func garbled(_ text: String) throws {
        let home = try TestHome()
        try home.write(text, to: ".local/share/warder/store")
        let context = try home.context()
        let failure = #expect(throws: Failure.self) { try StoreMarker(context).identifier() }
        #expect(failure?.message.contains("\(home.path)/.local/share/warder/store") == true)
        if text.utf8.count <= 256 {
            #expect(failure?.code == .damaged)
            #expect(failure?.hint == "move it away; if the keys are in the Secret Service, warder add finds them")
        }
        let keys = Keys(context)
        #expect(throws: Failure.self) { try keys.store() }
    }

    @Test(
        "one that only a newer version knows is said to be so",
        arguments: ["tpm2 \(identifier)\n", "libsecret \(identifier) more\n", "warder-store 2\nanything\n"])
    func newer(_ text: String) throws {
        let home = try TestHome()
        try home.write(text, to: ".local/share/warder/store")
        let context = try home.context()
        let failure = #expect(throws: Failure.self) { try StoreMarker(context).identifier() }
        #expect(failure?.code == .damaged && failure?.message.contains("newer warder") == true)
    }

    @Test("one that others can read is not gone by")
    func exposed() throws {
        let home = try TestHome()
        try home.write("libsecret \(Self.identifier)\n", to: ".local/share/warder/store")
        try home.setMode(0o644, of: ".local/share/warder/store")
        let context = try home.context()
        let failure = #expect(throws: Failure.self) { try StoreMarker(context).identifier() }
        #expect(failure?.code == .damaged && failure?.message.contains("can be used by others") == true)
    }

    @Test("an identifier is 32 hexadecimal digits in lower case")
    func identifiers() {
        #expect(StoreMarker.isIdentifier(Self.identifier))
        for text in ["", "0", Self.identifier + "0", Self.identifier.uppercased(), "g" + Self.identifier.dropFirst()] {
            #expect(!StoreMarker.isIdentifier(text))
        }
    }
}
