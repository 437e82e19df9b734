import Chains
import Failures
import Folders
import KeyInput
import Linux
@testable import Profiles
import TOTP

/// What is wrong with a config, with a folder's file, and with what is given as a key or a seed.
func configTables(_ o: String) -> [Table] {
    [
        Table(profileErrors(o)) { Failure($0) }, Table(chainErrors(o)) { Failure($0) },
        Table("ChainError.Flaw", flaws(o).map { (String(describing: $0).prefix { $0 != "(" }.description, words($0)) }),
        Table(editingErrors(o)) { Failure($0) }, Table(plaintextFaults()) { Failure($0, of: o) },
        Table(folderErrors(o)) { Failure($0) },
        Table(intakeErrors(o)) { Failure($0, from: "standard input") },
        Table(
            "a key that no profile has",
            [("headed", "[foo]" as String?), ("not headed", nil)].map { words, heading in
                (words, Failure(StrayKey(header: o, heading: heading, origin: line)))
            } + [("not text", Failure(StrayKey(header: nil, heading: nil, origin: line)))]),
        Table("a malformed key in a file", malformedKeys().map { ("\($0)", Failure($0, of: o, line)) }),
        Table(
            "ForeignIdentifier",
            ForeignIdentifier.allCases.map { ("\($0)", Failure(.foreignIdentifier($0), from: Failure.typed)) }),
        Table(seedErrors(o)) { Failure($0) },
    ]
}

private func profileErrors(_ o: String) -> [ProfileError] {
    [
        .unclosedSection(line), .outsideSection(line), .continuationOutsideProperty(line), .propertyWithoutEquals(line),
        .propertyWithoutName(line), .subpropertyWithoutEquals(line), .subpropertyWithoutName(line),
        .unreadableValue(key: o, line), .includeCycle(profile: o, line), .includedProfileMissing(profile: o, line),
        .utf16(path: "/v/" + o, .marked), .utf16(path: "/v/" + o, .littleEndian), .utf16(path: "/v/" + o, .bigEndian),
        .fileTooLarge(path: "/v/" + o), .homeUnknown,
    ]
}

private func chainErrors(_ o: String) -> [ChainError] {
    let other = Origin(path: line.path, line: 9)
    let misnamed = MisnamedSection(origin: other, heading: "[profile \(o)]")
    return [
        .profile(.unclosedSection(line)), .noSuchProfile(o), .passedOver(profile: o, other, link: nil),
        .passedOver(profile: o, other, link: line), .misnamed(profile: o, misnamed, link: nil),
        .misnamed(profile: o, misnamed, link: line), .unknownSetting(key: "warder_mfa_proces", line),
        .unknownSetting(key: "warder_" + o, line), .sourceMissing(source: o, profile: o, line),
        .cycle(profile: o, line), .tooDeep(profile: o, line), .twoSources(profile: o, line),
        .roleWithoutSource(profile: o, line),
        .roleWithoutSource(
            profile: o, line, near: Misspelling(said: "source_profil", meant: "source_profile", origin: other)),
        .noCredentials(profile: o, line), .ownSource(profile: o, line),
        .halfAKey(profile: o, missing: "aws_secret_access_key", line), .unknownCredentialSource(o, line),
        .webIdentityWithoutRole(profile: o, line), .ssoIncomplete(profile: o, missing: "sso_region", line),
        .ssoKeyBesideSession(
            session: o, key: "sso_region", own: Setting(value: o, origin: line),
            said: Setting(value: "eu-west-1", origin: other)),
        .ssoKeyBesideSession(session: o, key: "sso_region", own: Setting(value: o, origin: line), said: nil),
        .ssoSessionMissing(session: o, profile: o, line),
        .sectionMisnamed(kind: "sso-session", name: o, misnamed, line), .servicesMissing(services: o, line),
        .processForAnotherProfile(profile: o, asked: o, line), .roleChainingTooLong(profile: o, seconds: 7200, line),
        .inheritedTag(tag: o, from: o, line), .changedSourceIdentity(from: o, line),
        .badValue(key: "role_arn", .notARoleARN, line),
    ]
}

private func flaws(_ o: String) -> [ChainError.Flaw] {
    [
        .notARoleARN, .notAPolicyARN, .notANumber, .notInSeconds(3600), .unitMissing(15, 900...129_600),
        .unitMissing(9999, 900...3600), .notADuration, .notASwitch, .notAbsolute, .outOfRange(900...43_200),
        .wrongLength(2...64), .wrongCharacter(allowed: "_+=,.@-"), .tooMany(50), .notTags, .reservedTag, .repeatedTag,
        .unknownTag, .notJSON, .webIdentitysPolicy, .notARegion, .policyGivenTwice, .empty,
    ]
}

private func words(_ flaw: ChainError.Flaw) -> Failure { Failure(ChainError.badValue(key: "setting", flaw, line)) }

private func editingErrors(_ o: String) -> [EditingError] {
    let other = Origin(path: line.path, line: 9)
    return [
        .noSuchProfile(o), .passedOver(profile: o, line),
        .misnamed(profile: o, MisnamedSection(origin: line, heading: "[profile \(o)]")),
        .onlyInCredentials(profile: o, line), .plaintextKey(line), .inCredentials(key: "role_arn", line),
        .twin(key: "role_arn", line, own: other),
        .twin(key: "role_arn", line, own: Origin(path: "/home/ann/.aws/credentials", line: 2)), .twoPrograms(line),
        .anotherProfile(asked: o, line), .includedProgram(line), .adoptedByNewer(line), .unusableName("-" + o),
        .unusableValue(key: "region"),
        .unusableProgram("/v/" + o),
    ]
}

private func plaintextFaults() -> [PlaintextFault] {
    let other = Origin(path: line.path, line: 9)
    return [
        .session(line), .half(missing: "aws_access_key_id", line), .half(missing: "aws_secret_access_key", line),
        .different(key: "aws_access_key_id", line, other), .severalLines(key: "aws_secret_access_key", line),
        .unusableName(line),
    ]
}

private func malformedKeys() -> [KeyInputError] {
    [.notAnIdentifier, .foreignIdentifier(.user), .secretAsIdentifier, .notASecret, .identifierAsSecret]
}

private func folderErrors(_ o: String) -> [FolderError] {
    let path = "/v/\(o)/.warder"
    let system = SystemError(call: "open", path: path, code: 5)
    return [
        .file(.exposed(path: path, mode: 0o666)), .file(.tooLarge(path: path, limit: 4096)), .file(.link(path: path)),
        .file(.notAFile(path: path)), .folder(.exposed(path: "/v/" + o, mode: 0o777)),
        .folder(.foreign(path: "/v/" + o, owner: 1001)), .notOneName(path: path), .notAName(path: path),
        .carriageReturn(path: path), .byteOrderMark(path: path), .remark(path: path), .unusablePath, .start(system),
        .store(.system(system)), .lock(.timedOut(path: path)), .crypto(.refused("EVP_Digest")),
    ]
}

private func intakeErrors(_ o: String) -> [KeyInputError] {
    [
        .notAnIdentifier, .foreignIdentifier(.user), .secretAsIdentifier, .temporary, .notASecret, .identifierAsSecret,
        .missing(.identifier), .missing(.secret), .wideCharacters, .noColumns, .noKey, .otherUsers(["bob", o]),
        .otherUsers((1...9).map { "user\($0)" }), .severalKeys,
    ]
}

private func seedErrors(_ o: String) -> [TOTPError] {
    [
        .empty, .textTooLong, .notBase32, .cutOff, .secretTooShort, .secretTooLong, .malformedAddress, .counterBased,
        .noSecret, .repeated(parameter: "secret"), .unknownHash, .notSixDigits, .unacceptablePeriod,
        .crypto(.refused("HMAC")),
    ]
}
