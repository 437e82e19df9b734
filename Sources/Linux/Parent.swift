import Glibc

/// The name of the program that started this one, as the kernel has it (at most 15 bytes); nil where it cannot be read.
public func parentProgram() -> String? {
    guard let name = try? readFile("/proc/\(getppid())/comm", limit: 256) else { return nil }
    return name.withUnsafeBytes { String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
}
