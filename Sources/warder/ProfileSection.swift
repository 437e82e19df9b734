import Glibc
import Linux
import Text

/// A new section for `~/.aws/config`.
struct ProfileSection {
    let name: String
    let region: String?
    let mfaSerial: String?
    let key: String

    /// The section as text, with the absolute path of this very warder.
    func text(program: String) -> String {
        var text = name == "default" ? "[default]\n" : "[profile \(name)]\n"
        if let region { text += "region = \(region)\n" }
        if let mfaSerial { text += "mfa_serial = \(mfaSerial)\n" }
        let quoted = program.holds(" ") ? "\"\(program)\"" : program
        text += "credential_process = \(quoted) process \(name)\n"
        if key != name { text += "warder_key = \(key)\n" }
        return text
    }

    /// Adds the section behind all others, in one write: links, owner, mode and every byte before it stay.
    func append(to path: String) throws(Failure) {
        do throws(FileError) {
            try makeFolder(of: path)
            let before = try existing(path)
            let gap = before.isEmpty ? "" : before.ends(with: "\n") ? "\n" : "\n\n"
            let program = programPath() ?? "warder"
            guard
                program.unicodeScalars.allSatisfy({
                    $0 == " " || $0.properties.isAlphabetic || "0123456789_./+-@%,=:".unicodeScalars.contains($0)
                })
            else {
                return note("the profile is not written: no SDK can call a program at \(printable(program))")
            }
            try add(gap + text(program: program), to: path)
        } catch { throw Failure(error, "the config file") }
    }

    private func makeFolder(of path: String) throws(FileError) {
        guard let folder = folder(ofPath: path), !folder.isEmpty else { return }
        if modificationTime(of: folder) == nil { try makePrivateFolder(folder) }
    }

    /// The last bytes of the file, as much as the gap needs; empty where there is none.
    private func existing(_ path: String) throws(FileError) -> String {
        do throws(FileError) {
            let text = try readFile(path, limit: 16 << 20)
            return text.text(max(0, text.count - 1)..<text.count)
        } catch {
            if error.isAbsence { return "" }
            throw error
        }
    }

    private func add(_ text: String, to path: String) throws(FileError) {
        do throws(SystemError) {
            let file = try Descriptor(opening: path, O_WRONLY | O_APPEND | O_CREAT, mode: 0o600)
            var bytes: [UInt8] = Array(text.utf8)
            let outcome: Result<Void, SystemError> = bytes.withUnsafeMutableBytes { bytes in
                Result { () throws(SystemError) in try file.write(UnsafeRawBufferPointer(bytes)) }
            }
            try outcome.get()
            try file.synchronize()
        } catch { throw .system(error) }
    }
}

/// The path of the running executable; nil where `/proc` does not say.
private func programPath() -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
