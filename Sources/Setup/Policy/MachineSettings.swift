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
        let lone = lineOfLoneReturn(text)
        let settings = try SettingsFile(
            text, path: file.path, knowing: [("warder", Settings.names), ("policy", Policy.names)],
            allowsRepetitions: false)
        // To the grammar it ends no line: behind a comment, all rules would be part of it.
        if let lone {
            let place = Origin(path: file.path, line: lone).place
            throw Failure(
                .badConfig, "\(place): this line has a carriage return in it", hint: "end each line with a line feed",
                origin: place, fault: "carriage_return")
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

/// The first line with a carriage return that no line feed follows, counted from 1; nil if there is none.
private func lineOfLoneReturn(_ text: borrowing SecretBytes) -> Int? {
    text.withUnsafeBytes { bytes in
        let place = bytes.indices.first { index in
            bytes[index] == 0x0d && (index + 1 == bytes.count || bytes[index + 1] != 0x0a)
        }
        return place.map { place in bytes[..<place].count { $0 == 0x0a } + 1 }
    }
}
