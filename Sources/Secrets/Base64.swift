extension SecretBytes {
    /// The Base64 form of `bytes` (RFC 4648 section 4), with padding, in one line.
    package init(base64 bytes: UnsafeRawBufferPointer) {
        self.init(base64URL: bytes)
        withUnsafeMutableBytes { text in
            for index in text.indices {
                switch text[index] {
                case UInt8(ascii: "-"): text[index] = UInt8(ascii: "+")
                case UInt8(ascii: "_"): text[index] = UInt8(ascii: "/")
                default: break
                }
            }
        }
        while count % 4 != 0 { append(UInt8(ascii: "=")) }
    }

    /// The bytes that Base64 text encodes, in either alphabet (RFC 4648 sections 4 and 5); nil if it is malformed.
    ///
    /// White space counts for nothing, and the padding may be missing: people copy such text from a page.
    package borrowing func decodedBase64(_ range: Range<Int>) -> SecretBytes? {
        var decoded = SecretBytes(capacity: range.count / 4 * 3 + 3)
        var (bits, digits, padding): (UInt32, Int, Int) = (0, 0, 0)
        for index in range {
            let byte = self[index]
            if byte == 32 || (9...13).contains(byte) { continue }
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = base64Value(byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            digits += 1
            guard digits % 4 != 1 else { continue }
            decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32((8 - digits % 4 * 2) & 7)))
        }
        let isPadded = padding == 0 || (digits + padding) % 4 == 0 && padding < 3
        guard digits % 4 != 1, isPadded else { return nil }
        return decoded
    }
}

private func base64Value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
}
