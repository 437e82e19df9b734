import Crypto
import Linux

/// Why a `.warder` cannot be gone by, or be trusted.
public enum FolderError: Error, Equatable, Sendable {
    /// It is not a plain file of this user's, or cannot be read.
    case file(FileError)
    /// Others may put files into the folder that it stands in.
    case folder(FileError)
    /// It holds no line with a name, or more than one.
    case notOneName(path: String)
    /// It holds something that is no name of a profile: a control character, what is not UTF-8, a leading `-`.
    case notAName(path: String)
    /// Its lines end as on Windows.
    case carriageReturn(path: String)
    /// It begins with a byte order mark.
    case byteOrderMark(path: String)
    /// A comment stands behind the name.
    case remark(path: String)
    /// Its path is not UTF-8, holds a control character, or is too long to be written down.
    case unusablePath
    /// The folder to begin in cannot be opened.
    case start(SystemError)
    /// What was trusted before cannot be read or written.
    case store(FileError)
    /// Another warder keeps the store of what is trusted.
    case lock(LockError)
    /// libcrypto gives no digest.
    case crypto(CryptoError)
}
