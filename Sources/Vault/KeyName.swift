/// The name under which a key is stored: 1 to 128 of the characters that profile names and IAM user names are made of,
/// `A-Z a-z 0-9 . _ @ + = , : / % -`.
///
/// Nothing in it needs quoting in a message, a table, or an ini file. It is no file name: it may hold `/` and `..`.
public struct KeyName: Hashable, Sendable, CustomStringConvertible {
    /// The name as text.
    public let text: String

    /// Takes a name; nil where it is none.
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
