import Glibc
import Linux
import Secrets

/// Why it is not known which generation of a vault was seen last, although one was noted.
public enum SeenGenerationError: Error, Equatable, Sendable {
    /// The note cannot be read, or others may have written it.
    case file(FileError)
    /// What stands there is no number.
    case garbled(path: String)
}

/// The last generation that was seen of each vault, so that an old copy put in its place is noticed.
///
/// A file a vault, `generation-<identifier>`, with a decimal number. It is no secret. Where there is none, the vault was
/// never seen here; one that is there and says nothing is no leave to take any copy. Failing to write it is no failure of
/// the command.
struct SeenGenerations: Sendable {
    private let folder: String

    init(folder: String) { self.folder = folder }

    /// - Returns: nil where the vault was never seen here.
    func seen(_ vault: VaultIdentifier) throws(SeenGenerationError) -> UInt64? {
        let path = path(vault)
        guard let text = try text(path) else { return nil }
        let digits = text.withUnsafeBytes { Array($0) }
        guard let generation = Self.number(digits) else { throw .garbled(path: path) }
        return generation
    }

    /// Nil where there is no such file.
    private func text(_ path: String) throws(SeenGenerationError) -> SecretBytes? {
        do throws(FileError) { return try readPrivateFile(path, limit: 32) } catch {
            if error.isMissing { return nil }
            throw .file(error)
        }
    }

    private static func number(_ line: [UInt8]) -> UInt64? {
        let digits = line.last == UInt8(ascii: "\n") ? line.dropLast() : line[...]
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    func note(_ vault: VaultIdentifier, _ generation: UInt64) {
        if let seen = try? seen(vault), seen == generation { return }
        guard (try? makePrivateFolder(folder)) != nil else { return }
        let line = Array("\(generation)\n".utf8)
        // An empty file after a power cut would be one that says nothing.
        line.withUnsafeBytes { try? writeAtomically($0, to: path(vault), .durable) }
    }

    private func path(_ vault: VaultIdentifier) -> String { folder + "/generation-" + vault.hex }
}

extension FileError {
    /// There is no such file, and nothing stands in its way.
    fileprivate var isMissing: Bool {
        if case .system(let error) = self { error.code == ENOENT } else { false }
    }
}
