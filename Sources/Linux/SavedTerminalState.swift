import Glibc

/// The controlling terminal while a child has it: what is set there is put back after.
struct SavedTerminalState: ~Copyable {
    private let device: Descriptor
    private var before = termios()

    /// Nil where there is no terminal, or this process is not in front of it.
    init?() {
        guard let device = try? Descriptor(opening: "/dev/tty", O_RDWR | O_NOCTTY) else { return nil }
        guard tcgetpgrp(device.number) == getpgrp(), tcgetattr(device.number, &before) == 0 else { return nil }
        self.device = device
    }

    /// Puts the settings back, unless another program is in front by now: it has its own.
    ///
    /// - Parameter flushing: what was typed by now is thrown away, so that the shell does not get it.
    func restore(flushing: Bool) {
        guard tcgetpgrp(device.number) == getpgrp() else { return }
        var before = before
        tcsetattr(device.number, TCSADRAIN, &before)
        if flushing { tcflush(device.number, TCIFLUSH) }
    }
}

/// The path of the terminal that this process is in front of; nil where there is none.
///
/// The name of one of the standard streams that is that terminal, as `/dev/pts/3`: programs that a pinentry hands over
/// to may not have it as their controlling terminal. Otherwise `/dev/tty`.
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
