import Foundation
import Linux
import Prompt
import Secrets

@testable import RemotePrompts

/// A runtime folder of the test's own.
final class Runtime {
    let path: String
    let folder: PromptFolder

    init() throws {
        path = "/tmp/warder-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        folder = try PromptFolder(runtime: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What stands in the folder, but for the file of those who watch.
    var sockets: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0 != "watching" }.sorted()
    }

    var socketPath: String { folder.path + "/" + (sockets.first ?? "") }
}

/// Answers `yes`, `no`, `dismiss`, or with a code; whether it could be sent.
func give(_ text: String, to connection: WaiterConnection) -> Bool {
    switch text {
    case "yes": return connection.answer(.yes)
    case "no": return connection.answer(.no)
    case "dismiss": return connection.answer(.dismissal)
    default:
        var bytes = SecretBytes(capacity: 64)
        bytes.append(text)
        return connection.answer(.code(bytes))
    }
}

/// What `proceed` gave, as text.
func said(_ reply: consuming PromptAnswer?) -> String? {
    switch consume reply {
    case nil: nil
    case .some(.yes): "yes"
    case .some(.no): "no"
    case .some(.code(let code)): code.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension RemotePrompt {
    /// Waits for the next answer, as the race does; nil at the end of `seconds`.
    func answer(within seconds: Int64 = 20) throws(PromptChannelError) -> String? {
        let limit = Deadline.after(milliseconds: seconds * 1000)
        while !limit.hasPassed {
            if let text = said(try proceed()) { return text }
            wait(for: descriptors, until: wakeup.map { min($0, limit) } ?? limit)
        }
        return nil
    }

    /// Takes what is there, as often as there is something.
    func drain() throws(PromptChannelError) {
        for _ in 0..<50 {
            _ = try proceed()
            wait(for: descriptors, until: .after(milliseconds: 2))
        }
    }
}

extension Watcher {
    /// Takes what happens until `event` did; what happened on the way.
    func wait(
        for event: WaiterConnection.Event, serving remotePrompt: RemotePrompt? = nil
    ) throws -> [WaiterConnection.Event] {
        let limit = Deadline.after(milliseconds: 20_000)
        var all: [WaiterConnection.Event] = []
        while !limit.hasPassed {
            all += proceed().map(\.1)
            if all.contains(event) { return all }
            _ = try remotePrompt?.proceed()
            let soon = Deadline.after(milliseconds: 100)
            Linux.wait(
                for: descriptors + (remotePrompt?.descriptors ?? []), until: wakeup.map { min($0, soon) } ?? soon)
        }
        throw Missing(event: event, seen: all)
    }
}

struct Missing: Error {
    let event: WaiterConnection.Event
    let seen: [WaiterConnection.Event]
}

let request = PromptRequest(
    .code, profile: "prod", device: "arn:aws:iam::111111111111:mfa/alice", caller: "terraform (4711) in ~/infra")
