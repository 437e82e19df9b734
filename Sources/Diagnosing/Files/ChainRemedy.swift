import Chains
import Failures
import Profiles
import Text

/// The command that lets a profile resolve again: what it must be if that is sure, else the editor at the line.
struct ChainRemedy {
    private let subject: Subject
    private let profiles: ProfileSet
    /// How many errors may still look among all names for the one that was meant: a home may have thousands of both.
    private var searchesLeft = 50
    private lazy var names = profiles.profileNames

    init(_ subject: Subject, _ profiles: ProfileSet) {
        self.subject = subject
        self.profiles = profiles
    }

    mutating func remedy(_ error: ChainError) -> Remedy {
        if let command = command(error) { return .run(command) }
        return .run(error.origin.map { LineEdit.edit($0) } ?? "warder list")
    }

    private mutating func command(_ error: ChainError) -> String? {
        switch error {
        case .sourceMissing(let source, _, let origin):
            meant(source, orKey: true).flatMap {
                SettingEdit.write("source_profile", $0, at: origin)
            }
        case .profile(.includedProfileMissing(let included, let origin)):
            meant(included, orKey: false).flatMap {
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

    /// The profile, or also the stored key, of nearly that name.
    private mutating func meant(_ name: String, orKey: Bool) -> String? {
        guard searchesLeft > 0 else { return nil }
        searchesLeft -= 1
        return nearest(to: name, among: names + (orKey ? subject.storedKeys ?? [] : []))
    }
}
