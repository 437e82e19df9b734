import Failures
import Linux
import Profiles
import Prompt
import Secrets
import Sessions
import Text
import Times

/// warder's own settings, from the section `[warder]` of `$XDG_CONFIG_HOME/warder/config`.
package struct Settings {
    /// `unlock_time`: how long the session-cache key stays available, in seconds; 8 hours by default.
    package var unlockTime = 8 * 3600
    /// `store`: where keys are kept, and the line that says so; nil to detect the store that exists.
    package var store: (kind: StoreKind, origin: Origin)?
    /// `keyfile`: the file that opens the vault's keyfile slot.
    package var keyfile: String?
    /// `prompt`: how to ask for a passphrase: the first method that works; `terminal, pinentry` by default.
    package var methods: [PromptMethod] = [.terminal, .pinentry(named: nil)]
    /// `pinentry`: the pinentry program; nil for gpg-agent's.
    package var pinentry: String?
    /// `code_prompt`: how to ask for codes and yes/no answers, all methods at once; nil to choose automatically.
    package var codeMethods: [PromptMethod]?
    /// `handoff_time`: how long a process that cannot prompt waits for `warder mfa`, in seconds; 50 by default, because
    /// the SDKs for Go give up after 60. 0 turns the wait off.
    package var remotePromptTime = 50
    /// `rotate_after`: the age from which a key is due for rotation, in seconds; 90 days by default, nil (`off`) for never.
    package var rotateAfter: Int? = 90 * 86_400
    /// `process_prompt`: how `process` asks for a passphrase; `terminal` by default.
    package var helperMethods: [PromptMethod] = [.terminal]
    /// `log`: `off` if no log is written of what warder does; `on` by default.
    package var isLogOff = false

    /// The names of all settings.
    private static let names = [
        "unlock_time", "store", "keyfile", "prompt", "pinentry", "code_prompt", "handoff_time", "process_prompt",
        "rotate_after", "log",
    ]

    /// Reads the file; without one, every setting has its default.
    package static func load(_ context: Context) throws(Failure) -> Settings {
        var settings = Settings()
        guard let section = try section(context.paths.settings) else { return settings }
        if let time = try setting("unlock_time", section) {
            settings.unlockTime = try seconds(
                time, in: 1...UnlockedState.longest, "a time to be unlocked for", hint: "write 1s to 30d, as 8h or 90m")
        }
        if let store = try setting("store", section) {
            guard let kind = StoreKind(rawValue: store.value) else {
                throw wrong(store, "is not a store", hint: "write file or libsecret")
            }
            settings.store = (kind, store.origin)
        }
        if let keyfile = try setting("keyfile", section) {
            let path = context.expanded(keyfile.value)
            guard path.begins(with: "/") else {
                throw wrong(keyfile, "is not an absolute path", hint: "write the keyfile's whole path")
            }
            settings.keyfile = path
        }
        if let time = try setting("handoff_time", section) {
            settings.remotePromptTime = try seconds(
                time, in: 0...3600, "a time to wait for an answer", hint: "write 0 to 1h, as 50s or 2m")
        }
        if let age = try setting("rotate_after", section) { settings.rotateAfter = try rotationAge(age) }
        let pinentry = try setting("pinentry", section)?.value
        settings.pinentry = pinentry
        settings.codeMethods = try codeMethods(section, pinentry)
        settings.methods = try methods("prompt", section, pinentry) ?? [.terminal, .pinentry(named: pinentry)]
        settings.helperMethods = try methods("process_prompt", section, pinentry) ?? [.terminal]
        settings.isLogOff = try isLogOff(section)
        return settings
    }

    /// Whether the file at `path` turns the log off.
    static func isLogOff(_ path: String) throws(Failure) -> Bool {
        guard let section = try section(path) else { return false }
        return try isLogOff(section)
    }

    private static func isLogOff(_ section: Profile) throws(Failure) -> Bool {
        guard let setting = try setting("log", section) else { return false }
        switch setting.value {
        case "on": return false
        case "off": return true
        default: throw wrong(setting, "is neither on nor off", hint: "write log = off, or leave the line out")
        }
    }

    /// Reads the file for its errors only, for commands that show users what is wrong.
    package static func check(_ context: Context) throws(Failure) { _ = try load(context) }

    /// The age from which a key is due, in seconds; nil for never.
    private static func rotationAge(_ setting: Setting) throws(Failure) -> Int? {
        guard setting.value != "off" else { return nil }
        guard let age = try? Times.seconds(ofDuration: setting.value), (86_400...3650 * 86_400).contains(age) else {
            throw wrong(setting, "is not an age at which a key is due", hint: "write 1d to 3650d, as 90d, or off")
        }
        return age
    }

    private static func seconds(
        _ setting: Setting, in range: ClosedRange<Int>, _ what: String, hint: String
    ) throws(Failure) -> Int {
        try Failures.seconds(ofDuration: setting.value, in: range, what, hint: hint) { message, hint in
            Failure(.badConfig, "\(setting.origin.place): \(message)", hint: hint)
        }
    }

    /// Parses a list such as `terminal, pinentry`; nil if it is not set.
    private static func methods(
        _ key: String, _ section: Profile, _ pinentry: String?
    ) throws(Failure) -> [PromptMethod]? {
        guard let list = try setting(key, section) else { return nil }
        var methods: [PromptMethod] = []
        for word in words(list) {
            switch word {
            case "terminal": methods.append(.terminal)
            case "pinentry": methods.append(.pinentry(named: pinentry))
            default: throw wrong(list, "names who cannot ask", hint: "write terminal, pinentry, or both")
            }
        }
        return methods
    }

    /// The prompt methods for codes; nil if they are not set.
    private static func codeMethods(_ section: Profile, _ pinentry: String?) throws(Failure) -> [PromptMethod]? {
        guard let list = try setting("code_prompt", section) else { return nil }
        var methods: [PromptMethod] = []
        for word in words(list) {
            switch word {
            case "terminal": methods.append(.terminal)
            case "pinentry": methods.append(.pinentry(named: pinentry))
            case "dialog": methods.append(.dialog)
            case "handoff": methods.append(.remote)
            default:
                throw wrong(list, "names who cannot ask", hint: "write some of terminal, pinentry, dialog, handoff")
            }
        }
        return methods
    }

    private static func words(_ list: Setting) -> [Substring] {
        list.value.split { $0 == "," || $0 == " " || $0 == "\n" }
    }

    private static func setting(_ key: String, _ section: Profile) throws(Failure) -> Setting? {
        do throws(ProfileError) { return try section.plain(key) } catch { throw Failure(error) }
    }

    private static func wrong(_ setting: Setting, _ what: String, hint: String) -> Failure {
        let origin = setting.origin
        return Failure(.badConfig, "\(origin.place): \(setting.value) \(what)", hint: hint)
    }

    private static func section(_ path: String) throws(Failure) -> Profile? {
        let text: SecretBytes
        do throws(FileError) { text = try readFile(path, limit: 1 << 20) } catch {
            if error.isAbsence { return nil }
            throw Failure(error, "warder's settings")
        }
        let profile: Profile?
        var failure: Failure?
        do throws(ProfileError) {
            // This file has the credentials file's grammar: a section header is the bare name.
            let file = try ProfileFile(text: text, path: path, kind: .credentials)
            if let unknown = file.unknown(besides: "warder", names) { failure = Self.failure(unknown) }
            profile = ProfileSet(config: nil, credentials: file).profile("warder")
        } catch { throw Failure(error, sections: "[warder]") }
        if let failure { throw failure }
        return profile
    }

    private static func failure(_ unknown: UnknownEntry) -> Failure {
        let (words, origin) =
            switch unknown {
            case .section(let name, let origin):
                (("there is no section [\(name)] here", "write [warder], the only one"), origin)
            case .setting(let name, let origin): (Failure.unknown(name, names, prefix: "warder_"), origin)
            }
        return Failure(
            .badConfig, "\(origin.place): \(words.0)", hint: words.1, origin: origin.place, fault: "unknown_setting")
    }
}
