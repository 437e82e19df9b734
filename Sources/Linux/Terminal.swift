import Glibc
import Secrets

/// Why the terminal returned no answer.
public enum TerminalError: Error, Equatable, Sendable {
    /// There is no controlling terminal.
    case none
    /// There is one, but warder runs in its background and must not read from it.
    case background
    /// The user ended the input without a line (Ctrl-D).
    case dismissed
    /// The user did not answer in time.
    case timedOut
    /// The line is too long for the answer.
    case tooLong
    /// Ctrl-Z: this process must stop, once it holds nothing that others wait for.
    case stopped
    /// The answer is no longer needed.
    case needless
    /// A system call failed.
    case system(SystemError)
}

/// The controlling terminal, with this process in its foreground.
public struct Terminal: ~Copyable {
    private let device: Descriptor

    private init(_ device: consuming Descriptor) { self.device = device }

    /// Opens `/dev/tty`, unless this process is in the background: reading would stop the process, and the input
    /// belongs to the foreground program.
    public static func open() throws(TerminalError) -> Terminal {
        let device: Descriptor
        do throws(SystemError) {
            device = try Descriptor(opening: "/dev/tty", O_RDWR | O_NOCTTY)
        } catch { throw .none }
        guard tcgetpgrp(device.number) == getpgrp() else { throw .background }
        return Terminal(device)
    }

    /// Shows text.
    public func show(_ text: String) {
        var text = text
        text.withUTF8 { text in try? device.write(UnsafeRawBufferPointer(text)) }
    }

    /// Shows a secret that the user asked to see.
    public func show(_ secret: borrowing SecretBytes) {
        secret.withUnsafeBytes { secret in try? device.write(secret) }
    }

    /// Asks for a line.
    ///
    /// - Parameters:
    ///   - prompt: printed before the answer.
    ///   - hidden: the answer is not echoed. Input typed before the prompt is always discarded.
    ///   - limit: the longest answer, in bytes.
    ///   - deadline: when to give up; nil for never.
    ///   - cancellation: what else ends the question, by `.stopped` and `.needless`.
    public func ask(
        _ prompt: String, hidden: Bool, limit: Int, until deadline: Deadline?,
        cancellation: PromptCancellation = PromptCancellation()
    ) throws(TerminalError) -> SecretBytes {
        var line = SecretBytes(capacity: limit + 1)
        var ended = false
        while !ended {
            // A signal's default action (to end, or to stop and continue) must find the terminal as the user had it.
            let signals = BlockedSignals()
            let echo = Echo(device.number, hidden: hidden)
            show(prompt)
            var outcome = readLine(into: &line, limit: limit, signals, until: deadline, cancellation)
            echo.restore()
            if outcome == .failed(.needless) { show(" answered elsewhere") }
            if hidden || outcome != .line { show("\n") }
            if outcome == .interrupted, cancellation.unwinds, signals.takeStop() { outcome = .failed(.stopped) }
            signals.release()
            switch outcome {
            case .line: ended = true
            case .interrupted: line.truncate(to: 0)
            case .failed(let error): throw error
            }
        }
        return line
    }

    /// Asks for several lines in a row without echo, keeping lines that are pasted at once.
    ///
    /// - Parameters:
    ///   - prompt: printed before the first line.
    ///   - limit: the longest line, in bytes.
    ///   - deadline: when to give up.
    ///   - take: receives a line; returns what to show in its place, and the next prompt, nil to end.
    public func askLines(
        _ prompt: String, limit: Int, until deadline: Deadline?,
        _ take: (borrowing SecretBytes) -> (shown: String, next: String?)
    ) throws(TerminalError) {
        var prompt: String? = prompt
        var line = SecretBytes(capacity: limit + 1)
        while let first = prompt {
            let signals = BlockedSignals()
            let echo = Echo(device.number, hidden: true)
            show(first)
            var outcome = Outcome.line
            while prompt != nil, outcome == .line {
                line.truncate(to: 0)
                outcome = readLine(into: &line, limit: limit, signals, until: deadline, PromptCancellation())
                let (shown, next) = outcome == .line ? take(line) : ("", prompt)
                prompt = next
                show(shown + "\n" + (outcome == .line ? next ?? "" : ""))
            }
            echo.restore()
            signals.release()
            if case .failed(let error) = outcome { throw error }
        }
    }

    private enum Outcome: Equatable {
        case line
        case interrupted
        case failed(TerminalError)
    }

    private func readLine(
        into line: inout SecretBytes, limit: Int, _ signals: borrowing BlockedSignals, until deadline: Deadline?,
        _ cancellation: PromptCancellation
    ) -> Outcome {
        while true {
            var waiting = [
                pollfd(fd: device.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&waiting, 2, cancellation.slice(until: deadline))
            if ready == 0 && cancellation.isDue { return .failed(.needless) }
            if ready == 0 && deadline?.hasPassed == true { return .failed(.timedOut) }
            if ready < 0 && errno != EINTR {
                return .failed(.system(SystemError(call: "poll", path: device.path, code: errno)))
            }
            if waiting[1].revents != 0 { return .interrupted }
            guard waiting[0].revents != 0 else { continue }
            var byte: UInt8 = 0
            let count = read(device.number, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return .failed(.system(SystemError(call: "read", path: device.path, code: errno))) }
            if count == 0 { return line.isEmpty ? .failed(.dismissed) : .line }
            if byte == UInt8(ascii: "\n") { return .line }
            if line.count == limit { return .failed(.tooLong) }
            line.append(byte)
            byte = 0
        }
    }
}

/// The terminal's echo, switched off for a hidden answer and restored afterwards.
private struct Echo {
    private let descriptor: Int32
    private let before: termios?

    init(_ descriptor: Int32, hidden: Bool) {
        self.descriptor = descriptor
        var settings = termios()
        guard hidden, tcgetattr(descriptor, &settings) == 0 else {
            before = nil
            return
        }
        before = settings
        settings.c_lflag &= ~tcflag_t(ECHO | ECHOE | ECHOK | ECHONL)
        tcsetattr(descriptor, TCSAFLUSH, &settings)
    }

    func restore() {
        guard var before else { return }
        tcsetattr(descriptor, TCSAFLUSH, &before)
    }
}
