import Crypto
import Failures
import Linux
import Secrets
import Setup

/// The file that opens the vault's keyfile slot.
struct Keyfile {
    let path: String

    /// The first that is named: `WARDER_KEYFILE`, `keyfile` of the settings, the systemd credential `warder.keyfile`.
    static func path(_ context: Context) throws(Failure) -> String? {
        if let path = context.environment.nonEmpty("WARDER_KEYFILE") { return context.expanded(path) }
        if let path = try Settings.load(context).keyfile { return path }
        guard let folder = context.credentialsFolder else { return nil }
        let path = folder + "/warder.keyfile"
        return modificationTime(of: path) == nil ? nil : path
    }

    /// The bytes of the file as they are.
    func read() throws(Failure) -> SecretBytes {
        do throws(FileError) { return try readCredentialFile(path, limit: 8192) } catch {
            throw Failure(error, "the keyfile")
        }
    }

    /// Makes the file, with 32 random bytes in hexadecimal; it must not be there.
    func make(_ random: RandomSource) throws(Failure) {
        let text = (try randomKey(random)).inHexadecimal
        do throws(SystemError) { try writeNewFile(text, to: path) } catch { throw Failure(error, "the keyfile") }
    }
}

/// 32 random bytes.
func randomKey(_ random: RandomSource) throws(Failure) -> SecretBytes {
    do throws(CryptoError) { return try random.secret(32) } catch { throw Failure(error) }
}
