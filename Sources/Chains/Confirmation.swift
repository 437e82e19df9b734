import Profiles
import Text

/// Whether a user must consent each time before the profile's credentials are served.
public struct Confirmation: Sendable, Equatable {
    /// `warder_confirm`; by default it is on if callers are listed.
    public let isWanted: Bool
    /// `warder_callers`: the absolute paths of programs that need no consent.
    public let callers: [String]

    /// No consent is needed.
    static let none = Confirmation(isWanted: false, callers: [])
}

extension Confirmation {
    /// Uses the settings of the profile and of what it includes, not those of its sources.
    init(of profile: Profile?) throws(ChainError) {
        let list = try profile?.ownValue("callers")
        callers = list.map { CommandWords($0.value).words } ?? []
        if let list {
            guard callers.allSatisfy({ $0.begins(with: "/") }) else {
                throw .badValue(key: "warder_callers", .notAbsolute, list.origin)
            }
        }
        guard let wanted = try profile?.ownValue("confirm") else {
            isWanted = list != nil
            return
        }
        isWanted = try wanted.asSwitch("warder_confirm")
    }
}
