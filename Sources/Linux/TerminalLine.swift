import Glibc
import Secrets

/// A line from the controlling terminal, read while this process waits for other things: nothing here blocks.
///
/// The terminal is switched to line mode with echo, whatever its state was. `restore` restores that state, and must
/// come before the process ends or stops.
public struct TerminalLine: ~Copyable {
    /// The result of looking for a line.
    public enum Outcome: Equatable, Sendable {
        /// A line has arrived.
        case line
        /// The user ended the input without a line (Ctrl-D).
        case dismissed
        /// Another program is in the foreground now.
        case background
        /// The terminal has hung up.
        case gone
    }

    private let device: Descriptor
    private var before = termios()

    /// Opens `/dev/tty`, unless this process is in the background.
    public init() throws(TerminalError) {
        // A separate open file, so that non-blocking mode affects no other process.
        let device: Descriptor
        do throws(SystemError) {
            device = try Descriptor(opening: "/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK)
        } catch { throw .none }
        guard tcgetpgrp(device.number) == getpgrp() else { throw .background }
        guard tcgetattr(device.number, &before) == 0 else {
            throw .system(SystemError(call: "tcgetattr", path: device.path, code: errno))
        }
        self.device = device
    }

    /// Readable when there is something to `take`.
    public var descriptor: Int32 { device.number }

    /// Whether this process is in the foreground; otherwise another program's terminal settings must be left alone.
    public var isInFront: Bool { tcgetpgrp(device.number) == getpgrp() }

    /// The terminal's width in characters; 80 if unknown.
    public var columns: Int {
        var size = winsize()
        guard ioctl(device.number, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Discards the input so far, including a partial line, and reads lines from here on.
    ///
    /// - Parameter echo: whether input is echoed.
    public func listen(echo: Bool) {
        guard isInFront else { return }
        var settings = before
        settings.c_iflag |= tcflag_t(ICRNL)
        settings.c_lflag |= tcflag_t(ICANON | ISIG)
        settings.c_oflag |= tcflag_t(OPOST | ONLCR)
        let echoing = tcflag_t(ECHO | ECHOE | ECHOK)
        if echo { settings.c_lflag |= echoing } else { settings.c_lflag &= ~echoing }
        apply(&settings, flushing: true)
    }

    /// Restores the terminal's state.
    ///
    /// - Parameter flushing: discards pending input, so that the shell does not read it.
    public func restore(flushing: Bool) {
        guard isInFront else { return }
        var before = before
        apply(&before, flushing: flushing)
    }

    /// TCSAFLUSH would do both at once, but blocks while the terminal is halted (Ctrl-S).
    private func apply(_ settings: inout termios, flushing: Bool) {
        tcsetattr(device.number, TCSANOW, &settings)
        if flushing { tcflush(device.number, TCIFLUSH) }
    }

    /// Shows text if this process is in the foreground; text is lost while the terminal is halted.
    public func show(_ text: String) {
        guard isInFront else { return }
        var text = text
        text.withUTF8 { text in try? device.write(UnsafeRawBufferPointer(text)) }
    }

    /// Appends the input so far to `line`, up to the end of a line; nil if the line is still incomplete.
    ///
    /// - Parameter limit: the most bytes to keep; input beyond it is discarded.
    public func take(_ line: inout SecretBytes, limit: Int) -> Outcome? {
        while true {
            guard isInFront else { return tcgetpgrp(device.number) < 0 ? .gone : .background }
            var byte: UInt8 = 0
            let count = read(device.number, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return errno == EAGAIN ? nil : .gone }
            if count == 0 { return hasHungUp ? .gone : line.isEmpty ? .dismissed : .line }
            if byte == UInt8(ascii: "\n") { return .line }
            if line.count < limit { line.append(byte) }
            byte = 0
        }
    }

    private var hasHungUp: Bool {
        var waiting = pollfd(fd: device.number, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) == 1 && waiting.revents & Int16(POLLHUP | POLLERR) != 0
    }
}
