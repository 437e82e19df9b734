import Glibc
import Linux
import Prompt
import Secrets

/// Asks as warder does, so that tests can put it in front of a terminal, behind it, or away from all of them.
///
/// `Asking pinentry PROGRAM SECONDS [again]`, `Asking confirm PROGRAM SECONDS`, `Asking order ASKER…` where an asker is
/// `terminal`, `pinentry` or `pinentry=NAME`, `Asking race KIND SECONDS PLACE…` where a place is an asker, `dialog`, or
/// `handoff=FIFO`. What came of it is printed in one line.
@main
enum PromptRunner {
    static func main() {
        _ = IgnoredSignal(SIGPIPE)
        let arguments = CommandLine.arguments
        switch arguments[1] {
        case "pinentry": pinentry(arguments[2], seconds: Int64(arguments[3]) ?? 5, again: arguments.count > 4)
        case "confirm": confirm(arguments[2], seconds: Int64(arguments[3]) ?? 5)
        case "race": race(arguments[2], seconds: Int64(arguments[3]) ?? 5, arguments.dropFirst(4).map { $0 })
        default: order(arguments.dropFirst(2).map(asker))
        }
        // Every child has been waited for.
        print(waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD ? "no children" : "children left")
    }

    private static func pinentry(_ program: String, seconds: Int64, again: Bool) {
        do throws(PinentryError) {
            let words = PinentryWords(
                title: "warder", description: "passphrase for /vault\nof \u{1b}[31malice: 100%", prompt: "passphrase:",
                again: again ? "once more:" : nil, error: again ? nil : "that is not it")
            let answer = try Pinentry.find(named: program, in: .process)
                .passphrase(words, limit: 1024, until: .after(milliseconds: seconds * 1000))
            show(answer)
        } catch { print("error \(error)") }
    }

    private static func confirm(_ program: String, seconds: Int64) {
        do throws(PinentryError) {
            let answer = try Pinentry.find(named: program, in: .process)
                .confirm(
                    title: "warder", description: "may terraform use prod?", yes: "_yes", no: "_no",
                    until: .after(milliseconds: seconds * 1000))
            print("answer \(answer)")
        } catch { print("error \(error)") }
    }

    private static func order(_ methods: [PromptMethod]) {
        do throws(PassphraseError) {
            let source = PassphraseSource.current(
                asking: methods, credentialsFolder: Environment.process["CREDENTIALS_DIRECTORY"])
            show(try source.passphrase(asking: "passphrase for /vault: ", again: nil, in: .process))
        } catch { print("error \(error)") }
    }

    private static func show(_ answer: borrowing SecretBytes) {
        print("answer \(answer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })")
    }

    private static func asker(_ text: String) -> PromptMethod {
        let words = text.split(separator: "=", maxSplits: 1)
        return words[0] == "terminal" ? .terminal : .pinentry(named: words.count > 1 ? String(words[1]) : nil)
    }
}
