extension SecretBytes {
    /// The Base64 form of `bytes` with the URL alphabet, without padding (RFC 4648, section 5).
    public init(base64URL bytes: UnsafeRawBufferPointer) {
        self.init(capacity: (bytes.count * 4 + 2) / 3)
        var (bits, count): (UInt32, Int) = (0, 0)
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                append(Self.base64URLDigit(UInt8(bits >> UInt32(count) & 63)))
            }
        }
        if count > 0 { append(Self.base64URLDigit(UInt8(bits << UInt32(6 - count) & 63))) }
    }

    private static func base64URLDigit(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }
}
