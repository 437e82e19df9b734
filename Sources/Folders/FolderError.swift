import Crypto
import Linux

/// Why a `.warder` file cannot be used or trusted.
public enum FolderError: Error, Equatable, Sendable {
    /// It is not a plain file of this user's, or cannot be read.
    case file(FileError)
    /// Others may create files in its folder.
    case folder(FileError)
    /// It does not have exactly one line with a name.
    case notOneName(path: String)
    /// It holds text that cannot be a profile's name: a control character, invalid UTF-8, a leading `-`.
    case notAName(path: String)
    /// It has Windows line ends.
    case carriageReturn(path: String)
    /// It begins with a byte order mark.
    case byteOrderMark(path: String)
    /// A comment follows the name.
    case remark(path: String)
    /// Its path is not UTF-8, contains a control character, or is too long to store.
    case unusablePath
    /// The folder to start in cannot be opened.
    case start(SystemError)
    /// The store of trusted files cannot be read or written.
    case store(FileError)
    /// Another warder holds the lock of that store.
    case lock(LockError)
    /// libcrypto failed to compute a digest.
    case crypto(CryptoError)
}
