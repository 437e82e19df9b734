import ArgumentParser
import Failures
import Folders
import JSON
import Linux
import Setup
import Text

struct Trust: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Approves a folder's .warder, so that entering the folder uses its profile.",
        discussion: """
            A .warder holds a profile's name, and never a command. It is approved as it is:
            changed or moved, it has to be approved again.

            examples:
              echo prod > .warder && warder trust
              warder trust ~/src/shop
              warder trust --list
            """)

    @OptionGroup var common: CommonOptions
    @Argument(
        help: "The folder, or its .warder; the one that rules in the present folder, if not given.",
        completion: .file())
    var path: String?
    @Flag(help: "Show what is trusted.")
    var list = false
    @Flag(help: "Show it as JSON.")
    var json = false

    func run() throws {
        let folders = try FolderRules(common.context())
        if list || json { return try show(folders) }
        guard let file = try path.map({ try folders.file(at: $0) }) ?? folders.ruling(in: ".") else {
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
        if json {
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

struct Distrust: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes the approval of a folder's .warder away.",
        discussion: "example: warder distrust ~/src/shop")

    @OptionGroup var common: CommonOptions
    @Argument(
        help: "The folder, or its .warder, which may be gone; the present folder's, if not given.",
        completion: .file())
    var path: String?

    func run() throws {
        let folders = try FolderRules(common.context())
        let path = try folders.location(path)
        guard try folders.store({ store throws(FolderError) in try store.distrust(path) }) else {
            throw Failure(
                .notFound, "\(folders.shown(path)) was not trusted", hint: "see what is: warder trust --list")
        }
        try printOut("no longer trusted: \(folders.shown(path))\n")
    }
}

/// The command that the shells' hooks call on entering a folder.
struct FolderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "folder",
        abstract: "Prints the profile and the path of the .warder that rules in a folder, with a tab between.",
        discussion: "It fails without a message where there is none, and with code 3 where it is not trusted.",
        shouldDisplay: false)

    @OptionGroup var common: CommonOptions
    @Flag(name: .customLong("shell-hook"), help: "A shell's hook asks.")
    var isHook = false
    @Argument(help: "The folder; the present one, if not given.", completion: .directory)
    var folder: String = "."

    func run() throws {
        let folders = try FolderRules(common.context())
        guard let file = try folders.ruling(in: folder) else { throw Failure.saidAlready(.other) }
        switch try folders.store({ store throws(FolderError) in try store.approval(of: file) }) {
        case .trusted: break
        case .changed: throw folders.untrusted(file, hasChanged: true)
        case .unknown: throw folders.untrusted(file, hasChanged: false)
        }
        try folders.check(file)
        try printOut(data: "\(file.profile)\t\(file.path)\n")
    }
}
