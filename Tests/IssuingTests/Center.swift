import RoomSupport
import Synchronization
import Times
import Transport

/// Answers as IAM Identity Center does.
struct Center: Sendable {
    struct State {
        /// Seconds that a token lives.
        var life: Int64 = 28_800
        var tokens = 0
        /// What the portal and the token's endpoint answer first.
        var portal: [Int] = []
        var token: [ScriptedResponse] = []
    }
    final class Shared: Sendable {
        let state = Mutex(State())
    }
    private let shared = Shared()
    let clock = TestClock()
    let sender: ReplayingSender

    init() {
        let (shared, clock) = (shared, clock)
        sender = ReplayingSender { request in
            shared.state.withLock { Self.reply(to: request, &$0, at: clock.now) }
        }
    }

    /// Changes what is answered.
    func set(_ change: (inout State) -> Void) { shared.state.withLock { change(&$0) } }

    private static func reply(to request: SentRequest, _ state: inout State, at now: Int64) -> ScriptedResponse {
        switch request.url.split(separator: "/").last {
        case "register":
            return .answer(
                200,
                #"{"clientId":"c","clientSecret":"client-secret","clientSecretExpiresAt":\#(now + 7_776_000)}"#
            )
        case "device_authorization":
            return .answer(
                200,
                #"{"deviceCode":"d","userCode":"ABCD-EFGH","verificationUri":"https://device.example/","#
                    + #""expiresIn":600,"interval":5}"#
            )
        case "token":
            if !state.token.isEmpty { return state.token.removeFirst() }
            state.tokens += 1
            return .answer(
                200,
                #"{"accessToken":"access-\#(state.tokens)","refreshToken":"refresh-\#(state.tokens)","#
                    + #""expiresIn":\#(state.life)}"#
            )
        case "credentials":
            let status = state.portal.isEmpty ? 200 : state.portal.removeFirst()
            guard status == 200 else {
                return .answer(status, #"{"message":"Session token not found or invalid"}"#)
            }
            return .answer(
                200,
                #"{"roleCredentials":{"accessKeyId":"ASIASIGNEDIN0000000","secretAccessKey":"s","sessionToken":"t","#
                    + #""expiration":\#((now + 3600) * 1000)}}"#
            )
        default: return .failure(.unreachable(host: "nobody", reason: "nothing there"))
        }
    }

    /// What was asked, in a word each, the grant behind a token.
    var asked: [String] {
        sender.requests.map { request in
            let name = request.url.split(separator: "/").last.map(String.init) ?? ""
            if name != "token" { return name }
            return request.body.contains("device_code") ? "token:device" : "token:refresh"
        }
    }
}
