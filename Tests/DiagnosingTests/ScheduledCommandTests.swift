import Diagnosing
import RoomSupport
import Testing

@Suite struct ScheduledCommandTests {
    private func unit(_ text: String) -> [String] {
        ScheduledCommand.all(inUnit: secret(text)).map(shown)
    }

    private func crontab(_ text: String) -> [String] {
        ScheduledCommand.all(inCrontab: secret(text)).map(shown)
    }

    private func shown(_ command: ScheduledCommand) -> String {
        switch command.need {
        case .command(let name): "\(command.line) \(name)"
        case .profile(let name): "\(command.line) AWS_PROFILE=\(name)"
        }
    }

    @Test(arguments: [
        ("ExecStart=/usr/bin/warder exec prod -- a", "exec"),
        ("ExecStart = -/usr/bin/warder process prod", "process"),
        ("ExecStart=!!@+:warder env prod", "env"),
        ("ExecStartPost=/bin/sh -c 'cd /; eval \"$(warder env prod)\"'", "env"),
        ("ExecStart=/usr/bin/env A=b warder --no-prompt refresh --all", "refresh"),
        ("ExecStop=\"/opt/my tools/warder\" whoami prod", "whoami"),
    ])
    func findsThemInUnits(line: String, name: String) {
        #expect(unit("[Service]\n\(line)\n") == ["2 \(name)"])
    }

    @Test(arguments: [
        "ExecStart=/usr/bin/warder lock --watch", "ExecStart=/usr/bin/warder rotate --no-prompt --notify",
        "ExecStart=/usr/bin/warder", "ExecStart=/usr/bin/warder status", "#ExecStart=warder exec a -- b",
        "; ExecStart=warder exec a -- b", "Description=warder exec prod", "ExecStart=/usr/bin/mywarder exec a",
        "ExecStart=/usr/bin/warder-x exec a", "ExecStart=echo exec", "", "=warder exec",
    ])
    func findsNoOthers(line: String) {
        #expect(unit("[Service]\n\(line)\n") == [])
    }

    @Test(arguments: [
        "LoadCredential=warder.keyfile:/etc/key", "LoadCredentialEncrypted=warder.passphrase:/etc/p",
        "SetCredential=warder.passphrase:x", "ImportCredential=warder.*", "EnvironmentFile=-/etc/default/x",
        "Environment=WARDER_KEYFILE=/k A=b", "Environment=\"WARDER_PASSPHRASE_COMMAND=pass show x\"",
    ])
    func leavesUnitsThatBringWhatTheyNeed(line: String) {
        let text = "[Service]\nExecStart=warder exec a -- b\n"
        #expect(unit(text + line + "\n") == [])
        #expect(unit(text + "#" + line + "\n") == ["2 exec"])
    }

    @Test(arguments: [
        "Environment=AWS_PROFILE=prod", "Environment=\"A=b\" \"AWS_PROFILE=prod\"",
        "ExecStart=/usr/bin/env AWS_PROFILE=prod restic backup",
    ])
    func findsProfiles(line: String) {
        #expect(unit("[Service]\n\(line)\n") == ["2 AWS_PROFILE=prod"])
        #expect(unit("[Service]\n\(line)\nLoadCredential=warder.keyfile:/k\n") == [])
    }

    @Test func knowsWhoRunsAUnit() {
        #expect(ScheduledCommand.user(ofUnit: secret("[Service]\nUser = backup\n")) == "backup")
        #expect(ScheduledCommand.user(ofUnit: secret("[Service]\n#User=backup\nExecStart=a\n")) == "root")
        #expect(ScheduledCommand.user(ofUnit: secret("User=\n")) == "root")
    }

    @Test func joinsLinesThatAreContinued() {
        let text = "[Service]\nExecStart=\\\n# a comment\n  warder \\\n  exec a\nExecStop=warder env b\n"
        #expect(unit(text) == ["2 exec", "6 env"])
        #expect(unit("ExecStart=a \\") == [])
    }

    @Test func findsThemInCrontabs() {
        let text = """
            MAILTO=me
            # 0 0 * * * warder exec prod -- a
            @daily   /usr/local/bin/warder exec prod -- backup
            0 * * * * AWS_PROFILE=prod aws s3 ls && warder process prod >/dev/null
            0 * * * * AWS_PROFILE=prod aws s3 ls
            0 * * * * backup

            """
        #expect(crontab(text) == ["3 exec", "4 process", "5 AWS_PROFILE=prod"])
        #expect(crontab("WARDER_KEYFILE=/k\n" + text) == [])
        #expect(crontab("") == [])
    }
}
