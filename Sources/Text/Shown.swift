/// Text for people, on a stream that may be a terminal: what is written in the code stands as it is, its line ends too,
/// and what is put into it is made fit for one line.
///
/// Functions that print for people take it in place of a `String`, so that nothing from outside gets by unchanged.
package struct Shown: ExpressibleByStringInterpolation, Equatable, Sendable {
    /// What is printed.
    package private(set) var text: String

    /// Text of the code.
    package init(stringLiteral text: String) { self.text = text }

    /// Text of the code with other text in it.
    package init(stringInterpolation parts: StringInterpolation) { text = parts.text }

    /// One line of text from outside.
    package init(_ text: String) { self.text = printable(text) }

    /// The same without a line end behind it.
    package var withoutLineEnd: Shown {
        var shown = self
        if shown.text.utf8.last == UInt8(ascii: "\n") { shown.text.unicodeScalars.removeLast() }
        return shown
    }

    /// One behind the other.
    package static func + (left: Shown, right: Shown) -> Shown {
        var whole = left
        whole += right
        return whole
    }

    /// Puts more behind it.
    package static func += (left: inout Shown, right: Shown) { left.text += right.text }

    /// Gathers literals and what stands between them.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        /// Room for `literalCapacity` bytes.
        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        /// Text of the code.
        package mutating func appendLiteral(_ literal: String) { text += literal }

        /// Text that may be from outside.
        package mutating func appendInterpolation(_ outside: some StringProtocol) { text += printable(String(outside)) }

        /// A number.
        package mutating func appendInterpolation(_ number: some BinaryInteger) { text += String(number) }

        /// What is fit already.
        package mutating func appendInterpolation(_ shown: Shown) { text += shown.text }
    }
}
