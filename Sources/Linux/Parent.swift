import Glibc

/// How the kernel identifies the parent process: the path of its executable, then its own name (at most 15 bytes).
/// Either is missing if it cannot be read.
///
/// The two differ for a script, whose name is the script's, and for a program with many names, such as busybox.
public func parentPrograms() -> [String] {
    let parent = "/proc/\(getppid())"
    var names: [String] = []
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink(parent + "/exe", &path, path.count)
    if length > 0 { names.append(String(decoding: path.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)) }
    if let name = try? readFile(parent + "/comm", limit: 256) {
        names.append(
            name.withUnsafeBytes { String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) })
    }
    return names
}
