import Failures
import Foundation
import Issuing
import Profiles
import RoomSupport
import Secrets
import Setup
import Testing

@testable import Populating

private let (one, two) = ("111111111111", "222222222222")
private let prod = SignInAccount(id: one, name: "Prod EU")
private let dev = SignInAccount(id: two, name: "Dev")
private let session = "[sso-session corp]\nsso_start_url = https://x\nsso_region = eu-west-1\n"

/// A home in which this very program is found under the name of warder.
private func home(_ config: String) throws -> TestHome {
    let home = try TestHome(config: config)
    try FileManager.default.createDirectory(atPath: home.path + "/bin", withIntermediateDirectories: true)
    try home.link("bin/warder", to: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    home.set("PATH", home.path + "/bin:/usr/bin:/bin")
    return home
}

private struct Outcome {
    let text: String
    let said: [String]
    let difference: [String]
}

extension TestHome {
    fileprivate func populate(
        _ roles: [SignInRole], accounts: [SignInAccount] = [prod, dev], only: String? = nil, prunes: Bool = false
    ) throws -> Outcome {
        let context = try context()
        let files = try ProfileLoading(context).profiles()
        let config = try #require(files.config)
        let selection = Selection(
            session: "corp", template: try NameTemplate(nil, prefix: nil), roles: only.map { [Pattern($0)] } ?? [],
            prunes: prunes)
        let plan = try PopulationPlan(context, files, config, selection, accounts: accounts, roles: roles)
        let bytes = config.edited(plan.edits)
        let text = bytes.text(0..<bytes.count).replacing(path, with: "HOME")
        let before = console.lines.count
        plan.report(on: console, isWritten: true)
        return Outcome(text: text, said: Array(console.lines[before...]), difference: config.difference(plan.edits))
    }
}

private func section(_ name: String, _ account: String, _ role: String) -> String {
    """

    [profile \(name)]
    warder_from_sso = corp
    warder_sso_session = corp
    warder_sso_account_id = \(account)
    warder_sso_role_name = \(role)
    credential_process = HOME/bin/warder process \(name)

    """
}

@Suite struct PlanTests {
    private let roles = [SignInRole(account: prod, name: "Admin"), SignInRole(account: dev, name: "Read Only")]

    @Test func addsAProfileForEachRole() throws {
        let home = try home(session)
        let outcome = try home.populate(roles + roles)
        #expect(
            outcome.text == session + section("Dev-Read-Only", two, "Read Only")
                + section("Prod-EU-Admin", one, "Admin"))
        #expect(outcome.said.first == "warder: profiles of corp: 2 made")
        #expect(
            outcome.difference.count == 17
                && outcome.difference[2...].allSatisfy { $0.hasPrefix("+") || $0.hasPrefix("@@") })
        withExtendedLifetime(home) {}
    }

    @Test func theOrderOfTheAnswerDoesNotMatter() throws {
        let twins = ["a=b", "a,b", "a b"].flatMap { role in
            [prod, SignInAccount(id: two, name: "Prod/EU")].map { SignInRole(account: $0, name: role) }
        }
        let home = try home(session)
        let first = try home.populate(twins)
        for _ in 0..<10 { #expect(try home.populate(twins.shuffled()).text == first.text) }
    }

    @Test func onlyItsOwnAreRemoved() throws {
        let other = section("mine", one, "Gone").replacing("from_sso = corp", with: "from_sso = other")
        let home = try home((session + other + section("x", one, "Gone") + "# below\n").replacing("HOME", with: "/usr"))
        let kept = try home.populate([])
        #expect(kept.text.contains("[profile x]"))
        #expect(kept.said.contains("warder: x: this role is gone; --prune removes its profile"))
        let pruned = try home.populate([], prunes: true)
        #expect(pruned.text == (session + other + "# below\n").replacing("HOME", with: "/usr"))
        #expect(pruned.said == ["warder: profiles of corp: 1 removed"])
    }

    @Test func ofTwoForOneRoleTheSecondIsLeftAlone() throws {
        let text =
            session
            + (section("Prod-EU-Admin", one, "Admin") + section("copy", one, "Admin")).replacing("HOME", with: "/usr")
        let home = try home(text)
        let outcome = try home.populate([roles[0]], prunes: true)
        #expect(outcome.text == text)
        #expect(outcome.said == ["warder: nothing to change: 1 profile of corp as it is"])
    }

    @Test func aFilterThatNothingPassesIsAMistake() throws {
        let home = try home(session)
        #expect { _ = try home.populate(roles, only: "Nobody") } throws: { ($0 as? Failure)?.code == .notFound }
        #expect(try home.populate([], accounts: [], only: "Nobody").said.last?.contains("no role") == true)
    }

    @Test func aProgramThatNoSDKCanCallIsRefused() throws {
        let home = try TestHome(config: session)
        #expect { _ = try home.populate(roles) } throws: {
            ($0 as? Failure)?.message.contains("no SDK can call") == true
        }
    }
}
