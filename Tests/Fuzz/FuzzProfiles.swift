import Secrets

@testable import Profiles

@Sendable func fuzzConfig(_ bytes: UnsafeRawBufferPointer) { fuzzProfiles(bytes, .config) }

@Sendable func fuzzCredentials(_ bytes: UnsafeRawBufferPointer) { fuzzProfiles(bytes, .credentials) }

/// A file is read to its end or refused by a line of it; what it says can be asked for, and edited and taken back.
private func fuzzProfiles(_ bytes: UnsafeRawBufferPointer, _ kind: ProfileFile.Kind) {
    let lines = 1...bytes.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    do throws(ProfileError) {
        let file = try ProfileFile(text: SecretBytes(input: bytes), path: "file", kind: kind)
        require(file.isUnchanged(SecretBytes(copying: bytes)), "a file says what it said")
        let set = ProfileSet(
            config: kind == .config ? file : nil, credentials: kind == .credentials ? file : nil)
        checkReading(set, lines)
        checkAdding(to: file)
        if kind == .config { checkEditing(file, set) }
    } catch { require(error.origin.map { lines.contains($0.line) } == true, "an error in no line: \(error)") }
}

private func checkReading(_ set: ProfileSet, _ lines: ClosedRange<Int>) {
    let indexed = set.indexed()
    let own = OwnSettings(["session"])
    for name in set.profileNames.prefix(20) {
        guard let profile = set.profile(name) else { return require(false, "\(name) is named and not found") }
        let other = indexed.profile(name)
        require(other?.origin == profile.origin && other?.keys == profile.keys, "an index changes \(name)")
        require(lines.contains(profile.origin.line), "\(name) is in no line")
        for key in profile.keys { checkSetting(profile, key, lines) }
        _ = profile.unknownOwn(own)
        _ = profile.misspelling(of: "source_profile")
        for section in [set.ssoSession(name), set.services(name), set.hiddenDefault] {
            for key in section?.keys ?? [] { _ = try? section?.setting(key) }
        }
    }
    require(set.writtenKeys.allSatisfy { lines.contains($0.origin.line) }, "a key in no line")
    for name in ["a", "default"] {
        for place in [set.passedOver(name), set.misnamed(name)?.origin, set.misnamed(name, as: "sso-session")?.origin] {
            require(place.map { lines.contains($0.line) } ?? true, "\(name) is in no line")
        }
    }
}

private func checkSetting(_ profile: Profile, _ key: String, _ lines: ClosedRange<Int>) {
    let isEmpty = (try? profile.written(key))?.value == ""
    let origin = profile.origin(of: key)
    require((origin == nil) == isEmpty, "\(key) is set, or empty")
    require(origin.map { lines.contains($0.line) } ?? true, "\(key) is in no line")
    let secret = array(profile.secret(key))
    require((secret == nil) == isEmpty, "\(key) is a secret, or empty")
    if let plain = try? profile.plain(key) {
        require(secret.map { String(decoding: $0, as: UTF8.self) } == plain.value, "\(key) has one value")
    }
    for found in [try? profile.setting(key), try? profile.own(key), try? profile.nested(key, "name")] {
        require(found.map { lines.contains($0.origin.line) } ?? true, "\(key) is in no line")
    }
}

/// A new profile can be put behind any file, whose bytes all stay.
private func checkAdding(to file: ProfileFile) {
    let new = required("a plain name is usable") { () throws(EditingError) in
        try NewProfile(name: "fuzz-new", region: "eu-west-1", mfaSerial: nil, program: "/usr/bin/warder")
    }
    let text = new.added(to: file)
    require(text.array().starts(with: file.edited([]).array()), "the file stays as it was")
    guard file.kind == .config else { return }
    let after = required("a file with a new profile is one") { () throws(ProfileError) in
        ProfileSet(config: try ProfileFile(text: text.copy(), path: "file", kind: .config), credentials: nil)
    }
    require((try? after.profile("fuzz-new")?.asksWarder()) == true, "a new profile asks warder")
}

/// Adopting a profile changes nothing else, is done once, and is taken back to the last byte.
private func checkEditing(_ file: ProfileFile, _ set: ProfileSet) {
    for name in set.profileNames.prefix(4) {
        guard let edits = try? set.adopting(name, program: "/usr/bin/warder") else {
            _ = try? set.releasing(name)
            continue
        }
        _ = file.difference(edits)
        let adopted = edited(file, edits)
        let after = ProfileSet(config: adopted, credentials: nil)
        require((try? after.profile(name)?.asksWarder()) == true, "\(name) asks warder once it was adopted")
        require(after.profileNames == set.profileNames, "no profile comes or goes")
        for other in set.profileNames.prefix(6) {
            let (before, after) = (settings(set, other, but: name), settings(after, other, but: name))
            require(before == after, "\(other) stays as it was when \(name) is adopted:\n\(before)\n\(after)")
        }
        require((try? after.adopting(name, program: "/usr/bin/warder")) == [], "\(name) is adopted once")
        guard !set.isAdopted(name), let back = try? after.releasing(name) else { continue }
        _ = adopted.difference(back)
        require(adopted.edited(back).array() == file.edited([]).array(), "\(name) is as it was")
    }
}

private func edited(_ file: ProfileFile, _ edits: [Edit]) -> ProfileFile {
    let text = file.edited(edits)
    return required("an edited file is one") { () throws(ProfileError) in
        try ProfileFile(text: text.copy(), path: "file", kind: .config)
    }
}

/// What warder reads of a profile; `credential_process` aside in the one that is adopted.
private func settings(_ set: ProfileSet, _ name: String, but adopted: String) -> [String: String?] {
    var settings: [String: String?] = [:]
    guard let profile = set.profile(name) else { return settings }
    for key in profile.keys {
        let key = key.hasPrefix("warder_") ? String(key.dropFirst(7)) : key
        if key != "credential_process" { settings[key] = (try? profile.setting(key))?.value }
    }
    return settings
}
