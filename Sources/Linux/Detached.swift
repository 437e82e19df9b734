import CLinux
import Glibc
import Secrets

/// This process for others to watch: readable once it has ended, whatever program it became meanwhile.
///
/// The corresponding call is pidfd_open(2).
public func processDescriptor() throws(SystemError) -> Descriptor {
    let number = try system("pidfd_open") { warder_process_descriptor() }
    return Descriptor(owning: number, path: "pidfd")
}

/// A pipe's two ends.
public final class PipeEnds {
    /// What is read from.
    public let reading: Descriptor
    /// What is written to; gone once it is closed.
    public private(set) var writing: Descriptor?

    /// Makes one. The corresponding C function is `pipe2`, with `O_CLOEXEC`.
    public init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        _ = try system("pipe2") { warder_pipe(&ends) }
        reading = Descriptor(owning: ends[0], path: "pipe")
        writing = Descriptor(owning: ends[1], path: "pipe")
    }

    /// The number of the end that is written to; -1 once it is closed.
    public var writingNumber: Int32 { writing?.number ?? -1 }

    /// Writes all of a secret that fits into the pipe, and closes it.
    public func write(_ secret: borrowing SecretBytes) throws(SystemError) {
        if let writing = writing.take() {
            try secret.withUnsafeBytes { (bytes) throws(SystemError) in try writing.write(bytes) }
        }
    }

    /// Closes the end that is written to.
    public func close() { writing = nil }
}

/// Starts this program once more as nobody's child: in a session of its own, without a terminal, with `descriptors` as
/// its first ones and no others. It outlives this process, and does not belong to the program that this one becomes.
///
/// - Parameter withheld: variables that it does not get.
public func startDetached(
    _ arguments: [String], descriptors: [Int32], withheld: [String]
) throws(SystemError) {
    let outcome: (Int32, Int32) = withVariables(without: withheld, adding: []) { environment in
        withArguments(arguments) { arguments in
            (warder_detach("/proc/self/exe", arguments, environment, descriptors, Int32(descriptors.count)), errno)
        }
    }
    guard outcome.0 == 0 else { throw SystemError(call: "fork", path: "", code: outcome.1) }
}
