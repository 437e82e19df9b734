import Crypto
import Secrets
import Testing

@Suite("Crypto: keys on P-256 in PEM")
struct P256PEMTests {
    /// The key of RFC 6979 section A.2.5, as openssl writes it.
    private static let sec1: String = pem(
        "EC PRIVATE KEY",
        """
        MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
        AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8
        maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
        """)
    private static let pkcs8: String = pem(
        "PRIVATE KEY",
        """
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFX
        Z7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth
        +mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ
        """)
    private static let scalar: [UInt8] = bytes("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")

    private static func pem(_ label: String, _ body: String) -> String {
        "-----BEGIN \(label)-----\n\(body)\n-----END \(label)-----\n"
    }

    private func scalar(_ pem: String) throws(CryptoError) -> [UInt8] { try scalar(Array(pem.utf8)) }

    private func scalar(_ pem: [UInt8]) throws(CryptoError) -> [UInt8] {
        bytes(try P256Key(pem: secret(pem)).scalarCopy())
    }

    static let good: [String] = [
        sec1, pkcs8, String(sec1.dropLast()), sec1.replacing("\n", with: "\r\n"), sec1.replacing("\n", with: "\r"),
        // What openssl ecparam writes before a key.
        pem("EC PARAMETERS", "BggqhkjOPQMBBw==") + sec1, "a comment\n" + pkcs8 + "another",
        // Without the public key, and with a compressed one.
        pem("EC PRIVATE KEY", "MDECAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\nAwEH"),
        pem(
            "EC PRIVATE KEY",
            "MFcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\n"
                + "AwEHoSQDIgADYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y="),
    ]

    @Test("are read in SEC1's form and in PKCS #8's", arguments: good.indices)
    func areRead(index: Int) throws { #expect(try scalar(Self.good[index]) == Self.scalar) }

    @Test("are written as openssl and the AWS CLI write them")
    func written() throws {
        let text = try bytes(P256Key(pem: secret(Array(Self.pkcs8.utf8))).pem())
        #expect(String(decoding: text, as: UTF8.self) == Self.sec1)
    }

    static let bad: [(String, String)] = [
        ("nothing", ""), ("no PEM", "key"), ("a public key", sec1.replacing("EC PRIVATE", with: "PUBLIC")),
        (
            "P-384",
            pem(
                "EC PRIVATE KEY",
                """
                MIGkAgEBBDAHQDh8rC07/Muxt0mergvYewBl0pAe6u1H3cH6StpZywPwuD9Wiivl
                EVVJNKi7urmgBwYFK4EEACKhZANiAAQfwQmVfHT/iUSok9cz4u4N077UDgCWBOWS
                +DPYZcE2kI3j4jFMScsE6so9caHAU8ttrwlwJot3NLC3+NgySgNSY2RkPYvkg29a
                pOs8iJRnZ73ntWeJ8Ol2GQctm4MR7eU=
                """)
        ),
        (
            "P-384 in PKCS #8",
            pem(
                "PRIVATE KEY",
                """
                MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAHQDh8rC07/Muxt0me
                rgvYewBl0pAe6u1H3cH6StpZywPwuD9WiivlEVVJNKi7urmhZANiAAQfwQmVfHT/
                iUSok9cz4u4N077UDgCWBOWS+DPYZcE2kI3j4jFMScsE6so9caHAU8ttrwlwJot3
                NLC3+NgySgNSY2RkPYvkg29apOs8iJRnZ73ntWeJ8Ol2GQctm4MR7eU=
                """)
        ),
        (
            "secp256k1, whose scalars have 32 bytes too",
            pem(
                "EC PRIVATE KEY",
                """
                MHQCAQEEIOA/ERUVLZNK1QcMIXExd24XbAmJSgKq+MJ+ZTp0GMSkoAcGBSuBBAAK
                oUQDQgAEfmC6oabzDD6fY5VhITBof7q7+VCT75RpjFspKWETCBrcNZshk0XcaaME
                ZG7l90MhtaYvzaOxDoIrQ/SMpdqPRg==
                """)
        ),
        ("Ed25519", pem("PRIVATE KEY", "MC4CAQAwBQYDK2VwBCIEIJ9pNid995F1luwKVMA8g+36N9KRy2FOWWjJN1qCC3vj")),
        ("a curve that is not named", pem("EC PRIVATE KEY", "MCUCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2ch")),
        (
            "encrypted, PKCS #8",
            pem(
                "ENCRYPTED PRIVATE KEY",
                """
                MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi3xqGXJfdRCQICCAAw
                DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELxdyutAIxRD+uUuXYCi7CgEgZAC
                IsvK4dhJu6P0qRAg9nTTXGPKDr0/4Lypsv479HhNRYSGkdBlCpFk7up+CnRwIq4a
                A1QxDVU9fx9xg1m4T0acQYpT/+e6ynpy/NKYcl9Bqc83Jjtb0JeAtV8xhsDLB1jZ
                XF4kVZjudfBde16Sk4X1uWolIOKSFNCKsbzCXIL85g2uTdBvoECD3Q0nLksCflk=
                """)
        ),
        (
            "encrypted, as openssl did of old",
            pem(
                "EC PRIVATE KEY",
                """
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,A170C3B7ADCB12C5B529F06B1D5AFA68

                U7SSZfkOnQsrQSPT/u7rVaPVr42hS/5C9TJfcZiwJswjFNYdd193AQG1StGLfQg2
                F7t+7DOmdt54I03M/E2AVVMlxUKnnJQIAil9mdDeo7hY3gQvtKAJvStFPkNjTezW
                Gw11Kqlxnp8W4tpDR2HEJLintn4M8zxfGcIU5Bua7dM=
                """)
        ),
        ("labels that differ", sec1.replacing("END EC", with: "END")), ("no END", String(sec1.dropLast(31))),
        ("no line of its own", "x" + sec1), ("NUL bytes", sec1.replacing("MHcC", with: "MH\u{0}cC")),
        ("NUL bytes for line ends", sec1.replacing("\n", with: "\u{0}")),
        ("a megabyte", pem("EC PRIVATE KEY", String(repeating: "A", count: 1_000_000))),
        ("a megabyte of lines", String(repeating: "\n", count: 1_000_000) + sec1),
        (
            "one byte more than the sequence",
            pem("EC PRIVATE KEY", "MDECAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\nAwEHAA==")
        ),
        (
            "one byte less",
            pem("EC PRIVATE KEY", "MDECAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\nAwE=")
        ),
        (
            "a scalar of zero",
            pem("EC PRIVATE KEY", "MDECAQEEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAoAoGCCqGSM49\nAwEH")
        ),
        ("a length of four gigabytes", pem("EC PRIVATE KEY", "MIT/////AgEB")),
        ("a length without its bytes", pem("EC PRIVATE KEY", "MII=")),
    ]

    @Test("are told from what is none", arguments: bad.indices)
    func areRefused(index: Int) {
        let (name, text) = Self.bad[index]
        #expect(throws: CryptoError.malformedKey, "\(name)") { _ = try scalar(text) }
    }

    @Test("are not read from the beginning of one", arguments: [sec1, pkcs8])
    func truncated(text: String) {
        let whole = Array(text.utf8)
        for size in 0..<whole.count - 1 {
            #expect(throws: CryptoError.malformedKey) { _ = try scalar(Array(whole[..<size])) }
        }
    }

    @Test("that are shorter than 32 bytes are padded, as old versions of openssl left out zeros")
    func short() throws {
        // SEQUENCE { 1, OCTET STRING of one byte, [0] P-256 }
        #expect(try scalar(Self.pem("EC PRIVATE KEY", "MBICAQEEAQWgCgYIKoZIzj0DAQc=")) == repeated(0, 31) + [5])
    }

    @Test("that are damaged crash nothing", arguments: [sec1, pkcs8])
    func mutations(text: String) {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func random(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-\n\0".utf8)
        var read = 0
        for _ in 0..<5_000 {
            var bytes = Array(text.utf8)
            for _ in 0...random(3) { bytes[random(bytes.count)] = alphabet[random(alphabet.count)] }
            do throws(CryptoError) {
                _ = try scalar(bytes)
                read += 1
            } catch { #expect(error == .malformedKey) }
        }
        // Some changes are to the scalar alone, or to the public key.
        #expect((1..<5_000).contains(read))
    }
}
