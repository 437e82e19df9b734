import Arguments
import Failures
import Folders
import JSON
import Linux
import Setup
import Text

struct Trust: Command {
    static let name = "trust"
    static let path = OptionalOperand(
        "path", .file, "The folder, or its .warder; the one that rules in the present folder, if not given.")
    static let list = Flag("list", "Show what is trusted; with --json as JSON.")
    static var description: CommandDescription {
        CommandDescription(
            "Approves a folder's .warder, so that entering the folder uses its profile.",
            """
            A .warder holds a profile's name, and never a command. It is approved as it is:
            changed or moved, it has to be approved again.

            examples:
              echo prod > .warder && warder trust
              warder trust ~/src/shop
              warder trust --list
            """,
            [path, list, Shared.json, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let folders = try FolderRules(given.context())
        if given[Self.list] || given[Shared.json] { return try show(folders) }
        guard let file = try given[Self.path].map({ try folders.file(at: $0) }) ?? folders.ruling(in: ".") else {
            throw Failure(.notFound, "there is no .warder here", hint: "write one: echo PROFILE > .warder")
        }
        try folders.check(file)
        try folders.store { store throws(FolderError) in try store.trust(file) }
        try printOut("trusted: \(folders.shown(file.path)) asks for profile \(file.profile)\n")
    }

    private func show(_ folders: FolderRules) throws(Failure) {
        let entries = try folders.store { store throws(FolderError) in try store.entries() }
        let rows = entries.map { entry -> (path: String, profile: String?, state: String) in
            let folder = String(entry.path.dropLast(FolderFile.name.count))
            let file = (try? FolderFile(inFolder: folder)) ?? nil
            switch folders.trusted.approval(of: entry, now: file) {
            case .trusted: return (entry.path, file?.profile, "trusted")
            case .changed: return (entry.path, file?.profile, "changed")
            case .unknown: return (entry.path, nil, "gone")
            }
        }
        if given[Shared.json] {
            let objects = rows.map { row in
                JSONValue.object([
                    ("path", .string(row.path)), ("profile", .optional(row.profile)), ("state", .string(row.state)),
                ])
            }
            return try printOut(data: JSONValue.array(objects).text() + "\n")
        }
        guard !rows.isEmpty else { return note("nothing is trusted") }
        let cells = rows.map { [folders.shown($0.path), $0.profile ?? "-", $0.state] }
        try printOut(table(["FILE", "PROFILE", "STATE"], cells))
    }
}

struct Distrust: Command {
    static let name = "distrust"
    static let path = OptionalOperand(
        "path", .file, "The folder, or its .warder, which may be gone; the present folder's, if not given.")
    static var description: CommandDescription {
        CommandDescription(
            "Revokes the approval of a folder's .warder.",
            "example: warder distrust ~/src/shop",
            [path, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let folders = try FolderRules(given.context())
        let path = try folders.location(given[Self.path])
        guard try folders.store({ store throws(FolderError) in try store.distrust(path) }) else {
            throw Failure(
                .notFound, "\(folders.shown(path)) was not trusted", hint: "see what is: warder trust --list")
        }
        try printOut("no longer trusted: \(folders.shown(path))\n")
    }
}

/// The command that the shells' hooks call on entering a folder.
struct FolderCommand: Command {
    static let name = "folder"
    static let folder = OptionalOperand("folder", .folder, "The folder; the present one, if not given.")
    static let isHook = Flag("shell-hook", "A shell's hook asks.")
    static var description: CommandDescription {
        CommandDescription(
            "Prints the profile and the path of the .warder that rules in a folder, with a tab between.",
            """
            It fails without a message where there is none, and with code 3 where it is
            not trusted.
            """,
            [folder, isHook, Shared.noPrompt],
            isHidden: true)
    }

    let given: Given

    func run() throws {
        let folders = try FolderRules(given.context())
        guard let file = try folders.ruling(in: given[Self.folder] ?? ".") else { throw Failure.saidAlready(.other) }
        switch try folders.store({ store throws(FolderError) in try store.approval(of: file) }) {
        case .trusted: break
        case .changed: throw folders.untrusted(file, hasChanged: true)
        case .unknown: throw folders.untrusted(file, hasChanged: false)
        }
        try folders.check(file)
        try printOut(data: "\(file.profile)\t\(file.path)\n")
    }
}
