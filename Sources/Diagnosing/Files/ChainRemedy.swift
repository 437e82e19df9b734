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
            nearest(to: source, among: profiles.profileNames + (subject.storedKeys ?? [])).map {
                write("source_profile", $0, at: origin)
            }
        case .profile(.includedProfileMissing(let included, let origin)):
            nearest(to: included, among: profiles.profileNames).map { write("include_profile", $0, at: origin) }
        case .noCredentials(let profile, _), .ownSource(let profile, _): "warder add \(operand(profile))"
        case .roleWithoutSource(_, _, .some(let near)): LineEdit.rename(near.said, to: near.meant, at: near.origin)
        case .unknownCredentialSource(let said, let origin):
            nearest(to: said, among: ["Environment", "Ec2InstanceMetadata", "EcsContainer"]).map {
                write("credential_source", $0, at: origin)
            }
        case .misnamed(_, let section, _), .sectionMisnamed(_, _, let section, _):
            LineEdit.head(section, in: profiles)
        case .ssoKeyBesideSession(_, let key, let own, .some): comment(key, at: own.origin)
        case .roleChainingTooLong(_, _, let origin): write("duration_seconds", "3600", at: origin)
        case .changedSourceIdentity(_, let origin): comment("source_identity", at: origin)
        case .badValue(let key, .notInSeconds(let seconds), let origin): write(key, "\(seconds)", at: origin)
        case .badValue(let key, .empty, let origin): comment(key, at: origin)
        default: nil
        }
    }

    /// Sets a value under whichever name the line has, with warder's prefix or without.
    private func write(_ key: String, _ value: String, at origin: Origin) -> String {
        LineEdit.write(name(key, at: origin), value, at: origin)
    }

    private func comment(_ key: String, at origin: Origin) -> String {
        LineEdit.comment(name(key, at: origin), at: origin)
    }

    private func name(_ key: String, at origin: Origin) -> String {
        let own = "warder_" + key
        guard !key.begins(with: "warder_") else { return key }
        let isOwn = profiles.profileNames.contains { profiles.profile($0)?.mention(of: own) == origin }
        return isOwn ? own : key
    }
}
