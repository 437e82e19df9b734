import Crypto
import Foundation
import Secrets
import Servers
import Synchronization
import Testing

/// RFC 6979 section A.2.5.
private enum Published {
    static let scalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
    static let x = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    static let y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
}

@Suite("Crypto: keys on P-256")
struct P256Tests {
    private func key() throws -> P256Key { try P256Key(scalar: secret(bytes(Published.scalar))) }

    @Test("have the public point of RFC 6979")
    func point() throws {
        let (x, y) = try key().publicPoint
        #expect(x == bytes(Published.x))
        #expect(y == bytes(Published.y))
    }

    /// The order of the curve, and what is next to it.
    @Test(
        "are numbers from 1 to below the order",
        arguments: [
            (String(repeating: "0", count: 63) + "1", true), (String(repeating: "0", count: 64), false),
            ("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550", true),
            ("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", false),
            ("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552", false),
            ("ffffffff00000001" + String(repeating: "0", count: 48), false),
            ("fffffffeffffffff" + String(repeating: "f", count: 48), true),
            (String(repeating: "f", count: 64), false), ("01", false), (String(repeating: "1", count: 66), false),
            ("", false),
        ])
    func range(scalar: String, isScalar: Bool) {
        do throws(CryptoError) {
            let key = try P256Key(scalar: secret(bytes(scalar)))
            let copy = bytes(key.scalarCopy())
            #expect(isScalar)
            #expect(copy == bytes(scalar))
        } catch {
            #expect(!isScalar)
            #expect(error == .malformedKey)
        }
    }

    @Test("of a multiple of the generator have its coordinates")
    func multiples() throws {
        let one = try P256Key(scalar: secret(repeated(0, 31) + [1])).publicPoint
        // SEC 2 section 2.4.2: the generator.
        #expect(one.x == bytes("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"))
        #expect(one.y == bytes("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"))
    }

    @Test("are made of random numbers, of which those out of range are skipped")
    func generation() throws {
        let calls = Mutex(0)
        let random = RandomSource { buffer in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            buffer.copyBytes(
                from: call == 1 ? repeated(0xFF, 32) : call == 2 ? repeated(0, 32) : bytes(Published.scalar))
            return true
        }
        let made = try bytes(P256Key.generate(random).scalarCopy())
        #expect(made == bytes(Published.scalar))
        #expect(calls.withLock { $0 } == 3)
        #expect(throws: CryptoError.refused("P-256 key")) { _ = try P256Key.generate(RandomSource { _ in true }) }
        #expect(throws: CryptoError.refused("random bytes")) { _ = try P256Key.generate(RandomSource { _ in false }) }
        let (first, second) = (try bytes(P256Key.generate().scalarCopy()), try bytes(P256Key.generate().scalarCopy()))
        #expect(first != second)
    }

    @Test(
        "sign so that openssl agrees",
        .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")),
        arguments: ["sample", "", String(repeating: "x", count: 100_000)])
    func signatures(message: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "p256-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ bytes: [UInt8], _ name: String) throws -> String {
            let file = folder.appending(path: name)
            try Data(bytes).write(to: file)
            return file.path
        }
        // RFC 5480 section 2.
        let head = "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
        let publicKey = try write(bytes(head + Published.x + Published.y), "key")
        let signature = try key().signature(of: secret(Array(message.utf8)))
        #expect(signature.count == 64)
        func verify(_ signature: [UInt8], _ message: String) throws {
            try Server.run([
                "openssl", "dgst", "-sha256", "-keyform", "DER", "-verify", publicKey, "-signature",
                write(der(signature), "signature"), write(Array(message.utf8), "message"),
            ])
        }
        try verify(signature, message)
        #expect(throws: Server.Failure.self) { try verify(signature, message + "x") }
        let again = try key().signature(of: secret(Array(message.utf8)))
        #expect(again != signature)
    }

    /// A signature as RFC 3279 section 2.2.3 has it.
    private func der(_ raw: [UInt8]) -> [UInt8] {
        func integer(_ number: ArraySlice<UInt8>) -> [UInt8] {
            var digits = Array(number.drop { $0 == 0 })
            if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
            return [2, UInt8(digits.count)] + digits
        }
        let both = integer(raw[..<32]) + integer(raw[32...])
        return [0x30, UInt8(both.count)] + both
    }

    @Test("have signatures of 64 bytes, padded on the left")
    func padding() throws {
        #expect(try rawSignature(bytes("3006020101020102")) == repeated(0, 31) + [1] + repeated(0, 31) + [2])
        let long = "022100" + String(repeating: "ff", count: 32)
        #expect(try rawSignature(bytes("3026020105" + long)) == repeated(0, 31) + [5] + repeated(0xFF, 32))
        for malformed in [
            "", "30", "3003020101", "30060201010201", "302602010502217f" + String(repeating: "ff", count: 32),
        ] {
            #expect(throws: CryptoError.self) { _ = try rawSignature(bytes(malformed)) }
        }
    }
}
