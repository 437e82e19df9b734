import Failures
import Foundation
import Glibc
import Linux
import RoomSupport
import Sessions
import Setup
import Testing
import Vault

@testable import Stores

/// What opens the vaults of these tests. It is long enough not to be warned of.
let passphrase = "correct horse battery staple"

extension TestHome {
    /// Makes a vault of these keys that the passphrase opens, and nothing else.
    func makePassphraseVault(_ names: [String] = ["alice"]) throws {
        let store = VaultStore(try context(["WARDER_PASSPHRASE": passphrase], noPrompt: true))
        try store.create(recovery: .none)
        for name in names { try store.put(key(name), replacing: false) }
    }

    /// Puts a vault of alice's key here that the passphrase opens. All of these have the same identifier, so that nothing
    /// of them may be left unlocked.
    func copyPassphraseVault() throws {
        let template = try Self.template.get()
        try makeFolder(".local/share/warder")
        try Data(template).write(to: URL(filePath: path + "/.local/share/warder/vault"))
        try setMode(0o600, of: ".local/share/warder/vault")
    }

    private static let template = Result {
        let home = try TestHome()
        try home.makePassphraseVault()
        return try Data(contentsOf: URL(filePath: home.path + "/.local/share/warder/vault"))
    }

    /// A key of that name.
    func key(_ name: String) throws -> AccessKeyRecord {
        let name = try #require(KeyName(name))
        return AccessKeyRecord(
            AccessKeySummary(name: name, accessKeyID: "AKIA\(name)", createdAt: UInt64(clock.now)),
            secret: secret("secret of \(name)"))
    }

    /// The keys, as a process that has just started has them, whom nobody may ask.
    func keys(_ variables: [String: String] = [:], isHelper: Bool = false) throws(Failure) -> Keys {
        Keys(try context(variables, noPrompt: true, isHelper: isHelper))
    }

    /// The vault, as a process that has just started has it, whom nobody may ask.
    func vault(_ variables: [String: String] = [:]) throws(Failure) -> VaultStore {
        VaultStore(try context(variables, noPrompt: true))
    }

    /// Where the session-cache key lies unlocked.
    func unlockedState() throws -> UnlockedState { try #require(try keys().unlockedState()) }

    /// Makes a pinentry, which asks for this home. It gives these answers, one a prompt, and dismisses the prompt for nil
    /// and where there are no more.
    func usePinentry(_ answers: [String?], seconds: String? = nil) throws {
        let cases = answers.enumerated().map { number, answer in
            let reply = answer.map { "echo 'D \($0)'; echo OK" } ?? "echo 'ERR 83886179 cancelled'"
            return "\(number + 1)) \(reply) ;;"
        }
        let file = path + "/pinentry"
        try """
        #!/bin/sh
        cd \(path)
        echo 'OK at your service'
        while IFS= read -r line; do
            case $line in
            GETPIN)
                echo x >>asked
                \(seconds.map { "sleep \($0)" } ?? ":")
                number=0
                while read -r _; do number=$((number + 1)); done <asked
                case $number in
                \(cases.joined(separator: "\n"))
                *) echo 'ERR 83886179 cancelled' ;;
                esac ;;
            SETERROR*) echo "${line#SETERROR }" >>complaints; echo OK ;;
            BYE) echo OK; exit 0 ;;
            *) echo OK ;;
            esac
        done
        """.write(toFile: file, atomically: true, encoding: .utf8)
        chmod(file, 0o755)
        // A child that another test starts at this moment holds the file open until it runs its own program, and until
        // then the kernel refuses to run it (`ETXTBSY`). A lease is given only on a file that no process writes: fcntl(2).
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        let setLease: Int32 = 1024
        for _ in 0..<10_000 where fcntl(descriptor, setLease, Int32(F_RDLCK)) != 0 { usleep(1000) }
        try write("[warder]\nunlock_time = 2m\nprompt = pinentry\npinentry = \(file)\n", to: ".config/warder/config")
    }

    /// What a process stands on whose user has a display.
    func atDesktop(isHelper: Bool = false, waits: WaitLimits = .short) throws(Failure) -> Context {
        set("DISPLAY", "elsewhere:1")
        return try context(isHelper: isHelper, waits: waits)
    }

    /// How often the pinentry was asked.
    var askedCount: Int { (try? read("asked"))?.split(separator: "\n").count ?? 0 }
}

/// Warder ignores it from its start.
let pipeSignal = IgnoredSignal(SIGPIPE)

/// The failure that `work` ends in.
func refusal(_ work: () throws -> Void) -> Failure? {
    do {
        try work()
        return nil
    } catch { return error as? Failure }
}
