import Chains
import Failures
import Linux
import Profiles
import Stores
import Text

/// Profiles that warder is meant to resolve and cannot.
enum Resolution: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let files = try? subject.awsFiles.get() else { return }
        // Several profiles may meet the same fault, at the same line.
        var places = Set(diagnosis.findings.compactMap(\.place))
        var circled: Set<String> = []
        var remedies = ChainRemedy(subject, files.profiles)
        for name in subject.names {
            guard subject.profile != nil || subject.meant.concernsWarder(name) else { continue }
            do throws(ChainError) {
                let chain = try subject.chain(name)
                for missing in policies(of: chain, subject) where places.insert(missing.place ?? "").inserted {
                    diagnosis.add(missing)
                }
            } catch {
                // Told already, with the section that it would be, or what SDKs make of it.
                if case .misnamed(_, let section, _) = error, places.contains(section.origin.place) { continue }
                if case .unknownSetting(let key, let origin) = error {
                    // Of a profile that it goes through.
                    if places.insert(origin.place).inserted {
                        diagnosis.add(UnknownSettings.finding(key, origin, in: files.profiles))
                    }
                    continue
                }
                if case .cycle(let member, _) = error {
                    // Each line of it closes it, for another of its profiles.
                    if circled.contains(member) { continue }
                    circled.formUnion(circle(of: member, in: files.profiles))
                }
                guard let found = finding(error, of: name, files, &remedies) else { continue }
                if found.place.map({ places.insert($0).inserted }) ?? true { diagnosis.add(found) }
            }
        }
    }

    private static func finding(
        _ error: ChainError, of name: String, _ files: AWSFiles, _ remedies: inout ChainRemedy
    ) -> Finding? {
        // Another file, or another line, may have what is missing here.
        guard files.areWhole || !error.isAbsence else { return nil }
        if case .noSuchProfile = error { return nil }
        let isAdopted = files.profiles.isAdopted(name)
        return Finding(
            Failure(error),
            why: "warder gives no credentials for \(name)"
                + (isAdopted ? "; it resolved when warder adopt ran" : ""),
            remedies.remedy(error))
    }

    /// The profiles of a circle, of which one is known.
    private static func circle(of member: String, in profiles: ProfileSet) -> [String] {
        var members = [member]
        while let link = (try? profiles.profile(members[members.count - 1])?.setting("source_profile")) ?? nil,
            !members.holds(link.value)
        {
            members.append(link.value)
        }
        return members
    }

    /// Files with session policies that cannot be read.
    private static func policies(of chain: Chain, _ subject: Subject) -> [Finding] {
        chain.roles.compactMap { role in
            guard case .file(let setting) = role.policy else { return nil }
            let path = subject.context.expanded(setting.value)
            guard FileAccess(at: path)?.isPlainFile != true else { return nil }
            return Finding(
                "no_policy_file", .broken, at: setting.origin.place, "there is no policy file \(setting.value)",
                why: "warder gives no credentials for \(chain.profile)", .run(LineEdit.edit(setting.origin)))
        }
    }
}

extension ChainError {
    /// Something is not there.
    fileprivate var isAbsence: Bool {
        switch self {
        case .sourceMissing, .noCredentials, .ssoSessionMissing, .servicesMissing, .ssoIncomplete, .roleWithoutSource,
            .halfAKey, .ownSource, .noSuchProfile, .profile(.includedProfileMissing):
            true
        default: false
        }
    }
}
