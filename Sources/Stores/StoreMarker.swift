import Crypto
import Failures
import Linux
import Secrets
import Setup
import Text

/// Says that the keys are in the Secret Service, and which session-cache key goes with them.
///
/// `$XDG_DATA_HOME/warder/store`, one line: `libsecret` and 32 hexadecimal digits. Written once, when the first key is
/// stored, so that the same user without a desktop does not find another store. Where it is not there, the vault is the
/// store.
struct StoreMarker {
    let path: String

    init(_ context: Context) { path = context.paths.store }

    /// The identifier of the session-cache key; nil where there is no such file.
    func identifier() throws(Failure) -> String? {
        let text: SecretBytes?
        do throws(FileError) { text = try readPrivateFileIfPresent(path, limit: 256) } catch {
            throw Failure(error, "the store's marker")
        }
        guard let text else { return nil }
        let words = text.text(0..<text.count).utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
            .map { String(Substring($0)) }
        guard words.count == 2, words[0] == StoreKind.libsecret.rawValue, Self.isIdentifier(words[1]) else {
            if Self.isOfNewerVersion(text, words) { throw Failure.newer("\(path), which says where the keys are") }
            throw Failure(
                .damaged, "\(path) does not say where the keys are",
                hint: "move it away; if the keys are in the Secret Service, warder add finds them")
        }
        return words[1]
    }

    /// Whether it names a store that this version does not know, or says more of a known one.
    private static func isOfNewerVersion(_ text: borrowing SecretBytes, _ words: [String]) -> Bool {
        guard text.count > 0, text[text.count - 1] == UInt8(ascii: "\n"), let kind = words.first else { return false }
        if text.withUnsafeBytes({ isOfLaterFormat($0, "store") }) { return true }
        let isWord = kind.utf8.allSatisfy { isLowercaseOrDigit($0) || $0 == UInt8(ascii: "-") }
        return isWord && words.count >= 2 && isIdentifier(words[1])
    }

    /// The keys are in the Secret Service from now on.
    func write(_ identifier: String) throws(Failure) {
        let line = Array("\(StoreKind.libsecret.rawValue) \(identifier)\n".utf8)
        let path = path
        do throws(SystemError) {
            try line.span.withUnsafeBytes { (line) throws(SystemError) in try writeAtomically(line, to: path, .durable)
            }
        } catch { throw Failure(error, "the store's marker") }
    }

    /// The keys are in the vault from now on.
    func remove() throws(Failure) {
        do throws(SystemError) { try removeFileDurably(path) } catch { throw Failure(error, "the store's marker") }
    }

    static func isIdentifier(_ text: String) -> Bool {
        text.utf8.count == 32
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// Excludes other processes that change which keys are where.
    func lockForChange() throws(Failure) -> FileLock {
        do throws(FileError) { if let folder { try makePrivateFolder(folder) } } catch {
            throw Failure(error, "the store's marker")
        }
        do throws(LockError) {
            return try FileLock.acquire(path + ".lock", .byte(0), until: .after(milliseconds: 30_000))
        } catch { throw Failure(error, "the store") }
    }

    /// Excludes other processes that read the session-cache key.
    func lockForReading() throws(Failure) -> BestEffortLock {
        do throws(LockError) {
            return try BestEffortLock.acquire(
                path + ".lock", .byte(1), making: folder, until: .after(milliseconds: 9000))
        } catch { throw Failure(error, "the store") }
    }

    private var folder: String? { Text.folder(ofPath: path) }
}
