import Crypto
import Failures
import Linux
import SSO
import Secrets
import Setup
import Text

/// Which refresh tokens were sent to AWS: a file for each, named after the token's SHA-256.
///
/// Whether AWS received one is unknown until its answer is here. If this process is killed meanwhile, no other one sends
/// the token again. The files are in warder's state folder, not in the session cache: they are true whatever is locked
/// or forgotten. A token cannot be guessed, so its digest gives nothing away.
struct SentTokens {
    let context: Context

    /// Seconds: a login is renewed for 12 hours, and clocks may differ.
    private static let life: Int64 = 24 * 3600

    private var folder: String { context.paths.state + "/sent" }

    /// Notes that a token is about to be sent. It is on disk before this returns.
    func note(_ token: borrowing LoginToken) throws(Failure) {
        do throws(FileError) {
            try makePrivateFolder(context.paths.state)
            try makePrivateFolder(folder)
        } catch { throw Failure(error, "warder's state folder") }
        sweep()
        let path = try path(token)
        do throws(SystemError) {
            try [UInt8]().span.withUnsafeBytes { (bytes) throws(SystemError) in
                try writeAtomically(bytes, to: path, .durable)
            }
        } catch {
            // Nothing was sent.
            try? removeFile(path)
            throw Failure(.system(error), "warder's state folder")
        }
    }

    /// AWS has not used the token.
    func takeBack(_ token: borrowing LoginToken) {
        guard let path = try? path(token) else { return }
        try? removeFile(path)
    }

    /// Whether the token was sent, and may be used up.
    func contains(_ token: borrowing LoginToken) -> Bool {
        guard let path = try? path(token) else { return false }
        return fileExists(path)
    }

    private func path(_ token: borrowing LoginToken) throws(Failure) -> String {
        do throws(CryptoError) {
            let digest = try token.refreshToken.withUnsafeBytes { (bytes) throws(CryptoError) in try sha256(bytes) }
            return "\(folder)/\(hexadecimal(digest))"
        } catch { throw Failure(error) }
    }

    /// Removes those of logins that have ended.
    private func sweep() {
        for name in (try? names(inFolder: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            guard let time = modificationTime(of: path), time + Self.life < context.now else { continue }
            try? removeFile(path)
        }
    }
}
