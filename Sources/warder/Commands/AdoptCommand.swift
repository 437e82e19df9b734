import Adopting
import Arguments
import Chains
import Failures
import Glibc
import Profiles
import Setup
import Text

struct Adopt: Command {
    static let name = "adopt"
    static let all = Flag("all", "Every profile with a role or IAM Identity Center; with --undo, every adopted one.")
    static let undo = Flag("undo", "Take back what adopt changed, to the byte.")
    static let dryRun = Flag("dry-run", "Show what would change, and change nothing.")
    static var description: CommandDescription {
        CommandDescription(
            "Points profiles at warder, so that every SDK asks it for their credentials.",
            """
            In ~/.aws/config, what SDKs would act on (role_arn, source_profile, sso_session
            and the like) gets a warder_ before its name, which hides it from them, and
            credential_process is added, under a comment that notes what was changed, for
            --undo to take back. Every other byte stays as it is.

            examples:
              warder adopt prod audit
              warder adopt --all --dry-run      show what would change, as a diff
              warder adopt --undo prod          take it back
            """,
            [Shared.profiles, all, undo, dryRun, Shared.noPrompt])
    }

    let given: Given
    private var profiles: [String] { given[Shared.profiles] }
    private var all: Bool { given[Self.all] }
    private var undo: Bool { given[Self.undo] }

    func run() throws {
        guard all == profiles.isEmpty else {
            throw Failure(
                .usage, all ? "--all is given, and profiles too" : "no profile is named",
                hint: undo
                    ? "warder adopt --undo PROFILE, or warder adopt --undo --all"
                    : "warder adopt PROFILE, or warder adopt --all")
        }
        let context = try given.context()
        if given[Self.dryRun] {
            let plan = try plan(context)
            if let config = plan.config, !plan.edits.isEmpty { try show(config.difference(plan.edits), context) }
            return try plan.finish(isWritten: false)
        }
        let rewrite = try ConfigRewrite(context)
        let plan = try plan(context)
        if let config = plan.config, !plan.edits.isEmpty {
            try rewrite.replace(config, at: config.path, with: config.edited(plan.edits))
        }
        for name in plan.changed { note("\(name) \(undo ? "asks warder no more" : "asks warder from now on")") }
        try plan.finish(isWritten: true)
    }

    private func plan(_ context: Context) throws(Failure) -> AdoptionPlan {
        let files = try ProfileLoading(context).profiles()
        do throws(Failure) {
            return try AdoptionPlan(context, files, names: all ? nil : profiles, undoes: undo)
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
            // A terminal does not need Windows line ends.
            let end: Shown = isOfWindows && !isTerminal ? "\r\n" : "\n"
            all += (isColoured ? Self.coloured(shown, as: line) : shown) + end
        }
        try printOut(all)
    }

    /// Colours as in `git diff`.
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
