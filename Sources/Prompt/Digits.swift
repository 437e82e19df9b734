import Secrets

/// The six digits of a one-time code, which apps may show as `123 456`; nil if the text is anything else.
public func sixDigits(of text: borrowing SecretBytes) -> SecretBytes? {
    var digits = SecretBytes(capacity: 6)
    for index in 0..<text.count {
        switch text[index] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(text[index])
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): continue
        default: return nil
        }
    }
    guard digits.count == 6 else { return nil }
    return digits
}
