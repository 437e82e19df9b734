import Failures
import RoomSupport
import Stores
import Testing

@testable import Importing

@Suite("What import is going to do")
struct PlanTests {
    @Test func namesKeysAndDependents() throws {
        let home = try warderHome(
            config: "[profile prod]\nrole_arn = \(role)\nsource_profile = alice\n",
            credentials: "[alice]\n\(key())[work]\n\(key())[bob]\n\(key("AKIABOB000000000"))")
        let plan = try home.plan(opening: false)
        #expect(plan.items.map(\.profile) == ["alice", "work", "bob"])
        #expect(plan.items.map(\.key.text) == ["alice", "alice", "bob"])
        #expect(plan.items.map(\.dependents) == [["prod"], [], []])
        #expect(plan.count == "2 keys" && plan.refused.isEmpty)
        #expect(!plan.differences.joined().contains { $0.contains("secret-of") })
    }

    /// The store decides the name of a key that it has.
    @Test func aKeyThatIsStored() throws {
        let home = try warderHome(credentials: "[work]\n\(key())[bob]\n\(key("AKIABOB000000000"))")
        try home.makeVault([TestKey("alice")])
        let plan = try home.plan()
        #expect(plan.items.map(\.key.text) == ["alice", "bob"] && plan.items.map(\.isStored) == [true, false])
    }

    /// The same id with another secret is another key.
    @Test(arguments: ["AKIAOTHER0000000", "AKIAALICE0000000"])
    func aNameThatIsTaken(_ id: String) throws {
        let lines = "aws_access_key_id = \(id)\naws_secret_access_key = the-other-secret\n"
        let home = try warderHome(credentials: "[alice]\n\(lines)[bob]\n\(key("AKIABOB000000000"))")
        try home.makeVault([TestKey("alice")])
        let plan = try home.plan()
        #expect(plan.items.map(\.profile) == ["bob"])
        #expect(plan.refused.first?.failure.message.contains("a different key named alice") == true)
        // Where another of its profiles has a free name, that is taken.
        try home.write("[alice]\n\(lines)[free]\n\(lines)", to: ".aws/credentials")
        #expect(try home.plan().items.map(\.key.text) == ["free", "free"])
    }

    @Test func aNameThatNoKeyCanHave() throws {
        let long = String(repeating: "n", count: 129)
        let home = try warderHome(credentials: "[-x]\n\(key())[\(long)]\n\(key("AKIALONG00000000"))")
        let plan = try home.plan(opening: false)
        #expect(plan.items.isEmpty && plan.refused.count == 2)
        #expect(plan.refused.allSatisfy { $0.failure.message.contains("is not a name that a key can have") })
    }

    /// The same rule as for `add`.
    @Test(arguments: [
        ("test", "test", "has no valid access key id"), ("AKIA$(id)0000000", "secret-of-another", "has no valid"),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AKIAALICE0000001", "has a secret access key where its id"),
        ("AKIAALICE0000001", "AKIAALICE0000002", "has an access key id where the secret belongs"),
        ("AKIAALICE0000001", "a secret of an id", "is not one"), ("AKIAALICE0000001", "short", "is not one"),
        ("AIDAALICE0000001", "secret-of-another", "is a user's id"),
    ])
    func whatHasNotTheFormOfAKey(_ id: String, _ secret: String, _ words: String) throws {
        let lines = "[odd]\naws_access_key_id = \(id)\naws_secret_access_key = \(secret)\n"
        let home = try warderHome(credentials: "[alice]\n\(key())\(lines)[bob]\n\(key("AKIABOB000000000"))")
        let plan = try home.plan(opening: false)
        #expect(plan.items.map(\.profile) == ["alice", "bob"] && plan.refused.map(\.profile) == ["odd"])
        let failure = try #require(plan.refused.first?.failure)
        #expect(failure.code == .badConfig && failure.message.contains("credentials:5: "))
        #expect(failure.message.contains(words))
        let shown = plan.differences.joined().joined() + failure.message + failure.hint
        #expect(!shown.contains(secret) || secret == "test")
        #expect(!shown.contains("wJalr") && !shown.contains("$("))
    }

    /// AWS gives a role an hour at most behind a session.
    @Test func aLongRoleIsAdopted() throws {
        let config = "[profile long]\nrole_arn = \(role)\nsource_profile = alice\nduration_seconds = 7200\n"
        let home = try warderHome(config: config, credentials: "[alice]\n\(key())")
        try home.makeVault([])
        try home.importAll()
        #expect(try home.read(".aws/config").contains(home.asking("long")))
        #expect(try home.read(".aws/credentials") == "")
    }

    @Test func aRoleOfItsOwnKeyIsAdopted() throws {
        let home = try warderHome(
            config: "[profile own]\nrole_arn = \(role)\nsource_profile = own\n", credentials: "[own]\n\(key())")
        try home.makeVault([])
        try home.importAll()
        #expect(
            try home.read(".aws/config")
                == "[profile own]\n# adopted by warder: role_arn source_profile +credential_process\n"
                + home.asking("own") + "warder_role_arn = \(role)\nwarder_source_profile = own\n")
    }

    /// Others take the key, and not the role, from such a profile: that would change.
    @Test func aRoleThatOthersDependOnIsLeft() throws {
        let home = try warderHome(
            config: "[profile own]\nrole_arn = \(role)\nsource_profile = own\n"
                + "[profile far]\nrole_arn = \(role)\nsource_profile = own\n", credentials: "[own]\n\(key())")
        let plan = try home.plan(opening: false)
        #expect(plan.items.isEmpty && plan.refused.map(\.profile) == ["own"])
        #expect(plan.refused.first?.failure.message.contains("far depends on the key of own") == true)
    }

    @Test(arguments: [
        "role_arn = \(role)\nsource_profile = b\n", "sso_session = s\n", "credential_source = Environment\n",
        "role_arn = \(role)\nweb_identity_token_file = /f\n", "login_session = a\n", "warder_key = b\n",
    ])
    func whatStandsBesideAKey(_ lines: String) throws {
        let home = try warderHome(
            config:
                "[profile a]\n\(lines)[profile b]\nregion = r\n[sso-session s]\nsso_region = r\nsso_start_url = u\n",
            credentials: "[a]\n\(key())")
        let plan = try home.plan(opening: false)
        #expect(plan.items.isEmpty)
        #expect(plan.refused.first?.failure.code == .badConfig)
        #expect(plan.refused.first?.failure.message.contains("config:2: ") == true)
    }

    @Test func whatInterruptedRunsLeft() throws {
        let home = try warderHome(credentials: "[alice]\n\(key())[work]\n\(key())")
        try home.makeVault([])
        try home.importAll()
        let done = try home.read(".aws/config")
        // The keys are stored, and the config is written.
        try home.write("[alice]\n\(key())[work]\n\(key())", to: ".aws/credentials")
        try home.write("half", to: ".aws/credentials.warder-new")
        try home.importAll()
        #expect(try home.read(".aws/config") == done && home.read(".aws/credentials") == "")
        #expect(!home.has(".aws/credentials.warder-new"))
        // The keys are stored, and no more.
        try home.write("[alice]\n\(key())[work]\n\(key())", to: ".aws/credentials")
        try home.write("", to: ".aws/config")
        try home.importAll()
        #expect(try home.read(".aws/config") == done && home.read(".aws/credentials") == "")
        // Only what it left is there.
        try home.write("half", to: ".aws/config.warder-new")
        try home.plan().removeLeftovers()
        #expect(!home.has(".aws/config.warder-new"))
    }

    @Test func aFileThatChangesMeanwhile() throws {
        let home = try warderHome(credentials: "[alice]\n\(key())")
        try home.makeVault([])
        let plan = try home.plan()
        try home.write("[alice]\n\(key())# new\n", to: ".aws/credentials")
        var failure: Failure?
        do throws(Failure) { _ = try home.work().carryOut(plan) } catch { failure = error }
        #expect(failure?.message.contains("the keys are stored, but the files still hold them in plain text") == true)
        #expect(failure?.hint == "run warder import again")
        #expect(try home.read(".aws/credentials") == "[alice]\n\(key())# new\n")
        try home.importAll()
        // A comment below the key belongs to what follows.
        #expect(try home.read(".aws/credentials") == "# new\n")
    }

    @Test func profilesThatAreNamed() throws {
        let home = try warderHome(
            config: "[profile region]\nregion = r\n", credentials: "[alice]\n\(key())[half]\naws_access_key_id = x\n")
        #expect(try home.plan("alice", opening: false).items.map(\.profile) == ["alice"])
        for (name, code) in [("half", ExitCode.badConfig), ("region", .notFound), ("absent", .notFound)] {
            var failure: Failure?
            let plan = try home.plan(name, opening: false)
            do throws(Failure) { try plan.refuseNamed() } catch { failure = error }
            #expect(failure?.code == code)
        }
    }
}
