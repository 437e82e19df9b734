import ArgumentParser
import Chains
import Glibc
import Profiles
import Text

struct Adopt: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Points profiles at warder, so that every SDK asks it for their credentials.",
        discussion: """
            In ~/.aws/config, what SDKs would act on (role_arn, source_profile, sso_session
            and the like) gets a warder_ before its name, which hides it from them, and
            credential_process is added, under a comment that notes what was changed, for
            --undo to take back. Every other byte stays as it is.

            examples:
              warder adopt prod audit
              warder adopt --all --dry-run      show what would change, as a diff
              warder adopt --undo prod          take it back
            """)

    @OptionGroup var common: CommonOptions
    @Flag(help: "Take back what adopt changed, to the byte.")
    var undo = false
    @Flag(name: .customLong("dry-run"), help: "Show what would change, and change nothing.")
    var dryRun = false
    @Flag(help: "Every profile with a role or IAM Identity Center; with --undo, every adopted one.")
    var all = false
    @Argument(help: "The profiles.", completion: .custom(completeProfiles))
    var profiles: [String] = []

    func run() throws {
        guard all == profiles.isEmpty else {
            throw Failure(
                .usage, all ? "--all is given, and profiles too" : "no profile is named",
                hint: undo
                    ? "warder adopt --undo PROFILE, or warder adopt --undo --all"
                    : "warder adopt PROFILE, or warder adopt --all")
        }
        let context = try common.context()
        if dryRun {
            let plan = try plan(context)
            if let config = plan.config, !plan.edits.isEmpty { try show(config.difference(plan.edits), context) }
            return try plan.finish(context, isWritten: false)
        }
        let rewrite = try ConfigRewrite(context)
        let plan = try plan(context)
        if let config = plan.config, !plan.edits.isEmpty {
            try rewrite.replace(config, at: config.path, with: config.edited(plan.edits))
        }
        for name in plan.changed { note("\(name) \(undo ? "asks warder no more" : "asks warder from now on")") }
        try plan.finish(context, isWritten: true)
    }

    private func plan(_ context: Context) throws(Failure) -> AdoptionPlan {
        let files = try ProfileLoading(context).profiles()
        do throws(Failure) {
            return try AdoptionPlan(
                files, names: all ? nil : profiles, undoes: undo, program: ownPath(context),
                context.environment)
        } catch { throw error.lookedIn(context) }
    }

    private func show(_ lines: [String], _ context: Context) throws(Failure) {
        let environment = context.environment
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let isColoured = isTerminal && environment.nonEmpty("NO_COLOR") == nil && environment["TERM"] != "dumb"
        var all: Shown = ""
        for line in lines {
            let isOfWindows = line.utf8.last == UInt8(ascii: "\r")
            let words = isOfWindows ? String(line.unicodeScalars.dropLast()) : line
            let text = words.split(separator: "\t", omittingEmptySubsequences: false).map { Shown(String($0)) }
            let shown = text.dropFirst().reduce(text[0]) { $0 + "\t" + $1 }
            // A terminal needs no line end of Windows.
            let end: Shown = isOfWindows && !isTerminal ? "\r\n" : "\n"
            all += (isColoured ? Self.coloured(shown, as: line) : shown) + end
        }
        try printOut(all)
    }

    /// As `git diff` has it.
    private static func coloured(_ shown: Shown, as line: String) -> Shown {
        let code =
            switch line.utf8.first {
            case _ where line.begins(with: "--- ") || line.begins(with: "+++ "): "1"
            case UInt8(ascii: "@"): "36"
            case UInt8(ascii: "-"): "31"
            case UInt8(ascii: "+"): "32"
            default: "0"
            }
        return "\u{1b}[\(code)m\(shown)\u{1b}[0m"
    }
}

extension Failure {
    init(_ error: EditingError) {
        switch error {
        case .noSuchProfile(let name):
            self.init(
                .notFound, "there is no profile named \(name)", hint: "run warder list, or add it to ~/.aws/config")
        case .passedOver(let name, let origin): self.init(passedOver: name, origin)
        case .misnamed(let name, let section): self.init(misnamed: name, section)
        case .onlyInCredentials(let profile, let origin):
            self.init(
                origin, "\(profile) stands in the credentials file alone",
                hint: "add a section [profile \(profile)] to the config file")
        case .plaintextKey(let origin):
            self.init(
                origin, "a key in plain text, which SDKs take without asking warder",
                hint: "store it with warder add, then take its lines away there")
        case .inCredentials(let key, let origin):
            self.init(
                origin, "\(key) stands in the credentials file, where it beats the config file's",
                hint: "move it to the config file, or take it away")
        case .twin(let key, let origin, let own):
            let place = own.path.isSame(as: origin.path) ? "line \(own.line)" : "\(own.path):\(own.line)"
            self.init(
                origin, "\(key) stands beside the warder_\(key) of \(place): one counts for SDKs, the other for warder",
                hint: "keep one of them")
        case .twoPrograms(let origin):
            self.init(origin, "credential_process stands beside another that asks warder", hint: "keep one of them")
        case .anotherProfile(let asked, let origin):
            self.init(
                origin, "credential_process asks warder for \(asked)",
                hint: "name the profile itself there, or use warder_source_profile = \(asked)")
        case .includedProgram(let origin):
            self.init(
                origin, "this credential_process is included by another profile, and would be hidden there",
                hint: "write it into that profile, as warder_credential_process")
        case .unusableName(let name):
            self.init(
                .badConfig, "no SDK can ask warder for \(name), which looks like an option", hint: "rename the profile")
        case .unusableProgram(let path):
            self.init(
                .other, "no SDK can call warder at \(path)",
                hint: "install it under the name of warder, at a path of letters, digits and _./+-@%,=:")
        }
    }

    private init(_ origin: Origin, _ message: String, hint: String) {
        self.init(.badConfig, "\(origin.path):\(origin.line): \(message)", hint: hint)
    }
}
