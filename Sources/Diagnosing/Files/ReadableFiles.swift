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
        case .success(let files): for fault in files.faults { diagnosis.add(finding(fault)) }
        case .failure(let failure): diagnosis.add(Finding(failure, why: why, .run("export HOME=~")))
        }
        if case .failure(let failure) = subject.settings {
            let path = subject.context.paths.settings
            diagnosis.add(
                Finding(
                    failure, in: path, why: "no command that needs warder's settings works until then",
                    remedy(ofSettings: failure, path)))
        }
    }

    private static let why = "no command and no program gets credentials until then"

    private static func finding(_ fault: AWSFiles.Fault) -> Finding {
        switch fault {
        case .unreadable(let path, let kind, let error):
            let name = kind == .config ? "the config file" : "the credentials file"
            return Finding(
                "unreadable_file", .broken, at: path, Failure(error, name).message, why: why, remedy(error, path))
        case .broken(let error, let kind, let repair):
            let failure = Failure(error, sections: kind == .config ? "like [profile NAME]" : "like [NAME]")
            return Finding(failure, why: why, remedy(error, repair))
        }
    }

    private static func remedy(_ error: ProfileError, _ repair: BrokenLine.Repair?) -> Remedy {
        switch (error, repair, error.origin) {
        case (.utf16(let path, let encoding), _, _):
            let (old, new) = (shellWord(path), shellWord(path + ".new"))
            return .run(
                "(umask 077; iconv -f \(encoding.rawValue) -t UTF-8 \(old) > \(new)) && cat \(new) > \(old) && rm \(new)")
        case (_, .some(let repair), .some(let origin)): return .run(repair.command(at: origin))
        case (.fileTooLarge(let path), _, _): return .run("ls -lL \(shellWord(path))")
        default: return .run("warder list")
        }
    }

    private static func remedy(_ error: FileError, _ path: String) -> Remedy {
        let file = shellWord(path)
        guard case .system(let error) = error else { return .run("ls -lL \(file)") }
        switch error.code {
        case EISDIR: return .run("mv \(file) \(shellWord(path + ".folder"))")
        case ELOOP: return .run("rm \(file)")
        case EACCES:
            if let access = FileAccess(at: path), access.isOwn { return .fix(.mode(path: path, to: access.mode | 0o600)) }
            return .run("sudo chown \(shellWord(userName())) \(file)")
        default: return .run("ls -lL \(file)")
        }
    }

    /// Takes the line out: without it, the setting has its default.
    private static func remedy(ofSettings failure: Failure, _ path: String) -> Remedy {
        guard let line = failure.placed(in: path).line else { return .run("ls -lL \(shellWord(path))") }
        return .run(LineEdit.comment(line...line, of: path))
    }
}

extension Finding {
    /// A failure that commands meet.
    ///
    /// - Parameter path: the file that it is about.
    init(_ failure: Failure, in path: String? = nil, why: String, _ remedy: Remedy) {
        var (place, message) = (failure.origin ?? path, failure.message)
        if let origin = failure.origin, let rest = message.removingPrefix(origin + ": ") {
            message = String(rest)
        } else if let path {
            let (line, rest) = failure.placed(in: path)
            if let line { (place, message) = ("\(path):\(line)", rest) }
        }
        self.init(failure.fault ?? "bad_setting", .broken, at: place, message, why: why, remedy)
    }
}

extension Failure {
    /// The line of the file at `path` that its message begins with, and the rest of the message.
    fileprivate func placed(in path: String) -> (line: Int?, message: String) {
        guard let rest = message.removingPrefix(path + ":") else { return (nil, message) }
        let digits = rest.prefix { ("0"..."9").contains($0) }
        guard let line = Int(digits), let message = String(rest.dropFirst(digits.count)).removingPrefix(": ") else {
            return (nil, message)
        }
        return (line, String(message))
    }
}
