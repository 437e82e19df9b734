import Chains
import Failures
import Foundation
import Profiles
import RoomSupport
import Setup
import Testing

@testable import Explaining

/// SDKLookupTests has which obstacles there are; here is what is said of each, and what to do.
@Suite("Whether SDKs ask warder, in words")
struct VerdictTests {
    /// This very program stands for warder: nothing else is.
    private static let own =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/proc/self/exe"
    private static let asks = "credential_process = \(own) process p\n"
    private static let key = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/it\n"
    private static let fix = "; run warder adopt p"

    private struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var config = ""
        var credentials = ""
        var environment: [String: String] = [:]
        let text: String
    }

    private static let cases: [Case] = [
        Case(testDescription: "it does", config: asks, text: "ask warder for p"),
        Case(
            testDescription: "files elsewhere", config: asks, environment: ["AWS_CONFIG_FILE": "HOME/.aws/config"],
            text: "ask warder for p, in programs that have AWS_CONFIG_FILE too"),
        Case(
            testDescription: "both files elsewhere", config: asks,
            environment: [
                "AWS_CONFIG_FILE": "HOME/.aws/config", "AWS_SHARED_CREDENTIALS_FILE": "HOME/.aws/credentials",
            ], text: "ask warder for p, in programs that have AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE too"),
        Case(
            testDescription: "a key in credentials", config: asks, credentials: "[p]\n" + key,
            text:
                "do not ask warder for p: CREDENTIALS:2: a key in plain text, which SDKs take first; "
                + "run warder import p"),
        Case(
            testDescription: "a key in config", config: asks + key,
            text:
                "do not all ask warder for p: CONFIG:3: a key in plain text, which SDKs for Go, Java and JavaScript take first; "
                + "run warder import p"),
        Case(
            testDescription: "a role", config: asks + "role_arn = \(role)\nsource_profile = q\n",
            text: "do not ask warder for p: CONFIG:3: SDKs go by role_arn first\(fix)"),
        Case(
            testDescription: "a role over there", config: asks, credentials: "[p]\nrole_arn = \(role)\n",
            text:
                "do not ask warder for p: CREDENTIALS:2: SDKs go by role_arn first; move it to the config file, then run "
                + "warder adopt p"),
        Case(
            testDescription: "a sign-in's session", config: asks + "sso_session = s\n[sso-session s]\n",
            text: "do not all ask warder for p: CONFIG:3: some SDKs go by sso_session first, or refuse it beside "
                + "credential_process\(fix)"),
        Case(
            testDescription: "no process", config: "region = eu-west-1\n",
            text: "do not ask warder for p: CONFIG:1: p has no credential_process\(fix)"),
        Case(
            testDescription: "no process over there", credentials: "[p]\nregion = x\n",
            text: "do not ask warder for p: CONFIG:1: p has no credential_process\(fix)"),
        Case(
            testDescription: "an empty process", config: "credential_process =\n",
            text: "do not ask warder for p: CONFIG:2: credential_process is empty; OWN"),
        Case(
            testDescription: "an open quote", config: "credential_process = '\(own) process p\n",
            text: "do not ask warder for p: CONFIG:2: credential_process has a quote that does not end; OWN"),
        Case(
            testDescription: "a shell's variable", config: "credential_process = A=b \(own) process p\n",
            text:
                "do not all ask warder for p: CONFIG:2: credential_process needs a shell, which boto3 and the AWS CLI do not "
                + "start; OWN"),
        Case(
            testDescription: "another program", config: "credential_process = /bin/echo hello\n",
            text: "do not ask warder for p: CONFIG:2: credential_process runs /bin/echo, not warder\(fix)"),
        Case(
            testDescription: "another command", config: "credential_process = \(own) list\n",
            text: "do not ask warder for p: CONFIG:2: credential_process runs warder, but not as warder process p; OWN"),
        Case(
            testDescription: "another profile", config: "credential_process = \(own) process q\n",
            text:
                "do not ask warder for p: CONFIG:2: credential_process asks warder for q; OWN, or warder_source_profile = q"
        ),
        Case(
            testDescription: "a program that is gone", config: "credential_process = /opt/gone/warder process p\n",
            text: "do not ask warder for p: CONFIG:2: there is no program /opt/gone/warder; OWN"),
        Case(
            testDescription: "a name that is mistyped", config: "credential_process = warderr process p\n",
            text: "do not ask warder for p: CONFIG:2: there is no program warderr; OWN"),
        Case(
            testDescription: "another program that is gone", config: "credential_process = /opt/gone/tool\n",
            text:
                "do not ask warder for p: CONFIG:2: there is no program /opt/gone/tool; write the path of one that is there, or "
                + "run warder adopt p"),
        Case(
            testDescription: "a folder", config: "credential_process = /usr/bin process p\n",
            text: "do not ask warder for p: CONFIG:2: /usr/bin cannot be run; check it: ls -l /usr/bin"),
        Case(
            testDescription: "quotes round all of it", config: "credential_process = \"\(own) process p\"\n",
            text: "do not ask warder for p: CONFIG:2: the quotes make one program name of \(own) process p; OWN"),
        Case(
            testDescription: "a key in the environment", config: asks,
            environment: ["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"],
            text:
                "ask warder for p only where an option names it (--profile p): AWS_ACCESS_KEY_ID is set here, and comes before "
                + "every profile; unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"),
        Case(
            testDescription: "a key that warder exported", config: asks,
            environment: ["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "WARDER_PROFILE": "p"],
            text:
                "ask warder for p only where an option names it (--profile p): AWS_ACCESS_KEY_ID is set here, and comes before "
                + "every profile: warder env, use --keys or exec exported it; eval \"$(warder env --unset)\" takes it away"
        ),
        Case(
            testDescription: "a key that the profile needs", config: asks + "warder_credential_source = Environment\n",
            environment: ["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"],
            text:
                "ask warder for p only where an option names it (--profile p): AWS_ACCESS_KEY_ID is set here, and comes before "
                + "every profile; name the profile by an option: p itself needs the variable"),
        Case(
            testDescription: "a web identity in the environment", config: asks,
            environment: ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": role],
            text:
                "ask warder for p only where an option names it (--profile p): AWS_WEB_IDENTITY_TOKEN_FILE is set here, and "
                + "comes before credential_process; unset it, or name the profile by an option"),
        Case(
            testDescription: "another profile chosen", config: asks, environment: ["AWS_PROFILE": "q"],
            text:
                "ask warder for p only where an option names it (--profile p): AWS_PROFILE is q here; set AWS_PROFILE=p"
        ),
        Case(
            testDescription: "a section twice", config: asks + "[profile z]\n[profile z]\n",
            text:
                "do not all ask warder for p: CONFIG:4: [profile z] stands there twice, and boto3 and the AWS CLI read no such "
                + "file; put the two together"),
        Case(
            testDescription: "a setting twice", config: asks + "output = a\noutput = b\n",
            text:
                "do not all ask warder for p: CONFIG:4: output stands there twice, and boto3 and the AWS CLI read no such file; "
                + "put the two together"),
        // What one thing mends is said once, the gravest of it.
        Case(
            testDescription: "two things", config: "role_arn = \(role)\nsource_profile = q\n",
            credentials: "[p]\n" + key,
            text:
                "do not ask warder for p: CONFIG:2: SDKs go by role_arn first\(fix); also CREDENTIALS:2: a key in plain text, "
                + "which SDKs take first; run warder import p"),
    ]

    private func verdict(_ home: TestHome, _ profile: String = "p") throws -> SDKVerdict {
        let context = try home.context()
        return try SDKVerdict(context, ProfileLoading(context).profiles(), profile: profile)
    }

    private func home(_ test: Case) throws -> TestHome {
        let home = try TestHome(config: "[profile p]\n" + test.config, credentials: test.credentials)
        for (name, value) in test.environment { home.set(name, value.replacing("HOME", with: home.path)) }
        return home
    }

    @Test(arguments: cases)
    private func isSaid(_ test: Case) throws {
        let home = try home(test)
        let ownPath = try home.context().ownPath
        let said = try verdict(home).text { $0.place.replacing(home.path + "/.aws/", with: "") }
        let wanted = test.text.replacing("OWN", with: "write credential_process = \(ownPath) process p")
            .replacing("CONFIG:", with: "config:").replacing("CREDENTIALS:", with: "credentials:")
        #expect(said == wanted)
    }

    /// A program gets the same: whom it keeps, what is so, what to do, and where.
    @Test(arguments: cases)
    private func isToldToPrograms(_ test: Case) throws {
        let home = try home(test)
        let verdict = try verdict(home)
        let data = Data(verdict.json.text().utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["ask_warder"] as? Bool == verdict.obstacles.isEmpty)
        #expect(object["needed_variables"] as? [String] == verdict.needed)
        let told = object["obstacles"] as? [[String: Any]] ?? []
        #expect(told.map { $0["code"] as? String } == verdict.obstacles.map(\.name))
        for (obstacle, told) in zip(verdict.obstacles, told) {
            #expect(told["reach"] as? String == obstacle.scope.rawValue)
            #expect(told["message"] as? String == verdict.what(obstacle))
            #expect(told["hint"] as? String == verdict.remedy(obstacle))
            #expect(told["origin"] as? String == obstacle.origin?.place)
            let failure = verdict.failure(obstacle)
            #expect(failure.code == .badConfig && failure.hint == verdict.remedy(obstacle))
            #expect(failure.message == (obstacle.origin.map { $0.place + ": " } ?? "") + verdict.what(obstacle))
        }
        #expect(!verdict.json.text().contains("secret/of/it"))
    }

    @Test func ofANameWithoutAProfile() throws {
        let home = try TestHome()
        let verdict = try verdict(home, "alice")
        #expect(
            verdict.text { $0.place }
                == "do not ask warder for alice: there is no such profile; add [profile alice] to the "
                + "config file with credential_process")
    }

    @Test func ofAProfileOfTheCredentialsFile() throws {
        let home = try TestHome(credentials: "[p]\nregion = eu-west-1\n")
        let text = try verdict(home).text { $0.place.replacing(home.path, with: "~") }
        let ownPath = try home.context().ownPath
        #expect(
            text
                == "do not ask warder for p: ~/.aws/credentials:1: p has no credential_process; add [profile p] to the "
                + "config file with credential_process = \(ownPath) process p")
    }

    @Test func ofTwoSectionsForDefault() throws {
        let home = try TestHome(
            config:
                "[profile default]\n\(Self.asks.replacing("process p", with: "process default"))[default]\nregion = x\n"
        )
        let text = try verdict(home, "default").text { $0.place.replacing(home.path, with: "~") }
        #expect(text.hasPrefix("do not all ask warder for default: ~/.aws/config:"))
        #expect(text.contains("[default] stands beside [profile default], which hides it from some SDKs alone"))
        #expect(text.contains("; put the two together"))
    }

    @Test func ofAFileByARelativePath() throws {
        let home = try TestHome()
        home.set("AWS_CONFIG_FILE", "no/such/config")
        let text = try verdict(home).text { $0.place }
        #expect(text.contains("AWS_CONFIG_FILE is a relative path, another file in another folder"))
        #expect(text.contains("; give AWS_CONFIG_FILE an absolute path"))
    }

    /// Another file of the name, and one that is found by PATH alone.
    @Test func ofOtherWarders() throws {
        let home = try TestHome()
        try home.write("#!/bin/sh\n", to: "copy/warder")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: home.path + "/copy/warder")
        let ownPath = try home.context().ownPath
        let program = home.path + "/copy/warder"
        try home.write("[profile p]\ncredential_process = \(program) process p\n", to: ".aws/config")
        #expect(
            try verdict(home).text { _ in "here" } == "do not ask warder for p: here: credential_process runs another "
                + "warder, \(program); this one is \(ownPath); write credential_process = \(ownPath) process p, or use that one"
        )
        try home.link("bin", to: home.path + "/links")
        try home.write("", to: "links/.keep")
        try home.link("links/warder", to: Self.own)
        home.set("PATH", home.path + "/links")
        try home.write("[profile p]\ncredential_process = warder process p\n", to: ".aws/config")
        #expect(
            try verdict(home).text { _ in "here" }.hasPrefix(
                "do not all ask warder for p: here: warder has no absolute path, and is not found from everywhere; write "
            ))
        home.set("PATH", "/nowhere")
        #expect(try verdict(home).obstacles.map(\.name) == ["absent_program"])
    }

    /// What keeps only those that no option names is none of the profile's own.
    @Test func whatTheProfileItselfHas() throws {
        let home = try TestHome(
            config: "[profile p]\nregion = x\n", environment: ["AWS_PROFILE": "q", "AWS_ACCESS_KEY_ID": "AKIA"])
        let verdict = try verdict(home)
        #expect(verdict.obstacles.map(\.name) == ["environment_key", "another_profile_chosen", "no_process"])
        #expect(verdict.ofProfile.map(\.name) == ["no_process"])
    }
}
