import Failures
import Setup
import Text

extension PopulationPlan {
    /// Reports what became of the profiles, and what is left for the user to do.
    ///
    /// - Parameter isWritten: whether the file was changed, where there was anything to change.
    package func report(on console: any Console, isWritten: Bool) {
        for role in leftOut.prefix(Self.most) {
            Failure(
                .badConfig, "no config file can hold the name of a role in \(role.account.id): \(role.name)",
                hint: "it is left out; rename its permission set"
            ).show(on: console)
        }
        for clash in clashes.prefix(Self.most) {
            console.note(
                "\(clash.old) is another profile and stays as it is: the role's is \(clash.new)")
        }
        for renaming in renamed.prefix(Self.most) {
            console.note("\(renaming.old) \(isWritten ? "is now" : "becomes") \(renaming.new)")
        }
        for reference in broken.prefix(Self.most) {
            Failure(
                .badConfig,
                "\(reference.profile) names \(reference.old) in \(reference.key), "
                    + (reference.new.map { "which \(isWritten ? "is now" : "becomes") \($0)" }
                        ?? "which \(isWritten ? "is" : "will be") gone"),
                hint: "correct its \(reference.key)"
            ).show(on: console)
        }
        if !gone.isEmpty, !selection.prunes {
            console.note(
                "\(listed(gone)): \(gone.count == 1 ? "this role is" : "these roles are") gone; "
                    + "--prune removes \(gone.count == 1 ? "its profile" : "their profiles")")
        }
        console.note(summary(isWritten))
        if isWritten, let first = made.first {
            console.say("hint: warder list shows them; use one: warder exec \(shellWord(first))")
        }
    }

    /// How many lines of a kind are printed.
    private static let most = 16

    private func summary(_ isWritten: Bool) -> String {
        let session = selection.session
        guard !edits.isEmpty else {
            if unchanged == 0, !hasRoles { return "\(session) gives you no role in any account: nothing to change" }
            return "nothing to change: \(counted(unchanged)) of \(session) as \(unchanged == 1 ? "it is" : "they are")"
        }
        let removed = selection.prunes ? gone.count : 0
        let parts: [(count: Int, done: String, planned: String)] = [
            (made.count, "made", "make"), (changed.count, "changed", "change"), (renamed.count, "renamed", "rename"),
            (removed, "removed", "remove"),
        ]
        var words = parts.filter { $0.count > 0 }.map { part in
            isWritten ? "\(part.count) \(part.done)" : "\(part.count) to \(part.planned)"
        }
        if unchanged > 0 { words.append("\(unchanged) as before") }
        return "profiles of \(session): \(words.joined(separator: ", "))"
    }

    private func counted(_ count: Int) -> String { count == 1 ? "1 profile" : "\(count) profiles" }
}
