import Failures
import Linux
import Text

/// The paths of warder's files, by the XDG Base Directory Specification.
package struct Paths {
    /// `$XDG_DATA_HOME/warder/vault`: the keys.
    package let vault: String
    /// `$XDG_DATA_HOME/warder/store`: names the store, if that is not the vault.
    package let store: String
    /// `$XDG_DATA_HOME/warder/trusted`: which folders' `.warder` the user has approved.
    let trusted: String
    /// `$XDG_CACHE_HOME/warder/sessions`: the sessions, encrypted.
    package let sessions: String
    /// `$XDG_STATE_HOME/warder`: the state of the vault when last read.
    package let state: String
    /// `$XDG_CONFIG_HOME/warder/config`: warder's own settings.
    package let settings: String
    /// `$XDG_RUNTIME_DIR`, and whether it is usable.
    package let runtimeFolder: RuntimeFolder
    /// `$XDG_RUNTIME_DIR`, if it is set and usable.
    package var runtime: String? { runtimeFolder.path }

    /// The specification says to ignore a relative path in an XDG variable.
    init(_ environment: Environment) throws(Failure) {
        func folder(_ variable: String, _ customary: String) throws(Failure) -> String {
            guard let folder = environment.baseFolder(variable, customary) else {
                throw Failure(
                    .other, "HOME is not set to an absolute path, and the password database has none either",
                    hint: "set HOME, or \(variable)")
            }
            return folder
        }
        let data = try folder("XDG_DATA_HOME", "/.local/share") + "/warder"
        vault = data + "/vault"
        store = data + "/store"
        trusted = data + "/trusted"
        sessions = try folder("XDG_CACHE_HOME", "/.cache") + "/warder/sessions"
        state = try folder("XDG_STATE_HOME", "/.local/state") + "/warder"
        settings = try folder("XDG_CONFIG_HOME", "/.config") + "/warder/config"
        runtimeFolder = RuntimeFolder(environment.nonEmpty("XDG_RUNTIME_DIR"))
    }
}
