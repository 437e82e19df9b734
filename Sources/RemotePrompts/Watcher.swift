import Glibc
import Linux
import Text

/// All of this user's waiting processes, including new ones. Used on one thread; nothing here blocks.
public final class Watcher {
    /// The most connections at a time.
    static let connectionLimit = 256

    /// Milliseconds between two looks at the folder by a watcher that stays: the folder may disappear without notice.
    static let heartbeat: Int64 = 5000

    /// The same if there are no notices of changes.
    static let pollingInterval: Int64 = 500

    private let folder: PromptFolder
    private let stays: Bool
    private let watch: (String) throws(RemotePromptError) -> FolderChanges
    private var changes: FolderChanges
    /// Tells other processes about this watcher; nil if it does not stay.
    private var mark: WatchMark?
    private var connections: [WaiterConnection] = []
    /// Processes that had too many connections, until their sockets are gone.
    private var crowded: Set<SocketName> = []
    private var nextTry: Deadline?
    private var nextBeat: Deadline?

    /// Reads the folder, creating it if missing, and connects to all waiting processes.
    ///
    /// - Parameter stays: while this watcher exists, a process that begins to wait may expect the user to see its
    ///   request (`PromptFolder.isWatched`).
    public convenience init(_ folder: PromptFolder, stays: Bool = false) throws(RemotePromptError) {
        try self.init(folder, stays: stays) { (path) throws(RemotePromptError) in try FolderChanges(of: path) }
    }

    /// - Parameter watch: watches a folder for changes.
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

    /// The descriptors to poll (POLLIN) before calling `proceed`.
    public var descriptors: [Int32] { (changes.descriptor.map { [$0] } ?? []) + connections.map(\.descriptor) }

    /// When to call `proceed` even if nothing has arrived; nil for never.
    public var wakeup: Deadline? { [nextTry, nextBeat].compactMap { $0 }.min() }

    /// The waiting processes, the longest-waiting one first.
    public var waiting: [WaiterConnection] {
        connections.filter { $0.request != nil }.sorted { a, b in
            guard let a = a.request, let b = b.request else { return false }
            return (a.since, a.process) < (b.since, b.process)
        }
    }

    /// Returns the events since the last call.
    public func proceed() -> [(WaiterConnection, WaiterConnection.Event)] {
        let hasChanged = changes.take()
        if hasChanged || wakeup?.hasPassed == true { look() }
        var events: [(WaiterConnection, WaiterConnection.Event)] = []
        for connection in connections { events += connection.listen().map { (connection, $0) } }
        for case (let connection, .gone(let isCrowded)) in events {
            connections.removeAll { $0 === connection }
            // The process may already be listening again under its name, which this connection kept from being noticed.
            if isCrowded { crowded.insert(connection.name) } else { nextTry = .after(milliseconds: 200) }
        }
        return events
    }

    /// Waits until every process has described its request, but not beyond the deadline: one of them may be stopped.
    ///
    /// - Parameters:
    ///   - deadline: when to stop waiting for silent processes.
    ///   - last: the same while none has sent anything: on a busy machine all of them may be late.
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

    /// Connects to new processes, and removes the sockets that dead ones left.
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

    /// Milliseconds to the next look without a notice; nil for a watcher that does not stay and gets notices.
    private var interval: Int64? {
        if changes.descriptor == nil { return Self.pollingInterval }
        return stays ? Self.heartbeat : nil
    }

    /// Whether the watched folder is still the one that others find, and so is the mark in it.
    private var isInPlace: Bool {
        guard changes.isOf(folder.path) else { return false }
        return !stays || mark?.isInPlace == true
    }

    /// Whether the folder was removed and created again.
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
            // Check that it is still the same socket: a new one may have taken the name meanwhile.
            case ECONNREFUSED: if ownSocket(path) == before { unlink(path) }
            case EAGAIN: nextTry = .after(milliseconds: 200)
            default: break
            }
        }
    }

    /// Removes what a process left that died before its socket got its name; naming takes a moment, not a minute.
    private func removeHidden(_ names: [String]) {
        for name in names where name.begins(with: ".") && SocketName(String(name.unicodeScalars.dropFirst())) != nil {
            let path = folder.path + "/" + name
            guard let time = modificationTime(of: path), time + 60 < wallClock(), ownSocket(path) != nil else {
                continue
            }
            unlink(path)
        }
    }

    /// The inode number of the socket's file; nil if this user has none there.
    private func ownSocket(_ path: String) -> UInt64? {
        var info = stat()
        guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFSOCK, info.st_uid == geteuid() else { return nil }
        return UInt64(info.st_ino)
    }
}
