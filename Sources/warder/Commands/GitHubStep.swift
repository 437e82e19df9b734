import Failures
import Linux
import Secrets
import Shells

/// A step of a GitHub Actions workflow.
struct GitHubStep: ~Copyable {
    private let file: AppendedFile

    init(_ environment: Environment) throws(Failure) {
        guard let path = environment.nonEmpty("GITHUB_ENV") else {
            throw Failure(
                .usage, "GITHUB_ENV is not set", hint: "use --format github in a step of GitHub Actions, or dotenv")
        }
        do throws(FileError) { file = try AppendedFile(path) } catch { throw Self.unusable(error) }
    }

    private static func unusable(_ error: FileError) -> Failure {
        switch error {
        case .link(let path):
            Failure(
                .damaged, "GITHUB_ENV \(path) is a symbolic link, and would take credentials to somewhere else",
                hint: "set GITHUB_ENV to the file itself: $(realpath \"$GITHUB_ENV\")")
        case .notAFile(let path):
            Failure(
                .damaged, "GITHUB_ENV \(path) is not a plain file",
                hint: "leave it as the runner sets it; for a pipe or a terminal use --format dotenv")
        default: Failure(error, "GITHUB_ENV")
        }
    }

    /// Masks the secrets in the log, then passes the variables to later steps.
    borrowing func take(_ lines: borrowing SecretBytes, _ credentials: borrowing Credentials) throws(Failure) {
        var masks = SecretBytes(capacity: 4096)
        var identifier = SecretBytes(capacity: credentials.accessKeyID.utf8.count)
        identifier.append(credentials.accessKeyID)
        masks.appendGitHubMask(identifier)
        masks.appendGitHubMask(credentials.secret)
        switch credentials.sessionToken {
        case .some(let token): masks.appendGitHubMask(token)
        case .none: break
        }
        try printOut(masks)
        do throws(FileError) { try file.append(lines: lines) } catch { throw Self.unusable(error) }
    }
}
