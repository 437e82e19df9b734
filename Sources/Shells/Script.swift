import Secrets

/// Why values cannot be written as shell text.
public enum ShellError: Error, Equatable, Sendable {
    /// The variable's value holds a control character, which no quoting carries through every shell.
    case controlCharacter(variable: String)
    /// The variable's value is not UTF-8, and readers of this syntax would change it.
    case notUnicode(variable: String)
    /// The variable's value holds what readers of this syntax refuse, or do not agree on.
    case unreadable(variable: String, format: String)
}

/// Collects statements in one syntax.
///
/// Every statement of a shell stands on its own line and ends in `;`, so that `eval $(…)`, which joins the lines by
/// spaces, runs the same statements as `eval "$(…)"`.
public struct Script: ~Copyable {
    private let name: String
    private let syntax: any Syntax.Type
    private var text = SecretBytes(capacity: 4096)
    private var isFirst = true

    /// An empty script for a shell.
    public init(_ shell: Shell) { self.init(shell.name, shell.syntax) }

    /// An empty script in a format.
    public init(_ format: Format) { self.init(format.name, format.syntax) }

    private init(_ name: String, _ syntax: any Syntax.Type) {
        (self.name, self.syntax) = (name, syntax)
        text.append(syntax.opening)
    }

    /// Adds a statement that exports `name`, an ASCII identifier, with a secret value.
    public mutating func export(_ name: String, _ value: borrowing SecretBytes) throws(ShellError) {
        guard !value.holdsControlCharacter else { throw .controlCharacter(variable: name) }
        guard !syntax.isUnicode || value.isUTF8 else { throw .notUnicode(variable: name) }
        guard syntax.carries(value) else { throw .unreadable(variable: name, format: self.name) }
        syntax.set(name, value, isFirst: isFirst, &text)
        isFirst = false
    }

    /// Adds a statement that exports `name` with a value that is no secret.
    public mutating func export(_ name: String, _ value: String) throws(ShellError) {
        var bytes = SecretBytes(capacity: value.utf8.count)
        bytes.append(value)
        try export(name, bytes)
    }

    /// Adds a statement that takes `name` away; nothing in a syntax that has none.
    public mutating func unset(_ name: String) {
        if syntax.unset(name, isFirst: isFirst, &text) { isFirst = false }
    }

    /// The whole text.
    public consuming func finish() -> SecretBytes {
        text.append(syntax.closing(isEmpty: isFirst))
        return text
    }
}

extension SecretBytes {
    /// A byte that a terminal or a line-wise reader acts on.
    fileprivate var holdsControlCharacter: Bool {
        for index in 0..<count where self[index] < 0x20 || self[index] == 0x7f { return true }
        return false
    }

    /// Well-formed UTF-8 (RFC 3629).
    fileprivate var isUTF8: Bool {
        withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: UInt8.self) { bytes in
                do throws(UTF8.ValidationError) {
                    _ = try UTF8Span(validating: bytes.span)
                    return true
                } catch { return false }
            }
        }
    }

    /// Only letters, digits and `_@%+=:,./-`, which need no quotes in a file of `NAME=value` lines.
    var isPlain: Bool {
        for index in 0..<count where !Shells.isPlain(self[index]) { return false }
        return true
    }

    /// One of `bytes` occurs.
    func holds(_ bytes: StaticString) -> Bool {
        for index in 0..<count {
            for position in 0..<bytes.utf8CodeUnitCount where self[index] == bytes.utf8Start[position] { return true }
        }
        return false
    }
}

/// Letters, digits and `_@%+=:,./-`.
func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "%"),
        UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "."),
        UInt8(ascii: "/"), UInt8(ascii: "-"):
        true
    default: false
    }
}
