import Linux
import Testing

@testable import Diagnosing

@Suite("Credentials in the environment")
struct SDKVariablesTests {
    private static let now: Int64 = 1_800_000_000

    private func verdict(_ values: [String: String], isMeant: Bool = true, needs: Bool = false) -> String {
        let variables = SDKVariables(environment: Environment { values[$0] }, now: Self.now)
        switch variables.key(isMeant: isMeant, needs: needs) {
        case .nothing: return "nothing"
        case .finding(let finding): return "\(finding.code): \(finding.remedy.command)"
        case .remark(let remark): return "note \(remark.code)"
        }
    }

    private func token(_ values: [String: String]) -> String? {
        let finding = SDKVariables(environment: Environment { values[$0] }, now: Self.now).staleToken
        return finding.map { "\($0.gravity) \($0.place ?? ""): \($0.remedy.command)" }
    }

    private let key = ["AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "s"]

    @Test func ofAKey() {
        #expect(verdict([:]) == "nothing")
        #expect(verdict(["AWS_ACCESS_KEY_ID": ""]) == "nothing")
        #expect(verdict(key) == "environment_key: unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY")
        #expect(verdict(key, isMeant: false) == "nothing")
        #expect(verdict(key, needs: true) == "note needed_key")
    }

    /// Until the very second in which it ends.
    @Test func ofASession() {
        var session = key.merging(["AWS_SESSION_TOKEN": "t", "WARDER_PROFILE": "p"]) { $1 }
        #expect(verdict(session) == "note exported_session")
        session["AWS_CREDENTIAL_EXPIRATION"] = "2027-01-15T08:00:01Z"
        #expect(verdict(session) == "note exported_session")
        session["AWS_CREDENTIAL_EXPIRATION"] = "2027-01-15T08:00:00Z"
        #expect(verdict(session) == "expired_session: eval \"$(warder env --unset)\"")
        #expect(verdict(session, isMeant: false).hasPrefix("expired_session"))
        session["WARDER_PROFILE"] = nil
        #expect(
            verdict(session) == "expired_session: unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN "
                + "AWS_CREDENTIAL_EXPIRATION")
        session["AWS_CREDENTIAL_EXPIRATION"] = "soon"
        #expect(verdict(session).hasPrefix("environment_key"))
    }

    @Test func ofAToken() {
        #expect(token([:]) == nil)
        #expect(token(["AWS_SESSION_TOKEN": "t"]) == "risky AWS_SESSION_TOKEN: unset AWS_SESSION_TOKEN")
        #expect(
            token(["AWS_SESSION_TOKEN": "t", "AWS_SECURITY_TOKEN": "t"])
                == "risky AWS_SESSION_TOKEN: unset AWS_SESSION_TOKEN AWS_SECURITY_TOKEN")
        #expect(token(key.merging(["AWS_SESSION_TOKEN": "t"]) { $1 })?.hasPrefix("broken") == true)
        #expect(token(["AWS_ACCESS_KEY_ID": "ASIAX", "AWS_SESSION_TOKEN": "t"]) == nil)
    }
}
