import Adopting
import Failures
import Linux
import Setup

extension Diagnosis {
    /// What `--fix` may do, each once, in the order of the findings.
    package var fixes: [Fix] {
        sorted.compactMap(\.remedy.fix).reduce(into: []) { all, fix in if !all.contains(fix) { all.append(fix) } }
    }
}

extension Fix {
    /// Does it.
    package func carryOut(_ context: Context) throws(Failure) {
        switch self {
        case .mode(let path, let mode, let identity):
            do throws(FileError) {
                if let identity, try setMode(path, of: identity, mode) { return }
            } catch { throw Failure(error, "the mode of") }
            throw Failure(
                .other, "\(path) was replaced in the meantime, and was not changed", hint: "run warder doctor again")
        case .adopt(let profile): _ = try AdoptionPlan.carriedOut(context, names: [profile])
        }
    }
}
