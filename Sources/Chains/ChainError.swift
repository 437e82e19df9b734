import Profiles

/// Why a profile does not resolve to a chain. No case carries a secret.
public enum ChainError: Error, Equatable, Sendable {
    /// A file cannot be read or parsed.
    case profile(ProfileError)
    /// Neither file has the requested profile, and no key has its name.
    case noSuchProfile(String)
    /// The files have the profile, but SDKs ignore it because of its name, and so does warder. `link` is the line that
    /// names it, unless the profile was requested itself.
    case passedOver(profile: String, Origin, link: Origin?)
    /// Neither file has the profile, but a section that was meant for it has a malformed header. `link` is as above.
    case misnamed(profile: String, MisnamedSection, link: Origin?)
    /// `warder_<key>`, which does not exist as a setting.
    case unknownSetting(key: String, Origin)
    /// `source_profile` of `profile` names `source`, which is neither in a file nor a key.
    case sourceMissing(source: String, profile: String, Origin)
    /// `source_profile` leads back to `profile`.
    case cycle(profile: String, Origin)
    /// The chain has more than `Chain.greatestDepth` profiles.
    case tooDeep(profile: String, Origin)
    /// Both `source_profile` and `credential_source`.
    case twoSources(profile: String, Origin)
    /// A `role_arn` without a source to assume it with; `near` is a setting that was perhaps meant as the source.
    case roleWithoutSource(profile: String, Origin, near: Misspelling? = nil)
    /// A profile without a source of credentials, whose name is not that of a key.
    case noCredentials(profile: String, Origin)
    /// A `source_profile` that names the profile itself, which has neither a key nor another source.
    case ownSource(profile: String, Origin)
    /// Half of a plaintext key; `missing` is the setting with the other half.
    case halfAKey(profile: String, missing: String, Origin)
    /// A `credential_source` that SDKs do not know.
    case unknownCredentialSource(String, Origin)
    /// A `web_identity_token_file` without `role_arn`.
    case webIdentityWithoutRole(profile: String, Origin)
    /// Settings of IAM Identity Center without `missing`; the line is that of one of the others.
    case ssoIncomplete(profile: String, missing: String, Origin)
    /// `key` beside `sso_session` has the value `own`, and the `sso-session` has another.
    case ssoKeyBesideSession(session: String, key: String, own: Setting, said: Setting?)
    /// The profile names an `sso-session` that does not exist.
    case ssoSessionMissing(session: String, profile: String, Origin)
    /// The profile names a section of this kind, such as `sso-session`, whose header is malformed.
    case sectionMisnamed(kind: String, name: String, MisnamedSection, Origin)
    /// The profile names a `services` section that does not exist.
    case servicesMissing(services: String, Origin)
    /// A `credential_process` that makes warder answer for another profile.
    case processForAnotherProfile(profile: String, asked: String, Origin)
    /// Over 3600 s for a role that is assumed with a session's credentials (AWS IAM User Guide, "Role chaining").
    case roleChainingTooLong(profile: String, seconds: Int, Origin)
    /// A session tag that the previous session, of the profile `from`, has made transitive: STS refuses another tag
    /// with that key, whatever its value (AWS STS API Reference, "AssumeRole").
    case inheritedTag(tag: String, from: String, Origin)
    /// A `source_identity` that differs from that of `from`, an earlier role: once set, it cannot be changed (AWS IAM
    /// User Guide, "Monitor and control actions taken with assumed roles").
    case changedSourceIdentity(from: String, Origin)
    /// A value that AWS would refuse, or that is invalid for this setting.
    case badValue(key: String, Flaw, Origin)

    /// What is wrong with a value.
    public enum Flaw: Equatable, Sendable {
        /// Not `arn:PARTITION:iam::ACCOUNT:role/NAME`.
        case notARoleARN
        /// Not `arn:PARTITION:iam::ACCOUNT:policy/NAME`.
        case notAPolicyARN
        /// Not a whole number.
        case notANumber
        /// A duration with a unit, in seconds, where AWS accepts only a number of seconds.
        case notInSeconds(Int)
        /// A number outside these bounds, for a setting that accepts a unit after it.
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
        /// A transitive tag that is not a session tag.
        case unknownTag
        /// Not a JSON object.
        case notJSON
        /// A session policy for a web identity.
        case webIdentitysPolicy
        /// Not a single label of a host name.
        case notARegion
        /// Both a policy and a policy file.
        case policyGivenTwice
        /// Nothing after the `=`.
        case empty
    }

    /// The line to look at, if there is one.
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
    /// `setting`, with its error converted to this module's.
    func value(_ key: String) throws(ChainError) -> Setting? {
        do throws(ProfileError) { return try setting(key) } catch { throw .profile(error) }
    }

    /// `own`, with its error converted to this module's.
    func ownValue(_ key: String) throws(ChainError) -> Setting? {
        do throws(ProfileError) { return try own(key) } catch { throw .profile(error) }
    }

    /// `plain`, with its error converted to this module's.
    func plainValue(_ key: String) throws(ChainError) -> Setting? {
        do throws(ProfileError) { return try plain(key) } catch { throw .profile(error) }
    }
}
