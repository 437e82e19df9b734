import Profiles
import Text

// What `adopt` cannot change, in the user's words.

extension Failure {
    package init(_ error: EditingError) {
        switch error {
        case .noSuchProfile(let name):
            self.init(
                .notFound, "there is no profile named \(name)", hint: "run warder list, or add it to ~/.aws/config")
        case .passedOver(let name, let origin): self.init(passedOver: name, origin)
        case .misnamed(let name, let section): self.init(misnamed: name, section)
        case .onlyInCredentials(let profile, let origin):
            self.init(
                origin, "\(profile) is only in the credentials file",
                hint: "add a section [profile \(profile)] to the config file")
        case .plaintextKey(let origin):
            self.init(
                origin, "a key in plain text, which SDKs take without asking warder",
                hint: "run warder import")
        case .inCredentials(let key, let origin):
            self.init(
                origin, "\(key) stands in the credentials file, where it beats the config file's",
                hint: "move it to the config file, or take it away")
        case .twin(let key, let origin, let own):
            let place = own.path.isSame(as: origin.path) ? "line \(own.line)" : "\(own.path):\(own.line)"
            self.init(
                origin, "\(key) stands beside the warder_\(key) of \(place): one counts for SDKs, the other for warder",
                hint: "keep one of them")
        case .twoPrograms(let origin):
            self.init(origin, "credential_process stands beside another that asks warder", hint: "keep one of them")
        case .anotherProfile(let asked, let origin):
            self.init(
                origin, "credential_process asks warder for \(asked)",
                hint: "name the profile itself there, or use warder_source_profile = \(asked)")
        case .adoptedByNewer(let origin):
            self.init(
                origin, "a newer warder adopted this profile, and recorded changes that this version cannot undo",
                hint: "upgrade warder; this version leaves the file unchanged")
        case .includedProgram(let origin):
            self.init(
                origin, "this credential_process is included by another profile, and would be hidden there",
                hint: "write it into that profile, as warder_credential_process")
        case .unusableName(let name):
            self.init(
                .badConfig, "no SDK can ask warder for \(name), which looks like an option", hint: "rename the profile")
        case .unusableProgram(let path):
            self.init(
                .other, "no SDK can call warder at \(path)",
                hint: "install it under the name of warder, at a path of letters, digits and _./+-@%,=:")
        case .unusableValue(let key):
            self.init(.usage, "\(key) has a line break or another control character in it", hint: "write it anew")
        }
    }

    private init(_ origin: Origin, _ message: String, hint: String) {
        self.init(.badConfig, "\(origin.path):\(origin.line): \(message)", hint: hint)
    }
}
