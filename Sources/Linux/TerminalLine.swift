import Glibc
import Secrets

/// A line at the controlling terminal that is waited for beside other things: nothing here blocks.
///
/// The terminal is switched to lines with echo, whatever state it was in, and put back as it was by `restore`, which
/// must come before the process ends or stops.
public struct TerminalLine: ~Copyable {
    /// What came of looking for a line.
    public enum Outcome: Equatable, Sendable {
        /// A line is there.
        case line
        /// The user ended the input without a line (Ctrl-D).
        case dismissed
        /// Another program is in front by now.
        case background
        /// The terminal is gone.
        case gone
    }

    private let device: Descriptor
    private var before = termios()

    /// Opens `/dev/tty`, unless this process is in the background of it.
    public init() throws(TerminalError) {
        // An open file of its own, so that nobody else is switched to not waiting.
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

    /// Whether this process is in front; what another one set there is then none of its business.
    public var isInFront: Bool { tcgetpgrp(device.number) == getpgrp() }

    /// How wide the terminal is, in characters; 80 where it does not tell.
    public var columns: Int {
        var size = winsize()
        guard ioctl(device.number, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Throws away what was typed by now, a half line too, and takes lines from here on.
    ///
    /// - Parameter echo: what is typed is seen.
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

    /// Puts the terminal back as it was.
    ///
    /// - Parameter flushing: what was typed by now is thrown away, so that the shell does not get it.
    public func restore(flushing: Bool) {
        guard isInFront else { return }
        var before = before
        apply(&before, flushing: flushing)
    }

    /// TCSAFLUSH would do both at once, but waits for a terminal that is halted (Ctrl-S).
    private func apply(_ settings: inout termios, flushing: Bool) {
        tcsetattr(device.number, TCSANOW, &settings)
        if flushing { tcflush(device.number, TCIFLUSH) }
    }

    /// Shows text where this process is in front; lost where the terminal is halted.
    public func show(_ text: String) {
        guard isInFront else { return }
        var text = text
        text.withUTF8 { text in try? device.write(UnsafeRawBufferPointer(text)) }
    }

    /// Takes what was typed by now, behind what stands in `line`, up to the end of a line; nil where it has none yet.
    ///
    /// - Parameter limit: the most bytes that are kept; what is typed past it is thrown away.
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
