import Secrets
import Testing

@testable import Delivering

@Suite("Credentials in an environment")
struct ExportsTests {
    private func exports(_ credentials: borrowing Credentials, region: String? = nil) -> [String] {
        var lines: [String] = []
        Exports.forEach(credentials, profile: "prod", region: region) { (name, value: borrowing SecretBytes) in
            lines.append("\(name)=\(value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })")
        }
        return lines
    }

    @Test func ofASession() {
        #expect(
            exports(credentials(expiration: end), region: "eu-west-1") == [
                "AWS_ACCESS_KEY_ID=ASIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=se/cr+et", "AWS_SESSION_TOKEN=to/ken+=",
                "AWS_CREDENTIAL_EXPIRATION=2026-07-31T09:05:07Z", "AWS_REGION=eu-west-1",
                "AWS_DEFAULT_REGION=eu-west-1", "WARDER_PROFILE=prod",
            ])
    }

    /// Without a region the environment keeps its own.
    @Test func ofAKey() {
        #expect(
            exports(credentials(token: nil)) == [
                "AWS_ACCESS_KEY_ID=ASIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=se/cr+et", "WARDER_PROFILE=prod",
            ])
    }

    /// A session's token beside another key would be refused, and another profile's name be preferred.
    @Test func whatTheyDoNotSetIsTakenAway() {
        let always: Set = [
            "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_VAULT",
        ]
        #expect(Set(Exports.unset(credentials(expiration: end))) == always)
        #expect(Set(Exports.unset(credentials())) == always.union(["AWS_CREDENTIAL_EXPIRATION"]))
        #expect(
            Set(Exports.unset(credentials(token: nil)))
                == always.union(["AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"]))
    }

    /// `env --unset` takes all of it away, and each variable is either set or taken away.
    @Test(arguments: [("t", end), ("t", nil), (nil, nil), (nil, end)] as [(String?, Int64?)])
    func everyVariableIsSetOrTakenAway(_ token: String?, _ expiration: Int64?) {
        let key = credentials(token: token, expiration: expiration)
        let set = exports(key, region: "eu-west-1").map { String($0.prefix { $0 != "=" }) }
        #expect(Set(set).isSubset(of: Exports.names))
        #expect(Set(set).isDisjoint(with: Exports.unset(key)))
        #expect(Set(Exports.names).isSubset(of: Set(set).union(Exports.unset(key))))
    }

    /// What a server that needs none of it does not get.
    @Test func credentialsOfEverySpellingAreSecret() {
        for name in [
            "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_SECRET_KEY",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        ] { #expect(Exports.secret.contains(name)) }
    }
}
