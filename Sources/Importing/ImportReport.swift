import Failures
import Profiles
import Secrets
import Setup
import Text

// What `import` shows before, and says afterwards.

extension ImportPlan {
    /// Each key once.
    var keys: [KeyToStore] {
        var seen: Set<String> = []
        return items.filter { seen.insert($0.key.text).inserted }
            .map { KeyToStore(name: $0.key, pair: $0.pair, isStored: $0.isStored) }
    }

    /// How many keys there are to import, in words.
    package var count: String { keys.count == 1 ? "1 key" : "\(keys.count) keys" }

    /// The profiles, their keys, what depends on them, and what will be written.
    package var shown: Shown {
        let rows = items.map { item in
            let dependents = item.dependents.isEmpty ? "–" : listed(item.dependents)
            return [item.profile, item.pair.accessKeyID, item.key.text, dependents, item.written]
        }
        return table(["PROFILE", "KEY", "STORED AS", "NEEDED BY", "IN THE CONFIG FILE"], rows)
    }

    /// Says where the secrets still are, and what to do about keys that lay open. Never shows a secret.
    package func reportLeftovers() {
        let files = [config.path, files.credentials?.path].compactMap { $0 }
        let pairs = keys.map(\.pair)
        guard !pairs.isEmpty else { return }
        let found = Leftovers(of: pairs, in: leftoverPlaces(beside: files, context.environment).map(\.path))
        for place in found.places.prefix(24) {
            context.console.note("the secret of \(place.profile) is still in \(place.text)")
        }
        if found.places.count > 24 { context.console.note("and in \(found.places.count - 24) more places") }
        for path in found.unfinished { context.console.note("\(path) is too large, and was not searched to its end") }
        let names = keys.map(\.name.text)
        let what = names.count == 1 ? "the key \(names[0])" : "the keys \(listed(names))"
        context.console.note("\(what) lay open in plain text: such a key should be changed")
        let places = found.places.isEmpty ? "" : "remove it from there; then "
        context.console.say("hint: \(places)warder rotate \(names.map(shellWord).joined(separator: " "))")
    }

    /// Says which sessions ask for a code, and what makes the first ones.
    package func reportSessions(opensUnasked: Bool) {
        var devices: [(serial: String, profiles: [String])] = []
        for item in items {
            guard let device = try? chain(item.profile, in: result).session?.mfa else { continue }
            if let index = devices.firstIndex(where: { $0.serial.isSame(as: device.serial.value) }) {
                devices[index].profiles.append(item.profile)
            } else {
                devices.append((device.serial.value, [item.profile]))
            }
        }
        for (serial, profiles) in devices {
            context.console.note("sessions of \(listed(profiles)) need a code of \(serial), once every 12 hours")
        }
        guard !items.isEmpty, !opensUnasked || !devices.isEmpty else { return }
        context.console.say(
            "hint: the first sessions, for SDKs to use: warder refresh "
                + "\(printable(items.map { shellWord($0.profile) }.joined(separator: " ")))")
    }

    /// Says which profiles are better adopted.
    package func reportOwnDevices() {
        guard !withOwnDevice.isEmpty else { return }
        context.console.note("SDKs go on asking for the code of \(listed(withOwnDevice)) themselves, in each process")
        context.console.say(
            "hint: warder asks once for all: warder adopt \(withOwnDevice.map(shellWord).joined(separator: " "))")
    }

    /// Says what is not imported, and why; the last reason is the command's failure.
    package func finish() throws(Failure) {
        for (profile, origin) in sessions {
            context.console.note(
                "left \(profile) as it is: the credentials of a session, which end by themselves (\(origin.place))")
        }
        for (_, failure) in refused.dropLast() { failure.show(on: context.console) }
        if let (_, failure) = refused.last { throw failure }
    }

    /// Fails if a profile that the command line names cannot be imported, and not because that is done.
    package func refuseNamed() throws(Failure) {
        for name in wishes.names where !files.plaintextProfiles.contains(where: { $0.isSame(as: name) }) {
            guard let profile = files.profile(name) else {
                throw Failure(EditingError.noSuchProfile(name)).suggesting(nearest(to: name, among: files.profileNames))
                    .lookedIn(context)
            }
            guard (try? profile.asksWarder()) == true else {
                throw Failure(
                    .notFound, "the profile \(name) has no key in plain text",
                    hint: "store a key for it: warder add \(shellWord(name))")
            }
            context.console.note("\(name) has no key in plain text, and asks warder already")
        }
        try refuseFirst()
    }

    /// Fails if a profile that the command line names has a key that cannot be imported.
    package func refuseFirst() throws(Failure) {
        if !wishes.names.isEmpty, let (_, failure) = refused.first { throw failure }
    }

    /// Says that there is nothing to import.
    package func finishEmpty() throws(Failure) {
        try finish()
        guard wishes.names.isEmpty else { return }
        context.console.note("there is no \(sessions.isEmpty ? "" : "long-term ")key in plain text")
    }
}

extension PlaintextPair {
    /// The key, ready to sign.
    var credentials: Credentials {
        Credentials(
            accessKeyID: accessKeyID, secret: secret.copy(), sessionToken: nil, expiration: nil, accountID: nil)
    }
}
