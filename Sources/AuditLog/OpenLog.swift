import Crypto
import Glibc
import Linux
import Secrets

/// A log whose lock this process holds, and whose file ends where its seal says.
///
/// A line is written first, and the seal moved on after it, each in one call. A process killed between the two leaves a
/// line that the seal does not know of: the next one finds it, and takes it in. Nothing within what the seal counts is
/// ever written again.
struct OpenLog: ~Copyable {
    /// How long to wait for another process, in milliseconds.
    private static let patience = 500
    /// A process dies with at most one line written and not counted; more than this is no such remainder, in bytes.
    private static let longestTail: UInt64 = 1 << 20

    let folder: LogFolder
    private let sealFile: Descriptor
    private var file: Descriptor
    private(set) var seal: Seal
    private let now: Int64
    /// A file is turned over before it grows beyond this, in bytes.
    private let fileLimit: UInt64

    /// Opens the log, which is begun if there is none.
    ///
    /// - Parameters:
    ///   - home: the name of this home, should the log begin.
    ///   - fileLimit: a file is turned over before it grows beyond this, in bytes.
    static func open(
        _ folder: LogFolder, home: () -> String, at now: Int64, random: RandomSource, fileLimit: UInt64
    ) throws(LogError) -> OpenLog {
        let sealFile = try openFile(folder.seal, making: folder.path)
        guard try isLocked(sealFile) else { throw .busy }
        // One more byte shows a file that is too long.
        let text = try inFile { () throws(SystemError) in try sealFile.read(Seal.size + 1, at: 0) }
        var seal: Seal
        switch Seal(decoding: text) {
        case .some(let present):
            seal = present
            if seal.turning != 0 { try moveAside(folder, turning: seal.turning) }
        case .none:
            // That it cannot be read is no reason to take its place.
            if Seal.isOfNewerVersion(text) { throw .newer(path: folder.seal) }
            seal = try begin(folder, home: home(), at: now, random: random)
            // An earlier log whose seal was lost; it keeps its lines, in files of its own.
            if let old = inode(of: folder.log) { try moveAside(folder, turning: old) }
            try inFile { () throws(SystemError) in try sealFile.truncate(to: 0) }
            try write(seal.encoded(), to: sealFile)
        }
        if seal.turning != 0 { seal.startFile() }
        let file = try openFile(folder.log, making: folder.path)
        var log = OpenLog(
            folder: folder, sealFile: sealFile, file: file, seal: seal, now: now, fileLimit: fileLimit)
        try log.takeIn()
        return log
    }

    /// Empties the seal, so that the next process begins a log. It is not removed: who waits for its lock would hold
    /// another one.
    static func dropSeal(_ folder: LogFolder) throws(LogError) {
        let file = try openFile(folder.seal, making: folder.path)
        guard try isLocked(file) else { throw .busy }
        let text = try inFile { () throws(SystemError) in try file.read(Seal.size + 1, at: 0) }
        if Seal.isOfNewerVersion(text) { throw .newer(path: folder.seal) }
        try inFile { () throws(SystemError) in try file.truncate(to: 0) }
    }

    private static func isLocked(_ file: borrowing Descriptor) throws(LogError) -> Bool {
        do throws(SystemError) { return try ShortLock.acquire(file, limit: patience) } catch {
            throw .file(.system(error))
        }
    }

    private init(
        folder: LogFolder, sealFile: consuming Descriptor, file: consuming Descriptor, seal: consuming Seal, now: Int64,
        fileLimit: UInt64
    ) {
        self.folder = folder
        self.sealFile = sealFile
        self.file = file
        self.seal = seal
        self.now = now
        self.fileLimit = fileLimit
    }

    /// Appends a line. If that fails, the log is as it was.
    mutating func append(_ content: [UInt8]) throws(LogError) {
        try begin()
        if seal.end + UInt64(content.count) + 128 > fileLimit { try turnOver() }
        try write(content)
    }

    /// Makes sure that the file has its first line.
    mutating func begin() throws(LogError) {
        if seal.end == 0 { try write(FileHeader(identifier: seal.identifier, file: seal.file).content(at: now)) }
    }

    private mutating func write(_ content: [UInt8]) throws(LogError) {
        let end = Int(seal.end)
        let line: [UInt8]
        do throws(CryptoError) { line = try seal.line(content) } catch { throw .crypto }
        do throws(SystemError) {
            try line.span.withUnsafeBytes { (line) throws(SystemError) in try file.write(line, at: end) }
        } catch {
            // On a full disk, a part of it may have been written.
            try? file.truncate(to: end)
            throw .file(.system(error))
        }
        seal.end = UInt64(end + line.count)
        try keepSeal()
    }

    private borrowing func keepSeal() throws(LogError) {
        try Self.write(seal.encoded(), to: sealFile)
    }

    // MARK: - What a killed process left

    /// Takes in what lies beyond the lines that the seal counts: whole lines that it would have made, and others, which
    /// stay as they are for the verification to find. What ends in the middle of a line goes.
    private mutating func takeIn() throws(LogError) {
        let size = try inFile { () throws(SystemError) in UInt64(try file.status().st_size) }
        if size == seal.end { return }
        guard size > seal.end else { return try goOnBehindCut(size) }
        guard size - seal.end <= Self.longestTail else { return try goOnBehindCut(size) }
        let start = Int(seal.end)
        let tail = try inFile { () throws(SystemError) in try file.read(Int(size) - start, at: start) }
        let bytes = tail.withUnsafeBytes { Array($0) }
        guard let last = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
            return try inFile { () throws(SystemError) in try file.truncate(to: start) }
        }
        for line in bytes[..<last].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            do throws(CryptoError) { guard try seal.accepts(line) else { break } } catch { throw .crypto }
        }
        seal.end = UInt64(start + last + 1)
        try inFile { () throws(SystemError) in try file.truncate(to: start + last + 1) }
        try keepSeal()
    }

    /// Lines were cut off, or foreign ones added without end: goes on behind what is there, on a line of its own.
    private mutating func goOnBehindCut(_ size: UInt64) throws(LogError) {
        seal.end = size
        guard size > 0 else { return }
        let last = try inFile { () throws(SystemError) in try file.read(1, at: Int(size) - 1) }
        guard last.count != 1 || last[0] != UInt8(ascii: "\n") else { return }
        try inFile { () throws(SystemError) in
            try [UInt8(ascii: "\n")].span.withUnsafeBytes { (end) throws(SystemError) in
                try file.write(end, at: Int(size))
            }
        }
        seal.end += 1
    }

    // MARK: - Turning over

    /// Moves the full file aside and begins the next. The seal says so before the first file is renamed, so that the
    /// next process can finish this if it is interrupted.
    private mutating func turnOver() throws(LogError) {
        let number = try inFile { () throws(SystemError) in UInt64(try file.status().st_ino) }
        seal.turning = number
        try keepSeal()
        try Self.moveAside(folder, turning: number)
        file = try Self.openFile(folder.log, making: folder.path)
        seal.startFile()
        try begin()
    }

    /// Renames the file with this inode number and those before it, as far as that has not been done.
    private static func moveAside(_ folder: LogFolder, turning number: UInt64) throws(LogError) {
        guard inode(of: folder.log) == number else { return }
        // Where one is missing, what comes before has been moved, or there never was more.
        let free = (1...LogFolder.kept).first { !fileExists(folder.earlier($0)) } ?? LogFolder.kept
        try inFile { () throws(SystemError) in
            for place in stride(from: free - 1, through: 1, by: -1) {
                try renameFile(folder.earlier(place), to: folder.earlier(place + 1))
            }
            try renameFile(folder.log, to: folder.earlier(1))
        }
    }

    // MARK: - Beginning

    /// Makes a first key, and leaves it where the next process that has the store open finds it.
    private static func begin(
        _ folder: LogFolder, home: String, at now: Int64, random: RandomSource
    ) throws(LogError) -> Seal {
        let start: LogStart
        do throws(CryptoError) { start = try LogStart.make(home: home, at: now, random: random) } catch {
            throw .crypto
        }
        let text = start.encoded()
        try inFile { () throws(SystemError) in
            try text.withUnsafeBytes { (text) throws(SystemError) in
                try writeAtomically(text, to: folder.start, .durable)
            }
        }
        return Seal(identifier: start.identifier, key: start.key)
    }

    private static func write(_ text: borrowing SecretBytes, to file: borrowing Descriptor) throws(LogError) {
        do throws(SystemError) {
            try text.withUnsafeBytes { (text) throws(SystemError) in try file.write(text, at: 0) }
        } catch { throw .file(.system(error)) }
    }

    private static func openFile(_ path: String, making folder: String) throws(LogError) -> Descriptor {
        do throws(FileError) {
            do throws(FileError) { return try openPrivateFile(path, O_RDWR | O_CREAT) } catch {
                guard error.isAbsence else { throw error }
            }
            try makePrivateFolder(folder)
            return try openPrivateFile(path, O_RDWR | O_CREAT)
        } catch { throw .file(error) }
    }
}

func inFile<R: ~Copyable>(_ work: () throws(SystemError) -> R) throws(LogError) -> R {
    do throws(SystemError) { return try work() } catch { throw .file(.system(error)) }
}
