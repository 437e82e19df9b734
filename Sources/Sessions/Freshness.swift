/// How much a session must have left to be handed out; with less it is renewed.
public enum Freshness: Equatable, Sendable {
    /// As much as its receivers need, so that they do not ask again at once.
    case ordinary
    /// That many seconds, of a session that lives longer than that.
    case longer(Int64)
    /// That many seconds, whatever a session's life.
    case exactly(Int64)

    /// Seconds: botocore runs its helper on every call once 15 minutes remain, so what is handed out must have more.
    public static let ordinaryMargin: Int64 = 16 * 60

    /// Seconds: what ends sooner would have ended when its receiver signs with it.
    static let least: Int64 = 2

    /// Seconds that a session must have left that lives for `life` seconds.
    ///
    /// The ordinary margin would leave a session of twenty minutes four, and one of fifteen none at all: each process
    /// would make its own, and each may cost a code. A session that does not live twice the margin is served for the
    /// first four fifths of its life.
    public func margin(ofLife life: Int64) -> Int64 {
        let ordinary = life >= 2 * Self.ordinaryMargin ? Self.ordinaryMargin : max(Self.least, life / 5)
        return switch self {
        case .ordinary: ordinary
        case .longer(let wanted): life > wanted ? max(ordinary, wanted) : ordinary
        case .exactly(let wanted): wanted
        }
    }
}
