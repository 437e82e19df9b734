import KeyInput
import Linux
import Profiles
import Secrets

/// The secrets of long-term keys in a text of any kind: a start-up file, a history, a copy.
///
/// What counts is a word in the form that AWS uses, with the id of a long-term key near it or a name that says that it is
/// AWS's. The secret of a session, which ends by itself, does not count, nor do the examples of AWS's documentation.
package struct LooseKeys {
    /// One of them.
    package struct Key: Equatable {
        /// `AKIA…`; nil if none is near.
        package let identifier: String?
        /// The line of the id, counted from 1; the secret's if none is near.
        package let identifierLine: Int
        /// The line of the secret.
        package let line: Int
        /// How many bytes come before the secret in its line.
        package let column: Int
        /// `warder add --stdin` takes the key from these lines, which hold nothing else.
        package let isAlone: Bool
        /// How certain it is that the id is this secret's.
        package let belonging: Belonging
        /// What the keys of profiles say of it.
        package let twin: Twin

        /// Its lines in order, each once.
        package var lines: [Int] { line == identifierLine ? [line] : [identifierLine, line].sorted() }
    }

    /// How certain it is that an id and a secret belong together.
    package enum Belonging: Equatable, Sendable {
        /// No other is in question, and both are on one line, or on two that follow each other and name them alike.
        case certain
        /// No other is in question.
        case likely
        /// Another one could be meant, or there is no id.
        case doubtful
    }

    /// How a key compares to those of profiles.
    package enum Twin: Equatable, Sendable {
        /// None has its id, or its secret if it has no id.
        case none
        /// One is exactly this key.
        case same
        /// One has its id, but another secret.
        case other
    }

    /// In the order of their lines.
    package private(set) var keys: [Key] = []
    /// There is no NUL in it.
    package private(set) var isText = true
    /// All of the file was read.
    package private(set) var isWhole = true
    /// There may be more keys in it than are looked for.
    package private(set) var mayHaveMore = false
    /// How many bytes were searched.
    package private(set) var size = 0

    /// More in one file would only hide others.
    private static let most = 64
    /// Searches the file at `path`; nil for what is not there, not a plain file, or not readable.
    ///
    /// - Parameters:
    ///   - limit: how many bytes to read at most.
    ///   - pairs: keys of profiles, which stand elsewhere.
    package init?(file path: String, limit: Int, beside pairs: [PlaintextPair] = []) {
        var text = SecretBytes(capacity: 4096)
        do throws(FileError) {
            isWhole = try eachPiece(ofPlainFile: path, overlap: 0, limit: limit) { text.append($0) }
        } catch { return nil }
        search(text, pairs)
    }

    /// Searches a text.
    package init(in text: borrowing SecretBytes, beside pairs: [PlaintextPair] = []) { search(text, pairs) }

    private mutating func search(_ text: borrowing SecretBytes, _ pairs: [PlaintextPair]) {
        size = text.count
        let words = text.withUnsafeBytes { KeyWords(in: $0) }
        isText = words.isText
        mayHaveMore = words.secrets.count > Self.most
        for (index, secret) in words.secrets.prefix(Self.most).enumerated() {
            let identifier = words.identifier(ofSecret: index)
            guard identifier?.isTemporary != true, identifier != nil || secret.isNamed else { continue }
            guard identifier != nil || !words.sessionLines.contains(where: secret.isNear) else { continue }
            let said = identifier.map { text.text($0.range) }
            let isAlone = identifier.map { Self.isAlone($0, secret, text) } ?? false
            keys.append(
                Key(
                    identifier: said, identifierLine: identifier?.line ?? secret.line, line: secret.line,
                    column: secret.column, isAlone: isAlone,
                    belonging: words.belonging(ofSecret: index, isAlone: isAlone, in: text),
                    twin: Self.twin(said, text.copy(secret.range), pairs)))
        }
    }

    private static func twin(_ identifier: String?, _ secret: consuming SecretBytes, _ pairs: [PlaintextPair]) -> Twin {
        var twin = Twin.none
        for pair in pairs where identifier.map(pair.accessKeyID.isSame) ?? true {
            if pair.isSame(as: pair.accessKeyID, secret) { return .same }
            if identifier != nil { twin = .other }
        }
        return twin
    }

    private static func isAlone(
        _ identifier: KeyWords.Word, _ secret: KeyWords.Word, _ text: borrowing SecretBytes
    ) -> Bool {
        var key = PartialKey()
        let words = identifier.line == secret.line ? [secret] : [identifier, secret]
        for word in words {
            do throws(KeyInputError) { try key.take(text.copy(word.lineRange(in: text))) } catch { return false }
        }
        guard key.missing == nil, let said = key.identifier else { return false }
        return said.utf8.elementsEqual(text.text(identifier.range).utf8)
    }
}
