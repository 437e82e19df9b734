import Crypto
import Foundation
import Secrets
import Testing

@Suite("Crypto: HKDF")
struct HKDFTests {
    /// RFC 5869 appendix A, the cases with SHA-256.
    private static let rfc5869: [(input: [UInt8], salt: [UInt8], info: [UInt8], output: String)] = [
        (
            repeated(0x0B, 22), Array(0...0x0C), Array(0xF0...0xF9),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        ),
        (
            Array(0...0x4F), Array(0x60...0xAF), Array(0xB0...0xFF),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                + "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
        (
            repeated(0x0B, 22), [], [],
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ),
    ]

    @Test("gives the test cases of RFC 5869", arguments: rfc5869.indices)
    func vectors(index: Int) throws {
        let (input, salt, info, output) = Self.rfc5869[index]
        let expected = bytes(output)
        // Shorter outputs are prefixes of longer ones: section 2.3.
        for count in [1, 31, 32, 33, expected.count] where count <= expected.count {
            let derived = try bytes(hkdfSHA256(secret(input), salt: salt, info: info, count: count))
            #expect(derived == Array(expected.prefix(count)))
        }
    }

    @Test("gives as much as RFC 5869 allows")
    func longest() throws {
        let derived = try bytes(hkdfSHA256(secret([1]), salt: [], info: [], count: 255 * 32))
        #expect(derived.count == 8160)
        #expect(Set(stride(from: 0, to: 8160, by: 32).map { Array(derived[$0..<$0 + 32]) }).count == 255)
    }
}

@Suite("Crypto: scrypt")
struct ScryptTests {
    /// What Python's hashlib gives with r = 8 and p = 1.
    private static let hashlib: [(passphrase: [UInt8], salt: [UInt8], logN: UInt8, output: String)] = [
        ([], [], 15, "2c804bf5d0ccb28051f20fb0b99bf7e9a45a67496650536018dd8839d9370748"),
        (
            Array("pleaseletmein".utf8), Array("SodiumChloride".utf8), 15,
            "f72cbc204bdcfc3ff5b115d8508aec1566ff0ef3f658388601a3933078ef7ac8"
        ),
        (Array(0...255), repeated(0, 32), 16, "828d72c6340b7657162b71285c35afca2f49ec054d394130a3a7302de068bc24"),
    ]

    @Test("gives what another implementation gives", arguments: hashlib.indices)
    func other(index: Int) throws {
        let (passphrase, salt, logN, output) = Self.hashlib[index]
        let cost = try #require(ScryptCost(logN: logN))
        let derived = try bytes(scrypt(secret(passphrase), salt: salt, cost: cost))
        #expect(derived == bytes(output))
    }

    /// Memory that is free for one run at the highest cost, which takes 1 GiB.
    private static let hasRoom: Bool = {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return false }
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) > 2 << 20
    }()

    @Test(
        "gives the one test vector of RFC 7914 whose cost warder accepts",
        .enabled(if: hasRoom, "less than 2 GiB of memory are free"))
    func rfc7914() throws {
        let cost = try #require(ScryptCost(logN: 20))
        let passphrase = secret(Array("pleaseletmein".utf8))
        let derived = try bytes(scrypt(passphrase, salt: Array("SodiumChloride".utf8), cost: cost))
        // The vector has 64 bytes; the first block of PBKDF2 does not depend on how many are wanted.
        #expect(derived == bytes("2101cb9b6a511aaeaddbbe09cf70f881ec568d574a2ffd4dabe5ee9820adaa47"))
    }

    @Test("costs are 15 to 20", arguments: 0...255 as ClosedRange<UInt8>)
    func costs(logN: UInt8) { #expect(ScryptCost(logN: logN)?.logN == ((15...20).contains(logN) ? logN : nil)) }

    @Test("the standard cost is 17")
    func standard() { #expect(ScryptCost.standard == ScryptCost(logN: 17)) }
}
