import Secrets

/// How far the rotation of a stored key has come: what is noted with the key before each step, so that the next run can
/// finish, or take back, what an interrupted one began.
public enum KeyRotation: Equatable, Sendable {
    /// AWS may have been asked for a new key. One that it made between these times, that was not among the keys before,
    /// is one whose secret was lost.
    ///
    /// - Parameters:
    ///   - since: AWS's time before the first request, in seconds since 1970.
    ///   - until: AWS's time before the last request.
    ///   - before: the ids of the user's keys before the first request.
    case requested(since: UInt64, until: UInt64, before: [String])
    /// The new key is stored with the old one, which is still in use.
    ///
    /// - Parameter createdAt: by AWS's clock, in seconds since 1970.
    case created(accessKeyID: String, createdAt: UInt64)
    /// AWS never accepted the new key, which is to be deleted there.
    case discarding(accessKeyID: String)
    /// The new key is in use. The old one is to be deactivated at AWS from this time on, and then deleted.
    ///
    /// - Parameters:
    ///   - retireAt: in seconds since 1970.
    ///   - keeps: it is only deactivated.
    case replaced(accessKeyID: String, retireAt: UInt64, keeps: Bool)
    /// The rotation is done; the old key is inactive at AWS, and in the way of the next rotation.
    case kept(accessKeyID: String)
    /// A newer version of warder wrote it.
    case unknown
}

extension KeyRotation {
    /// The key at AWS besides the stored one, if its id is known.
    public var otherKey: String? {
        switch self {
        case .created(let id, _), .discarding(let id), .replaced(let id, _, _), .kept(let id): id
        case .requested, .unknown: nil
        }
    }

    /// From when on the next run has something to finish, in seconds since 1970, 0 for now; nil where it has nothing.
    public var unfinishedFrom: Int64? {
        switch self {
        case .requested, .created, .discarding: 0
        case .replaced(_, let retireAt, _): Int64(clamping: retireAt)
        case .kept, .unknown: nil
        }
    }

    /// The line that is stored.
    ///
    /// - Parameter secret: the new key's, which belongs to `created` alone.
    borrowing func line(secret: borrowing SecretBytes?) -> SecretBytes {
        var line = SecretBytes(capacity: 256)
        switch self {
        case .requested(let since, let until, let before):
            line.append((["requested", String(since), String(until)] + before).joined(separator: " "))
        case .created(let id, let createdAt):
            line.append("created \(id) \(createdAt) ")
            switch secret {
            case .some(let secret): line.append(secret)
            case .none: break
            }
        case .discarding(let id): line.append("discarding \(id)")
        case .replaced(let id, let retireAt, let keeps):
            line.append("replaced \(id) \(retireAt)\(keeps ? " keep" : "")")
        case .kept(let id): line.append("kept \(id)")
        case .unknown: break
        }
        return line
    }

    /// Reads a stored line; `unknown` where this version cannot.
    init(line: UnsafeRawBufferPointer) {
        self = Self.read(line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)) ?? .unknown
    }

    private static func read(_ words: [Slice<UnsafeRawBufferPointer>]) -> KeyRotation? {
        // Read one by one, so that the secret does not become a `String`.
        func text(_ index: Int) -> String? {
            guard index < words.count, !words[index].isEmpty, words[index].allSatisfy({ (0x21...0x7e).contains($0) })
            else { return nil }
            return String(decoding: words[index], as: UTF8.self)
        }
        func time(_ index: Int) -> UInt64? { text(index).flatMap { UInt64($0) } }
        guard let kind = text(0) else { return nil }
        switch (kind, words.count) {
        case ("requested", 3...):
            let before = (3..<words.count).compactMap { text($0) }
            guard let since = time(1), let until = time(2), before.count == words.count - 3 else { return nil }
            return .requested(since: since, until: until, before: before)
        case ("created", 4):
            guard let id = text(1), let createdAt = time(2), !words[3].isEmpty else { return nil }
            return .created(accessKeyID: id, createdAt: createdAt)
        case ("discarding", 2): return text(1).map { .discarding(accessKeyID: $0) }
        case ("replaced", 3), ("replaced", 4):
            guard let id = text(1), let retireAt = time(2), words.count == 3 || text(3) == "keep" else { return nil }
            return .replaced(accessKeyID: id, retireAt: retireAt, keeps: words.count == 4)
        case ("kept", 2): return text(1).map { .kept(accessKeyID: $0) }
        default: return nil
        }
    }
}

extension AccessKeySummary {
    /// The ids of the keys at AWS that belong to it: its own and, if its rotation left another, that one's.
    public var keysAtAWS: [String] { [accessKeyID] + (rotation?.otherKey.map { [$0] } ?? []) }

    /// A run may have made one more, of which nothing but the next run can tell.
    public var mayHaveUnknownKey: Bool {
        switch rotation {
        case .requested, .unknown: true
        default: false
        }
    }

    /// The same key, as far in its rotation as `rotation` says.
    public func noting(_ rotation: KeyRotation?) -> AccessKeySummary {
        var summary = self
        summary.rotation = rotation
        return summary
    }
}

extension AccessKeyRecord {
    /// How far the key's rotation has come; nil where none was begun.
    public var rotation: KeyRotation? { summary.rotation }

    /// Notes how far the key's rotation has come.
    ///
    /// - Parameter secret: the new key's, which belongs to `created` alone.
    public mutating func note(_ rotation: KeyRotation?, secret: borrowing SecretBytes? = nil) {
        rotationLine = rotation?.line(secret: secret)
    }

    /// The secret of the new key, from when that is stored until it takes the old one's place.
    public borrowing func newSecret() -> SecretBytes? {
        guard case .created = summary.rotation else { return nil }
        switch rotationLine {
        case .some(let line):
            var start = line.count
            while start > 0, line[start - 1] != UInt8(ascii: " ") { start -= 1 }
            return line.copy(start..<line.count)
        case .none: return nil
        }
    }

    /// Puts the new key in the old one's place, with a note to retire the old one at AWS.
    ///
    /// - Returns: whether there was a new key.
    public mutating func replaceKey(retireAt: UInt64, keeps: Bool) -> Bool {
        guard case .created(let id, let createdAt) = summary.rotation, let new = newSecret() else { return false }
        let old = summary.accessKeyID
        secret = new
        (summary.accessKeyID, summary.createdAt) = (id, createdAt)
        note(.replaced(accessKeyID: old, retireAt: retireAt, keeps: keeps))
        return true
    }
}
