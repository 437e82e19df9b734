import Glibc
import RemotePrompts
import Linux
import Prompt
import Secrets

/// Waits for an answer as a process without a terminal does, so that tests can answer it.
///
/// `Waiting code|confirmation PROFILE DEVICE CALLER SECONDS GOOD` where GOOD is the code that is right. It prints a line
/// for each thing that happens: `open`, `code CODE`, `yes`, `no`, `dismissed`, `timed out`. A wrong code is asked for again
/// once; `000000` counts as used a moment ago. The first byte on standard input is an answer from elsewhere.
@main
enum RemotePromptRunner {
    static func main() {
        _ = IgnoredSignal(SIGPIPE)
        let words = CommandLine.arguments
        let limit = Deadline.after(milliseconds: (Int64(words[5]) ?? 10) * 1000)
        let folder = try? PromptFolder(runtime: Environment.process.nonEmpty("XDG_RUNTIME_DIR"))
        let remotePrompt = RemotePrompt(in: folder, until: limit)
        var request = PromptRequest(
            words[1] == "code" ? .code : .confirmation, profile: words[2], device: words[3].isEmpty ? nil : words[3],
            caller: words[4].isEmpty ? nil : words[4])
        while true {
            let outcome = ask(request, remotePrompt, until: limit)
            say(outcome)
            remotePrompt.withdraw()
            switch outcome {
            case "code \(words[6])", "yes":
                return remotePrompt.conclude("\(words[2]): session until 20:13", succeeded: true)
            case "elsewhere": return remotePrompt.conclude("\(words[2]): session until 20:14", succeeded: true)
            case _ where outcome.hasPrefix("code ") && request.note == nil: request.note = "wrong code"
            default: return remotePrompt.conclude("\(words[2]): \(outcome)", succeeded: false)
            }
        }
    }

    private static func ask(_ request: PromptRequest, _ remotePrompt: RemotePrompt, until limit: Deadline) -> String {
        do throws(PromptChannelError) { try remotePrompt.open(request) } catch { return "\(error)" }
        say("open")
        while !limit.hasPassed {
            let deadline = remotePrompt.wakeup.map { min($0, limit) } ?? limit
            wait(for: remotePrompt.descriptors + [0], until: deadline)
            if isReadable(0) { return "elsewhere" }
            do throws(PromptChannelError) {
                switch try remotePrompt.proceed() {
                case nil: continue
                case .some(.yes): return "yes"
                case .some(.no): return "no"
                case .some(.code(let code)):
                    let text = code.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                    guard text.utf8.count == 6 else {
                        remotePrompt.reject("six digits, please", until: nil)
                        continue
                    }
                    guard text == "000000" else { return "code \(text)" }
                    remotePrompt.reject("that code was used already", until: .after(milliseconds: 2000))
                }
            } catch {
                return error == .dismissed ? "dismissed" : "\(error)"
            }
        }
        return "timed out"
    }

    private static func say(_ text: String) {
        var line = text + "\n"
        _ = line.withUTF8 { write(1, $0.baseAddress, $0.count) }
    }

    private static func isReadable(_ descriptor: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 0) == 1 else { return false }
        var byte: UInt8 = 0
        return read(descriptor, &byte, 1) == 1
    }
}
