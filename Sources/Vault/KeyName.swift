/// The name under which a key is stored: 1 to 128 of the characters that profile names and IAM user names consist of,
/// `A-Z a-z 0-9 . _ @ + = , : / % -`.
///
/// None of them needs quoting in a message, a table, or an ini file. Do not use it as a file name: it may contain `/`
/// and `..`.
public struct KeyName: Hashable, Sendable, CustomStringConvertible {
    /// The name as text.
    public let text: String

    /// Nil if the text is not a valid name.
    public init?(_ text: String) {
        guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.text = text
    }

    /// The name as text.
    public var description: String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"),
            UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "/"),
            UInt8(ascii: "%"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
