import Chains
import Failures
import Issuing
import Linux
import Profiles
import Secrets
import Setup
import Stores
import Text

/// Refreshes every profile that asks warder: first, one key after another, the sessions that may need a prompt; then,
/// in parallel, everything that builds on them.
struct RefreshAll {
    private let context: Context
    private let keys: Keys
    private let issuer: (String) throws(Failure) -> Issuer

    /// The limit of parallel refreshes: each is a process and a request.
    private static let mostAtOnce = 8

    init(_ context: Context, _ keys: Keys, issuer: @escaping (String) throws(Failure) -> Issuer) {
        self.context = context
        self.keys = keys
        self.issuer = issuer
    }

    /// Prints a line for each profile as it finishes; fails with the exit code of the first profile that failed.
    func run() throws(Failure) {
        let names = try names()
        guard !names.isEmpty else {
            throw Failure(.notFound, "no profile asks warder", hint: "point profiles at it: warder adopt PROFILE")
        }
        var outcome = Outcome(width: names.map { printable($0).count }.max() ?? 0)
        var waiting: [String] = []
        var begun: [String: Bool] = [:]
        for name in names {
            do throws(Failure) {
                let issuer = try issuer(name)
                guard issuer.promptsOnlyInFirstStep else {
                    outcome.add(name, try issuer.refresh())
                    continue
                }
                let beginning = try issuer.beginning()
                if let hasBegun = begun[beginning] {
                    if hasBegun { waiting.append(name) } else { outcome.skip(name) }
                    continue
                }
                begun[beginning] = false
                let first = try issuer.refreshFirstStep()
                begun[beginning] = true
                if issuer.chain.stepCount > 1 { waiting.append(name) } else { outcome.add(name, first) }
            } catch { outcome.add(name, error) }
        }
        makeSessions(waiting, &outcome)
        reportKeysDue()
        if let failure = outcome.failure { throw .saidAlready(failure.code) }
    }

    /// Says which keys are due for rotation: at the day's beginning there is time for it.
    private func reportKeysDue() {
        // What cannot be seen here is for `status` and `list` to say.
        guard let settings = try? Settings.load(context), let index = try? keys.index() else { return }
        let (limit, now) = (settings.rotateAfter, wallClock())
        let ages = index.map { ($0.name, KeyAge(createdAt: $0.createdAt, now: now, limit: limit)) }
        if let line = lineOfKeysDue(ages, limit: limit) { note(line) }
        if let line = lineOfUnfinished(index.map { ($0.name, $0.unfinishedFrom) }, now: now) { note(line) }
    }

    /// The profiles whose own settings ask warder, in the order of the files.
    private func names() throws(Failure) -> [String] {
        let profiles = try ProfileLoading(context).profiles()
        var names: [String] = []
        for name in profiles.profileNames {
            do throws(ProfileError) {
                if try profiles.profile(name)?.asksWarder() == true { names.append(name) }
            } catch { throw Failure(error) }
        }
        return names
    }

    /// Makes each session in its own process, which does not prompt.
    private func makeSessions(_ names: [String], _ outcome: inout Outcome) {
        var rest = names[...]
        var running: [RunningRefresh] = []
        // On a signal, the running processes are ended first.
        var signals = BlockedSignals()
        defer { signals.release() }
        while !rest.isEmpty || !running.isEmpty {
            while running.count < Self.mostAtOnce, let name = rest.popFirst() {
                if let started = RunningRefresh(of: name) {
                    running.append(started)
                } else {
                    outcome.add(name, Failure(.other, "another warder cannot be started", hint: "try again"))
                }
            }
            wait(for: running.flatMap(\.descriptors) + [signals.descriptor], until: .after(milliseconds: 100))
            if signals.arePending {
                rest = (running.map(\.name) + rest)[...]
                running = []
                signals.release()
                signals = BlockedSignals()
            }
            running.removeAll { refresh in
                guard let exitStatus = refresh.proceed() else { return false }
                outcome.add(refresh, exitStatus)
                return true
            }
        }
    }
}

/// Another warder process that refreshes one profile.
private final class RunningRefresh {
    let name: String
    private var child: DetachedChild

    init?(of name: String) {
        self.name = name
        do throws(ChildError) {
            child = try DetachedChild(
                "/proc/self/exe", ["refresh", "--no-prompt", "--behind", "--", name], withheld: [], limit: 0)
        } catch { return nil }
    }

    var descriptors: [Int32] { child.descriptors }
    func proceed() -> ExitStatus? { child.proceed() }

    /// Its messages: each begins with `warder: `, and a hint may follow.
    var lines: [String] { child.messages.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) } }
}

/// The results so far, printed as they come.
private struct Outcome {
    let width: Int
    /// The first failure.
    private(set) var failure: Failure?

    init(width: Int) { self.width = width }

    func add(_ name: String, _ credentials: borrowing Credentials) { show(name, credentials.remainingTime) }

    mutating func add(_ name: String, _ failure: Failure) {
        show(name, abridged(printable(failure.message)))
        printMessage("hint: \(abridged(printable(failure.hint)))")
        if self.failure == nil { self.failure = failure }
    }

    func skip(_ name: String) { show(name, "left out: it begins as one above that failed") }

    mutating func add(_ refresh: RunningRefresh, _ exitStatus: ExitStatus) {
        // Notes may come before the outcome.
        let outcome = refresh.lines.last { $0.hasPrefix("warder: ") }
        let said = outcome.map { $0.droppingPrefix("warder: ").droppingPrefix(refresh.name + ": ") }
        show(refresh.name, said ?? "it ended without a word")
        guard exitStatus != .code(0) else { return }
        if let hint = refresh.lines.first(where: { $0.begins(with: "hint: ") }) { printMessage(Shown(hint)) }
        var code = ExitCode.other
        if case .code(let number) = exitStatus { code = ExitCode(rawValue: number) ?? .other }
        if failure == nil { failure = .saidAlready(code) }
    }

    private func show(_ name: String, _ text: String) {
        let name = printable(name)
        printMessage("\(name)\(String(repeating: " ", count: max(0, width - name.count) + 2))\(text)")
    }
}

extension String {
    fileprivate func droppingPrefix(_ prefix: String) -> String {
        removingPrefix(prefix).map(String.init) ?? self
    }
}

extension Credentials {
    /// The remaining lifetime, for people.
    var remainingTime: String {
        end.map { "good for " + spoken(seconds: $0 - wallClock()) } ?? "good without an end"
    }
}
