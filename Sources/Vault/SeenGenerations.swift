import Glibc
import Linux
import Secrets
import Text

/// Why the last generation seen of a vault is unknown, although one was recorded.
public enum SeenGenerationError: Error, Equatable, Sendable {
    /// The record cannot be read, or others may have written it.
    case file(FileError)
    /// The record is not a number.
    case garbled(path: String)
    /// A newer version wrote the record.
    case newer(path: String)

    /// Whether a newer version wrote the record.
    var isNewer: Bool { if case .newer = self { true } else { false } }
}

/// The last generation seen of each vault, so that warder notices an old copy put in its place.
///
/// One file for each vault, `generation-<identifier>`, with a decimal number; not a secret. Without a file, the vault
/// was never seen here; an unreadable file does not permit any copy. A command does not fail if the record cannot be
/// written.
struct SeenGenerations: Sendable {
    private let folder: String

    init(folder: String) { self.folder = folder }

    /// - Returns: nil if the vault was never seen here.
    func seen(_ vault: VaultIdentifier) throws(SeenGenerationError) -> UInt64? {
        let path = path(vault)
        guard let text = try text(path) else { return nil }
        let digits = text.withUnsafeBytes { Array($0) }
        guard let generation = Self.number(digits) else {
            throw isOfLaterFormat(digits, "generation") ? .newer(path: path) : .garbled(path: path)
        }
        return generation
    }

    /// Nil if there is no such file.
    private func text(_ path: String) throws(SeenGenerationError) -> SecretBytes? {
        do throws(FileError) { return try readPrivateFile(path, limit: 4096) } catch {
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
        do throws(SeenGenerationError) { if try seen(vault) == generation { return } } catch {
            if error.isNewer { return }
        }
        guard (try? makePrivateFolder(folder)) != nil else { return }
        let line = Array("\(generation)\n".utf8)
        // Durable: after a power cut, an empty file would be unreadable.
        line.withUnsafeBytes { try? writeAtomically($0, to: path(vault), .durable) }
    }

    private func path(_ vault: VaultIdentifier) -> String { folder + "/generation-" + vault.hex }
}

extension FileError {
    /// Whether the file does not exist, and nothing else stands in its way.
    fileprivate var isMissing: Bool {
        if case .system(let error) = self { error.code == ENOENT } else { false }
    }
}
