import Glibc
import Linux

/// All processes of this user that wait for an answer, and those that begin to. Used on one thread; nothing here blocks.
public final class Watcher {
    /// Connections at a time at most.
    static let connectionLimit = 256

    private let folder: AskingFolder
    private var changes: FolderChanges
    private var connections: [Connection] = []
    /// Those that had too many connections already, until their sockets are gone.
    private var crowded: Set<SocketName> = []
    private var nextLook: Deadline?

    /// Looks at the folder, which is made where it is missing, and connects to all who wait.
    public init(_ folder: AskingFolder) throws(HandOffError) {
        try folder.make()
        self.folder = folder
        changes = try FolderChanges(of: folder.path)
        look()
    }

    /// What to wait for (POLLIN) until `proceed` is called.
    public var descriptors: [Int32] { [changes.descriptor] + connections.map(\.descriptor) }

    /// When `proceed` is to be called though nothing came; nil for never.
    public var wakeup: Deadline? { nextLook }

    /// Those that wait for an answer, the one that has waited longest first.
    public var waiting: [Connection] {
        connections.filter { $0.enquiry != nil }.sorted { a, b in
            guard let a = a.enquiry, let b = b.enquiry else { return false }
            return (a.since, a.process) < (b.since, b.process)
        }
    }

    /// Takes what happened since it was called last.
    public func proceed() -> [(Connection, Connection.Event)] {
        if changes.take() || nextLook?.hasPassed == true { look() }
        var events: [(Connection, Connection.Event)] = []
        for connection in connections { events += connection.listen().map { (connection, $0) } }
        for case (let connection, .gone(let isCrowded)) in events {
            connections.removeAll { $0 === connection }
            // It may be back under its name already, which this connection has kept from being looked at.
            if isCrowded { crowded.insert(connection.name) } else { nextLook = .after(milliseconds: 200) }
        }
        return events
    }

    /// Waits until everybody has said what is wanted, and not longer: somebody may be stopped.
    public func settle(until deadline: Deadline) {
        while !deadline.hasPassed {
            _ = proceed()
            if connections.allSatisfy(\.isKnown) && nextLook == nil { return }
            wait(for: descriptors, until: nextLook.map { min($0, deadline) } ?? deadline)
        }
    }

    /// Connects to those who are new, and removes the sockets that the dead left.
    private func look() {
        nextLook = nil
        if !changes.isAlive {
            // The folder itself was removed, and those in it with it.
            guard (try? folder.make()) != nil, let again = try? FolderChanges(of: folder.path) else {
                nextLook = .after(milliseconds: 1000)
                return
            }
            changes = again
        }
        guard (try? folder.check()) != nil, let names = try? names(inFolder: folder.path) else {
            nextLook = .after(milliseconds: 1000)
            return
        }
        removeHidden(names)
        let found = names.compactMap { SocketName($0) }
        crowded.formIntersection(found)
        let known = Set(connections.map(\.name)).union(crowded)
        for name in found where !known.contains(name) && connections.count < Self.connectionLimit { connect(to: name) }
    }

    private func connect(to name: SocketName) {
        let path = name.path(in: folder)
        guard let before = ownSocket(path) else { return }
        do throws(SystemError) {
            let socket = try LocalSocket.connect(to: path)
            if let connection = Connection(socket, name, user: geteuid()) { connections.append(connection) }
        } catch {
            switch error.code {
            // The same one still: the name may have been given to a new socket meanwhile.
            case ECONNREFUSED: if ownSocket(path) == before { unlink(path) }
            case EAGAIN: nextLook = .after(milliseconds: 200)
            default: break
            }
        }
    }

    /// Removes what somebody left who died before his socket got its name; that takes others a moment, not a minute.
    private func removeHidden(_ names: [String]) {
        for name in names where name.hasPrefix(".") && SocketName(String(name.dropFirst())) != nil {
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

/// Word that something has come into a folder or gone. The corresponding manual page is inotify(7).
private final class FolderChanges {
    private let events: Descriptor
    /// The folder is there still.
    private(set) var isAlive = true

    init(of path: String) throws(HandOffError) {
        let number = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard number >= 0 else { throw .watching(SystemError(call: "inotify_init1", path: path, code: errno)) }
        events = Descriptor(owning: number, path: path)
        let wanted = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR
        guard inotify_add_watch(number, path, UInt32(wanted)) >= 0 else {
            throw .watching(SystemError(call: "inotify_add_watch", path: path, code: errno))
        }
    }

    var descriptor: Int32 { events.number }

    /// Whether there was any; which ones does not matter, since the folder is read anew.
    func take() -> Bool {
        var hasAny = false
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while let count = try? events.read(into: buffer), count > 0 {
                hasAny = true
                note(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        return hasAny
    }

    private func note(_ events: UnsafeRawBufferPointer) {
        let size = MemoryLayout<inotify_event>.size
        var offset = 0
        while offset + size <= events.count {
            let event = events.load(fromByteOffset: offset, as: inotify_event.self)
            if event.mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED) != 0 { isAlive = false }
            offset += size + Int(event.len)
        }
    }
}
