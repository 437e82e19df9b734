import Glibc

/// The state of the controlling terminal, saved while a child uses it and restored afterwards.
struct SavedTerminalState: ~Copyable {
    private let device: Descriptor
    private var before = termios()

    /// Nil if there is no terminal, or this process is not in its foreground.
    init?() {
        guard let device = try? Descriptor(opening: "/dev/tty", O_RDWR | O_NOCTTY) else { return nil }
        guard tcgetpgrp(device.number) == getpgrp(), tcgetattr(device.number, &before) == 0 else { return nil }
        self.device = device
    }

    /// Restores the settings, unless another program is in the foreground now: it has its own.
    ///
    /// - Parameter flushing: discards pending input, so that the shell does not read it.
    func restore(flushing: Bool) {
        guard tcgetpgrp(device.number) == getpgrp() else { return }
        var before = before
        tcsetattr(device.number, TCSADRAIN, &before)
        if flushing { tcflush(device.number, TCIFLUSH) }
    }
}

/// The path of the terminal whose foreground this process is in; nil if there is none.
///
/// It is the name behind a standard stream that is that terminal, as `/dev/pts/3`: a program that a pinentry hands over
/// to may have another controlling terminal. Otherwise it is `/dev/tty`.
public func foregroundTerminalPath() -> String? {
    guard (try? Terminal.open()) != nil else { return nil }
    for stream: Int32 in 0...2 where tcgetsid(stream) == getsid(0) {
        var name = [CChar](repeating: 0, count: 128)
        if ttyname_r(stream, &name, name.count) == 0 {
            return name.withUnsafeBufferPointer { name in name.baseAddress.map { String(cString: $0) } }
        }
    }
    return "/dev/tty"
}
