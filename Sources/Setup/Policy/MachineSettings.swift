import Failures
import Linux
import Profiles
import Secrets
import Text

/// The machine's settings, which its administrator writes: defaults for every user in `[warder]`, and bounds in
/// `[policy]`. Read once a process.
package final class MachineSettings: Sendable {
    /// `/etc/warder/config`. No variable names another file: it would be a way around the rules.
    package static let standard = RootsFile("/etc/warder/config")

    /// The largest file to read, in bytes.
    private static let largest = 1 << 20

    /// The file's path.
    package let path: String
    // Not a `Result`, nor read late under a lock: the types of these are made at run time, which costs a warm answer
    // sixty times what it takes to see that there is no file.
    private let bounds: Policy
    private let section: Profile?
    private let failure: Failure?

    /// Reads the file. If it cannot be used, that is a failure of what depends on it, not of every command.
    init(_ file: RootsFile) {
        path = file.path
        do throws(Failure) {
            guard let sections = try Self.sections(of: file) else {
                (bounds, section, failure) = (Policy(), nil, nil)
                return
            }
            let bounds = try sections["policy"].map { (section) throws(Failure) in try Policy(section) }
            (self.bounds, section, failure) = (bounds ?? Policy(), sections["warder"], nil)
        } catch {
            (bounds, section, failure) = (Policy(), nil, error)
        }
    }

    private static func sections(of file: RootsFile) throws(Failure) -> SettingsFile? {
        let text: SecretBytes?
        do throws(RootsFileError) { text = try file.read(limit: largest) } catch { throw Failure(error) }
        guard let text else { return nil }
        let stray = StrayCharacter(text)
        let settings = try SettingsFile(
            text, path: file.path, knowing: [("warder", Settings.names), ("policy", Policy.names)],
            allowsRepetitions: false)
        // To the grammar it ends no line: behind a comment, all rules would be part of it.
        if let stray {
            let place = Origin(path: file.path, line: stray.line).place
            let what = stray.isReturn ? "carriage return" : "control character"
            throw Failure(
                .badConfig, "\(place): this line has a \(what) in it", hint: "end each line with a line feed",
                origin: place, fault: stray.isReturn ? "carriage_return" : "control_character")
        }
        return settings
    }

    /// The bounds; none if there is no file.
    ///
    /// - Throws: if the file cannot be used: a rule that cannot be read must not be skipped.
    package func policy() throws(Failure) -> Policy {
        if let failure { throw failure }
        return bounds
    }

    /// The lines of `[warder]`; nil if there is no such section.
    func defaults() throws(Failure) -> Profile? {
        if let failure { throw failure }
        return section
    }
}

extension Context {
    /// The bounds of the machine's settings.
    package func policy() throws(Failure) -> Policy { try machine.policy() }

    /// How long anything may stay unlocked, in seconds; nil for any time. Where the machine's settings cannot be used,
    /// what gives out credentials has failed already, and what locks must go on.
    package var longestUnlock: Int? { (try? policy())?.longestUnlock?.value }
}

/// A character that some programs end a line with and the grammar does not, or another control character, by which a
/// line is not what it seems to be.
private struct StrayCharacter {
    /// Counted from 1.
    let line: Int
    let isReturn: Bool

    /// The first one; nil if there is none.
    init?(_ text: borrowing SecretBytes) {
        let found = text.withUnsafeBytes { bytes in
            bytes.indices.first { Self.isStray(bytes, $0) }.map { place in
                (line: bytes[..<place].count { $0 == 0x0a } + 1, isReturn: bytes[place] == 0x0d)
            }
        }
        guard let found else { return nil }
        (line, isReturn) = (found.line, found.isReturn)
    }

    private static func isStray(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        let rest = bytes[index...]
        switch bytes[index] {
        // Of NUL the grammar tells.
        case 0x00, 0x09, 0x0a: return false
        case 0x0d: return !rest.dropFirst().starts(with: [0x0a])
        case ..<0x20, 0x7f: return true
        // U+0085, U+2028 and U+2029 (The Unicode Standard, section 5.8).
        case 0xc2: return rest.starts(with: [0xc2, 0x85])
        case 0xe2: return rest.starts(with: [0xe2, 0x80, 0xa8]) || rest.starts(with: [0xe2, 0x80, 0xa9])
        default: return false
        }
    }
}
