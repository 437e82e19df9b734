/// Why a profile cannot be made to use warder, or to stop using it. No case carries a value from the file.
public enum EditingError: Error, Equatable, Sendable {
    /// Neither file has the profile.
    case noSuchProfile(String)
    /// The profile exists, but every SDK ignores it because of its name.
    case passedOver(profile: String, Origin)
    /// Neither file has the profile, but a section that was meant for it has a malformed header.
    case misnamed(profile: String, MisnamedSection)
    /// Only the credentials file has it.
    case onlyInCredentials(profile: String, Origin)
    /// A plaintext key, which SDKs prefer to a `credential_process`.
    case plaintextKey(Origin)
    /// A setting in the credentials file that SDKs act on, and that overrides the config file's.
    case inCredentials(key: String, Origin)
    /// Both `key` and `warder_<key>` are set: SDKs use the one, and warder the other.
    case twin(key: String, Origin, own: Origin)
    /// Another program is configured beside warder's command.
    case twoPrograms(Origin)
    /// The command asks warder for another profile.
    case anotherProfile(asked: String, Origin)
    /// An included profile has another program: warder's command would hide it.
    case includedProgram(Origin)
    /// A newer version adopted the profile, and recorded what this one cannot undo.
    case adoptedByNewer(Origin)
    /// The profile's name begins with a hyphen: as an argument it would be an option.
    case unusableName(String)
    /// Not every SDK would read the path of warder's executable alike, or it is not called `warder`.
    case unusableProgram(String)
    /// The value of the setting would not stay on its line.
    case unusableValue(key: String)
}
