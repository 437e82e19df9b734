import Failures
import Linux
import SSO
import STS
import Secrets
import Sessions
import Setup
import Text

/// Where the AWS CLI keeps its own logins, each in a file that is named after its session (AWS SDKs and Tools Reference
/// Guide, "Login credential provider").
struct LoginCache {
    let context: Context

    /// A login of the AWS CLI, as read.
    struct Entry: ~Copyable {
        let path: String
        /// The whole file.
        let text: SecretBytes
        let token: LoginToken
    }

    /// Bytes; the CLI's files have a few thousand.
    private static let largest = 256 * 1024

    /// The login of `session`; nil if there is none.
    ///
    /// - Throws: if there is a file that cannot be used: not a file, another user's, readable to others, or not a login.
    func entry(of session: String) throws(Failure) -> Entry? {
        guard let path = try path(of: session) else { return nil }
        let text: SecretBytes
        do throws(FileError) {
            // A link leads where the user wants the file; what it leads to is checked.
            guard let target = resolved(path), let found = try readPrivateFileIfPresent(target, limit: Self.largest)
            else { return nil }
            text = found
        } catch { throw Failure(error, "the AWS CLI's login") }
        let token: LoginToken
        do throws(SignInError) { token = try LoginToken(cliCache: text) } catch {
            throw Failure.unusableLogin(path, error)
        }
        return Entry(path: path, text: text, token: token)
    }

    /// Puts a renewed login in the place of the one that was read.
    ///
    /// - Returns: false if another program has replaced it meanwhile.
    func replace(_ entry: borrowing Entry, with token: borrowing LoginToken) throws(Failure) -> Bool {
        let text: SecretBytes
        do throws(SignInError) { text = try token.cliCache(updating: entry.text) } catch {
            throw Failure.unusableLogin(entry.path, error)
        }
        do throws(FileError) {
            return try FileReplacement(entry.path).replace(with: text) { now in
                now.withUnsafeBytes { now in entry.text.withUnsafeBytes { now.elementsEqual($0) } }
            }
        } catch {
            // It was written, though the disk may not have it yet.
            if case .system(let error) = error, error.call == SystemError.lateSynchronization { return true }
            throw Failure(error, "the AWS CLI's login")
        }
    }

    /// Removes what a killed process left beside the file: a renewed login. The caller holds the login's lock.
    func removeLeftover(of entry: borrowing Entry) { try? FileReplacement(entry.path).removeLeftover() }

    /// The path of its file; nil without a home.
    func path(of session: String) throws(Failure) -> String? {
        guard let folder = Self.folder(context) else { return nil }
        do throws(SignInError) { return "\(folder)/\(try loginCacheFileName(session: session))" } catch {
            throw Failure(error, doing: "find the AWS CLI's login", at: .console)
        }
    }

    /// `AWS_LOGIN_CACHE_DIRECTORY`, or `~/.aws/login/cache`; nil without a home.
    private static func folder(_ context: Context) -> String? {
        if let folder = context.environment.nonEmpty("AWS_LOGIN_CACHE_DIRECTORY") {
            return context.expanded(expandingVariables(folder, context.environment))
        }
        return context.environment.nonEmpty("HOME").map { $0 + "/.aws/login/cache" }
    }
}

/// A path with the values of `$NAME` and `${NAME}`, as the AWS CLI and the SDKs expand this one; what is not set stays.
private func expandingVariables(_ path: String, _ environment: Environment) -> String {
    var expanded: [UInt8] = []
    var rest = Array(path.utf8)[...]
    while let byte = rest.popFirst() {
        let isBraced = rest.first == UInt8(ascii: "{")
        let start = isBraced ? rest.startIndex + 1 : rest.startIndex
        let end =
            isBraced
            ? rest.firstIndex(of: UInt8(ascii: "}")) ?? start : rest.firstIndex { !isVariableByte($0) } ?? rest.endIndex
        guard byte == UInt8(ascii: "$"), end > start,
            let value = environment[String(decoding: rest[start..<end], as: UTF8.self)]
        else {
            expanded.append(byte)
            continue
        }
        expanded += Array(value.utf8)
        rest = rest[(isBraced ? end + 1 : end)...]
    }
    return String(decoding: expanded, as: UTF8.self)
}

/// Whether a byte can stand in the name of a variable.
private func isVariableByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
    default: false
    }
}
