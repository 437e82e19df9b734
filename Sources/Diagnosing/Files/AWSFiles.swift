import Failures
import Linux
import Profiles
import Secrets
import Setup

/// The config and the credentials file, read as far as they can be: a line that breaks the grammar is mended first, so
/// that it hides no other fault.
struct AWSFiles {
    /// What keeps programs from reading a file.
    enum Fault {
        /// It cannot be opened or read.
        case unreadable(path: String, ProfileFile.Kind, FileError)
        /// A line breaks the grammar, and what mends it; nil if the file as a whole cannot be read.
        case broken(ProfileError, ProfileFile.Kind, BrokenLine.Repair?)
    }

    /// The profiles that can be read.
    let profiles: ProfileSet
    let faults: [Fault]
    /// The paths of both, there or not.
    let config: String
    let credentials: String

    /// Whether every section of both is known.
    var areWhole: Bool {
        faults.allSatisfy { fault in
            if case .broken(_, _, .some) = fault { true } else { false }
        }
    }

    /// A config of 10,000 profiles has some 2 MiB.
    private static let largest = 64 << 20
    /// Of a file with more broken lines, which is probably something else, only these are told.
    private static let mostBroken = 20

    init(_ context: Context) throws(Failure) {
        let environment = context.environment
        let places: FileLocations
        do throws(ProfileError) { places = try FileLocations.find { environment[$0] } } catch { throw Failure(error) }
        var faults: [Fault] = []
        profiles = ProfileSet(
            config: Self.file(places.config, .config, &faults),
            credentials: Self.file(places.credentials, .credentials, &faults), isIndexed: true,
            isItself: { OwnProgram(searchPath: environment["PATH"]).isRun(by: $0) })
        self.faults = faults
        config = places.config
        credentials = places.credentials
    }

    private static func file(_ path: String, _ kind: ProfileFile.Kind, _ faults: inout [Fault]) -> ProfileFile? {
        var text: SecretBytes
        do throws(FileError) { text = try readFileAtHand(path, limit: largest) } catch {
            if !error.isAbsence { faults.append(.unreadable(path: path, kind, error)) }
            return nil
        }
        for _ in 0..<mostBroken {
            do throws(ProfileError) { return try ProfileFile(text: text.copy(), path: path, kind: kind) } catch {
                let repair = BrokenLine.Repair(error, in: text)
                faults.append(.broken(error, kind, repair))
                guard let repair, let line = error.origin?.line else { return nil }
                text = BrokenLine.mended(text, line, repair)
            }
        }
        return nil
    }
}
