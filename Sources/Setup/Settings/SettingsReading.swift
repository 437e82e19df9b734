import Failures
import Linux
import Profiles
import Prompt
import Secrets
import Sessions
import Text
import Times

extension Settings {
    /// The names of all settings.
    package static let names = [
        "unlock_time", "store", "keyfile", "prompt", "pinentry", "code_prompt", "handoff_time", "process_prompt",
        "rotate_after", "log",
    ]

    /// The ages from which a key may be due, in seconds.
    static let rotationAges = 86_400...3650 * 86_400

    /// Reads both files; without them, every setting has its default.
    package static func load(_ context: Context) throws(Failure) -> Settings {
        let policy = try context.policy()
        let machine = try context.machine.defaults()
        // A mistake in the machine's defaults is one even where the user's own line counts.
        if let machine { _ = try Settings(SettingsLines(sections: [machine]), context) }
        let user = try section(context.paths.settings, context.waits)
        var settings = try Settings(SettingsLines(sections: [user, machine].compactMap { $0 }), context)
        settings.keep(within: policy)
        return settings
    }

    /// Reads the files for their errors only, for commands that show users what is wrong.
    package static func check(_ context: Context) throws(Failure) { _ = try load(context) }

    /// Whether the user's settings at `path`, or else the machine's, turn the log off.
    static func isLogOff(_ path: String, _ machine: Profile?, _ waits: WaitLimits) throws(Failure) -> Bool {
        try isLogOff(SettingsLines(sections: [try section(path, waits), machine].compactMap { $0 }))
    }

    /// The section `[warder]` of the user's settings; nil if there is none.
    private static func section(_ path: String, _ waits: WaitLimits) throws(Failure) -> Profile? {
        let text: SecretBytes
        do throws(FileError) { text = try waits.read(path, limit: 1 << 20) } catch {
            if error.isAbsence { return nil }
            throw Failure(error, "warder's settings")
        }
        return try SettingsFile(text, path: path, knowing: [("warder", names)])["warder"]
    }

    // MARK: - Values

    private init(_ lines: SettingsLines, _ context: Context) throws(Failure) {
        if let time = try lines["unlock_time"] {
            unlockTime = try time.seconds(
                in: 1...UnlockedState.longest, "a time to be unlocked for", hint: "write 1s to 30d, as 8h or 90m")
        }
        if let store = try lines["store"] {
            guard let kind = StoreKind(rawValue: store.value) else {
                throw .wrongSetting(store, "is not a store", hint: "write file or libsecret")
            }
            self.store = (kind, store.origin)
        }
        if let keyfile = try lines["keyfile"] {
            let path = context.expanded(keyfile.value)
            guard path.begins(with: "/") else {
                throw .wrongSetting(keyfile, "is not an absolute path", hint: "write the keyfile's whole path")
            }
            self.keyfile = path
        }
        if let time = try lines["handoff_time"] {
            remotePromptTime = try time.seconds(
                in: 0...3600, "a time to wait for an answer", hint: "write 0 to 1h, as 50s or 2m")
        }
        if let age = try lines["rotate_after"] { rotateAfter = try Self.rotationAge(age) }
        let pinentry = try lines["pinentry"]?.value
        self.pinentry = pinentry
        codeMethods = try Self.codeMethods(lines, pinentry)
        methods = try Self.methods("prompt", lines, pinentry) ?? [.terminal, .pinentry(named: pinentry)]
        helperMethods = try Self.methods("process_prompt", lines, pinentry) ?? [.terminal]
        isLogOff = try Self.isLogOff(lines)
    }

    /// Shortens what goes past a bound.
    private mutating func keep(within policy: Policy) {
        if let longest = policy.longestUnlock, unlockTime > longest.value {
            let times = (spoken(seconds: Int64(longest.value)), spoken(seconds: Int64(unlockTime)))
            effects.append(.init(longest.line, "what is unlocked stays so for \(times.0), not \(times.1)"))
            unlockTime = longest.value
        }
        if let latest = policy.rotateAfter, rotateAfter ?? .max > latest.value {
            let before = rotateAfter.map { spoken(seconds: Int64($0)) } ?? "never"
            let age = spoken(seconds: Int64(latest.value))
            effects.append(.init(latest.line, "a key is due for rotation at \(age), not \(before)"))
            rotateAfter = latest.value
        }
        if let rule = policy.log, isLogOff {
            effects.append(.init(rule.line, "the log is written, in spite of log = off"))
            isLogOff = false
        }
    }

    private static func isLogOff(_ lines: SettingsLines) throws(Failure) -> Bool {
        guard let setting = try lines["log"] else { return false }
        switch setting.value {
        case "on": return false
        case "off": return true
        default: throw .wrongSetting(setting, "is neither on nor off", hint: "write log = off, or leave the line out")
        }
    }

    /// The age from which a key is due, in seconds; nil for never.
    private static func rotationAge(_ setting: Setting) throws(Failure) -> Int? {
        guard setting.value != "off" else { return nil }
        guard let age = try? Times.seconds(ofDuration: setting.value), rotationAges.contains(age) else {
            throw .wrongSetting(
                setting, "is not an age at which a key is due", hint: "write 1d to 3650d, as 90d, or off")
        }
        return age
    }

    /// Parses a list such as `terminal, pinentry`; nil if it is not set.
    private static func methods(
        _ key: String, _ lines: SettingsLines, _ pinentry: String?
    ) throws(Failure) -> [PromptMethod]? {
        guard let list = try lines[key] else { return nil }
        var methods: [PromptMethod] = []
        for word in list.words {
            switch word {
            case "terminal": methods.append(.terminal)
            case "pinentry": methods.append(.pinentry(named: pinentry))
            default: throw .wrongSetting(list, "names who cannot ask", hint: "write terminal, pinentry, or both")
            }
        }
        return methods
    }

    /// The prompt methods for codes; nil if they are not set.
    private static func codeMethods(_ lines: SettingsLines, _ pinentry: String?) throws(Failure) -> [PromptMethod]? {
        guard let list = try lines["code_prompt"] else { return nil }
        var methods: [PromptMethod] = []
        for word in list.words {
            switch word {
            case "terminal": methods.append(.terminal)
            case "pinentry": methods.append(.pinentry(named: pinentry))
            case "dialog": methods.append(.dialog)
            case "handoff": methods.append(.remote)
            default:
                throw .wrongSetting(
                    list, "names who cannot ask", hint: "write some of terminal, pinentry, dialog, handoff")
            }
        }
        return methods
    }
}
