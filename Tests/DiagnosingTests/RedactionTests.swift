import Testing

@testable import Diagnosing

@Suite struct RedactionTests {
    @Test func aSecretIsReplacedAndAllElseStays() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1"
        #expect(Redaction.applied(to: "there is no region \(secret)") == "there is no region REDACTED")
        #expect(Redaction.applied(to: "warder_\(secret.lowercased()) = x") == "warder_REDACTED = x")
        #expect(Redaction.applied(to: "größe, eu-west-1") == "größe, eu-west-1")
    }

    @Test(arguments: [
        "", "short", "/home/alice/code/projects/Some1/ThingTwo", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "/wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKE123",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "code/acme2/infra/terraform/modules/network/subnets/private",
        "a.b/wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKE123",
    ]) func whatIsNoSecretStays(_ text: String) { #expect(!Redaction.holdsSecret(text)) }

    /// Session tokens are longer than keys.
    @Test func aTokenIsReplacedWhole() {
        let token = "FwoGZXIvYXdzEBYaDHhunter2hunter2/hunter2hunter2hunter2+hunter2hunter"
        let long = String(repeating: token, count: 9)
        for secret in [token, long, token.lowercased(), "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE12"] {
            #expect(Redaction.applied(to: "there is no region \(secret)==") == "there is no region REDACTED==")
            #expect(Redaction.applied(to: "warder_\(secret) = x") == "warder_REDACTED = x")
        }
    }

    @Test func aCommandThatHeldOneBecomesALook() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1"
        var diagnosis = Diagnosis()
        diagnosis.add(Finding("a", .broken, at: "/c:3", "x \(secret)", why: "y", .run("sed '\(secret)' /c")))
        diagnosis.add(Finding("b", .broken, at: "AWS_REGION", "x", why: "y", .run("export AWS_REGION=\(secret)")))
        #expect(diagnosis.sorted.map(\.remedy.command) == ["${EDITOR:-vi} +3 /c", "unset AWS_REGION"])
        #expect(diagnosis.sorted[0].what == "x REDACTED")
    }
}
