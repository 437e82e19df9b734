import Foundation
import RoomSupport
import Testing

@testable import Adopting

@Suite("What adopt leaves as it is")
struct LeftTests {
    private static let left = """
        [default]
        region = eu-west-1
        \(alice)
        [profile vaulted]
        credential_process = /usr/bin/aws-vault export x
        [profile plain]
        \(key)
        [profile signed]
        login_session = arn:aws:iam::1:user/a
        [profile named]
        include_profile = base
        [profile base]
        role_arn = \(role)
        source_profile = alice
        [profile bad]
        role_arn = arn:aws:iam::2:role/A
        source_profile = alice
        [sso-session corp]
        sso_region = eu-west-1
        [services local]
        sts =
          endpoint_url = http://localhost

        """

    @Test(arguments: [true, false])
    func eachIsNamedAndWhy(_ dry: Bool) throws {
        let home = try warderHome(credentials: "[plain]\n[only]\nregion = x\n[kept]\n\(key)")
        let asks = "[profile asks]\ncredential_process = \(try home.context().ownPath) process asks\n"
        let config = Self.left.replacing("[profile vaulted]", with: asks + "[profile vaulted]")
        try home.write(config, to: ".aws/config")
        let outcome = try home.adopt(dry: dry)
        let number = try #require(config.components(separatedBy: "\n").firstIndex(of: "aws_access_key_id = AKIAPLAIN"))
        let folder = home.path + "/.aws"
        #expect(
            outcome.lines.filter { $0.hasPrefix("warder: left ") }.map { String($0.dropFirst("warder: left ".count)) }
                == [
                    "default, alice as they are: no role and no sign-in; if its key is stored: warder adopt default",
                    "asks as it is: names warder already",
                    "vaulted as it is: asks another program; warder adopt vaulted puts warder before it",
                    "plain as it is: a key in plain text, \(folder)/config:\(number + 1), which SDKs take first; "
                        + "warder import plain stores it",
                    "only as it is: in the credentials file alone",
                    "kept as it is: a key in plain text, \(folder)/credentials:5, which SDKs take first; "
                        + "warder import kept stores it",
                ])
        // The line as it is when one looks.
        let now = try String(contentsOfFile: home.config, encoding: .utf8)
        let bad =
            try #require(
                now.components(separatedBy: "\n").firstIndex(of: "role_arn = arn:aws:iam::2:role/A")) + 1
        #expect(outcome.failure?.code == .badConfig)
        #expect(outcome.failure?.message.contains("config:\(bad): role_arn is not the ARN of a role") == true)
        for name in ["named", "base", "signed"] { #expect(now.contains("process \(name)\n") == !dry) }
        #expect(!outcome.text.contains("secret/of/it"))
    }

    @Test func aSecondTimeAllAreLeft() throws {
        let home = try warderHome(config: alice + prod)
        _ = try home.adopt()
        #expect(try home.adopt().text.contains("left prod as it is: names warder already"))
    }
}
