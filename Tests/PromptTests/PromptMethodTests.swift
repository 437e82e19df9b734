import Foundation
import Linux
import Prompt
import Secrets
import Testing

extension SharedProcess {
    @Suite("An order of askers")
    struct AskerTests {
        let good: FakePinentry
        let blind: FakePinentry

        init() throws {
            good = try FakePinentry(cases: "GETPIN) echo 'D opened'; echo OK ;;")
            blind = try FakePinentry(cases: "GETPIN) echo 'ERR 83918950 no terminal' ;;")
        }

        private func ask(
            _ methods: [PromptMethod], path: String = "", error: String? = nil, again: String? = nil
        ) throws(PassphraseError) -> String {
            let source = PassphraseSource.current(asking: methods, credentialsFolder: nil)
            return text(
                try source.passphrase(
                    asking: "passphrase for /vault: ", again: again, error: error,
                    in: environment(["DISPLAY": ":9", "PATH": path])))
        }

        @Test("the question, the second question and the reason reach the pinentry")
        func words() throws {
            #expect(
                try ask([.pinentry(named: nil)], path: good.folder, error: "not it", again: "once more: ") == "opened")
            for line in ["SETDESC passphrase for /vault", "SETERROR not it", "SETREPEAT once more:", "SETTITLE warder"]
            {
                #expect(good.heard.contains(line))
            }
        }

        @Test("nobody to ask is its own error")
        func nobody() { #expect(throws: PassphraseError.notAllowed) { try ask([]) } }

        @Test("a pinentry that nobody named may be missing, or see no display: the next one asks")
        func next() throws {
            #expect(try ask([.pinentry(named: nil), .pinentry(named: good.path)]) == "opened")
            #expect(try ask([.pinentry(named: nil), .pinentry(named: good.path)], path: blind.folder) == "opened")
        }

        @Test("one that was named is final, and so is every other failure")
        func final() throws {
            #expect(throws: PassphraseError.pinentry(.notFound(name: "nope"))) {
                try ask([.pinentry(named: "nope"), .pinentry(named: good.path)])
            }
            #expect(throws: PassphraseError.pinentry(.noDisplay)) {
                try ask([.pinentry(named: blind.path), .pinentry(named: good.path)])
            }
            let cancelling = try FakePinentry(cases: "GETPIN) echo 'ERR 83886179 cancelled' ;;")
            #expect(throws: PassphraseError.pinentry(.dismissed)) {
                try ask([.pinentry(named: nil), .pinentry(named: good.path)], path: cancelling.folder)
            }
            #expect(good.heard.isEmpty)
        }

        @Test("where nobody can ask, the reason of the first is given")
        func firstReason() {
            #expect(throws: PassphraseError.pinentry(.notFound(name: "pinentry"))) {
                try ask([.pinentry(named: nil), .pinentry(named: nil)])
            }
        }

        @Test("an empty answer is an error, and answers that differ are the same error as at a terminal")
        func answers() throws {
            let empty = try FakePinentry(cases: "")
            #expect(throws: PassphraseError.empty) { try ask([.pinentry(named: empty.path)]) }
            let wavering = try FakePinentry(cases: "GETPIN) echo \"D $count\"; echo OK ;;")
            #expect(throws: PassphraseError.different) {
                try ask([.pinentry(named: wavering.path)], again: "once more: ")
            }
        }
    }
}

extension SharedProcess {
    @Suite("A service manager's credential")
    struct CredentialTests {
        let folder: String
        var path: String { folder + "/warder.passphrase" }

        init() throws {
            folder = FileManager.default.temporaryDirectory.path + "/warder-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }

        private func write(_ text: String, mode: mode_t = 0o400) {
            unlink(path)
            _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
            chmod(path, mode)
        }

        private func passphrase(_ variables: [String: String] = [:]) throws(PassphraseError) -> String {
            let source = PassphraseSource.current(asking: [], credentialsFolder: folder)
            return text(try source.passphrase(asking: "?", again: nil, in: environment(variables)))
        }

        @Test(
            "its first line is the passphrase",
            arguments: ["open sesame", "open sesame\n", "open sesame\nnot this\n"])
        func line(content: String) throws {
            // Who may read root's is the service manager's affair; one's own must be closed.
            for mode: mode_t in geteuid() == 0 ? [0o400, 0o440, 0o644] : [0o400, 0o600] {
                write(content, mode: mode)
                #expect(try passphrase() == "open sesame")
            }
        }

        @Test("a command goes before it, and one that is not there is passed over")
        func order() throws {
            #expect(throws: PassphraseError.notAllowed) { try passphrase() }
            write("from credential")
            #expect(try passphrase(["WARDER_PASSPHRASE_COMMAND": "echo from command"]) == "from command")
        }

        @Test("it needs nobody, and it is not for choosing a new passphrase")
        func unattended() {
            let nothing = environment([:])
            let source = PassphraseSource.current(asking: [.terminal], credentialsFolder: folder)
            #expect(!source.isUnattended(in: nothing))
            write("x")
            #expect(source.isUnattended(in: nothing))
            #expect(!PassphraseSource.new(asking: []).isUnattended(in: nothing))
        }

        @Test("one that is there and unusable is final")
        func unusable() throws {
            write("")
            #expect(throws: PassphraseError.empty) { try passphrase() }
            write(String(repeating: "x", count: 1025))
            #expect(throws: PassphraseError.credential(.tooLarge(path: path, limit: 1024))) { try passphrase() }
            write("x", mode: 0o602)
            #expect(throws: PassphraseError.credential(.exposed(path: path, mode: 0o602))) { try passphrase() }
            unlink(path)
            mkfifo(path, 0o600)
            #expect(throws: PassphraseError.credential(.notAFile(path: path))) { try passphrase() }
        }

        @Test("a link is followed, as Kubernetes makes them")
        func link() throws {
            write("x")
            rename(path, path + ".data")
            symlink(path + ".data", path)
            #expect(try passphrase() == "x")
        }

        @Test("a stranger's is refused", .enabled(if: geteuid() == 0, "only root can make one"))
        func stranger() {
            write("x")
            chown(path, 12_345, 12_345)
            #expect(throws: PassphraseError.credential(.foreign(path: path, owner: 12_345))) { try passphrase() }
        }
    }
}
