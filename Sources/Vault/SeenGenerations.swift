import Linux
import Secrets

/// The last generation that was seen of each vault, so that an old copy put in its place is noticed.
///
/// A file a vault, `generation-<identifier>`, with a decimal number. It is no secret, and losing it costs only the
/// notice: failing to write it is no failure of the command.
struct SeenGenerations: Sendable {
    private let folder: String

    init(folder: String) { self.folder = folder }

    func seen(_ vault: VaultIdentifier) -> UInt64? {
        guard let text = try? readPrivateFile(path(vault), limit: 32) else { return nil }
        return text.withUnsafeBytes { UInt64(String(decoding: $0, as: UTF8.self).filter { $0 != "\n" }) }
    }

    func note(_ vault: VaultIdentifier, _ generation: UInt64) {
        guard seen(vault) != generation, (try? makePrivateFolder(folder)) != nil else { return }
        let line = Array("\(generation)\n".utf8)
        line.withUnsafeBytes { try? writeAtomically($0, to: path(vault), .cache) }
    }

    private func path(_ vault: VaultIdentifier) -> String { folder + "/generation-" + vault.hex }
}
