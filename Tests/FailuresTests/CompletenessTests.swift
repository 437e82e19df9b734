import Foundation
import Testing

/// A new case of an error, or a new error, has words before it is merged: the tables are held against the source.
@Suite("Every error has words")
struct CompletenessTests {
    /// Errors that users never meet as such, and why.
    private static let inner = [
        "FieldsError": "a file that is not well formed is damage",
        "JSONError": "an answer that is no JSON is none that AWS gives",
        "XMLError": "an answer that is no XML is InvalidResponse",
        "SigningError": "all of it is STSError.signing",
        "DurationError": "Durations.swift says what was given, and what to write",
        "PromptChannelError": "one channel's part in PromptError",
        "AssuanError": "the pinentry's protocol, inside of Prompt",
        "Fault": "what FolderError says with the path",
    ]
    private static let declared = Declaration.all()

    @Test func noErrorIsWithoutATable() {
        let errors = Set(Self.declared.filter(\.isError).map(\.name))
        #expect(errors.count > 30)
        let tables = Set(MessageTests.all.map(\.errors.type))
        #expect(errors.subtracting(tables).subtracting(Self.inner.keys) == [])
        #expect(Set(Self.inner.keys).subtracting(errors) == [])
    }

    @Test(arguments: MessageTests.all)
    func noCaseIsWithoutWords(_ table: Table) {
        guard let declaration = Self.declared.first(where: { $0.name == table.errors.type }) else { return }
        #expect(Set(declaration.cases).subtracting(table.rows.map(\.name)) == [])
        #expect(Set(table.rows.map(\.name)).subtracting(declaration.cases) == [])
    }

    /// The tables beside those of errors: the values that have words of their own.
    @Test(arguments: ["Flaw", "InvalidResponse", "ForeignIdentifier"])
    func theValuesOfErrorsAreFound(_ name: String) {
        #expect(Self.declared.contains { $0.name == name && !$0.cases.isEmpty })
        #expect(MessageTests.all.contains { $0.errors.type == name })
    }
}

extension String {
    /// `Flaw` of `ChainError.Flaw`, and `PromptError` of `PromptError, of a code`.
    fileprivate var type: String { components(separatedBy: ",")[0].components(separatedBy: ".").last ?? "" }
}

/// An enum in `Sources`.
private struct Declaration {
    let name: String
    let isError: Bool
    var cases: [String] = []

    static func all() -> [Declaration] {
        let files = FileManager.default.enumerator(
            at: package.appending(path: "Sources"), includingPropertiesForKeys: nil)
        let sources = (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
        return sources.flatMap { file in
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            return text.contains("enum ") ? found(in: text.components(separatedBy: "\n")) : []
        }
    }

    private static func found(in lines: [String]) -> [Declaration] {
        lines.indices.compactMap { start in
            let line = lines[start]
            let indent = String(line.prefix { $0 == " " })
            let words = line.split(separator: " ")
            guard let word = words.firstIndex(of: "enum"), word <= 1, word + 1 < words.count else { return nil }
            let name = words[word + 1].prefix { $0.isLetter }
            let isError = words.contains { $0 == "Error" || $0 == "Error," }
            let body = lines[(start + 1)...].prefix { !$0.hasPrefix(indent + "}") }
            let cases = body.filter { $0.hasPrefix(indent + "    case ") }
            return Declaration(
                name: String(name), isError: isError, cases: cases.flatMap { names(in: $0.dropFirst(indent.count + 9)) }
            )
        }
    }

    /// The names in `a(Int, b: String), c`.
    private static func names(in declaration: Substring) -> [String] {
        var depth = 0
        var outer = ""
        for character in declaration {
            if character == "(" { depth += 1 }
            if depth == 0 { outer.append(character) }
            if character == ")" { depth -= 1 }
        }
        return outer.split(separator: ",").compactMap { $0.split(separator: " ").first.map(String.init) }
    }
}
