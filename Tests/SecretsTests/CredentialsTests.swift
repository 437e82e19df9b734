import Secrets
import Testing

@Suite("Credentials")
struct CredentialsTests {
    private func hasToken(_ credentials: borrowing Credentials) -> Bool {
        switch credentials.sessionToken {
        case .some: true
        case .none: false
        }
    }

    private func credentials(_ token: StaticString?, account: String?) -> Credentials {
        Credentials(
            accessKeyID: "AKIA", secret: SecretBytes("s"), sessionToken: token.map { SecretBytes($0) }, expiration: 1,
            accountID: account)
    }

    /// Nothing that writes them is to write an empty token.
    @Test("have no token that is empty")
    func emptyToken() {
        let there = hasToken(credentials("t", account: nil))
        #expect(there)
        let found = [
            hasToken(credentials("", account: nil)), hasToken(credentials(nil, account: nil)),
            hasToken(credentials("", account: "").copy()), hasToken(credentials("", account: "").ending(by: 0)),
        ]
        #expect(found == [false, false, false, false])
    }

    @Test("have no account that is empty")
    func emptyAccount() {
        let accounts = [
            credentials(nil, account: "").accountID, credentials(nil, account: "").with(account: "1").accountID,
        ]
        #expect(accounts == [nil, "1"])
    }
}
