import Testing

@testable import Diagnosing

@Suite struct PersonalNamesTests {
    @Test(arguments: [
        ("arn:aws:iam::1:user/alice", ["alice"]), ("see arn:aws:iam::1:user/team/a.b+c@d.org.", ["a.b+c@d.org"]),
        ("(arn:aws-cn:iam::1:mfa/bob)", ["bob"]), ("arn:aws:sts::1:assumed-role/Admin/carol:", ["carol"]),
        ("arn:aws:iam::1:role/Admin", []), ("mail dora@example.com, please", ["dora@example.com", "dora"]),
        ("a @ b", []), ("", []),
    ]) func areFound(_ text: String, _ names: [String]) {
        #expect(Set(personalNames(in: text)).isSuperset(of: names))
        #expect(!names.isEmpty || personalNames(in: text).isEmpty)
    }
}
