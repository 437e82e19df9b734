/// Why a profile is not pointed at warder, or away from it. No case carries a value of the file.
public enum EditingError: Error, Equatable, Sendable {
    /// Neither file has the profile.
    case noSuchProfile(String)
    /// The profile stands there, and every SDK passes it over for its name.
    case passedOver(profile: String, Origin)
    /// Neither file has the profile, and a section that was meant for it is headed as none.
    case misnamed(profile: String, MisnamedSection)
    /// The config file does not have it, and the credentials file does.
    case onlyInCredentials(profile: String, Origin)
    /// A key in plain text, which SDKs take before they run a `credential_process`.
    case plaintextKey(Origin)
    /// A setting of the credentials file that SDKs act on, and that beats the config file's.
    case inCredentials(key: String, Origin)
    /// `key` and `warder_<key>` are both there: one counts for SDKs, the other for warder.
    case twin(key: String, Origin, own: Origin)
    /// Another program stands beside warder's command.
    case twoPrograms(Origin)
    /// warder is asked for another profile.
    case anotherProfile(asked: String, Origin)
    /// Another program, of a profile that is included: warder's command would hide it.
    case includedProgram(Origin)
    /// The profile's name begins with a hyphen: as an argument it would be an option.
    case unusableName(String)
    /// The path of warder's executable cannot be written so that every SDK reads it alike, or is not called `warder`.
    case unusableProgram(String)
}
