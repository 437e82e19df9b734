import Failures
import Linux
import Profiles
import Secrets

/// Reads the files that define profiles, at most once.
package final class ProfileLoading {
    let context: Context
    private var loaded: ProfileSet?

    /// A config of 10,000 profiles has some 2 MiB.
    private static let largest = 64 << 20

    package init(_ context: Context) { self.context = context }

    /// Both files, merged; a missing file counts as empty.
    package func profiles() throws(Failure) -> ProfileSet {
        if let loaded { return loaded }
        let locations = try locations()
        let environment = context.environment
        let profiles = ProfileSet(
            config: try file(locations.config, .config), credentials: try file(locations.credentials, .credentials),
            isItself: { OwnProgram(searchPath: environment["PATH"]).isRun(by: $0) })
        loaded = profiles
        return profiles
    }

    /// The path of the config file, even if the file does not exist.
    package func configPath() throws(Failure) -> String { try locations().config }

    /// The paths of both files, even if they do not exist; empty if the paths are unknown.
    package var paths: [String] { (try? locations()).map { [$0.config, $0.credentials] } ?? [] }

    private func locations() throws(Failure) -> FileLocations {
        do throws(ProfileError) {
            return try FileLocations.find { context.environment[$0] }
        } catch { throw Failure(error) }
    }

    private func file(_ path: String, _ kind: ProfileFile.Kind) throws(Failure) -> ProfileFile? {
        let text: SecretBytes
        do throws(FileError) { text = try context.read(path, limit: Self.largest) } catch {
            if error.isAbsence { return nil }
            throw Failure(error, kind == .config ? "the config file" : "the credentials file")
        }
        do throws(ProfileError) { return try ProfileFile(text: text, path: path, kind: kind) } catch {
            throw Failure(error, sections: kind == .config ? "like [profile NAME]" : "like [NAME]")
        }
    }
}
