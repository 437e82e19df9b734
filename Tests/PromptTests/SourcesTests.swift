import Foundation
import Linux
import Prompt
import Secrets
import Testing

extension SharedProcess {
    @Suite("Passphrases from variables")
    struct PassphraseTests {
        private func passphrase(_ variables: [String: String]) throws(PassphraseError) -> String {
            defer { for name in PassphraseSource.variables { unsetenv(name) } }
            for (name, value) in variables { setenv(name, value, 1) }
            let source = PassphraseSource.current(mayPrompt: false)
            return text(try source.passphrase(asking: "?", again: nil, in: environment(variables)))
        }

        @Test("a variable, a command and a descriptor each give it")
        func sources() throws {
            #expect(try passphrase(["WARDER_PASSPHRASE": "from variable"]) == "from variable")
            #expect(try passphrase(["WARDER_PASSPHRASE_COMMAND": "echo from command"]) == "from command")
            let pipe = Pipe()
            pipe.fileHandleForWriting.write(Data("from pipe\nnot this\n".utf8))
            let number = String(pipe.fileHandleForReading.fileDescriptor)
            #expect(try passphrase(["WARDER_PASSPHRASE_FD": number]) == "from pipe")
        }

        @Test("the descriptor goes before the command, the command before the variable")
        func order() throws {
            let both = ["WARDER_PASSPHRASE": "variable", "WARDER_PASSPHRASE_COMMAND": "echo command"]
            #expect(try passphrase(both) == "command")
        }

        @Test("a command that fails is final: no other source is asked")
        func commandFails() {
            let both = ["WARDER_PASSPHRASE": "variable", "WARDER_PASSPHRASE_COMMAND": "exit 4"]
            #expect(throws: PassphraseError.command(.failed(program: "exit 4", code: 4))) { try passphrase(both) }
        }

        @Test("the command does not see the passphrase variables")
        func commandEnvironment() throws {
            let command = "echo ${WARDER_PASSPHRASE-none} ${WARDER_PASSPHRASE_COMMAND-none}"
            #expect(
                try passphrase(["WARDER_PASSPHRASE": "planted", "WARDER_PASSPHRASE_COMMAND": command]) == "none none")
        }

        @Test("nothing set and no prompt is an error, and so is an empty answer or a descriptor that is none")
        func nothing() {
            #expect(throws: PassphraseError.notAllowed) { try passphrase([:]) }
            for (command, said) in [("true", ""), ("echo log in first >&2", "log in first")] {
                #expect(throws: PassphraseError.commandGaveNone(said: said)) {
                    try passphrase(["WARDER_PASSPHRASE_COMMAND": command])
                }
            }
            for value in ["x", "-1", "987", ""] where !value.isEmpty {
                #expect(throws: PassphraseError.unreadableDescriptor(variable: "WARDER_PASSPHRASE_FD", value: value)) {
                    try passphrase(["WARDER_PASSPHRASE_FD": value])
                }
            }
        }
    }
}

@Suite("One-time codes")
struct CodeTests {
    private func digits(_ typed: String) -> String? {
        var bytes = SecretBytes(capacity: 64)
        bytes.append(typed)
        guard let digits = sixDigits(of: bytes) else { return nil }
        return text(digits)
    }

    @Test("the code of mfa_process is what it prints")
    func command() throws {
        #expect(text(try code(ofCommand: "echo 654321")) == "654321")
        let telling = "echo log in first >&2; echo none"
        #expect(throws: CodeError.commandGaveNoCode(said: "")) { _ = try code(ofCommand: "echo none") }
        #expect(throws: CodeError.commandGaveNoCode(said: "log in first")) { _ = try code(ofCommand: telling) }
        #expect(throws: CodeError.self) { _ = try code(ofCommand: "exit 3") }
    }

    @Test("a command that takes too long is ended")
    func late() {
        #expect(throws: CodeError.self) { _ = try code(ofCommand: "sleep 60", until: .after(milliseconds: 300)) }
    }

    @Test("spaces inside are dropped, as apps show them")
    func spaces() { #expect(digits(" 123 456 ") == "123456") }

    @Test("what is not six digits is refused", arguments: ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "123456\u{0}"])
    func refused(text: String) { #expect(digits(text) == nil) }
}
