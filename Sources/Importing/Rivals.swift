import Chains
import Failures
import Profiles
import Text
import Vault

// What stands beside a plaintext key, so that it is not clear which of the two counts.

extension ImportPlan {
    /// Fails if a profile has another source of credentials, which SDKs may prefer to the key.
    func refuseRival(of item: Item, _ profile: Profile) throws(Failure) {
        let pair = item.pair
        let source = try? profile.plain("source_profile")?.value
        for key in SDKLookup.otherSettings {
            guard let origin = profile.mention(of: key) else { continue }
            // A role that is assumed with the profile's own key; without a role, SDKs ignore the source.
            if key == "role_arn", source?.isSame(as: profile.name) == true { continue }
            if key == "source_profile",
                source?.isSame(as: profile.name) == true || profile.mention(of: "role_arn") == nil
            {
                continue
            }
            throw .rival(pair, key, origin)
        }
        if let own = try? profile.own("key"), let origin = profile.origin(of: "warder_key") {
            guard own.value.isSame(as: item.key.text) else { throw .rival(pair, "warder_key", origin) }
        }
        // boto3 prefers the program, and other SDKs the key.
        if !pair.files.contains(.credentials), try hasOtherProgram(profile),
            let origin = profile.origin(of: "credential_process")
        {
            throw .rival(pair, "credential_process", origin)
        }
    }

    /// Whether the profile names another program than warder.
    func hasOtherProgram(_ profile: Profile) throws(Failure) -> Bool {
        do throws(ProfileError) {
            guard try profile.plain("credential_process") != nil else { return false }
            return try !profile.asksWarder()
        } catch { throw Failure(error) }
    }
}

extension Failure {
    /// - Parameter name: the one that the other key has, if not the profile's.
    static func taken(_ pair: PlaintextPair, as name: KeyName? = nil) -> Failure {
        let name = name?.text ?? pair.profile
        return Failure(
            .other, "the store already has a different key named \(name) than \(pair.origin.place)",
            hint: "if the one in the store is out of date: warder add --replace \(shellWord(name)); if not, "
                + "remove the other one where it is")
    }

    static func unnamable(_ pair: PlaintextPair) -> Failure {
        Failure(
            .badConfig, "\(pair.origin.place): \(pair.profile) is not a name that a key can have",
            hint: "rename the profile: up to 128 letters, digits and . _ @ + = , : / % -", origin: pair.origin.place)
    }

    static func noSuch(_ pair: PlaintextPair) -> Failure { Failure(.unusableName(pair.origin), of: pair.profile) }

    static func rival(_ pair: PlaintextPair, _ key: String, _ origin: Origin) -> Failure {
        Failure(
            .badConfig,
            "\(origin.place): \(key) stands beside the key of \(pair.profile), and SDKs differ in which they go by",
            hint: "keep one of the two", origin: origin.place)
    }

    static func rival(_ pair: PlaintextPair, _ place: String? = nil) -> Failure {
        let where_ = place.map { " (\($0))" } ?? ""
        return Failure(
            .badConfig, "\(pair.origin.place): SDKs would not get the key of \(pair.profile) from warder\(where_)",
            hint: "see what stands beside it: warder explain \(shellWord(pair.profile))", origin: pair.origin.place)
    }

    static func rivalOfDependent(_ pair: PlaintextPair, _ name: String) -> Failure {
        Failure(
            .badConfig,
            "\(pair.origin.place): \(name) depends on the key of \(pair.profile), "
                + "and would get other credentials without it there",
            hint: "see how: warder explain \(shellWord(name))", origin: pair.origin.place)
    }
}
