import Chains
import Profiles
import Text
import Times

// Errors in a config, in the user's words: file and line first.

extension Failure {
    /// - Parameter sections: how the file's section headers look.
    package init(_ error: ProfileError, sections: String = "like [profile NAME]") {
        let what: (String, String) =
            switch error {
            case .unclosedSection:
                (
                    "this section's head does not end with ]",
                    "close it with ]; from a ; or # on, the rest of a line is a comment"
                )
            case .outsideSection:
                ("a setting stands before the first section", "put it below a line \(sections)")
            case .continuationOutsideProperty:
                ("an indented line has no setting above it", "take the spaces away, or put a setting above it")
            case .propertyWithoutEquals: ("this line has no =", "write it as name = value, or as a comment with #")
            case .propertyWithoutName: ("this line has nothing before the =", "write it as name = value")
            case .subpropertyWithoutEquals:
                ("this indented line has no =", "below an empty setting, write each as name = value")
            case .subpropertyWithoutName: ("this indented line has nothing before the =", "write it as name = value")
            case .unreadableValue(let key, _):
                ("the value of \(key) is not text", "write it in UTF-8, without NUL bytes")
            case .includeCycle(let profile, _):
                ("include_profile leads back to \(profile)", "break the circle: a profile cannot include itself")
            case .includedProfileMissing(let profile, _):
                ("include_profile names \(profile), which is in neither file", "add the profile, or correct its name")
            case .utf16(let path, let encoding): Self.words(path, encoding)
            case .fileTooLarge(let path): ("\(path) is too large to be a config file", "see what grew in it")
            case .homeUnknown:
                (
                    "HOME is not set, and the password database has no home of this user",
                    "set HOME, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE"
                )
            }
        self.init(
            .badConfig, Self.place(error.origin) + what.0, hint: what.1, command: Self.conversion(error),
            origin: Self.line(error.origin), fault: Self.fault(error))
    }

    private static func conversion(_ error: ProfileError) -> String? {
        if case .utf16(let path, let encoding) = error { encoding.conversion(of: path) } else { nil }
    }

    package init(_ error: ChainError) {
        if case .profile(let error) = error {
            self.init(error)
            return
        }
        if case .noSuchProfile(let name) = error {
            self.init(
                .notFound, "there is no profile or key named \(name)",
                hint: "run warder list, or add it to ~/.aws/config", fault: "no_such_profile")
            return
        }
        if case .passedOver(let name, let section, let link) = error {
            self.init(passedOver: name, section, link: link)
            return
        }
        if case .misnamed(let name, let section, let link) = error {
            self.init(misnamed: name, section, link: link)
            return
        }
        let (message, hint) = Self.words(error)
        self.init(
            .badConfig, Self.place(error.origin) + message, hint: hint, origin: Self.line(error.origin),
            fault: Self.fault(error))
    }

    /// The same failure, with the place to look at in front.
    package func placed(at origin: Origin?, fault: String?) -> Failure {
        Failure(code, Self.place(origin) + message, hint: hint, origin: Self.line(origin), fault: fault)
    }

    /// A section that only some programs treat as a profile.
    package init(passedOver name: String, _ section: Origin, link: Origin? = nil) {
        let before =
            switch link {
            case .some(let link):
                "\(link.place): the source_profile \(name) is not a profile: its section (\(section.place))"
            case nil: "\(section.place): there is no profile named \(name): this section"
            }
        self.init(
            link == nil ? .notFound : .badConfig, before + " is passed over for how it is named",
            hint: "name it with letters, digits and _ - / . % @ : + alone, without quotes: SDKs know no others",
            origin: (link ?? section).place, fault: "passed_over", cause: .passedOver)
    }

    /// A section that was meant to be a profile but that no program treats as one.
    package init(misnamed name: String, _ section: MisnamedSection, link: Origin? = nil) {
        let before =
            switch link {
            case .some(let link):
                "\(link.place): the source_profile \(name) is not a profile: its section (\(section.origin.place))"
            case nil: "\(section.origin.place): there is no profile named \(name): this section"
            }
        self.init(
            link == nil ? .notFound : .badConfig, before + " is not headed as one",
            hint: "write \(section.heading) there", origin: (link ?? section.origin).place, fault: "misnamed")
    }

    private static func words(_ path: String, _ encoding: WideEncoding) -> (String, String) {
        ("this file is in UTF-16, and every SDK reads UTF-8", "convert it: \(encoding.conversion(of: path))")
    }

    private static func words(_ error: ChainError) -> (String, String) {
        switch error {
        case .profile, .noSuchProfile, .passedOver, .misnamed: ("the profile cannot be used", "see the line above")
        case .sourceMissing(let source, let profile, _):
            (
                "the source_profile of \(profile) is \(source), which is neither a profile nor a key",
                "add the profile \(source), or correct the name"
            )
        case .cycle(let profile, _): ("source_profile leads back to \(profile)", "break the circle")
        case .tooDeep(let profile, _):
            ("\(profile) stands behind more than \(Chain.greatestDepth) profiles", "make the chain shorter")
        case .twoSources(let profile, _):
            ("\(profile) has both source_profile and credential_source", "take one of them away")
        case .roleWithoutSource(let profile, _, let near):
            (
                "\(profile) has a role_arn, and nothing to assume it with",
                near.map { "write \($0.meant) in place of \($0.said) at \($0.origin.place)" }
                    ?? "add source_profile or warder_key"
            )
        case .sectionMisnamed(let kind, let name, let section, _):
            (
                "the section of the \(kind) \(name) (\(section.origin.place)) is not headed as one",
                "write \(section.heading) there"
            )
        case .noCredentials(let profile, _):
            (
                "\(profile) does not say where its credentials come from",
                "store a key for it: warder add \(shellWord(profile)); or sign in: warder login \(shellWord(profile))"
            )
        case .ownSource(let profile, _):
            (
                "source_profile names \(profile) itself, which has no key",
                "add one there, or: warder add \(shellWord(profile))"
            )
        case .halfAKey(let profile, let missing, _): ("\(profile) has half a key", "add \(missing)")
        case .unknownCredentialSource(let value, _):
            ("\(value) is not a credential_source", "use Environment, Ec2InstanceMetadata or EcsContainer")
        case .webIdentityWithoutRole(let profile, _):
            ("\(profile) has a web_identity_token_file and no role_arn", "add role_arn")
        case .ssoIncomplete(let profile, let missing, _):
            ("\(profile) lacks \(missing) of IAM Identity Center", "add \(missing)")
        case .unknownSetting(let key, _): unknown(key, Chain.ownSettings.names.map { "warder_" + $0 })
        case .ssoKeyBesideSession(let session, let key, let own, .some(let said)):
            (
                "\(key) is \(own.value) here, and \(said.value) in [sso-session \(session)] (\(said.origin.place))",
                "keep the right one there, and take it away here"
            )
        case .ssoKeyBesideSession(let session, let key, let own, nil):
            ("\(key) is \(own.value) here, and is not said in [sso-session \(session)]", "move it there")
        case .ssoSessionMissing(let session, let profile, _):
            ("\(profile) names the sso-session \(session), which is not there", "add [sso-session \(session)]")
        case .servicesMissing(let services, _):
            ("services names \(services), which is not there", "add [services \(services)]")
        case .processForAnotherProfile(let profile, let asked, _):
            (
                "the credential_process of \(profile) asks warder for \(asked), whose credentials SDKs get for it",
                "name \(profile) there, or use warder_source_profile = \(asked)"
            )
        case .roleChainingTooLong(let profile, let seconds, _):
            (
                "\(profile) asks for \(seconds) seconds, and a role that is assumed from a session lasts 3600 at most",
                "take duration_seconds away, or set it to 3600"
            )
        case .inheritedTag(let tag, let from, _):
            (
                "the session tag \(tag) is transitive in \(from), and STS refuses it a second time",
                "take it away here: the session has it from \(from)"
            )
        case .changedSourceIdentity(let from, _):
            (
                "source_identity is not that of \(from), which sets it first, and AWS lets no later role change it",
                "take it away here: the session has it from \(from)"
            )
        case .badValue(let key, let flaw, _): ("\(key) " + words(flaw).0, words(flaw).1)
        }
    }

    /// What is wrong with a value, and what is valid.
    private static func words(_ flaw: ChainError.Flaw) -> (String, String) {
        switch flaw {
        case .notARoleARN: ("is not the ARN of a role", "write it as arn:aws:iam::123456789012:role/NAME")
        case .notAPolicyARN: ("is not the ARN of a policy", "write it as arn:aws:iam::123456789012:policy/NAME")
        case .notANumber: ("is not a whole number", "write it in digits")
        case .notInSeconds(let seconds): ("is not a whole number", "write it in seconds: \(seconds)")
        case .notADuration: ("is not a length of time", "write it in seconds, or as 12h or 90m")
        case .notASwitch: ("is not a switch", "write true or false, or on or off")
        case .notAbsolute: ("is not an absolute path", "write the programs' whole paths")
        case .unitMissing(let number, let range):
            (
                "is out of its range",
                "AWS takes \(range.lowerBound) to \(range.upperBound) seconds"
                    + (lengths(of: "\(number)", in: range).map { ": write \($0)" } ?? "")
            )
        case .outOfRange(let range):
            ("is out of its range", "AWS takes \(range.lowerBound) to \(range.upperBound) seconds")
        case .wrongLength(let range):
            ("is too short or too long", "AWS takes \(range.lowerBound) to \(range.upperBound) characters")
        case .wrongCharacter(let allowed):
            ("has a character that AWS does not take", "use letters, digits and \(allowed)")
        case .tooMany(let limit): ("has too many entries", "AWS takes \(limit)")
        case .notTags: ("is not a list of tags", "write it as key=value,key=value")
        case .reservedTag: ("has a tag that begins with aws:", "choose another key: AWS keeps those for itself")
        case .repeatedTag: ("has a tag twice", "take one of them away")
        case .unknownTag: ("names a tag that is not in session_tags", "add it there")
        case .notJSON: ("is not a JSON object", "write it as {\"Version\": \"2012-10-17\", …}")
        case .webIdentitysPolicy:
            ("cannot narrow a web identity here", "put it into a profile with a role_arn behind this one")
        case .notARegion: ("is not a region", "write it as eu-west-1")
        case .policyGivenTwice: ("stands beside a policy file", "take one of them away")
        case .empty: ("is empty", "write a value, or take the line away")
        }
    }

    /// An unknown setting, and the one that was probably meant.
    ///
    /// - Parameter prefix: a prefix that the name should not have.
    package static func unknown(_ key: String, _ known: [String], prefix: String = "") -> (String, String) {
        let bare = key.begins(with: prefix) ? String(key.dropFirst(prefix.count)) : key
        let meant = known.contains(bare) ? bare : nearest(to: bare, among: known)
        let hint = meant.map { "write \($0), if that is what you mean" }
        return ("\(key) is not a setting of warder's", hint ?? "take the line away: nothing acts on it")
    }

    /// The name of the error's case, as `two_sources`.
    private static func fault<E: Error>(_ error: E) -> String {
        var word = ""
        for letter in String(describing: error).prefix(while: { $0 != "(" }) {
            word += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
        return word
    }

    /// `FILE:LINE`, if there is an origin.
    private static func line(_ origin: Origin?) -> String? { origin?.place }

    /// The same, to begin a message with.
    private static func place(_ origin: Origin?) -> String { line(origin).map { $0 + ": " } ?? "" }
}

extension WideEncoding {
    /// The command that converts a file to UTF-8. The file keeps its owner, its mode and its links; one without NUL
    /// bytes is converted already, and stays as it is.
    package func conversion(of path: String) -> String {
        let (file, new) = (shellWord(path), shellWord(path + ".XXXXXX"))
        return "[ \"$(tr -dc '\\000' < \(file) | wc -c)\" -eq 0 ] || (new=$(mktemp \(new)) && "
            + "iconv -f \(rawValue) -t UTF-8 \(file) > \"$new\" && cat \"$new\" > \(file) && rm \"$new\")"
    }
}

extension Origin {
    /// `FILE:LINE`, or the name of a variable.
    package var place: String { line == 0 ? path : "\(path):\(line)" }
}
