import Testing

@testable import Diagnosing

@Suite struct PersonalNamesTests {
    @Test(arguments: [
        ("arn:aws:iam::1:user/alice", ["alice"]), ("see arn:aws:iam::1:user/team/a.b+c@d.org.", ["a.b+c@d.org"]),
        ("(arn:aws-cn:iam::1:mfa/bob)", ["bob"]), ("arn:aws:sts::1:assumed-role/Admin/carol:", ["carol"]),
        ("arn:aws:iam::1:role/Admin", []), ("mail dora@example.com, please", ["dora@example.com", "dora"]),
        ("/home/ann.smith@corp.com/.aws/config:1", ["ann.smith@corp.com", "ann.smith"]),
        ("a link to /mnt/c/Users/AnnSmith/.aws/config, which", ["AnnSmith"]), ("/home/bob", ["bob"]),
        ("'/Users/eve/.aws'", ["eve"]), ("http://ann:word@proxy:1", ["ann"]),
        ("a @ b", []), ("", []), ("/opt/home", []), ("/usr/bin/x", []),
    ]) func areFound(_ text: String, _ names: [String]) {
        #expect(Set(personalNames(in: text)).isSuperset(of: names))
        #expect(!names.isEmpty || personalNames(in: text).isEmpty)
        #expect(!personalNames(in: text).contains { $0.contains("/") })
    }

    @Test(arguments: [
        ("ann@corp.com", ["ann@corp.com", "ann"]), ("ann", ["ann"]),
        (#"CORP\ann.smith"#, [#"CORP\ann.smith"#, "ann.smith"]),
    ]) func namesHaveParts(_ name: String, _ parts: [String]) {
        #expect(Set(nameAndParts(name)) == Set(parts))
    }
}
