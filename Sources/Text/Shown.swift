/// Text for people, on a stream that may be a terminal: literals stay unchanged, including their line ends, and
/// interpolated text is made safe for one line.
///
/// Functions that print for people take this type instead of `String`, so that text from outside cannot reach the
/// terminal unchanged.
package struct Shown: ExpressibleByStringInterpolation, Equatable, Sendable {
    /// The text to print.
    package private(set) var text: String

    /// A literal.
    package init(stringLiteral text: String) { self.text = text }

    /// A literal with text interpolated.
    package init(stringInterpolation parts: StringInterpolation) { text = parts.text }

    /// One line of text from outside.
    package init(_ text: String) { self.text = printable(text) }

    /// The same without a trailing line end.
    package var withoutLineEnd: Shown {
        var shown = self
        if shown.text.utf8.last == UInt8(ascii: "\n") { shown.text.unicodeScalars.removeLast() }
        return shown
    }

    /// Concatenates both.
    package static func + (left: Shown, right: Shown) -> Shown {
        var whole = left
        whole += right
        return whole
    }

    /// Appends to the text.
    package static func += (left: inout Shown, right: Shown) { left.text += right.text }

    /// Collects literals and interpolated text.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        /// Reserves `literalCapacity` bytes.
        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        /// Appends a literal unchanged.
        package mutating func appendLiteral(_ literal: String) { text += literal }

        /// Appends text that may come from outside, made printable.
        package mutating func appendInterpolation(_ outside: some StringProtocol) { text += printable(String(outside)) }

        /// Appends a number.
        package mutating func appendInterpolation(_ number: some BinaryInteger) { text += String(number) }

        /// Appends text that is already safe.
        package mutating func appendInterpolation(_ shown: Shown) { text += shown.text }
    }
}
