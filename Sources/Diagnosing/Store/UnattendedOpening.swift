import Failures
import Glibc
import Linux
import Secrets
import Setup
import Stores
import Text
import Vault

/// Whether the vault opens without a prompt, where cron or units of this user run warder.
enum UnattendedOpening: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let store = try? subject.store.get(), store.kind == .file, (try? subject.vault.get()) != nil,
            (try? store.opensByItself()) == false, (try? store.keysDeadline()) ?? nil == nil,
            // Where the machine's rules forbid keyfiles, a person is to open the vault.
            let policy = try? subject.context.policy(), policy.rule(againstSlot: "keyfile") == nil
        else { return }
        for (path, command) in scheduled(subject) {
            guard let what = what(command.need, subject) else { continue }
            diagnosis.add(
                Finding(
                    "no_unattended_slot", .risky, at: "\(path):\(command.line)",
                    "\(what), and only a passphrase opens the vault",
                    why: "no one can answer a prompt there: the job fails once the cached session ends",
                    .run(addingKeyfile(subject))))
        }
    }

    /// What is run; nil where it does not ask warder.
    private static func what(_ need: ScheduledCommand.Need, _ subject: Subject) -> String? {
        switch need {
        case .command(let name): return "this job runs warder \(name)"
        case .profile(let name):
            let profile = (try? subject.profiles.get())?.profile(name)
            return (try? profile?.asksWarder()) == true ? "this job runs with AWS_PROFILE=\(name)" : nil
        }
    }

    private static func scheduled(_ subject: Subject) -> [(path: String, ScheduledCommand)] {
        let own = [subject.context.paths.settings, subject.context.paths.vault].flatMap { file -> [String] in
            // `$XDG_CONFIG_HOME/warder/config`, `$XDG_DATA_HOME/warder/vault`; systemd.unit(5), "User Unit Search Path"
            folder(ofPath: file).flatMap { folder(ofPath: $0) }.map { units(in: $0 + "/systemd/user") } ?? []
        }
        let users = Self.users(subject.context.environment)
        let system = units(in: "/etc/systemd/system").filter { users.holds(ScheduledCommand.user(ofUnit: text($0))) }
        return (own + system).flatMap { path in ScheduledCommand.all(inUnit: text(path)).map { (path, $0) } }
            + crontabs.flatMap { path in ScheduledCommand.all(inCrontab: text(path)).map { (path, $0) } }
    }

    /// What a unit may call this user. The user database may be on another machine, and is not asked.
    private static func users(_ environment: Environment) -> [String] {
        let names = geteuid() == 0 ? ["root"] : ["LOGNAME", "USER"].compactMap { environment.nonEmpty($0) }
        return names + [String(geteuid())]
    }

    /// The services of a folder, but for those whose drop-ins may bring what opens the vault.
    private static func units(in folder: String) -> [String] {
        let present = ((try? names(inFolder: folder)) ?? []).filter { $0.ends(with: ".service") }
        return present.sorted().map { folder + "/" + $0 }.filter { !fileExists($0 + ".d") }
    }

    /// This user's crontabs, in the places of Debian, Fedora and SUSE; root alone can look there.
    private static var crontabs: [String] {
        ["/var/spool/cron/crontabs", "/var/spool/cron", "/var/spool/cron/tabs"].flatMap { folder in
            ((try? names(inFolder: folder)) ?? []).sorted().map { "\(folder)/\($0)" }.filter(isOwn)
        }
    }

    private static func isOwn(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_uid == geteuid() && info.st_mode & S_IFMT == S_IFREG
    }

    /// Nothing for a file that cannot be read.
    private static func text(_ path: String) -> SecretBytes {
        guard isPlainFile(path), let text = try? readFile(path, limit: 1 << 20) else {
            return SecretBytes(capacity: 1)
        }
        return text
    }

    /// Adds a slot, and the setting by which its keyfile is found.
    private static func addingKeyfile(_ subject: Subject) -> String {
        if let named = (try? subject.settings.get())?.keyfile {
            return "warder vault slots add keyfile \(shellWord(named))"
        }
        let settings = subject.context.paths.settings
        let folder = Text.folder(ofPath: settings) ?? ""
        let keyfile = folder + "/vault.key"
        let hasSection = text(settings).withUnsafeBytes { bytes in
            bytes.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: "[warder]".utf8) }
        }
        let setting =
            hasSection
            ? "sed -i --follow-symlinks \(shellWord("/^\\[warder\\]/a keyfile = \(keyfile)")) \(shellWord(settings))"
            : "printf '[warder]\\nkeyfile = %s\\n' \(shellWord(keyfile)) >> \(shellWord(settings))"
        let making = fileExists(folder) ? "" : "mkdir -p \(shellWord(folder)) && "
        return making + "warder vault slots add keyfile \(shellWord(keyfile)) && \(setting)"
    }
}
