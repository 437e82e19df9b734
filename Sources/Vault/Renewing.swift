import Crypto
import Linux
import Secrets
import Text

extension VaultFile {
    /// Opens the vault, lets `body` renew its keys, and writes it, unless `body` throws. Nothing is kept of the one
    /// before: it would open by what was there before. Once the new vault is in its place there is no copy, and before
    /// that the vault itself opens as it did; a crash at any moment leaves no other state.
    public func renew<Refusal>(
        until deadline: Deadline, random: RandomSource, _ opener: VaultOpener,
        _ body: (inout Vault) throws(Refusal) -> Void
    ) throws(VaultFileError) -> VaultChange<Refusal> {
        let lock = try lock(until: deadline)
        defer { withExtendedLifetime(lock) {} }
        var vault = try open(try bytes(), opener, acceptingOlder: false)
        do throws(Refusal) { try body(&vault) } catch { return .refused(error) }
        let after = try sealed(&vault, random: random)
        do throws(SystemError) {
            try after.span.withUnsafeBytes { (after) throws(SystemError) in
                try writeAtomically(after, to: path, .durable) { () throws(SystemError) in
                    for ending in [Self.previous + ".new", Self.previous] { try removeFileDurably(path + ending) }
                }
            }
        } catch { throw .file(.system(error)) }
        generations.note(vault.identifier, vault.generation)
        return .written(vault)
    }

    /// What is left to do after keys were renewed. It is noted before the renewal, so that a note remains if the
    /// process is killed in the middle.
    public struct UnfinishedRenewal: Equatable, Sendable {
        /// What the user asked to remove, as given.
        public let word: String
        /// The slots before the renewal.
        public let slots: [SlotSummary]

        /// A renewal that removes `word`.
        public init(word: String, slots: [SlotSummary]) {
            self.word = word
            self.slots = slots
        }

        /// Whether a vault with the slots `present` has renewed its keys already: a renewal replaces all slots.
        public func isBehind(_ present: [SlotSummary]) -> Bool { !present.contains { slots.contains($0) } }
    }

    /// Reads the note; nil if nothing is left to do.
    public func unfinishedRenewal() throws(VaultFileError) -> UnfinishedRenewal? {
        let text: SecretBytes?
        do throws(FileError) { text = try readPrivateFileIfPresent(path + Self.renewal, limit: 4096) } catch {
            throw .file(error)
        }
        guard let text else { return nil }
        let lines = text.withUnsafeBytes { text in
            text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        }
        if text.withUnsafeBytes({ isOfLaterFormat($0, "rekey") }) { throw .newerNote(path: path + Self.renewal) }
        guard let word = lines.first else { return nil }
        let slots = lines.dropFirst().compactMap { line -> SlotSummary? in
            let words = line.split(separator: " ")
            guard words.count == 2, let type = UInt8(words[0]) else { return nil }
            return SlotSummary(type: SlotType(rawValue: type), identifier: String(words[1]))
        }
        return UnfinishedRenewal(word: word, slots: slots)
    }

    /// Notes what is left to do, and waits for the disk.
    public func note(_ renewal: UnfinishedRenewal) throws(VaultFileError) {
        let lines = [renewal.word] + renewal.slots.map { "\($0.type.rawValue) \($0.identifier)" }
        let text = Array((lines.joined(separator: "\n") + "\n").utf8)
        do throws(SystemError) {
            try text.span.withUnsafeBytes { (text) throws(SystemError) in
                try writeAtomically(text, to: path + Self.renewal, .durable)
            }
        } catch { throw .file(.system(error)) }
    }

    /// Removes the note: nothing is left to do.
    public func forgetRenewal() throws(VaultFileError) {
        do throws(SystemError) { try removeFileDurably(path + Self.renewal) } catch { throw .file(.system(error)) }
    }

    static let renewal = ".rekey"
}
