import Failures
import Linux
import Profiles
import STS
import Text

/// Regions that do not exist, where requests go to AWS for warder's sake. Other services have regions of their own.
enum Regions: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        for name in subject.meant.areAny ? ["AWS_REGION", "AWS_DEFAULT_REGION"] : [] {
            guard let region = subject.context.environment.nonEmpty(name) else { continue }
            judge(region, at: Origin(path: name, line: 0), &diagnosis)
        }
        guard let profiles = try? subject.profiles.get() else { return }
        for name in subject.names {
            guard subject.profile != nil || subject.meant.concernsWarder(name), let profile = profiles.profile(name),
                !["endpoint_url", "services"].contains(where: { isSet($0, in: profile) }),
                let region = try? profile.setting("region")
            else { continue }
            judge(region.value, at: region.origin, &diagnosis)
        }
    }

    private static func isSet(_ key: String, in profile: Profile) -> Bool { (try? profile.setting(key)) != nil }

    private static func judge(_ region: String, at origin: Origin, _ diagnosis: inout Diagnosis) {
        if let finding = finding(region, at: origin) {
            diagnosis.add(finding)
        } else if KnownRegion(region) == .new {
            diagnosis.add(
                Remark("new_region", at: origin.place, "\(region) is newer than this warder, or misspelt"))
        }
    }

    /// A region that does not exist.
    ///
    /// - Parameter origin: with the line 0, the name of a variable.
    static func finding(_ region: String, at origin: Origin) -> Finding? {
        guard case .misspelt(let near) = KnownRegion(region) else { return nil }
        let edit = near.flatMap { SettingEdit.write("region", $0, at: origin) }
        return Finding(
            "unknown_region", .broken, at: origin.place, "there is no region \(printable(region, limit: 64))",
            why: "requests go to a host that does not exist",
            .run(edit ?? SettingEdit.remove("region", at: origin)))
    }
}

/// What is known of a name that should be a region's.
enum KnownRegion: Equatable {
    case known
    /// Its family is known, such as `eu-west`, and its number is not.
    case new
    /// No region is called so; the nearest that is, if one is near.
    case misspelt(near: String?)

    init(_ name: String) {
        if knownRegions.holds(name) || name.ends(with: "-global") {
            self = .known
        } else if Self.family(name).map({ family in knownRegions.contains { Self.family($0) == family } }) == true {
            self = .new
        } else {
            self = .misspelt(near: nearest(to: name, among: knownRegions))
        }
    }

    /// `eu-west` of `eu-west-3`; nil if there is no number of one digit behind it.
    private static func family(_ name: String) -> String? {
        let bytes = Array(name.utf8)
        guard bytes.count > 2, bytes[bytes.count - 2] == UInt8(ascii: "-"), (49...57).contains(bytes[bytes.count - 1])
        else { return nil }
        return String(decoding: bytes.dropLast(2), as: UTF8.self)
    }
}
