import Chains
import Failures
import Profiles
import Text

/// The command that lets a profile resolve again: what it must be if that is sure, else the editor at the line.
struct ChainRemedy {
    private let subject: Subject
    private let profiles: ProfileSet

    init(_ subject: Subject, _ profiles: ProfileSet) {
        self.subject = subject
        self.profiles = profiles
    }

    func remedy(_ error: ChainError) -> Remedy {
        if let command = command(error) { return .run(command) }
        return .run(error.origin.map { LineEdit.edit($0) } ?? "warder list")
    }

    private func command(_ error: ChainError) -> String? {
        switch error {
        case .sourceMissing(let source, _, let origin):
            nearest(to: source, among: profiles.profileNames + (subject.storedKeys ?? [])).flatMap {
                SettingEdit.write("source_profile", $0, at: origin)
            }
        case .profile(.includedProfileMissing(let included, let origin)):
            nearest(to: included, among: profiles.profileNames).flatMap {
                SettingEdit.write("include_profile", $0, at: origin)
            }
        case .noCredentials(let profile, _), .ownSource(let profile, _): "warder add \(operand(profile))"
        case .roleWithoutSource(_, _, .some(let near)): LineEdit.rename(near.said, to: near.meant, at: near.origin)
        case .unknownCredentialSource(let said, let origin):
            nearest(to: said, among: ["Environment", "Ec2InstanceMetadata", "EcsContainer"]).flatMap {
                SettingEdit.write("credential_source", $0, at: origin)
            }
        case .misnamed(_, let section, _), .sectionMisnamed(_, _, let section, _):
            LineEdit.head(section, in: profiles)
        case .ssoKeyBesideSession(_, let key, let own, .some): SettingEdit.remove(key, at: own.origin)
        case .roleChainingTooLong(_, _, let origin): SettingEdit.write("duration_seconds", "3600", at: origin)
        case .changedSourceIdentity(_, let origin): SettingEdit.remove("source_identity", at: origin)
        case .badValue(let key, .notInSeconds(let seconds), let origin):
            SettingEdit.write(key, "\(seconds)", at: origin)
        case .badValue(let key, .empty, let origin): SettingEdit.remove(key, at: origin)
        default: nil
        }
    }
}
