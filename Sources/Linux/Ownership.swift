import Glibc
import Text

/// The highest part of `path` that root owns inside a folder of this user's, as `sudo` leaves it behind. Nil if there
/// is none, and for root.
public func rootsPart(of path: String) -> String? {
    guard geteuid() != 0, path.begins(with: "/") else { return nil }
    var isParentOwn = false
    var end = path.startIndex
    while end < path.endIndex {
        let next = path.utf8.index(after: end)
        end = path.utf8[next...].firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
        let part = String(path[..<end])
        var info = stat()
        guard lstat(part, &info) == 0 else { return nil }
        if isParentOwn && info.st_uid == 0 { return part }
        isParentOwn = info.st_uid == geteuid()
    }
    return nil
}

/// This user's name, or the number if the user database has no name for it. The corresponding C function is
/// `getpwuid_r`.
public func userName() -> String {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var text = [CChar](repeating: 0, count: 4096)
    let name = text.withUnsafeMutableBufferPointer { buffer -> String? in
        guard let base = buffer.baseAddress, getpwuid_r(geteuid(), &entry, base, buffer.count, &found) == 0,
            let name = found?.pointee.pw_name
        else { return nil }
        return String(cString: name)
    }
    return name ?? String(geteuid())
}
