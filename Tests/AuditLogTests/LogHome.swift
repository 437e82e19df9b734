import AuditLog
import Crypto
import Foundation
import Linux
import Secrets

/// A folder with a log of a test's own.
final class LogHome {
    let path: String
    let folder: LogFolder
    let log: AuditLog

    /// - Parameter fileLimit: in bytes; small, so that a few lines turn a file over.
    init(fileLimit: UInt64 = 8 << 20) {
        path = NSTemporaryDirectory() + "warder-log-" + UUID().uuidString
        folder = LogFolder(path)
        log = AuditLog(folder, random: .system, fileLimit: fileLimit)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    static let event = Event(
        .served, profile: "prod", role: "arn:aws:iam::222222222222:role/Admin", keyID: "ASIATEMPORARY0000002",
        origin: .cached, by: "process")
    static let time: Int64 = 1_790_000_000

    /// Writes so many lines.
    func write(_ count: Int = 1) { for _ in 0..<count { log.record(Self.event, at: Self.time) } }

    /// The verdict by the beginning that waits in its file, where it stays.
    func verdict() throws -> LogVerdict {
        let start = log.waitingStart()
        guard let start else { return .bad(.noSeal, file: "log.start", line: 0) }
        return try log.verdict(startedBy: start, at: Self.time)
    }

    /// How many lines were verified; nil if they are not good.
    func verified() throws -> Int? {
        guard case .good(let lines, _, _) = try verdict() else { return nil }
        return lines
    }

    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path + "/" + name))) }

    func has(_ name: String) -> Bool { fileExists(path + "/" + name) }

    /// Replaces a file's content, in the same file.
    func put(_ bytes: [UInt8], _ name: String) throws {
        let file = path + "/" + name
        if !fileExists(file) {
            _ = FileManager.default.createFile(
                atPath: file, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        }
        let handle = try FileHandle(forUpdating: URL(filePath: file))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    func move(_ name: String, to new: String) throws { try renameFile(path + "/" + name, to: path + "/" + new) }

    /// All files with their contents.
    func everything() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) { files[name] = try read(name) }
        return files
    }

    /// Puts all files back as they were.
    func restore(_ files: [String: [UInt8]]) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where files[name] == nil {
            try FileManager.default.removeItem(atPath: path + "/" + name)
        }
        for (name, bytes) in files { try put(bytes, name) }
    }

    /// The lines of all files, in order.
    func lines() throws -> [String] {
        try folder.present.flatMap { path in
            String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self).split(separator: "\n").map(
                String.init)
        }
    }
}
