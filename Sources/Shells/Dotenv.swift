import Secrets

extension Format {
    /// For dotenv libraries and `docker --env-file`.
    public static let dotenv = Format("dotenv", Dotenv.self)
}

/// `NAME=value` lines: no standard, but what its readers agree on.
enum Dotenv: Syntax {
    /// Inside single quotes python-dotenv reads backslashes and `${…}`, and others do not; readers do not agree on a quote.
    static func carries(_ value: borrowing SecretBytes) -> Bool { !value.holds("'\\$") }

    /// As it is where nothing needs quoting, which is all that `docker --env-file` knows; else in single quotes.
    static func set(_ name: String, _ value: borrowing SecretBytes, isFirst: Bool, _ text: inout SecretBytes) {
        let quote = value.isPlain ? "" : "'"
        text.append("\(name)=\(quote)")
        text.append(value)
        text.append("\(quote)\n")
    }
}
