import CLinux
import Glibc
import Secrets
import Text

/// A device or a file that the kernel writes memory to (`/proc/swaps`, swapon(2)).
public struct SwapArea: Equatable, Sendable {
    /// What the kernel shows of whether its content is encrypted.
    public enum Protection: Sendable {
        /// By dm-crypt; or it is in memory (zram), and never written to a disk.
        case protected
        /// By nothing that this machine's kernel knows of.
        case none
        /// It cannot be seen from here, as in a container.
        case unknown
    }

    /// Its path, which need not lead anywhere in this process's file system.
    public let path: String

    /// The areas of a table as `/proc/swaps` is.
    public static func all(inTable text: String) -> [SwapArea] {
        text.utf8.split(separator: UInt8(ascii: "\n")).dropFirst().compactMap { line in
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            return words.first.map { SwapArea(path: unescaped(String(Substring($0)))) }
        }
    }

    /// Those in use; empty if that cannot be seen.
    public static func present() -> [SwapArea] {
        guard let table = try? readFile("/proc/swaps", limit: 1 << 20) else { return [] }
        return all(inTable: table.text(0..<table.count))
    }

    /// Whether it is encrypted.
    public func protection() -> Protection {
        var info = stat()
        guard path.begins(with: "/"), stat(path, &info) == 0 else { return .unknown }
        switch info.st_mode & S_IFMT {
        case S_IFBLK: return BlockDevice(number: info.st_rdev).protection()
        case S_IFREG: return Self.protection(ofFilesOn: info.st_dev)
        default: return .unknown
        }
    }

    private static func protection(ofFilesOn device: dev_t) -> Protection {
        if deviceNumber(device).major != 0 { return BlockDevice(number: device).protection() }
        // btrfs numbers its volumes itself.
        var info = stat()
        guard let mount = Mount.present(device), mount.source.begins(with: "/dev/"),
            stat(mount.source, &info) == 0, info.st_mode & S_IFMT == S_IFBLK
        else { return .unknown }
        return BlockDevice(number: info.st_rdev).protection()
    }
}

/// A block device, as sysfs describes it.
package struct BlockDevice {
    private let folder: String

    init(number: dev_t) {
        let number = deviceNumber(number)
        self.init(folder: "/sys/dev/block/\(number.major):\(number.minor)")
    }

    /// - Parameter folder: its folder in sysfs, or a link there.
    package init(folder: String) { self.folder = folder }

    /// Whether what is written to it is encrypted: by the device itself, or by all those that it is made of.
    ///
    /// - Parameter depth: how many devices may lie upon each other.
    package func protection(depth: Int = 8) -> SwapArea.Protection {
        guard depth > 0, let folder = resolved(folder) else { return .unknown }
        let name = lastPart(ofPath: folder)
        if name.begins(with: "zram") { return isWrittenBack(folder) ? .unknown : .protected }
        let kind = text(folder + "/dm/uuid")
        // The other kinds of cryptsetup's check what is read, and hide nothing.
        let isChecking = ["CRYPT-VERITY", "CRYPT-INTEGRITY"].contains { kind.begins(with: $0) }
        if kind.begins(with: "CRYPT-"), !isChecking { return .protected }
        let parts = (try? names(inFolder: folder + "/slaves")) ?? []
        guard parts.isEmpty else {
            return Self.together(
                parts.map { BlockDevice(folder: folder + "/slaves/" + $0).protection(depth: depth - 1) })
        }
        if fileExists(folder + "/partition"), let disk = Text.folder(ofPath: folder) {
            return BlockDevice(folder: disk).protection(depth: depth - 1)
        }
        // What lies behind these is a file, another machine, or a file system with an encryption of its own.
        return ["loop", "nbd", "rbd", "drbd", "zd"].contains { name.begins(with: $0) } ? .unknown : .none
    }

    private static func together(_ parts: [SwapArea.Protection]) -> SwapArea.Protection {
        if parts.contains(.none) { return .none }
        return parts.contains(.unknown) ? .unknown : .protected
    }

    /// A disk takes what zram has no room for.
    private func isWrittenBack(_ folder: String) -> Bool {
        !["", "none"].contains(text(folder + "/backing_dev"))
    }

    /// The first line of a file; "" if there is none.
    private func text(_ path: String) -> String {
        guard let text = try? readFile(path, limit: 4096) else { return "" }
        let line = text.text(0..<text.count).utf8.prefix { $0 != UInt8(ascii: "\n") }
        return String(Substring(line))
    }
}
