import Crypto
import TOTP
import Secrets
import Testing

private let twenty = "12345678901234567890"

/// The RFC's secrets: the digits over and over, as many as the hash has bytes.
private func rfcSecret(_ hash: OneTimeHash) -> SecretBytes {
    secret(String(String(repeating: twenty, count: 4).prefix(hash.size)))
}

@Suite("One-time codes")
struct CodeTests {
    @Test("RFC 4226, appendix D")
    func counters() throws {
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ]
        let seed = try Seed(secret: secret(twenty))
        for (counter, code) in expected.enumerated() {
            #expect(try text(seed.code(counter: UInt64(counter))) == code)
        }
    }

    /// RFC 6238, appendix B.
    private static let times: [(time: Int64, sha1: String, sha256: String, sha512: String)] = [
        (59, "94287082", "46119246", "90693936"),
        (1_111_111_109, "07081804", "68084774", "25091201"),
        (1_111_111_111, "14050471", "67062674", "99943326"),
        (1_234_567_890, "89005924", "91819424", "93441116"),
        (2_000_000_000, "69279037", "90698825", "38618901"),
        (20_000_000_000, "65353130", "77737706", "47863826"),
    ]

    @Test("RFC 6238, appendix B", arguments: times)
    func appendixB(time: Int64, sha1: String, sha256: String, sha512: String) throws {
        for (hash, code) in [(OneTimeHash.sha1, sha1), (.sha256, sha256), (.sha512, sha512)] {
            for digits in 6...8 {
                let seed = try Seed(secret: rfcSecret(hash), hash: hash, digits: digits)
                #expect(try text(seed.code(at: time)) == code.suffix(digits), "\(hash), \(digits) digits")
            }
        }
    }

    @Test("a window begins and ends at a multiple of the period, and has one code")
    func windows() throws {
        for period in [1, 30, 60, 3600] as [Int64] {
            let seed = try Seed(secret: secret(twenty), period: period)
            for time in [0, 1, 59, 1_111_111_109, 1_111_111_110, 20_000_000_000] as [Int64] {
                let window = seed.window(at: time)
                #expect(window.contains(time) && window.lowerBound % period == 0)
                #expect(Int64(window.count) == period)
                #expect(seed.nextWindow(after: time) == window.upperBound)
                let code = try text(seed.code(at: time))
                #expect(try text(seed.code(at: window.lowerBound)) == code)
                #expect(try text(seed.code(at: window.upperBound - 1)) == code)
                #expect(try text(seed.code(counter: UInt64(window.lowerBound / period))) == code)
            }
        }
    }

    @Test("moments that no clock should show")
    func extremes() throws {
        let seed = try Seed(secret: secret(twenty))
        #expect(try text(seed.code(at: -1)) == "755224")
        #expect(try text(seed.code(at: .min)) == "755224")
        #expect(seed.window(at: .min) == 0..<30)
        #expect(try seed.code(at: .max).count == 6)
        #expect(seed.nextWindow(after: .max) == .max)
    }

    @Test("parts that no seed has")
    func bounds() {
        func refusal(_ size: Int, digits: Int = 6, period: Int64 = 30) -> TOTPError? {
            do throws(TOTPError) {
                _ = try Seed(secret: SecretBytes(zeros: size), digits: digits, period: period)
            } catch { return error }
            return nil
        }
        #expect(refusal(10) == nil && refusal(256) == nil)
        #expect(refusal(0) == .secretTooShort && refusal(9) == .secretTooShort)
        #expect(refusal(257) == .secretTooLong)
        #expect(refusal(20, digits: 5) == .notSixDigits && refusal(20, digits: 9) == .notSixDigits)
        #expect(refusal(20, period: 0) == .unacceptablePeriod && refusal(20, period: 3601) == .unacceptablePeriod)
    }
}
