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
        case .mode(let path, let mode):
            do throws(FileError) { try setMode(path, mode) } catch { throw Failure(error, "the mode of") }
        case .adopt(let profile): _ = try AdoptionPlan.carriedOut(context, names: [profile])
        }
    }
}
