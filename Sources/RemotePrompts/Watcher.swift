import Glibc
import Linux
import Text

/// All processes of this user that wait for an answer, and those that begin to. Used on one thread; nothing here blocks.
public final class Watcher {
    /// Connections at a time at most.
    static let connectionLimit = 256

    /// Milliseconds between two looks at the folder by one who stays: its end may go without word.
    static let heartbeat: Int64 = 5000

    /// The same where no change of the folder is told.
    static let pollingInterval: Int64 = 500

    private let folder: PromptFolder
    private let stays: Bool
    private let watch: (String) throws(RemotePromptError) -> FolderChanges
    private var changes: FolderChanges
    /// Says that somebody looks; nil for one who does not stay.
    private var mark: WatchMark?
    private var connections: [WaiterConnection] = []
    /// Those that had too many connections already, until their sockets are gone.
    private var crowded: Set<SocketName> = []
    private var nextTry: Deadline?
    private var nextBeat: Deadline?

    /// Looks at the folder, which is made where it is missing, and connects to all who wait.
    ///
    /// - Parameter stays: as long as this is there, whoever begins to wait may expect that somebody sees it
    ///   (`PromptFolder.isWatched`).
    public convenience init(_ folder: PromptFolder, stays: Bool = false) throws(RemotePromptError) {
        try self.init(folder, stays: stays) { (path) throws(RemotePromptError) in try FolderChanges(of: path) }
    }

    /// - Parameter watch: how changes of a folder are come to know.
    init(
        _ folder: PromptFolder, stays: Bool, watch: @escaping (String) throws(RemotePromptError) -> FolderChanges
    ) throws(RemotePromptError) {
        try folder.make()
        self.folder = folder
        self.stays = stays
        self.watch = watch
        changes = try watch(folder.path)
        if stays { mark = try WatchMark(in: folder) }
        look()
    }

    /// What to wait for (POLLIN) until `proceed` is called.
    public var descriptors: [Int32] { (changes.descriptor.map { [$0] } ?? []) + connections.map(\.descriptor) }

    /// When `proceed` is to be called though nothing came; nil for never.
    public var wakeup: Deadline? { [nextTry, nextBeat].compactMap { $0 }.min() }

    /// Those that wait for an answer, the one that has waited longest first.
    public var waiting: [WaiterConnection] {
        connections.filter { $0.request != nil }.sorted { a, b in
            guard let a = a.request, let b = b.request else { return false }
            return (a.since, a.process) < (b.since, b.process)
        }
    }

    /// Takes what happened since it was called last.
    public func proceed() -> [(WaiterConnection, WaiterConnection.Event)] {
        let hasChanged = changes.take()
        if hasChanged || wakeup?.hasPassed == true { look() }
        var events: [(WaiterConnection, WaiterConnection.Event)] = []
        for connection in connections { events += connection.listen().map { (connection, $0) } }
        for case (let connection, .gone(let isCrowded)) in events {
            connections.removeAll { $0 === connection }
            // It may be back under its name already, which this connection has kept from being looked at.
            if isCrowded { crowded.insert(connection.name) } else { nextTry = .after(milliseconds: 200) }
        }
        return events
    }

    /// Waits until everybody has said what is wanted, and not longer: somebody may be stopped.
    ///
    /// - Parameters:
    ///   - deadline: when those who have said nothing are waited for no more.
    ///   - last: the same where nobody has said anything: on a busy machine they may be late, all of them.
    public func settle(until deadline: Deadline, orFirstWord last: Deadline? = nil) {
        while let end = end(deadline, last) {
            _ = proceed()
            if connections.allSatisfy(\.isKnown) && nextTry == nil { return }
            wait(for: descriptors, until: nextTry.map { min($0, end) } ?? end)
        }
    }

    private func end(_ deadline: Deadline, _ last: Deadline?) -> Deadline? {
        if !deadline.hasPassed { return deadline }
        guard let last, !last.hasPassed, !connections.isEmpty, waiting.isEmpty else { return nil }
        return last
    }

    /// Connects to those who are new, and removes the sockets that the dead left.
    private func look() {
        nextTry = nil
        nextBeat = interval.map { .after(milliseconds: $0) }
        guard isInPlace || isRemade(), (try? folder.check()) != nil, let names = try? names(inFolder: folder.path)
        else {
            nextTry = .after(milliseconds: 1000)
            return
        }
        removeHidden(names)
        let found = names.compactMap { SocketName($0) }
        crowded.formIntersection(found)
        let known = Set(connections.map(\.name)).union(crowded)
        for name in found where !known.contains(name) && connections.count < Self.connectionLimit { connect(to: name) }
    }

    /// Milliseconds to the next look, though nothing be told; nil for one who does not stay and is told.
    private var interval: Int64? {
        if changes.descriptor == nil { return Self.pollingInterval }
        return stays ? Self.heartbeat : nil
    }

    /// The folder that is watched is the one that others find, and so is the mark in it.
    private var isInPlace: Bool {
        guard changes.isOf(folder.path) else { return false }
        return !stays || mark?.isInPlace == true
    }

    /// The folder was removed, and those in it with it.
    private func isRemade() -> Bool {
        mark = nil
        guard (try? folder.make()) != nil, let again = try? watch(folder.path) else { return false }
        changes = again
        if stays { mark = try? WatchMark(in: folder) }
        return true
    }

    private func connect(to name: SocketName) {
        let path = name.path(in: folder)
        guard let before = ownSocket(path) else { return }
        do throws(SystemError) {
            let socket = try UnixSocket.connect(to: path)
            if let connection = WaiterConnection(socket, name, user: geteuid()) { connections.append(connection) }
        } catch {
            switch error.code {
            // The same one still: the name may have been given to a new socket meanwhile.
            case ECONNREFUSED: if ownSocket(path) == before { unlink(path) }
            case EAGAIN: nextTry = .after(milliseconds: 200)
            default: break
            }
        }
    }

    /// Removes what somebody left who died before his socket got its name; that takes others a moment, not a minute.
    private func removeHidden(_ names: [String]) {
        for name in names where name.begins(with: ".") && SocketName(String(name.unicodeScalars.dropFirst())) != nil {
            let path = folder.path + "/" + name
            guard let time = modificationTime(of: path), time + 60 < wallClock(), ownSocket(path) != nil else {
                continue
            }
            unlink(path)
        }
    }

    /// The number of the socket's file; nil where there is none of this user.
    private func ownSocket(_ path: String) -> UInt64? {
        var info = stat()
        guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFSOCK, info.st_uid == geteuid() else { return nil }
        return UInt64(info.st_ino)
    }
}
