import Crypto
import Glibc
import Linux
import Secrets

extension AuditLog {
    /// The largest file that is read, in bytes: a turned-over file is a little smaller than this at most.
    private static let readLimit = 64 << 20

    /// Verifies the log.
    ///
    /// - Parameters:
    ///   - start: where it began, as the store has it.
    ///   - time: seconds since 1970.
    package func verdict(startedBy start: borrowing LogStart, at time: Int64) throws(LogError) -> LogVerdict {
        let snapshot = try snapshot(at: time)
        do throws(CryptoError) {
            return try Verification.verdict(
                snapshot.files, snapshot.position, sealName: folder.seal, startedBy: start)
        } catch { throw .crypto }
    }

    /// The identifier of the log that is here; nil if there is none.
    package func identifier() throws(LogError) -> [UInt8]? { try position()?.identifier }

    /// The files and the seal of one moment. What a killed process left is taken in first, if the log can be written.
    private func snapshot(at time: Int64) throws(LogError) -> (files: [LogText], position: SealPosition?) {
        while true {
            // Opening would begin a log where there is none.
            guard let before = try position() else { return try (texts(folder.present), nil) }
            // Answers do not wait while these are read; nothing is added to them any more.
            let earlier = try texts(folder.present.filter { $0 != folder.log })
            let (last, position) = try present(at: time)
            guard position?.file == before.file || position == nil else { continue }
            return (earlier + last, position)
        }
    }

    private func present(at time: Int64) throws(LogError) -> (file: [LogText], position: SealPosition?) {
        do throws(LogError) {
            let log = try open(at: time)
            let position = SealPosition(log.seal)
            return try (texts([folder.log]), position)
        } catch {
            // Read-only, or a stopped process holds the lock: lines that the seal does not count are no damage.
            let position = try position()
            return try (texts([folder.log].filter(fileExists)), position)
        }
    }

    private func position() throws(LogError) -> SealPosition? {
        guard let text = try sealText() else { return nil }
        if Seal.isOfNewerVersion(text) { throw .newer(path: folder.seal) }
        switch Seal(decoding: text) {
        case .some(let seal): return SealPosition(seal)
        case .none: return nil
        }
    }

    /// The seal's file; of one that is too long, enough to see that. Nil if there is none.
    private func sealText() throws(LogError) -> SecretBytes? {
        do throws(FileError) {
            let file = try openPrivateFile(folder.seal, O_RDONLY)
            do throws(SystemError) { return try file.read(Seal.size + 1, at: 0) } catch { throw .system(error) }
        } catch {
            if error.isAbsence { return nil }
            throw .file(error)
        }
    }

    /// Whether a newer version writes this log.
    package var isOfNewerVersion: Bool {
        do throws(LogError) { _ = try position() } catch {
            if case .newer = error { return true }
        }
        return false
    }

    private func texts(_ paths: [String]) throws(LogError) -> [LogText] {
        do throws(FileError) {
            var texts: [LogText] = []
            for path in paths {
                let file = try openPrivateFile(path, O_RDONLY)
                texts.append(LogText(name: path, bytes: try file.readText(limit: Self.readLimit)))
            }
            return texts
        } catch { throw .file(error) }
    }
}

extension Descriptor {
    /// What the file holds at this moment, up to `limit` bytes.
    borrowing func readText(limit: Int) throws(FileError) -> [UInt8] {
        let size: Int
        do throws(SystemError) { size = Int(try status().st_size) } catch { throw .system(error) }
        return try read(upTo: min(size, limit))
    }
}
