import Glibc
import JSON
import Linux
import Secrets

/// Lines of processes that could not wait for the log's lock, since its holder was stopped, or that do not know the
/// format of its seal, since a newer version wrote it: each is a file of its own until the next process that can seal them
/// takes them in. Until then they are not sealed.
enum LateLines {
    /// As many lines may wait: the holder of the lock may be stopped for days.
    private static let most = 1000

    /// Keeps a line's content, of the moment `nanoseconds` since boot.
    static func keep(_ content: [UInt8], _ folder: LogFolder) {
        guard (try? makePrivateFolder(folder.late)) != nil,
            let present = try? names(inFolder: folder.late), present.count < most
        else { return }
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        let name = "\(time.tv_sec)-\(1_000_000_000 + time.tv_nsec)-\(getpid())"
        let path = folder.late + "/" + name
        do throws(SystemError) {
            let file = try Descriptor(opening: path + ".new", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            try content.span.withUnsafeBytes { (content) throws(SystemError) in try file.write(content) }
            try renameFile(path + ".new", to: path + ".line")
        } catch { try? removeFile(path + ".new") }
    }

    /// Whether there may be some.
    static func mayBeThere(_ folder: LogFolder) -> Bool { access(folder.late, F_OK) == 0 }

    /// Seals what lies there, in the order of time. Killed in between, it seals a line twice rather than never.
    static func takeIn(to log: inout OpenLog) throws(LogError) {
        let folder = log.folder.late
        let names = ((try? Linux.names(inFolder: folder)) ?? []).filter {
            $0.utf8.suffix(5).elementsEqual(".line".utf8)
        }
        for name in names.sorted() {
            let path = folder + "/" + name
            if let content = content(path) { try log.append(content) }
            try? removeFile(path)
        }
        removeEmptyFolder(folder)
    }

    /// Nil if it is not what `keep` writes.
    private static func content(_ path: String) -> [UInt8]? {
        guard let text = try? readPrivateFile(path, limit: LineText.limit - 256) else { return nil }
        let content = text.withUnsafeBytes { Array($0) }
        // A power cut may leave an empty file.
        guard content.first == UInt8(ascii: "\""), content.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            return nil
        }
        var object = SecretBytes("{")
        object.append(text)
        object.append(UInt8(ascii: "}"))
        guard (try? JSONObject(object)) != nil else { return nil }
        return content + Array(",\"late\":true".utf8)
    }
}
