import Linux
import Profiles
import STS
import Text

/// Regions that do not exist.
enum Regions: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            guard let region = subject.context.environment.nonEmpty(name) else { continue }
            judge(region, at: name, &diagnosis) {
                "export \(name)=\(shellWord($0))"
            } unset: {
                "unset \(name)"
            }
        }
        guard let profiles = try? subject.profiles.get() else { return }
        for name in subject.names {
            guard let region = try? profiles.profile(name)?.setting("region") else { continue }
            let file = shellWord(region.origin.path)
            judge(region.value, at: region.origin.place, &diagnosis) {
                "sed -i --follow-symlinks '\(region.origin.line)s/=.*/= \($0)/' \(file)"
            } unset: {
                "sed -i --follow-symlinks '\(region.origin.line)d' \(file)"
            }
        }
    }

    private static func judge(
        _ region: String, at place: String, _ diagnosis: inout Diagnosis, set: (String) -> String, unset: () -> String
    ) {
        switch KnownRegion(region) {
        case .known: return
        case .new: diagnosis.add(Remark("new_region", at: place, "\(region) is newer than this warder, or misspelt"))
        case .misspelt(let near):
            diagnosis.add(
                Finding(
                    "unknown_region", .broken, at: place, "there is no region \(printable(region, limit: 64))",
                    why: "requests go to a host that does not exist", .run(near.map(set) ?? unset())))
        }
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
