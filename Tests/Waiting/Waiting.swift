import Glibc
import HandOff
import Linux
import Prompt
import Secrets

/// Waits for an answer as a process without a terminal does, so that tests can answer it.
///
/// `Waiting code|confirmation PROFILE DEVICE CALLER SECONDS GOOD` where GOOD is the code that is right. It prints a line
/// for each thing that happens: `open`, `code CODE`, `yes`, `no`, `dismissed`, `timed out`. A wrong code is asked for again
/// once; `000000` counts as used a moment ago. The first byte on standard input is an answer from elsewhere.
@main
enum Waiting {
    static func main() {
        _ = IgnoredSignal(SIGPIPE)
        let words = CommandLine.arguments
        let limit = Deadline.after(milliseconds: (Int64(words[5]) ?? 10) * 1000)
        let folder = try? AskingFolder(runtime: Environment.process.nonEmpty("XDG_RUNTIME_DIR"))
        let handOff = HandOff(in: folder, until: limit)
        var enquiry = Enquiry(
            words[1] == "code" ? .code : .confirmation, profile: words[2], device: words[3].isEmpty ? nil : words[3],
            caller: words[4].isEmpty ? nil : words[4])
        while true {
            let outcome = ask(enquiry, handOff, until: limit)
            say(outcome)
            handOff.withdraw()
            switch outcome {
            case "code \(words[6])", "yes": return handOff.conclude("\(words[2]): session until 20:13", succeeded: true)
            case "elsewhere": return handOff.conclude("\(words[2]): session until 20:14", succeeded: true)
            case _ where outcome.hasPrefix("code ") && enquiry.note == nil: enquiry.note = "wrong code"
            default: return handOff.conclude("\(words[2]): \(outcome)", succeeded: false)
            }
        }
    }

    private static func ask(_ enquiry: Enquiry, _ handOff: HandOff, until limit: Deadline) -> String {
        do throws(ContenderError) { try handOff.open(enquiry) } catch { return "\(error)" }
        say("open")
        while !limit.hasPassed {
            let deadline = handOff.wakeup.map { min($0, limit) } ?? limit
            wait(for: handOff.descriptors + [0], until: deadline)
            if isReadable(0) { return "elsewhere" }
            do throws(ContenderError) {
                switch try handOff.proceed() {
                case nil: continue
                case .some(.yes): return "yes"
                case .some(.no): return "no"
                case .some(.code(let code)):
                    let text = code.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                    guard text.utf8.count == 6 else {
                        handOff.refuse("six digits, please", until: nil)
                        continue
                    }
                    guard text == "000000" else { return "code \(text)" }
                    handOff.refuse("that code was used already", until: .after(milliseconds: 2000))
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
