/// How long a session must remain valid to be served; otherwise it is renewed.
public enum Freshness: Equatable, Sendable {
    /// As long as its receivers need in order not to ask again at once.
    case ordinary
    /// That many seconds, for a session that lives longer than that.
    case longer(Int64)
    /// That many seconds, however long the session lives.
    case exactly(Int64)

    /// Seconds: botocore runs its helper on every call once 15 minutes remain, so served sessions must have more.
    public static let ordinaryMargin: Int64 = 16 * 60

    /// Seconds: a session with less left could expire before its receiver signs with it.
    static let least: Int64 = 2

    /// How many seconds a session that lives for `life` seconds must have left.
    ///
    /// The ordinary margin would leave a session of twenty minutes four minutes of use, and one of fifteen none at all:
    /// each process would make its own, and each may cost a code. A session that lives less than twice the margin is
    /// served for the first four fifths of its life.
    public func margin(ofLife life: Int64) -> Int64 {
        let ordinary = life >= 2 * Self.ordinaryMargin ? Self.ordinaryMargin : max(Self.least, life / 5)
        return switch self {
        case .ordinary: ordinary
        case .longer(let wanted): life > wanted ? max(ordinary, wanted) : ordinary
        case .exactly(let wanted): wanted
        }
    }
}
