import Glibc
import Secrets

/// A line that is asked for at the controlling terminal beside other things that are waited for: nothing here waits.
///
/// The terminal's settings stay as they are. Signals that end or stop this process are held while it is there, and take
/// effect in `proceed`.
public final class TerminalQuestion {
    private let device: Descriptor
    private let prompt: String
    private let limit: Int
    private var line: SecretBytes
    private var signals: Hold? = Hold()

    /// Shows the prompt; what was typed before is thrown away.
    ///
    /// - Parameter limit: the longest answer, in bytes.
    public init(_ prompt: String, limit: Int) throws(TerminalError) {
        let device: Descriptor
        do throws(SystemError) { device = try Descriptor(opening: "/dev/tty", O_RDWR | O_NOCTTY) } catch { throw .none }
        guard tcgetpgrp(device.number) == getpgrp() else { throw .background }
        self.device = device
        self.prompt = prompt
        self.limit = limit
        line = SecretBytes(capacity: limit)
        tcflush(self.device.number, TCIFLUSH)
        show(prompt)
    }

    /// What to wait for (POLLIN) until `proceed` is called.
    public var descriptors: [Int32] { [device.number] + (signals.map { [$0.signals.descriptor] } ?? []) }

    /// Takes what was typed; nil where that is no whole line yet.
    public func proceed() throws(TerminalError) -> SecretBytes? {
        if let signals, isReadable(signals.signals.descriptor) {
            show("\n")
            line.truncate(to: 0)
            // Here this process ends, or stops and goes on.
            self.signals = nil
            self.signals = Hold()
            show(prompt)
            return nil
        }
        while isReadable(device.number) {
            guard tcgetpgrp(device.number) == getpgrp() else { throw .background }
            var byte: UInt8 = 0
            let count = read(device.number, &byte, 1)
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            if count < 0 { throw .system(SystemError(call: "read", path: device.path, code: errno)) }
            if count == 0 && line.isEmpty {
                show("\n")
                throw .dismissed
            }
            if count == 0 || byte == UInt8(ascii: "\n") { return line.copy() }
            if line.count == limit { throw .tooLong }
            line.append(byte)
            byte = 0
        }
        return nil
    }

    /// Ends the line with a word on why it is not wanted any more; what was half typed is thrown away.
    public func takeDown(_ why: String) {
        if tcgetpgrp(device.number) == getpgrp() { tcflush(device.number, TCIFLUSH) }
        show(" \(why)\n")
    }

    private func show(_ text: String) {
        var text = text
        text.withUTF8 { text in try? device.write(UnsafeRawBufferPointer(text)) }
    }

    private func isReadable(_ descriptor: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) == 1
    }
}

/// Holds signals as long as it is there.
private final class Hold {
    let signals = HeldSignals()
    deinit { signals.release() }
}
