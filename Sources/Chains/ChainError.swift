import Profiles

/// Why a profile does not come to a chain. No case carries a secret.
public enum ChainError: Error, Equatable, Sendable {
    /// A file cannot be read as it should.
    case profile(ProfileError)
    /// Neither file has the profile that was asked for, and no key has its name.
    case noSuchProfile(String)
    /// The profile stands in the files, and is passed over, as every SDK does, for its name. `link` is the line that
    /// names it, where it is not what was asked for.
    case passedOver(profile: String, Origin, link: Origin?)
    /// The profile is in neither file, and a section that was meant for it is headed as none. `link` is as above.
    case misnamed(profile: String, MisnamedSection, link: Origin?)
    /// `warder_<key>`, which is no setting.
    case unknownSetting(key: String, Origin)
    /// `source_profile` of `profile` names `source`, which is in neither file and no key.
    case sourceMissing(source: String, profile: String, Origin)
    /// `source_profile` leads back to `profile`.
    case cycle(profile: String, Origin)
    /// More than `Chain.greatestDepth` profiles stand one behind the other.
    case tooDeep(profile: String, Origin)
    /// Both `source_profile` and `credential_source`.
    case twoSources(profile: String, Origin)
    /// A `role_arn`, and nothing that says what assumes it; `near` is what was perhaps to say so.
    case roleWithoutSource(profile: String, Origin, near: Misspelling? = nil)
    /// A profile that says nothing of where its credentials come from, and no key has its name.
    case noCredentials(profile: String, Origin)
    /// A `source_profile` that is the profile itself, which has no key and no other source.
    case ownSource(profile: String, Origin)
    /// One half of a plaintext key; `missing` is the setting of the other.
    case halfAKey(profile: String, missing: String, Origin)
    /// A `credential_source` that no SDK knows.
    case unknownCredentialSource(String, Origin)
    /// A `web_identity_token_file` without `role_arn`.
    case webIdentityWithoutRole(profile: String, Origin)
    /// Settings of IAM Identity Center, of which `missing` is not there; the line is that of one that is.
    case ssoIncomplete(profile: String, missing: String, Origin)
    /// `key` stands beside `sso_session` as `own`, and the `sso-session` does not say the same.
    case ssoKeyBesideSession(session: String, key: String, own: Setting, said: Setting?)
    /// The profile names an `sso-session` that is not there.
    case ssoSessionMissing(session: String, profile: String, Origin)
    /// The profile names a section of this kind, as `sso-session`, that is headed as none.
    case sectionMisnamed(kind: String, name: String, MisnamedSection, Origin)
    /// The profile names a section of `services` that is not there.
    case servicesMissing(services: String, Origin)
    /// A `credential_process` that has warder answer for another profile.
    case processForAnotherProfile(profile: String, asked: String, Origin)
    /// Over 3600 s for a role that is assumed with a session's credentials (AWS IAM User Guide, "Role chaining").
    case roleChainingTooLong(profile: String, seconds: Int, Origin)
    /// A session tag that the session before it, of the profile `from`, has made transitive: STS takes no tag of that key
    /// again, whatever its value (AWS STS API Reference, "AssumeRole").
    case inheritedTag(tag: String, from: String, Origin)
    /// Another `source_identity` than that of `from`, a role before it: once set, it cannot be changed (AWS IAM User
    /// Guide, "Monitor and control actions taken with assumed roles").
    case changedSourceIdentity(from: String, Origin)
    /// A value that AWS would not take, or that is no value of this setting.
    case badValue(key: String, Flaw, Origin)

    /// What is wrong with a value.
    public enum Flaw: Equatable, Sendable {
        /// Not `arn:PARTITION:iam::ACCOUNT:role/NAME`.
        case notARoleARN
        /// Not `arn:PARTITION:iam::ACCOUNT:policy/NAME`.
        case notAPolicyARN
        /// Not a whole number.
        case notANumber
        /// A length of time of so many seconds, where AWS takes their number alone.
        case notInSeconds(Int)
        /// A number outside these bounds, where a unit may stand behind it.
        case unitMissing(Int, ClosedRange<Int>)
        /// Neither seconds nor hours or minutes, as in `12h` or `90m`.
        case notADuration
        /// Not `true` or `false`, or for `warder_session` `on` or `off`.
        case notASwitch
        /// Not an absolute path.
        case notAbsolute
        /// A number outside these bounds.
        case outOfRange(ClosedRange<Int>)
        /// Fewer or more characters than these.
        case wrongLength(ClosedRange<Int>)
        /// A character that is not a letter, a digit or one of these.
        case wrongCharacter(allowed: String)
        /// More than this many.
        case tooMany(Int)
        /// Not `key=value,key=value`.
        case notTags
        /// A tag key that starts with `aws:`.
        case reservedTag
        /// A tag key given twice; AWS does not tell them apart by case.
        case repeatedTag
        /// A transitive tag that is no session tag.
        case unknownTag
        /// Not a JSON object.
        case notJSON
        /// A session policy of a web identity.
        case webIdentitysPolicy
        /// Not one label of a host name.
        case notARegion
        /// A policy, and a policy file.
        case policyGivenTwice
        /// Nothing behind the `=`.
        case empty
    }

    /// The line to look at, where there is one.
    public var origin: Origin? {
        switch self {
        case .profile(let error): error.origin
        case .noSuchProfile: nil
        case .passedOver(_, let section, let link): link ?? section
        case .misnamed(_, let section, let link): link ?? section.origin
        case .ssoKeyBesideSession(_, _, let own, _): own.origin
        case .unknownSetting(_, let origin), .sourceMissing(_, _, let origin), .cycle(_, let origin),
            .tooDeep(_, let origin),
            .twoSources(_, let origin), .roleWithoutSource(_, let origin, _), .noCredentials(_, let origin),
            .ownSource(_, let origin), .halfAKey(_, _, let origin), .unknownCredentialSource(_, let origin),
            .webIdentityWithoutRole(_, let origin), .ssoIncomplete(_, _, let origin),
            .ssoSessionMissing(_, _, let origin), .sectionMisnamed(_, _, _, let origin),
            .servicesMissing(_, let origin), .processForAnotherProfile(_, _, let origin),
            .roleChainingTooLong(_, _, let origin), .inheritedTag(_, _, let origin),
            .changedSourceIdentity(_, let origin), .badValue(_, _, let origin):
            origin
        }
    }
}

extension Profile {
    /// `setting`, its errors made this module's.
    func value(_ key: String) throws(ChainError) -> Setting? {
        do throws(ProfileError) { return try setting(key) } catch { throw .profile(error) }
    }

    /// `own`, its errors made this module's.
    func ownValue(_ key: String) throws(ChainError) -> Setting? {
        do throws(ProfileError) { return try own(key) } catch { throw .profile(error) }
    }

    /// `plain`, its errors made this module's.
    func plainValue(_ key: String) throws(ChainError) -> Setting? {
        do throws(ProfileError) { return try plain(key) } catch { throw .profile(error) }
    }
}
