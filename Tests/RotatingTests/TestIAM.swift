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
        case nil: return act(action, request)
        }
    }

    private func act(_ action: String, _ request: SentRequest) -> ScriptedResponse {
        let form = request.form
        let authorization = request.headers["Authorization"] ?? ""
        let signer = authorization.split(separator: "Credential=").last?.prefix { $0 != "/" } ?? ""
        let now = clock.now
        let isSTS = action == "GetCallerIdentity" || action == "GetSessionToken"
        return state.withLock { state in
            if !signer.hasPrefix("ASIA") {
                guard let index = state.keys.firstIndex(where: { $0.id == signer && $0.isActive }),
                    now - state.keys[index].createdAt >= (isSTS ? state.delay.sts : state.delay.iam)
                else { return TestSTS.refusal("InvalidClientTokenId") }
                state.keys[index].usedAt = now
            }
            guard form["UserName"] ?? "alice" == "alice" else { return TestSTS.refusal("NoSuchEntity", status: 404) }
            let id = form["AccessKeyId"] ?? ""
            let index = state.keys.firstIndex { $0.id == id }
            switch action {
            case "GetCallerIdentity":
                return answer(
                    action,
                    "<Arn>arn:aws:iam::111111111111:user/alice</Arn><UserId>AIDA</UserId>"
                        + "<Account>111111111111</Account>")
            case "GetSessionToken":
                return .answer(200, TestSTS.session(action, id: "ASIA000000000001", until: now + 43_200))
            case "ListAccessKeys":
                let start = Int(form["Marker"] ?? "") ?? 0
                let page = state.keys.dropFirst(start).prefix(state.pageSize)
                let isCut = start + page.count < state.keys.count
                return answer(
                    action,
                    "<AccessKeyMetadata>" + page.map(member).joined() + "</AccessKeyMetadata>"
                        + "<IsTruncated>\(isCut)</IsTruncated>"
                        + (isCut ? "<Marker>\(start + page.count)</Marker>" : ""))
            case "CreateAccessKey":
                guard state.keys.count < 2 else { return TestSTS.refusal("LimitExceeded", status: 409) }
                state.made += 1
                let key = Key(id: "AKIANEW00000000\(state.made)", createdAt: now)
                state.keys.append(key)
                return answer(
                    action,
                    "<AccessKey><UserName>alice</UserName><AccessKeyId>\(key.id)</AccessKeyId>"
                        + "<Status>Active</Status><SecretAccessKey>secret-of-\(key.id)</SecretAccessKey>"
                        + "<CreateDate>\(UnixTime(now).iso8601)</CreateDate></AccessKey>")
            case "UpdateAccessKey", "DeleteAccessKey":
                guard let index else { return TestSTS.refusal("NoSuchEntity", status: 404) }
                if action == "DeleteAccessKey" {
                    state.keys.remove(at: index)
                } else {
                    state.keys[index].isActive = form["Status"] == "Active"
                }
                return .answer(200, "<\(action)Response><ResponseMetadata/></\(action)Response>")
            case "GetAccessKeyLastUsed":
                guard let index else { return TestSTS.refusal("NoSuchEntity", status: 404) }
                let used = state.keys[index].usedAt.map { "<LastUsedDate>\(UnixTime($0).iso8601)</LastUsedDate>" }
                return answer(
                    action,
                    "<UserName>alice</UserName><AccessKeyLastUsed>\(used ?? "")"
                        + "<ServiceName>\(used == nil ? "N/A" : "s3")</ServiceName><Region>eu-west-1</Region>"
                        + "</AccessKeyLastUsed>")
            default: return TestSTS.refusal("InvalidAction", status: 400)
            }
        }
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
