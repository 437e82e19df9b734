import Failures
import Foundation
import Secrets
import Setup
import Testing
import Text

/// Every message there is stands in `Tests/Vectors/messages`, a file a type of error. Whoever changes the words of one
/// runs the tests with `WARDER_RECORD_MESSAGES=1`, which writes what is said now, and reads what has changed.
@Suite("Errors in words")
struct MessageTests {
    static let all = tables("odd")
    private static let folder = package.appending(path: "Tests/Vectors/messages")

    @Test(arguments: all)
    func areAsRecorded(_ table: Table) throws {
        let name = table.errors.replacing(" ", with: "-").replacing(",", with: "") + ".txt"
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["WARDER_RECORD_MESSAGES"] == "1" {
            try Data(table.text.utf8).write(to: file)
        }
        let recorded = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n\n")
        let said = table.text.components(separatedBy: "\n\n")
        #expect(recorded.count == said.count)
        for (recorded, said) in zip(recorded, said) { #expect(said == recorded) }
    }

    /// docs/style: one line, lower case, no full stop, and something to do.
    @Test(arguments: all)
    func haveOneForm(_ table: Table) {
        for (name, failure) in table.rows {
            for text in [failure.message, failure.hint] {
                #expect(!text.isEmpty, "\(name)")
                #expect(!text.contains { $0.isNewline || $0 == "\t" }, "\(name): \(text)")
                #expect(!text.hasSuffix("."), "\(name): \(text)")
                #expect(!text.hasSuffix(" ") && !text.hasPrefix(" ") && !text.contains("  "), "\(name): \(text)")
                #expect(text.lowercasedFirst == text, "\(name): \(text)")
            }
            #expect(failure.code != .done, "\(name)")
        }
    }

    /// What comes from outside may hold anything: two lines are shown, and nothing that a terminal acts on.
    @Test(arguments: tables("\u{1b}]0;x\u{7}\u{1b}[2Jodd\nhint: run rm\r\u{202e}\u{9b}31m\u{0}"))
    func passOnNothingThatSteersATerminal(_ table: Table) {
        for (name, failure) in table.rows {
            let console = Recording()
            failure.show(on: console)
            #expect(console.lines.count == 2, "\(name)")
            for line in console.lines {
                #expect(!line.unicodeScalars.contains(where: isInvisible), "\(name): \(line)")
            }
            #expect(
                console.lines.first?.hasPrefix("warder: ") == true && console.lines.last?.hasPrefix("hint: ") == true)
        }
    }

    /// A name may have 64 KiB: it is not printed whole.
    @Test(arguments: tables(String(repeating: "x", count: 5000)))
    func areNoLongerThanAnybodyWouldRead(_ table: Table) {
        for (name, failure) in table.rows {
            let console = Recording()
            failure.show(on: console)
            for line in console.lines { #expect(line.utf8.count < 4096, "\(name)") }
        }
    }

    @Test func saidAlreadyHasNoWords() {
        let failure = Failure.saidAlready(.refused)
        #expect(failure.code == .refused && failure.cause == .saidAlready)
        #expect(failure.message.isEmpty && failure.hint.isEmpty)
    }

    @Test func onlyThoseThatMissTheirKeyAreReworded() {
        #expect(Failure.noStore.wanting(key: "alice", for: "prod").message == Failure.noStore.message)
    }

    /// The exit codes are what users' scripts know them as.
    @Test func exitCodesStay() {
        let codes: [ExitCode] = [
            .done, .other, .usage, .locked, .promptNeeded, .refused, .network, .notFound, .badConfig, .damaged,
            .notRunnable, .noSuchCommand,
        ]
        #expect(codes.map(\.rawValue) == Array(0...9) + [126, 127])
    }

    /// How far a failure reaches where nothing more is known than its code.
    @Test func reachByCode() {
        let scopes: [(ExitCode, FailureScope)] = [
            (.promptNeeded, .nobody), (.locked, .nobody), (.other, .nobody), (.refused, .latecomers),
            (.network, .latecomers), (.usage, .waiting), (.notFound, .waiting), (.badConfig, .waiting),
            (.damaged, .waiting),
        ]
        for (code, scope) in scopes {
            #expect(FailureScope(of: code) == scope, "\(code)")
            #expect(Failure(code, "m", hint: "h").scope == scope, "\(code)")
        }
    }

    @Test(arguments: [
        ("The end.", "The end"), ("The end. . \n", "The end"), ("v1.2", "v1.2"), ("...", ""), ("", ""),
    ])
    func sentencesLoseTheirFullStop(_ sentence: String, _ words: String) {
        #expect(sentence.withoutFullStop == words)
    }

    @Test(arguments: [
        ("No such file", "no such file"), ("SSL problem", "SSL problem"), ("OpenSSL problem", "OpenSSL problem"),
        ("x", "x"), ("A", "a"), ("", ""), ("Éa", "éa"),
    ])
    func sentencesBeginInLowerCase(_ sentence: String, _ words: String) {
        #expect(sentence.lowercasedFirst == words)
    }
}

/// Keeps what is said.
final class Recording: Console, @unchecked Sendable {
    private(set) var lines: [String] = []
    let isTerminal = false

    func say(_ line: Shown) { lines.append(contentsOf: line.text.components(separatedBy: "\n")) }
    func give(_ secret: borrowing SecretBytes) throws(Failure) {}
}
