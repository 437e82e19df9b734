import Glibc

/// Whether anything exists at `path`, even a broken link. The corresponding C function is `lstat`.
public func fileExists(_ path: String) -> Bool {
    var info = stat()
    return lstat(path, &info) == 0
}

/// Whether `path` is a plain file that this user may run. The corresponding C functions are `stat` and `access`.
public func isProgram(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
}

/// Whether `path` is a plain file in the format of compiled programs (elf(5)), as far as this user may read it.
public func isCompiledProgram(_ path: String) -> Bool {
    var start = [UInt8](repeating: 0, count: 4)
    guard isPlainFile(path), let file = try? Descriptor(opening: path, O_RDONLY | O_NONBLOCK) else { return false }
    let count = start.withUnsafeMutableBytes { try? file.read(into: $0) }
    return count == 4 && start == [0x7f, 0x45, 0x4c, 0x46]
}

/// The first program of that name in the folders of `searchPath`, which is `PATH`; nil if there is none.
public func programPath(_ name: String, searchPath: String?) -> String? {
    folders(ofSearchPath: searchPath).lazy.map { $0 + "/" + name }.first(where: isProgram)
}

/// The folders that `PATH` lists, without empty ones.
public func folders(ofSearchPath searchPath: String?) -> [String] {
    (searchPath ?? "").utf8.split(separator: UInt8(ascii: ":")).map { String(Substring($0)) }
}

/// Whether `path`, after following links, is a plain file. The corresponding C function is `stat`.
public func isPlainFile(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG
}

/// `path` with all links resolved; nil if it does not exist. The corresponding C function is `realpath`.
public func resolved(_ path: String) -> String? {
    guard let target = realpath(path, nil) else { return nil }
    defer { free(target) }
    return String(cString: target)
}
