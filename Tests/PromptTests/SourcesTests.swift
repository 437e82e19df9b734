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
            #expect(throws: PassphraseError.empty) { try passphrase(["WARDER_PASSPHRASE_COMMAND": "true"]) }
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
    private func code(given: String? = nil, command: String? = nil) throws(CodeError) -> String {
        text(try CodeSource(given: given, command: command, mayPrompt: false).code(asking: "?"))
    }

    @Test("the code of the command line goes before that of mfa_process")
    func order() throws {
        #expect(try code(given: "123456", command: "echo 654321") == "123456")
        #expect(try code(command: "echo 654321") == "654321")
        #expect(throws: CodeError.notAllowed) { try code() }
    }

    @Test("spaces inside are dropped, as apps show them")
    func spaces() throws { #expect(try code(given: " 123 456 ") == "123456") }

    @Test("what is not six digits is refused", arguments: ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "123456\u{0}"])
    func refused(text: String) { #expect(throws: CodeError.notACode) { try code(given: text) } }

    @Test("only a person can be asked a second time")
    func again() {
        #expect(CodeSource(given: nil, command: nil, mayPrompt: true).canAskAgain)
        #expect(!CodeSource(given: "1", command: nil, mayPrompt: true).canAskAgain)
        #expect(!CodeSource(given: nil, command: "x", mayPrompt: true).canAskAgain)
    }
}
