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
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE12",
    ]) func whatIsNoSecretStays(_ text: String) { #expect(!Redaction.holdsSecret(text)) }

    @Test func aCommandThatHeldOneBecomesALook() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1"
        var diagnosis = Diagnosis()
        diagnosis.add(Finding("a", .broken, at: "/c:3", "x \(secret)", why: "y", .run("sed '\(secret)' /c")))
        diagnosis.add(Finding("b", .broken, at: "AWS_REGION", "x", why: "y", .run("export AWS_REGION=\(secret)")))
        #expect(diagnosis.sorted.map(\.remedy.command) == ["${EDITOR:-vi} +3 /c", "unset AWS_REGION"])
        #expect(diagnosis.sorted[0].what == "x REDACTED")
    }
}
