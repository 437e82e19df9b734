import RoomSupport
import Stores
import Testing

@testable import Adopting

@Suite("What adopt says")
struct WordsTests {
    @Test(arguments: [true, false])
    func aKeyIsNotStored(_ dry: Bool) throws {
        let home = try warderHome(config: alice + prod)
        #expect(
            try home.adopt("prod", dry: dry).lines == [
                "warder: prod cannot be served yet: the store has no key named alice", "hint: run warder add alice",
            ])
    }

    @Test func onceTheKeyIsStoredNothingIsSaid() throws {
        let home = try warderHome(config: alice + prod)
        try home.makeVault()
        try Keys(home.context()).settle(unlockingFor: 60)
        let outcome = try home.adopt("prod")
        #expect(outcome.changed == ["prod"] && outcome.text == "")
        // Of a locked vault, too, whose keys cannot be seen.
        home.forgetUnlocked(Keys(try home.context()))
        #expect(try home.adopt("prod", undo: true).text == "")
        #expect(try home.adopt("prod").text == "")
    }

    @Test func aSourceIsASlip() throws {
        let home = try warderHome(config: alice + prod.replacing("= alice", with: "= alcie"))
        var text = try home.adopt("prod", dry: true).text
        #expect(text.contains("the store has no key named alcie, and there is no such profile"))
        #expect(text.contains("if alice is meant"))
        try home.makeVault()
        text = try home.adopt("prod", dry: true).text
        #expect(text.contains("prod needs the key alcie, and whether the store has it cannot be seen: it is locked"))
        try Keys(home.context()).settle(unlockingFor: 60)
        text = try home.adopt("prod", dry: true).text
        #expect(text.contains("no key named alcie") && text.contains("if alice is meant"))
    }

    @Test func allWhoNeedAKeyAreNamedAtOnce() throws {
        let roles = (0..<30).map { "[profile p\($0)]\nrole_arn = \(role)\nsource_profile = alice\n" }.joined()
        let home = try warderHome(config: alice + roles)
        let text = try home.adopt().text
        #expect(text.contains("p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 20 more cannot be served yet"))
        #expect(text.components(separatedBy: "no key named").count == 2)
    }

    @Test func aConsoleSignInIsReadyAtOnce() throws {
        let home = try warderHome(config: "[profile p]\nlogin_session = arn:aws:iam::1:user/a\n")
        #expect(try home.adopt("p").failure == nil)
        let config = try String(contentsOfFile: home.config, encoding: .utf8)
        #expect(config.contains("\nwarder_login_session = arn:aws:iam::1:user/a\n"))
    }

    /// It is used as before, and the person believes that it is kept by warder now.
    @Test(arguments: [true, false])
    func aSourceInPlainText(_ dry: Bool) throws {
        let home = try warderHome(
            config: prod + "[profile second]\nrole_arn = \(role)\nsource_profile = alice\n[profile alice]\n\(key)")
        let outcome = try home.adopt("prod", "second", dry: dry)
        let now = try String(contentsOfFile: home.config, encoding: .utf8).components(separatedBy: "\n")
        let line = try #require(now.firstIndex(of: "aws_access_key_id = AKIAPLAIN")) + 1
        #expect(
            outcome.text.contains(
                "config:\(line): the key of prod, second is in plain text, and takes precedence until it is removed\n"
                    + "hint: run warder import alice"))
        #expect(!outcome.text.contains("secret/of/it"))
    }

    @Test func aKeyInTheEnvironmentBeatsIt() throws {
        let home = try warderHome(
            config: alice + prod, environment: ["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret/of/it"])
        let text = try home.adopt("prod").text
        #expect(text.contains("AWS_ACCESS_KEY_ID is set here") && text.contains("hint: unset AWS_ACCESS_KEY_ID"))
        #expect(!text.contains("secret/of/it"))
    }

    @Test func aProgramIsGone() throws {
        let home = try warderHome(
            config: "[profile p]\nwarder_key = alice\ncredential_process = /opt/gone/warder process p\n")
        let text = try home.adopt("p").text
        #expect(text.contains("config:3: there is no program /opt/gone/warder"))
        #expect(text.contains("hint: write credential_process = \(try home.context().ownPath) process p"))
        #expect(text.contains("p names warder already: nothing to change"))
    }

    @Test func undoNamesALineThatIsNotAdopts() throws {
        let home = try warderHome()
        let process = "credential_process = \(try home.context().ownPath) process p"
        try home.write("[profile p]\n\(process)\n", to: ".aws/config")
        let outcome = try home.adopt("p", undo: true)
        #expect(outcome.text.contains("\(home.config):2, is not adopt's"))
        #expect(outcome.config == "[profile p]\n\(process)\n")
    }

    @Test func aSectionTwice() throws {
        let home = try warderHome(config: "\(prod)[profile alice]\n[profile alice]\n")
        #expect(
            try home.adopt("prod").text.contains(
                "config:7: [profile alice] stands there twice, and boto3 and the AWS CLI read no such file"))
    }

    @Test func thereAndBack() throws {
        let home = try warderHome(config: alice + prod)
        let outcome = try home.adopt("prod")
        #expect(outcome.config.contains("warder_role_arn = \(role)") && outcome.config.contains(" process prod\n"))
        #expect(try home.adopt("prod").text.contains("prod asks warder already: nothing to change"))
        #expect(try home.adopt("prod", undo: true).config == alice + prod)
        #expect(try home.adopt("prod", undo: true).text.contains("prod is not adopted: nothing to change"))
        #expect(try home.adopt(undo: true).text.contains("there is no profile to undo"))
    }
}
