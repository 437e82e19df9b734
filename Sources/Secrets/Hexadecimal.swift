extension SecretBytes {
    /// The secret as lowercase hexadecimal digits, for places that require text.
    package var inHexadecimal: SecretBytes {
        var text = SecretBytes(capacity: 2 * count)
        for index in 0..<count {
            text.append(digit(self[index] >> 4))
            text.append(digit(self[index] & 15))
        }
        return text
    }

    /// The secret that the lowercase hexadecimal digits encode; nil unless they encode `count` bytes.
    package static func of(hexadecimal text: borrowing SecretBytes, count: Int) -> SecretBytes? {
        guard text.count == 2 * count else { return nil }
        var secret = SecretBytes(capacity: count)
        for index in 0..<count {
            guard let high = value(text[2 * index]), let low = value(text[2 * index + 1]) else { return nil }
            secret.append(high << 4 | low)
        }
        return secret
    }
}

private func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value }

private func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
}
