import CLinux
import Glibc
import Secrets

/// A descriptor of this process for others to watch: readable once the process has ended, even after an `execve`.
///
/// The corresponding call is pidfd_open(2).
public func processDescriptor() throws(SystemError) -> Descriptor {
    let number = try system("pidfd_open") { warder_process_descriptor() }
    return Descriptor(owning: number, path: "pidfd")
}

/// A pipe's two ends.
public final class PipeEnds {
    /// The end to read from.
    public let reading: Descriptor
    /// The end to write to; nil once closed.
    public private(set) var writing: Descriptor?

    /// Makes a pipe. The corresponding C function is `pipe2`, with `O_CLOEXEC`.
    public init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        _ = try system("pipe2") { warder_pipe(&ends) }
        reading = Descriptor(owning: ends[0], path: "pipe")
        writing = Descriptor(owning: ends[1], path: "pipe")
    }

    /// The number of the writing end; -1 once closed.
    public var writingNumber: Int32 { writing?.number ?? -1 }

    /// Writes as much of a secret as fits into the pipe, and closes the writing end.
    public func write(_ secret: borrowing SecretBytes) throws(SystemError) {
        if let writing = writing.take() {
            try secret.withUnsafeBytes { (bytes) throws(SystemError) in try writing.write(bytes) }
        }
    }

    /// Closes the writing end.
    public func close() { writing = nil }
}

/// Starts this program again as a daemon: in its own session, without a terminal, with `descriptors` as its first ones
/// and no others. It outlives this process, and is not a child of the program that this process becomes.
///
/// - Parameter withheld: variables to remove from its environment.
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
