import Profiles
import Text

/// Whether somebody says yes each time before the profile's credentials are given out.
public struct Confirmation: Sendable, Equatable {
    /// `warder_confirm`; without it, naming callers is enough.
    public let isWanted: Bool
    /// `warder_callers`: the absolute paths of programs that need not ask.
    public let callers: [String]

    /// The settings of the profile and of what it includes; those of its sources are theirs.
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
