import Glibc
import Secrets
import Text

/// A mounted file system, as a line of `/proc/self/mountinfo` describes it (proc_pid_mountinfo(5)).
public struct Mount: Equatable, Sendable {
    /// The device number of its files, as `8:1`.
    public let device: String
    /// Its type, as `tmpfs`.
    public let type: String
    /// What is mounted: a device's path, or a name of the file system's own.
    public let source: String
    /// The options of the file system, not of this place in the tree.
    public let options: [String]

    /// Reads a line; nil if it is not one.
    public init?(_ line: String) {
        let words = line.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
        // Optional fields end with a hyphen.
        guard let end = words.firstIndex(of: "-"), end >= 6, words.count >= end + 4 else { return nil }
        device = words[2]
        type = words[end + 1]
        source = unescaped(words[end + 2])
        options = words[end + 3].utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
    }

    /// The mounted file system whose files have this device number; nil if it cannot be known.
    ///
    /// - Parameter number: their `st_dev`.
    public static func present(_ number: dev_t) -> Mount? {
        let number = deviceNumber(number)
        let device = "\(number.major):\(number.minor)"
        guard let table = try? readFile("/proc/self/mountinfo", limit: 1 << 22) else { return nil }
        let text = table.text(0..<table.count)
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            if let mount = Mount(String(Substring(line))), mount.device == device { return mount }
        }
        return nil
    }
}

/// The two parts of a device number. The corresponding C functions are `major` and `minor`.
func deviceNumber(_ number: dev_t) -> (major: UInt, minor: UInt) {
    ((number >> 8) & 0xfff | (number >> 32) & 0xffff_f000, number & 0xff | (number >> 12) & 0xffff_ff00)
}

/// A path of a table in `/proc`, where white space and backslashes are written as `\040`, three octal digits.
func unescaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        let digits = rest.prefix(3)
        let isEscape = byte == UInt8(ascii: "\\") && digits.count == 3
        if isEscape, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
            bytes.append(value)
            rest = rest.dropFirst(3)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
