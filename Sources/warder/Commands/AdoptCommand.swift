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
                hint: "warder adopt PROFILE, or warder adopt --all")
        }
        let context = try common.context()
        if dryRun {
            let plan = try plan(context)
            if let config = plan.config, !plan.edits.isEmpty { try show(config.difference(plan.edits), context) }
            return try finish(plan)
        }
        let rewrite = try ConfigRewrite(context)
        let plan = try plan(context)
        if let config = plan.config, !plan.edits.isEmpty {
            try rewrite.replace(config, at: config.path, with: config.edited(plan.edits))
        }
        for name in plan.changed { note("\(name) \(undo ? "asks warder no more" : "asks warder from now on")") }
        try finish(plan)
    }

    /// What is to be done.
    private struct Plan {
        let config: ProfileFile?
        var edits: [Edit] = []
        var changed: [String] = []
        var unchanged: [String] = []
        /// With --all: what keeps others from being changed.
        var refused: [Failure] = []
    }

    /// Checks everything, before anything is written.
    private func plan(_ context: Context) throws(Failure) -> Plan {
        let loaded = try ProfileLoading(context).profiles()
        let files = all ? loaded.indexed() : loaded
        let program = ownPath(context)
        var plan = Plan(config: files.config)
        for name in names(in: files) {
            let edits: [Edit]
            do throws(Failure) { edits = try self.edits(name, files, program) } catch {
                guard all else { throw error }
                plan.refused.append(error)
                continue
            }
            plan.edits += edits
            if edits.isEmpty { plan.unchanged.append(name) } else { plan.changed.append(name) }
        }
        plan.edits = plan.edits.inOrder
        return plan
    }

    /// Says what was left as it is, and why.
    private func finish(_ plan: Plan) throws(Failure) {
        for failure in plan.refused.dropLast() { failure.show() }
        if let failure = plan.refused.last { throw failure }
        if all, plan.changed.isEmpty { note("there is no profile to \(undo ? "undo" : "adopt")") }
        for name in plan.unchanged where !all {
            note("\(name) \(undo ? "is not adopted" : "asks warder already"): nothing to change")
        }
    }

    /// The profiles that are meant, each once.
    private func names(in files: ProfileSet) -> [String] {
        var seen: Set<String> = []
        guard all else { return profiles.filter { seen.insert($0).inserted } }
        return files.profileNames.filter { name in
            guard let profile = files.profile(name), profile.origin.path == files.config?.path else { return false }
            if undo { return files.isAdopted(name) }
            return ["role_arn", "sso_session", "sso_start_url"].contains {
                profile.origin(of: $0) != nil || profile.origin(of: "warder_" + $0) != nil
            }
        }
    }

    private func edits(_ name: String, _ files: ProfileSet, _ program: String) throws(Failure) -> [Edit] {
        let edits: [Edit]
        do throws(EditingError) {
            if undo { return try files.releasing(name) }
            edits = try files.adopting(name, program: program)
        } catch { throw Failure(error) }
        // What warder cannot read would be of no use to any SDK from then on.
        do throws(ChainError) { _ = try Chain.resolve(name, in: files) { _ in true } } catch { throw Failure(error) }
        return edits
    }

    private func show(_ lines: [String], _ context: Context) throws(Failure) {
        let environment = context.environment
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let isColoured = isTerminal && environment.nonEmpty("NO_COLOR") == nil && environment["TERM"] != "dumb"
        let shown = lines.map { line in
            // A terminal needs no line end of Windows, and must not be sent what steers it.
            let text = isTerminal ? printable(line.hasSuffix("\r") ? String(line.dropLast()) : line) : line
            return (isColoured ? Self.coloured(text) : text) + "\n"
        }
        try printOut(shown.joined())
    }

    /// As `git diff` has it.
    private static func coloured(_ line: String) -> String {
        let code =
            switch line.utf8.first {
            case _ where line.hasPrefix("--- ") || line.hasPrefix("+++ "): "1"
            case UInt8(ascii: "@"): "36"
            case UInt8(ascii: "-"): "31"
            case UInt8(ascii: "+"): "32"
            default: "0"
            }
        return "\u{1b}[\(code)m\(line)\u{1b}[0m"
    }
}

extension Failure {
    init(_ error: EditingError) {
        switch error {
        case .noSuchProfile(let name):
            self.init(
                .notFound, "there is no profile named \(name)", hint: "run warder list, or add it to ~/.aws/config")
        case .passedOver(let name, let origin): self.init(passedOver: name, origin)
        case .onlyInCredentials(let profile, let origin):
            self.init(
                origin, "\(profile) stands in the credentials file alone",
                hint: "add a section [profile \(profile)] to the config file")
        case .plaintextKey(let origin):
            self.init(
                origin, "a key in plain text, which SDKs take without asking warder",
                hint: "store it with warder add, and take it away here")
        case .inCredentials(let key, let origin):
            self.init(
                origin, "\(key) stands in the credentials file, where it beats the config file's",
                hint: "move it to the config file, or take it away")
        case .twin(let key, let origin, let own):
            let place = own.path == origin.path ? "line \(own.line)" : "\(own.path):\(own.line)"
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
