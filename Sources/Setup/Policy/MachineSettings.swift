import Failures
import Linux
import Profiles
import Secrets
import Synchronization
import Text

/// The machine's settings, which its administrator writes: defaults for every user in `[warder]`, and bounds in
/// `[policy]`. Read once, when something first depends on them.
package final class MachineSettings: Sendable {
    /// What the file says.
    struct Content: Sendable {
        /// The section `[warder]`; nil if there is none.
        var defaults: Profile?
        /// The section `[policy]`.
        var policy = Policy()
    }

    /// `/etc/warder/config`. No variable names another file: it would be a way around the rules.
    package static let standard = RootsFile("/etc/warder/config")

    /// The largest file to read, in bytes.
    static let largest = 1 << 20

    private let file: RootsFile
    private let known = Mutex<Result<Content, Failure>?>(nil)

    init(_ file: RootsFile) { self.file = file }

    /// The file's path.
    package var path: String { file.path }

    /// The bounds; none if there is no file.
    ///
    /// - Throws: if the file cannot be used: a rule that cannot be read must not be skipped.
    package func policy() throws(Failure) -> Policy { try content().policy }

    /// The lines of `[warder]`; nil if there is no such section.
    func defaults() throws(Failure) -> Profile? { try content().defaults }

    private func content() throws(Failure) -> Content {
        try known.withLock { known -> Result<Content, Failure> in
            if let known { return known }
            let result: Result<Content, Failure>
            do throws(Failure) { result = .success(try read()) } catch { result = .failure(error) }
            known = result
            return result
        }.get()
    }

    private func read() throws(Failure) -> Content {
        let text: SecretBytes?
        do throws(RootsFileError) { text = try file.read(limit: Self.largest) } catch { throw Failure(error) }
        guard let text else { return Content() }
        let sections = try SettingsFile(
            text, path: file.path, knowing: [("warder", Settings.names), ("policy", Policy.names)],
            allowsRepetitions: false)
        var content = Content()
        content.defaults = sections["warder"]
        if let section = sections["policy"] { content.policy = try Policy(section) }
        return content
    }
}

extension Context {
    /// The bounds of the machine's settings.
    package func policy() throws(Failure) -> Policy { try machine.policy() }

    /// How long anything may stay unlocked, in seconds; nil for any time. Where the machine's settings cannot be used,
    /// what gives out credentials has failed already, and what locks must go on.
    package var longestUnlock: Int? { (try? policy())?.longestUnlock?.value }
}
