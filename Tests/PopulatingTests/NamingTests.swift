import Failures
import Issuing
import Testing

@testable import Populating

private func role(_ account: String, _ name: String, _ role: String, email: String = "") -> SignInRole {
    SignInRole(account: SignInAccount(id: account, name: name, email: email), name: role)
}

private let (one, two) = ("111111111111", "222222222222")

@Suite struct SafeNameTests {
    @Test(arguments: [
        ("Prod", "Prod"), ("Prod EU", "Prod-EU"), (" Prod ", "Prod"), ("a / b", "a-b"), ("a-b", "a-b"),
        ("a--b", "a--b"),
        ("a -- b", "a-b"), ("-a-", "a"), ("Zürich", "Zuerich"), ("Zu\u{308}rich", "Zuerich"), ("ÄÖÜß", "AeOeUess"),
        ("Ångström", "Angstroem"), ("e\u{301}\u{302}", "e"), ("naïve", "naive"), ("İstanbul", "Istanbul"),
        ("東京", ""), ("東京 A", "A"), ("🙂", ""), ("a\u{0}b", "a-b"), ("a]\n[b", "a-b"), ("\u{202e}x", "x"),
        ("x_.@+:%", "x_.@+:%"), ("", ""), ("/", ""), ("a=b,c", "a-b-c"),
    ])
    func isOfCharactersThatNamesMayHave(_ text: String, _ name: String) {
        #expect(safeName(text) == name)
    }

    @Test func isCut() { #expect(safeName(String(repeating: "ä", count: 100)).utf8.count == 64) }
}

@Suite struct NameTemplateTests {
    @Test(
        arguments: [
            (nil, nil, "Prod-EU-Ad-min"), (nil, "c-", "c-Prod-EU-Ad-min"),
            ("{role}@{account_id}", nil, "Ad-min@\(one)"),
            ("{email}", nil, "a@b.c"), ("{prefix}{role}", nil, "Ad-min"), ("x/{role}-", nil, "x/Ad-min"),
            ("{prefix}", "p", "p"),
        ] as [(String?, String?, String)])
    func putsValuesIn(_ template: String?, _ prefix: String?, _ name: String) throws {
        let template = try NameTemplate(template, prefix: prefix)
        #expect(template.name(of: role(one, "Prod EU", "Ad min", email: "a@b.c")) == name)
    }

    @Test func isNeverEmpty() throws {
        #expect(try NameTemplate("{email}", prefix: nil).name(of: role(one, "", "x")) == one)
        #expect(try NameTemplate("{account_name}", prefix: nil).name(of: role(one, "東", "x")) == one)
        #expect(try NameTemplate("{role}-", prefix: nil).name(of: role(one, "x", "東")) == one)
    }

    @Test(arguments: ["", "{", "{role", "{Role}", "{}", "a b", "ü", "[{role}]", "-{role}", "{role}\n"])
    func isRefused(_ template: String) {
        #expect { _ = try NameTemplate(template, prefix: nil) } throws: { ($0 as? Failure)?.code == .usage }
    }
}

@Suite struct NamingTests {
    private func names(
        _ roles: [SignInRole], template: String? = nil, present: [String?]? = nil, others: Set<String> = []
    ) throws -> [String] {
        Naming(
            roles, try NameTemplate(template, prefix: nil), present: present ?? roles.map { _ in nil }, others: others
        ).names
    }

    @Test func eachHasTheNameOfItsTemplate() throws {
        #expect(try names([role(one, "A", "R"), role(two, "B", "R")]) == ["A-R", "B-R"])
    }

    @Test func allThatWouldHaveOneNameGetTheNumber() throws {
        let roles = [role(one, "A", "R"), role(two, "A", "R"), role(two, "B", "R")]
        #expect(try names(roles) == ["A-R-\(one)", "A-R-\(two)", "B-R"])
    }

    @Test func rolesOfOneAccountAreCounted() throws {
        let roles = [role(one, "A", "a=b"), role(one, "A", "a b"), role(one, "A", "a,b")]
        #expect(try names(roles) == ["A-a-b-\(one)", "A-a-b-\(one)-2", "A-a-b-\(one)-3"])
    }

    @Test func aNumberedNameIsNotAnothersName() throws {
        let roles = [role(one, "A", "R"), role(two, "A", "R"), role(two, "A-R", one)]
        #expect(try names(roles) == ["A-R-\(one)-2", "A-R-\(two)", "A-R-\(one)"])
    }

    @Test func otherProfilesKeepTheirs() throws {
        let roles = [role(one, "A", "R"), role(two, "B", "R")]
        #expect(try names(roles, others: ["A-R"]) == ["A-R-\(one)", "B-R"])
        #expect(try names(roles, others: ["A-R", "A-R-\(one)"]) == ["A-R-\(one)-2", "B-R"])
        #expect(try names([role(one, "default", "R")], template: "{account_name}") == ["default-\(one)"])
        let naming = Naming(
            roles, try NameTemplate(nil, prefix: nil), present: [nil, nil], others: ["B-R"])
        #expect(naming.clashes == [1])
    }

    @Test func aNameStaysWhileItCan() throws {
        let roles = [role(one, "A", "R"), role(two, "B", "R")]
        #expect(try names(roles, present: ["A-R-\(one)", nil]) == ["A-R-\(one)", "B-R"])
        #expect(try names(roles, present: ["A-R", nil], others: ["A-R"]) == ["A-R", "B-R"])
        #expect(try names(roles, present: ["A-R-\(one)-7", nil]) == ["A-R-\(one)-7", "B-R"])
        #expect(try names(roles, present: ["A-R-\(one)x", "B-R-\(one)"]) == ["A-R", "B-R"])
    }

    @Test func namesMaySwap() throws {
        #expect(try names([role(one, "A", "R"), role(two, "B", "R")], present: ["B-R", "A-R"]) == ["A-R", "B-R"])
    }
}
