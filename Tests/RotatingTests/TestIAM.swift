import Foundation
import RoomSupport
import Synchronization
import Times
import Transport

/// The access keys of one user, at IAM and at STS, as both answer for them.
final class TestIAM: Sendable {
    struct Key: Equatable {
        var id: String
        var isActive = true
        var createdAt: Int64
        /// When it was last used; nil for never.
        var usedAt: Int64?
    }

    private struct State {
        var keys: [Key] = []
        var made = 0
        /// What happens to the next request of an action, in place of its answer.
        var faults: [String: [Fault]] = [:]
        var watch: (@Sendable (String) -> Void)?
        /// Seconds for which STS, and IAM, do not know a new key.
        var delay: (sts: Int64, iam: Int64) = (0, 0)
        var pageSize = 2
    }

    enum Fault {
        /// The connection goes before IAM acted, and after.
        case dropped, droppedAfter
        case refused(String, status: Int = 403)
        /// It makes no key, and answers with one that is there.
        case again
    }

    private let state = Mutex(State())
    private let clock: TestClock
    let sender: ReplayingSender
    private static let gone = ScriptedResponse.failure(
        .interrupted(host: "iam.amazonaws.com", reason: "reset", sent: true))

    init(_ clock: TestClock, keys: [Key]? = nil) {
        self.clock = clock
        let relay = Relay()
        sender = ReplayingSender { relay.answer($0) }
        let start = keys ?? [Key(id: "AKIAALICE0000000", createdAt: clock.now - 100 * 86_400, usedAt: clock.now - 60)]
        state.withLock { $0.keys = start }
        relay.set { [weak self] in self?.reply(to: $0) ?? TestIAM.gone }
    }

    var keys: [Key] { state.withLock { $0.keys } }
    /// The actions asked for, in order.
    var actions: [String] { sender.requests.map { $0.form["Action"] ?? "" } }
    func add(_ key: Key) { state.withLock { $0.keys.append(key) } }
    func remove(_ id: String) { state.withLock { $0.keys.removeAll { $0.id == id } } }
    func fail(_ action: String, _ faults: Fault...) { state.withLock { $0.faults[action, default: []] += faults } }
    func heal() { state.withLock { $0.faults = [:] } }
    func delay(sts: Int64 = 0, iam: Int64 = 0) { state.withLock { $0.delay = (sts, iam) } }
    func setPageSize(_ size: Int) { state.withLock { $0.pageSize = size } }
    /// Runs `body` before each answer.
    func watch(_ body: @escaping @Sendable (String) -> Void) { state.withLock { $0.watch = body } }

    private func reply(to request: SentRequest) -> ScriptedResponse {
        let action = request.form["Action"] ?? ""
        let (watch, fault) = state.withLock { state in
            let fault = state.faults[action]?.first
            if fault != nil { state.faults[action]?.removeFirst() }
            return (state.watch, fault)
        }
        watch?(action)
        switch fault {
        case .dropped: return Self.gone
        case .droppedAfter:
            _ = act(action, request)
            return Self.gone
        case .refused(let code, let status): return TestSTS.refusal(code, status: status)
        case .again: return made(state.withLock { $0.keys[0] })
        case nil: return act(action, request)
        }
    }

    private func act(_ action: String, _ request: SentRequest) -> ScriptedResponse {
        let form = request.form
        return state.withLock { state in
            if let refusal = refusal(action, request, &state) { return refusal }
            switch action {
            case "GetCallerIdentity":
                return answer(
                    action,
                    "<Arn>arn:aws:iam::111111111111:user/alice</Arn><UserId>AIDA</UserId>"
                        + "<Account>111111111111</Account>")
            case "GetSessionToken":
                return .answer(200, TestSTS.session(action, id: "ASIA000000000001", until: clock.now + 43_200))
            case "ListAccessKeys": return list(from: Int(form["Marker"] ?? "") ?? 0, state)
            case "CreateAccessKey": return create(&state)
            default: return change(action, form, &state)
            }
        }
    }

    /// What a request gets that is signed by an unknown key, or names another user.
    private func refusal(_ action: String, _ request: SentRequest, _ state: inout State) -> ScriptedResponse? {
        let authorization = request.headers["Authorization"] ?? ""
        let signer = authorization.split(separator: "Credential=").last?.prefix { $0 != "/" } ?? ""
        let isSTS = action == "GetCallerIdentity" || action == "GetSessionToken"
        if !signer.hasPrefix("ASIA") {
            guard let index = state.keys.firstIndex(where: { $0.id == signer && $0.isActive }),
                clock.now - state.keys[index].createdAt >= (isSTS ? state.delay.sts : state.delay.iam)
            else { return TestSTS.refusal("InvalidClientTokenId") }
            state.keys[index].usedAt = clock.now
        }
        guard request.form["UserName"] ?? "alice" == "alice" else {
            return TestSTS.refusal("NoSuchEntity", status: 404)
        }
        return nil
    }

    private func list(from start: Int, _ state: State) -> ScriptedResponse {
        let page = state.keys.dropFirst(start).prefix(state.pageSize)
        let isCut = start + page.count < state.keys.count
        return answer(
            "ListAccessKeys",
            "<AccessKeyMetadata>" + page.map(member).joined() + "</AccessKeyMetadata>"
                + "<IsTruncated>\(isCut)</IsTruncated>" + (isCut ? "<Marker>\(start + page.count)</Marker>" : ""))
    }

    private func create(_ state: inout State) -> ScriptedResponse {
        guard state.keys.count < 2 else { return TestSTS.refusal("LimitExceeded", status: 409) }
        state.made += 1
        let key = Key(id: "AKIANEW00000000\(state.made)", createdAt: clock.now)
        state.keys.append(key)
        return made(key)
    }

    private func made(_ key: Key) -> ScriptedResponse {
        answer(
            "CreateAccessKey",
            "<AccessKey><UserName>alice</UserName><AccessKeyId>\(key.id)</AccessKeyId>"
                + "<Status>Active</Status><SecretAccessKey>secret-of-\(key.id)</SecretAccessKey>"
                + "<CreateDate>\(UnixTime(key.createdAt).iso8601)</CreateDate></AccessKey>")
    }

    /// The actions that name a key.
    private func change(_ action: String, _ form: [String: String], _ state: inout State) -> ScriptedResponse {
        guard ["UpdateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed"].contains(action) else {
            return TestSTS.refusal("InvalidAction", status: 400)
        }
        guard let index = state.keys.firstIndex(where: { $0.id == form["AccessKeyId"] }) else {
            return TestSTS.refusal("NoSuchEntity", status: 404)
        }
        switch action {
        case "UpdateAccessKey": state.keys[index].isActive = form["Status"] == "Active"
        case "DeleteAccessKey": state.keys.remove(at: index)
        default:
            let used = state.keys[index].usedAt.map { "<LastUsedDate>\(UnixTime($0).iso8601)</LastUsedDate>" }
            return answer(
                action,
                "<UserName>alice</UserName><AccessKeyLastUsed>\(used ?? "")"
                    + "<ServiceName>\(used == nil ? "N/A" : "s3")</ServiceName><Region>eu-west-1</Region>"
                    + "</AccessKeyLastUsed>")
        }
        return .answer(200, "<\(action)Response><ResponseMetadata/></\(action)Response>")
    }

    private func answer(_ action: String, _ result: String) -> ScriptedResponse {
        .answer(
            200, "<\(action)Response><\(action)Result>\(result)</\(action)Result></\(action)Response>",
            date: UnixTime(clock.now).httpDate)
    }

    private func member(_ key: Key) -> String {
        "<member><UserName>alice</UserName><AccessKeyId>\(key.id)</AccessKeyId>"
            + "<Status>\(key.isActive ? "Active" : "Inactive")</Status>"
            + "<CreateDate>\(UnixTime(key.createdAt).iso8601)</CreateDate></member>"
    }
}

/// Lets a sender answer by what is made after it.
private final class Relay: Sendable {
    private let body = Mutex<(@Sendable (SentRequest) -> ScriptedResponse)?>(nil)

    func set(_ body: @escaping @Sendable (SentRequest) -> ScriptedResponse) { self.body.withLock { $0 = body } }

    func answer(_ request: SentRequest) -> ScriptedResponse {
        let body = body.withLock { $0 }
        return body?(request) ?? .failure(.unreachable(host: "iam", reason: "it has gone"))
    }
}
