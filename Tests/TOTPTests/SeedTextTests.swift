import TOTP
import Secrets
import Testing

/// As long as AWS's.
private let base32 = "QTDLGJNWLYAWZA2FXRPY4GWMHYMB5QBZUQ2LHF3BJBA3K6VU3Z5FTYQ6PCNX5Y2Q"

private func form(_ secret: String, _ hash: String = "SHA1", _ period: Int = 30) -> String {
    "otpauth://totp/AWS?secret=\(secret)&algorithm=\(hash)&digits=6&period=\(period)"
}

@Suite("What a user pastes")
struct SeedTextTests {
    @Test(
        "the secret alone",
        arguments: [
            base32, base32.lowercased(), "  \(base32)\r\n", base32 + "======",
            stride(from: 0, to: 64, by: 4).map { String(base32.dropFirst($0).prefix(4)) }.joined(separator: " "),
        ])
    func bare(_ pasted: String) throws {
        #expect(try canonical(pasted) == form(base32))
    }

    @Test(
        "an address",
        arguments: [
            "otpauth://totp/Amazon%20Web%20Services:alice@123456789012?secret=\(base32)&issuer=Amazon%20Web%20Services",
            "otpauth://totp/?secret=\(base32)", "otpauth://totp?secret=\(base32)", "OTPAUTH://TOTP/x?SECRET=\(base32)",
            "otpauth://totp/x?issuer=a%zzb&secret=\(base32)&image=%", "otpauth://totp/büro:ä%?secret=\(base32)",
            "otpauth://totp/x?secret=\(base32)&digits=6&period=30&algorithm=SHA1#fragment?secret=x",
            "otpauth://totp/x?&&secret=\(base32)&", "otpauth://totp/x?secret=%51\(base32.dropFirst())%3D%3d",
            "otpauth://totp/a?secret=\(base32.prefix(32))+\(base32.suffix(32))\n",
            "otpauth://totp/x?secret=\(base32)&secretary=x&a=b=c&=&digit=7&digits=06&counter=5",
        ])
    func address(_ pasted: String) throws {
        #expect(try canonical(pasted) == form(base32))
    }

    @Test("its parameters")
    func parameters() throws {
        #expect(
            try canonical("otpauth://totp/x?algorithm=sha256&period=60&secret=\(base32)") == form(base32, "SHA256", 60))
        #expect(try canonical("otpauth://totp/x?secret=\(base32)&algorithm=SHA512") == form(base32, "SHA512"))
        #expect(try canonical(form(base32, "SHA512", 15)) == form(base32, "SHA512", 15))
    }

    @Test("the stored form makes the same codes")
    func stored() throws {
        let seed = try Seed(reading: secret("otpauth://totp/x?algorithm=SHA256&period=60&secret=\(base32)"))
        let again = try Seed(reading: seed.text())
        for time in stride(from: 0, to: 3_000_000_000 as Int64, by: 271_828_183) {
            #expect(try text(seed.code(at: time)) == text(again.code(at: time)))
        }
    }

    @Test(
        "what is none",
        arguments: [
            ("", TOTPError.empty), (" \n\t", .empty),
            ("not-base32!", .notBase32), ("QTDLGJNWLYAWZA2FXR 0", .notBase32), (String(base32.dropLast()), .cutOff),
            ("MZXW6YTB", .secretTooShort), ("123456", .notBase32), ("QTDL\0GJNWLYAWZA2FXRPY", .notBase32),
            ("https://example.com/?secret=\(base32)", .malformedAddress), ("otpauth:", .malformedAddress),
            ("otpauth://", .malformedAddress), ("otpauth://steam/x?secret=\(base32)", .malformedAddress),
            ("otpauth://totpx?secret=\(base32)", .malformedAddress),
            ("otpauth-migration://offline?data=Cj0", .malformedAddress),
            ("otpauth://hotp/x?secret=\(base32)&counter=0", .counterBased),
            ("otpauth://totp/x", .noSecret), ("otpauth://totp/x?issuer=AWS", .noSecret),
            ("otpauth://totp/x?secret=", .noSecret), ("otpauth://totp/x?secret", .noSecret),
            ("otpauth://totp/x#?secret=\(base32)", .noSecret),
            ("otpauth://totp/x?secret=\(base32)&secret=\(base32)", .repeated(parameter: "secret")),
            ("otpauth://totp/x?secret=\(base32)&Digits=6&digits=6", .repeated(parameter: "digits")),
            ("otpauth://totp/x?secret=\(base32)&algorithm=MD5", .unknownHash),
            ("otpauth://totp/x?secret=\(base32)&algorithm=", .unknownHash),
            ("otpauth://totp/x?secret=\(base32)&digits=8", .notSixDigits),
            ("otpauth://totp/x?secret=\(base32)&digits=six", .notSixDigits),
            ("otpauth://totp/x?secret=\(base32)&period=0", .unacceptablePeriod),
            ("otpauth://totp/x?secret=\(base32)&period=-30", .unacceptablePeriod),
            ("otpauth://totp/x?secret=\(base32)&period=99999999999999999999", .unacceptablePeriod),
            ("otpauth://totp/x?secret=\(base32)%", .malformedAddress),
            ("otpauth://totp/x?secret=%4", .malformedAddress),
            ("otpauth://totp/x?secret=%4g\(base32)", .malformedAddress), ("otpauth://totp/x?secret=%00", .notBase32),
            ("otpauth://totp/x\n?secret=\(base32)", .malformedAddress),
            ("otpauth://totp/x\0?secret=\(base32)", .malformedAddress),
        ])
    func refused(_ pasted: String, _ error: TOTPError) {
        #expect(refusal(pasted) == error)
    }

    @Test("sizes")
    func sizes() {
        let most = String(repeating: "A", count: 408)
        #expect(refusal(most) == nil)
        #expect(refusal(most + "AAAAAAAA") == .secretTooLong)
        let address = "otpauth://totp/x?secret=\(base32)&issuer="
        #expect(refusal(address + String(repeating: "x", count: Seed.longestText - address.utf8.count)) == nil)
        #expect(refusal(address + String(repeating: "x", count: Seed.longestText)) == .textTooLong)
        #expect(refusal(String(repeating: "A", count: 1 << 20)) == .textTooLong)
        #expect(refusal("otpauth://totp/?secret=\(base32)" + String(repeating: "&a=b", count: 400)) == nil)
        #expect(refusal("otpauth://totp/?secret=\(base32)" + String(repeating: "&", count: 1900)) == nil)
    }

    @Test("cut anywhere and changed anywhere it is a seed or an error")
    func hostile() throws {
        let whole = Array("otpauth://totp/x?secret=\(base32)&algorithm=SHA256&digits=6&period=60%31".utf8)
        for count in whole.indices { _ = refusal(Array(whole[..<count])) }
        for index in whole.indices {
            for byte in [0, 0x25, 0x26, 0x3d, 0x7f, 0x80, 0xff] as [UInt8] {
                var changed = whole
                changed[index] = byte
                guard refusal(changed) == nil else { continue }
                let seed = try Seed(reading: secret(changed))
                #expect(try seed.code(at: 0).count == 6)
                #expect(refusal(text(seed.text())) == nil)
            }
        }
    }
}
