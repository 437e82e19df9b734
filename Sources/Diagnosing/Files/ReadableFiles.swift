import Failures
import Glibc
import Linux
import Profiles
import Setup
import Text

/// Whether the AWS files and warder's settings can be read at all.
enum ReadableFiles: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        switch subject.awsFiles {
        case .success(let files): for fault in files.faults { diagnosis.add(finding(fault, subject)) }
        case .failure(let failure): diagnosis.add(Finding(failure, why: why, .run("export HOME=~")))
        }
        // Of the machine's settings, `MachineRules` tells.
        if case .failure(let failure) = subject.settings, !MachineRules.isOfMachine(failure, subject.context) {
            diagnosis.add(settings(failure, subject.context.paths.settings))
        }
    }

    private static func settings(_ failure: Failure, _ path: String) -> Finding {
        let why = "until this is fixed, every command that needs warder's settings fails"
        do throws(FileError) { _ = try readFileAtHand(path, limit: 1 << 20) } catch {
            return Finding(
                "unreadable_file", .broken, at: path, failure.message, why: why, remedy(error, path, choosing: nil))
        }
        return Finding(failure, in: path, why: why, remedy(ofSettings: failure, path))
    }

    private static let why = "until this is fixed, neither warder nor SDKs can use your profiles"

    private static func finding(_ fault: AWSFiles.Fault, _ subject: Subject) -> Finding {
        switch fault {
        case .unreadable(let path, let kind, let error):
            let name = kind == .config ? "the config file" : "the credentials file"
            let variable = kind == .config ? "AWS_CONFIG_FILE" : "AWS_SHARED_CREDENTIALS_FILE"
            let isChosen = subject.context.environment.nonEmpty(variable) != nil
            return Finding(
                "unreadable_file", .broken, at: path, Failure(error, name).message, why: why,
                remedy(error, path, choosing: isChosen ? variable : nil))
        case .broken(let error, let kind, let repair):
            let failure = Failure(error, sections: kind == .config ? "like [profile NAME]" : "like [NAME]")
            return Finding(failure, why: why, remedy(error, repair))
        }
    }

    private static func remedy(_ error: ProfileError, _ repair: BrokenLine.Repair?) -> Remedy {
        switch (error, repair, error.origin) {
        case (.utf16(let path, let encoding), _, _): return .run(encoding.conversion(of: path))
        case (_, .some(let repair), .some(let origin)): return .run(repair.command(error, at: origin))
        case (.fileTooLarge(let path), _, _): return .run("ls -lL \(shellWord(path))")
        default: return .run("warder list")
        }
    }

    private static func remedy(_ error: FileError, _ path: String, choosing variable: String?) -> Remedy {
        let file = shellWord(path)
        guard case .system(let error) = error else { return .run("ls -lL \(file)") }
        switch error.code {
        case EISDIR: return .run(variable.map { "unset \($0)" } ?? "mv \(file) \(shellWord(path + ".folder"))")
        case ELOOP: return .run("rm \(file)")
        case EACCES: return access(to: path)
        default: return .run("ls -lL \(file)")
        }
    }

    /// Lets this user read the file, or go through the folder that is closed.
    private static func access(to path: String) -> Remedy {
        var closed = path
        while FileAccess(at: closed) == nil, let above = folder(ofPath: closed), !above.isEmpty { closed = above }
        guard let access = FileAccess(at: closed), access.isOwn else {
            return .run("sudo chown \"$(id -un)\" \(shellWord(closed))")
        }
        return .fix(.mode(path: closed, to: access.mode & ~0o022 | (access.isFolder ? 0o700 : 0o600)))
    }

    /// Takes the line out: without it, the setting has its default.
    private static func remedy(ofSettings failure: Failure, _ path: String) -> Remedy {
        if let converting = failure.command { return .run(converting) }
        let number = failure.origin.flatMap { $0.utf8.split(separator: UInt8(ascii: ":")).last }
        guard let line = number.flatMap({ Int(String(Substring($0))) }) else {
            return .run("ls -lL \(shellWord(path))")
        }
        return .run(LineEdit.comment(line...line, of: path))
    }
}

extension Finding {
    /// A failure that commands meet.
    ///
    /// - Parameter path: the file that it is about.
    init(_ failure: Failure, in path: String? = nil, why: String, _ remedy: Remedy) {
        let place = failure.origin ?? path
        let message = failure.origin.flatMap { failure.message.removingPrefix($0 + ": ") }.map(String.init)
        self.init(
            failure.fault ?? "bad_setting", .broken, at: place, message ?? failure.message, why: why, remedy)
    }
}
