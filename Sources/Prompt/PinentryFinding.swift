import Linux
import Secrets
import Text

/// Which pinentry to run, and which of the environment's settings to pass to it.
extension Pinentry {
    /// Finds the pinentry as gpg-agent does: `pinentry-program` of gpg-agent.conf, else `pinentry` in `PATH`.
    ///
    /// - Parameter named: an absolute path, or a name to find in `PATH`, which replaces that search.
    public static func find(named: String?, in environment: Environment) throws(PinentryError) -> Pinentry {
        let name = named ?? agentsProgram(environment) ?? "pinentry"
        guard let program = programPath(name, in: environment) else { throw .notFound(name: name) }
        return Pinentry(program: program, options: options(environment))
    }

    /// The options that gpg-agent passes from the environment.
    private static func options(_ environment: Environment) -> [String] {
        let all = environment.nonEmpty("LC_ALL")
        let values = [
            ("display", environment.nonEmpty("DISPLAY")),
            ("ttytype", environment.nonEmpty("TERM")),
            ("lc-ctype", all ?? environment.nonEmpty("LC_CTYPE") ?? environment.nonEmpty("LANG")),
            ("lc-messages", all ?? environment.nonEmpty("LC_MESSAGES") ?? environment.nonEmpty("LANG")),
        ]
        return values.compactMap { name, value in value.map { "\(name)=\($0)" } }
    }

    /// `pinentry-program` of gpg-agent.conf; the last one counts. An unreadable file counts as empty.
    private static func agentsProgram(_ environment: Environment) -> String? {
        let folder = environment.nonEmpty("GNUPGHOME") ?? environment.nonEmpty("HOME").map { $0 + "/.gnupg" }
        guard let folder, let file = try? readFile(folder + "/gpg-agent.conf", limit: 65_536) else { return nil }
        let text = file.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        var program: String?
        for line in text.utf8.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
            guard let blank = trimmed(line).firstIndex(where: isBlank) else { continue }
            let name = Substring(trimmed(line)[..<blank])
            guard ["pinentry-program", "--pinentry-program"].holds(name) else { continue }
            program = unquoted(trimmed(line[blank...]))
        }
        return program
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    private static func unquoted(_ value: Substring.UTF8View) -> String {
        let quote = UInt8(ascii: "\"")
        let isQuoted = value.count > 1 && value.first == quote && value.last == quote
        return String(Substring(isQuoted ? value.dropFirst().dropLast() : value))
    }
}
