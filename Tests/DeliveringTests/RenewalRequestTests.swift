import Failures
import Foundation
import Issuing
import Secrets
import Sessions
import Testing

@testable import Delivering

@Suite("A renewal, and what shows that it is allowed")
struct RenewalRequestTests {
    private func request(
        _ profile: String = "prod", margin: Int64 = 960, mayPrompt: Bool = true, _ narrowing: Narrowing = .none
    ) -> RenewalRequest {
        RenewalRequest(profile: profile, margin: margin, mayPrompt: mayPrompt, narrowing: narrowing)
    }

    @Test func itsArguments() {
        #expect(request().serving == ["warder", "serve", "--margin", "960", "--", "prod"])
        #expect(
            request().renewing(mayPrompt: true, in: nil) == ["warder", "renew-served", "--margin", "960", "--", "prod"])
        #expect(
            request("-odd", margin: 1800, .policy(path: "/p q")).renewing(mayPrompt: false, in: "/w d") == [
                "warder", "renew-served", "--folder=/w d", "--margin", "1800", "--no-prompt", "--policy=/p q", "--",
                "-odd",
            ])
        #expect(
            request(mayPrompt: false, .readOnly).serving == [
                "warder", "serve", "--margin", "960", "--no-prompt", "--read-only", "--", "prod",
            ])
    }

    /// Who may not be asked at the beginning is not asked later.
    @Test func nobodyIsAskedWhereNobodyWasTo() {
        #expect(request(mayPrompt: false).renewing(mayPrompt: true, in: nil).contains("--no-prompt"))
    }

    @Test func itsMarginIsTheOrdinaryOneOrALongerOne() {
        #expect(request(margin: 960).freshness == .ordinary)
        #expect(request(margin: 180).freshness == .ordinary)
        #expect(request(margin: 961).freshness == .longer(961))
    }

    // MARK: - The pass

    private func cache(_ key: Character = "k") -> SessionCache {
        SessionCache(folder: "/nowhere", key: secret(String(repeating: key, count: 32)))
    }

    @Test func aPassIsGoodForItsOwnRequest() throws {
        let pass = try RenewalToken(for: request(), cache())
        #expect(try pass.isGood(for: request(), cache()))
        let line = pass.line.shown
        #expect(line.count == 65 && line.hasSuffix("\n") && line.dropLast().allSatisfy(\.isHexDigit))
        let read = RenewalToken(secret(String(line.dropLast())))
        #expect(try read?.isGood(for: request(), cache()) == true)
    }

    /// How much is left, and whether somebody may be asked, is no part of whose credentials they are.
    @Test func aPassIsGoodForTheSameCredentials() throws {
        let pass = try RenewalToken(for: request(), cache())
        #expect(try pass.isGood(for: request(margin: 1800, mayPrompt: false), cache()))
    }

    @Test func aPassIsGoodForNothingElse() throws {
        let pass = try RenewalToken(for: request("prod", .readOnly), cache())
        #expect(try !pass.isGood(for: request("prod"), cache()))
        #expect(try !pass.isGood(for: request("dev", .readOnly), cache()))
        #expect(try !pass.isGood(for: request("prod", .policy(path: "/p")), cache()))
        #expect(try !pass.isGood(for: request("prod", .readOnly), cache("K")))
        #expect(try !RenewalToken.blank.isGood(for: request(), cache()))
    }

    /// Words are told apart however they are cut: a profile's name may hold anything.
    @Test func wordsDoNotRunIntoEachOther() throws {
        let pass = try RenewalToken(for: request("a", .policy(path: "x")), cache())
        #expect(try !pass.isGood(for: request("x 2 -- 1 a"), cache()))
        #expect(try !pass.isGood(for: request("a", .policy(path: "x 2 --")), cache()))
    }

    @Test(arguments: [0, 1, 63, 65, 128])
    func aLineOfAnotherLengthIsNone(_ length: Int) {
        let pass = RenewalToken(secret(String(repeating: "0", count: length)))
        #expect(pass == nil)
    }
}
