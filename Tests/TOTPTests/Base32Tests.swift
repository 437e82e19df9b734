import TOTP
import Secrets
import Testing

private func decoded(_ base32: String) throws -> String { try TOTPTests.text(Base32.decoded(secret(base32))) }

private func refusalOfBase32(_ base32: String) -> TOTPError? {
    do throws(TOTPError) { _ = try Base32.decoded(secret(base32)) } catch { return error }
    return nil
}

@Suite("Base32")
struct Base32Tests {
    /// RFC 4648 section 10.
    private static let vectors = [
        ("", ""), ("f", "MY======"), ("fo", "MZXQ===="), ("foo", "MZXW6==="), ("foob", "MZXW6YQ="),
        ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI======"),
    ]

    @Test("the RFC's vectors, both ways, with padding and without", arguments: vectors)
    func bothWays(plain: String, base32: String) throws {
        let bare = String(base32.prefix { $0 != "=" })
        #expect(try decoded(base32) == plain)
        #expect(try decoded(bare) == plain)
        #expect(text(Base32.encoded(secret(plain))) == bare)
    }

    @Test("as people type it")
    func sloppy() throws {
        #expect(try decoded("mzxw 6ytb oi") == "foobar")
        #expect(try decoded("MzXw-6YtB-oI==") == "foobar")
        #expect(try decoded("\tMZXW6YTB OI = = ") == "foobar")
    }

    @Test("every byte comes back, whatever its neighbours")
    func roundTrip() throws {
        for size in 1...40 {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ size &* 7) }
            let back = try Base32.decoded(Base32.encoded(secret(bytes)))
            #expect(back.withUnsafeBytes { Array($0) } == bytes)
        }
    }

    @Test(
        "what base32 does not have",
        arguments: ["MZXW1", "MZXW0", "MZXW8", "MZXW9", "MZX=W6", "MZ\nXW", "MZXW6\0", "MZXW6Ä", "MZXW_6", "١٢"])
    func foreign(_ base32: String) {
        #expect(refusalOfBase32(base32) == .notBase32)
    }

    @Test("a text that was cut off: no bytes have so many digits, or bits are left over")
    func cutOff() {
        for count in [1, 3, 6] { #expect(refusalOfBase32(String("MZXW6YTBOI".prefix(count))) == .cutOff) }
        for count in [9, 11, 14] { #expect(refusalOfBase32(String(repeating: "A", count: count)) == .cutOff) }
        #expect(refusalOfBase32("MZ") == .cutOff)
        #expect(refusalOfBase32("MZXX") == .cutOff)
        #expect(refusalOfBase32("MZXW7") == .cutOff)
        #expect(refusalOfBase32("MZXW6YR") == .cutOff)
    }
}
