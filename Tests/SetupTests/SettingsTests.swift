import Failures
import Linux
import Profiles
import Prompt
import RoomSupport
import Testing

@testable import Setup

/// A file of settings that is wrong: what is said of it, and what to do.
struct WrongSettings: Sendable, CustomTestStringConvertible {
    let text: String
    /// The line that is to be looked at.
    let line: Int
    let message: String
    let hint: String

    var testDescription: String { text }

    init(_ text: String, line: Int = 2, _ message: String, hint: String) {
        self.text = text
        self.line = line
        self.message = message
        self.hint = hint
    }
}

@Suite("Setup: warder's own settings")
struct SettingsTests {
    private func load(_ text: String, home: TestHome) throws -> Settings {
        try home.write(text, to: ".config/warder/config")
        return try Settings.load(home.context())
    }

    @Test("without a file everything has its default")
    func defaults() throws {
        let home = try TestHome()
        try home.remove(".config/warder/config")
        let settings = try Settings.load(home.context())
        #expect(settings.unlockTime == 8 * 3600)
        #expect(settings.store == nil && settings.keyfile == nil && settings.pinentry == nil)
        #expect(settings.methods == [.terminal, .pinentry(named: nil)])
        #expect(settings.helperMethods == [.terminal])
        #expect(settings.codeMethods == nil)
        #expect(settings.remotePromptTime == 50)
        #expect(settings.rotateAfter == 90 * 86_400)
    }

    @Test("every setting that is written is gone by")
    func every() throws {
        let home = try TestHome()
        let settings = try load(
            """
            # what this user likes
            [warder]
            unlock_time = 1h30m
            store = libsecret
            keyfile = ~/keys/warder
            prompt = pinentry, terminal
            pinentry = /opt/pinentry
            code_prompt = handoff dialog,terminal, pinentry
            handoff_time = 2m
            process_prompt = pinentry
            rotate_after = 30d
            """, home: home)
        #expect(settings.unlockTime == 5400)
        #expect(settings.store?.kind == .libsecret)
        #expect(settings.store?.origin.place == home.path + "/.config/warder/config:4")
        #expect(settings.keyfile == home.path + "/keys/warder")
        #expect(settings.pinentry == "/opt/pinentry")
        #expect(settings.methods == [.pinentry(named: "/opt/pinentry"), .terminal])
        #expect(settings.codeMethods == [.remote, .dialog, .terminal, .pinentry(named: "/opt/pinentry")])
        #expect(settings.remotePromptTime == 120)
        #expect(settings.helperMethods == [.pinentry(named: "/opt/pinentry")])
        #expect(settings.rotateAfter == 30 * 86_400)
    }

    @Test("an empty value counts as not set, and a list may stand in lines of its own")
    func emptyAndIndented() throws {
        let names = [
            "unlock_time", "store", "keyfile", "prompt", "pinentry", "code_prompt", "handoff_time", "process_prompt",
            "rotate_after",
        ]
        let empty = try load("[warder]\n" + names.map { "\($0) =\n" }.joined(), home: TestHome())
        #expect(empty.unlockTime == 8 * 3600 && empty.store == nil && empty.keyfile == nil && empty.codeMethods == nil)
        #expect(empty.methods == [.terminal, .pinentry(named: nil)] && empty.helperMethods == [.terminal])
        #expect(empty.remotePromptTime == 50 && empty.rotateAfter == 90 * 86_400)
        #expect(try load("[warder]\n\n; a remark\n", home: TestHome()).unlockTime == 8 * 3600)
    }

    @Test("without a list of its own, the prompt is the terminal, then the pinentry that is named")
    func namedPinentry() throws {
        let settings = try load("[warder]\npinentry = pinentry-tty\n", home: TestHome())
        #expect(settings.methods == [.terminal, .pinentry(named: "pinentry-tty")])
        #expect(settings.helperMethods == [.terminal])
    }

    @Test(
        "a time has a unit",
        arguments: [("1s", 1), ("45s", 45), ("90m", 5400), ("8h", 28_800), ("30d", 2_592_000), ("1d12h", 129_600)])
    func times(text: String, seconds: Int) throws {
        #expect(try load("[warder]\nunlock_time = \(text)\n", home: TestHome()).unlockTime == seconds)
    }

    @Test("a wait for an answer may be none", arguments: [("0", 0), ("0s", 0), ("1h", 3600)])
    func waits(text: String, seconds: Int) throws {
        #expect(try load("[warder]\nhandoff_time = \(text)\n", home: TestHome()).remotePromptTime == seconds)
    }

    @Test("an age may be none", arguments: [("off", nil), ("24h", 86_400), ("90d", 7_776_000), ("3650d", 315_360_000)])
    func ages(text: String, seconds: Int?) throws {
        #expect(try load("[warder]\nrotate_after = \(text)\n", home: TestHome()).rotateAfter == seconds)
    }

    private static let notATime = "is not a time to be unlocked for"
    private static let notAWait = "is not a time to wait for an answer"
    private static let time = "write 1s to 30d, as 8h or 90m"
    private static let wait = "write 0 to 1h, as 50s or 2m"
    private static let notAnAge = "is not an age at which a key is due"
    private static let age = "write 1d to 3650d, as 90d, or off"
    private static let prompts = "write terminal, pinentry, or both"
    private static let codes = "write some of terminal, pinentry, dialog, handoff"

    static let wrong: [WrongSettings] =
        ["400d", "0s", "0", "31d", "soon", "-1h", "8 h", "1y", "99999999999s"].map { text in
            WrongSettings("[warder]\nunlock_time = \(text)\n", "\(text) \(notATime)", hint: time)
        }
        + [
            WrongSettings("[warder]\nunlock_time = 8\n", "8 has no unit", hint: "write 8h, 8m or 8s"),
            WrongSettings("[warder]\nunlock_time = 3000\n", "3000 has no unit", hint: "write 3000s or 3000m"),
            WrongSettings("[warder]\nunlock_time = 9000000\n", "9000000 has no unit", hint: time),
            WrongSettings("[warder]\nhandoff_time = 50\n", "50 has no unit", hint: "write 50s or 50m"),
            WrongSettings("[warder]\nhandoff_time = 30\n", "30 has no unit", hint: "write 30s or 30m"),
            WrongSettings("[warder]\nhandoff_time = 5000\n", "5000 has no unit", hint: wait),
            WrongSettings("[warder]\nhandoff_time = 61m\n", "61m \(notAWait)", hint: wait),
            WrongSettings("[warder]\nhandoff_time = no\n", "no \(notAWait)", hint: wait),
            WrongSettings("[warder]\nrotate_after = 90\n", "90 \(notAnAge)", hint: age),
            WrongSettings("[warder]\nrotate_after = 8h\n", "8h \(notAnAge)", hint: age),
            WrongSettings("[warder]\nrotate_after = 0\n", "0 \(notAnAge)", hint: age),
            WrongSettings("[warder]\nrotate_after = 3651d\n", "3651d \(notAnAge)", hint: age),
            WrongSettings("[warder]\nrotate_after = never\n", "never \(notAnAge)", hint: age),
            WrongSettings("[warder]\nstore = vault\n", "vault is not a store", hint: "write file or libsecret"),
            WrongSettings("[warder]\nstore = File\n", "File is not a store", hint: "write file or libsecret"),
            WrongSettings(
                "[warder]\nkeyfile = keys/mine\n", "keys/mine is not an absolute path",
                hint: "write the keyfile's whole path"),
            WrongSettings("[warder]\nprompt = shouting\n", "shouting names who cannot ask", hint: prompts),
            WrongSettings(
                "[warder]\nprompt = terminal, dialog\n", "terminal, dialog names who cannot ask", hint: prompts),
            WrongSettings("[warder]\nprocess_prompt = pigeon\n", "pigeon names who cannot ask", hint: prompts),
            WrongSettings("[warder]\nprocess_prompt = handoff\n", "handoff names who cannot ask", hint: prompts),
            WrongSettings("[warder]\ncode_prompt = window\n", "window names who cannot ask", hint: codes),
            WrongSettings(
                "[warder]\n\n# later\nunlock_time = 1s\nstore = x\n", line: 5, "x is not a store",
                hint: "write file or libsecret"),
        ]

    @Test("a value that is wrong is named with its line", arguments: wrong)
    func wrongValue(_ expected: WrongSettings) throws {
        let home = try TestHome()
        let failure = #expect(throws: Failure.self) { try load(expected.text, home: home) }
        #expect(failure?.code == .badConfig)
        #expect(failure?.message == "\(home.path)/.config/warder/config:\(expected.line): \(expected.message)")
        #expect(failure?.hint == expected.hint)
    }

    private static let away = "take the line away: nothing acts on it"

    static let unknown: [WrongSettings] = [
        WrongSettings(
            "[warder]\nunlock_tiem = 8h\n", "unlock_tiem is not a setting of warder's",
            hint: "write unlock_time, if that is what you mean"),
        WrongSettings(
            "[warder]\nunlock_tme = 8h\n", "unlock_tme is not a setting of warder's",
            hint: "write unlock_time, if that is what you mean"),
        WrongSettings(
            "[warder]\nwarder_unlock_time = 8h\n", "warder_unlock_time is not a setting of warder's",
            hint: "write unlock_time, if that is what you mean"),
        WrongSettings("[warder]\n\nun lock = 8h\n", line: 3, "un lock is not a setting of warder's", hint: away),
        WrongSettings(
            "[default]\nunlock_time = 8h\n", line: 1, "there is no section [default] here",
            hint: "write [warder], the only one"),
        WrongSettings(
            "[warder]\nwarder_store = file\n", "warder_store is not a setting of warder's",
            hint: "write store, if that is what you mean"),
        WrongSettings(
            "[warder]\nstore = file\ncode_promt = terminal\n", line: 3, "code_promt is not a setting of warder's",
            hint: "write code_prompt, if that is what you mean"),
        WrongSettings(
            "[warder]\nregion = eu-west-1\n", "region is not a setting of warder's", hint: away),
        WrongSettings(
            "[warder]\nstore = file\n[profile p]\n", line: 3, "there is no section [profile p] here",
            hint: "write [warder], the only one"),
        WrongSettings(
            "[Warder]\n", line: 1, "there is no section [Warder] here", hint: "write [warder], the only one"),
    ]

    @Test("what nothing acts on is refused, and the nearest setting is named", arguments: unknown)
    func unknownSetting(_ expected: WrongSettings) throws {
        let home = try TestHome()
        let failure = #expect(throws: Failure.self) { try load(expected.text, home: home) }
        let place = "\(home.path)/.config/warder/config:\(expected.line)"
        #expect(failure?.code == .badConfig && failure?.fault == "unknown_setting")
        #expect(failure?.origin == place)
        #expect(failure?.message == "\(place): \(expected.message)")
        #expect(failure?.hint == expected.hint)
    }

    static let grammar: [WrongSettings] = [
        WrongSettings(
            "unlock_time = 8h\n", line: 1, "a setting stands before the first section",
            hint: "put it below a line [warder]"),
        WrongSettings(
            "[warder]\nunlock_time\n", "this line has no =", hint: "write it as name = value, or as a comment with #"),
        WrongSettings("[warder]\n= 8h\n", "this line has nothing before the =", hint: "write it as name = value"),
        WrongSettings(
            "[warder\n", line: 1, "this section's head does not end with ]",
            hint: "close it with ]; from a ; or # on, the rest of a line is a comment"),
    ]

    @Test("a line that is none is named", arguments: grammar)
    func lines(_ expected: WrongSettings) throws {
        let home = try TestHome()
        let failure = #expect(throws: Failure.self) { try load(expected.text, home: home) }
        #expect(failure?.code == .badConfig)
        #expect(failure?.message == "\(home.path)/.config/warder/config:\(expected.line): \(expected.message)")
        #expect(failure?.hint == expected.hint)
    }

    @Test("a file that cannot be read is not taken for none")
    func unreadable() throws {
        let home = try TestHome()
        try home.remove(".config/warder/config")
        try home.makeFolder(".config/warder/config")
        let failure = #expect(throws: Failure.self) { try Settings.load(home.context()) }
        #expect(failure?.message.contains("\(home.path)/.config/warder/config") == true)
        #expect(failure?.message.contains("warder's settings") == true)
    }

    @Test("checking reads the file for its errors alone")
    func check() throws {
        let home = try TestHome()
        try Settings.check(home.context())
        try home.write("[warder]\nstore = x\n", to: ".config/warder/config")
        #expect(throws: Failure.self) { try Settings.check(home.context()) }
    }
}
