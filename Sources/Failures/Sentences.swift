extension String {
    /// Sentences from elsewhere end with a full stop; messages do not.
    package var withoutFullStop: String {
        var text = self[...]
        while let last = text.last, last == "." || last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// The C library's sentences begin with a capital; messages do not. A name such as `SSL` or `OpenSSL` keeps its
    /// case.
    package var lowercasedFirst: String {
        let word = unicodeScalars.prefix { $0 != " " }.dropFirst()
        return word.contains { $0.properties.isUppercase } ? self : prefix(1).lowercased() + dropFirst()
    }
}
