import Failures
import Setup

extension AdoptionPlan {
    /// What `adopt` would change.
    ///
    /// - Parameter names: the profiles; nil for all that there is something to do for.
    package static func planned(
        _ context: Context, names: [String]?, undoes: Bool = false
    ) throws(Failure) -> AdoptionPlan {
        let files = try ProfileLoading(context).profiles()
        do throws(Failure) {
            return try AdoptionPlan(context, files, names: names, undoes: undoes)
        } catch { throw error.lookedIn(context) }
    }

    /// Plans the change, and makes it: one change of the file at a time, and all of it or nothing.
    package static func carriedOut(
        _ context: Context, names: [String]?, undoes: Bool = false
    ) throws(Failure) -> AdoptionPlan {
        let rewrite = try ConfigRewrite(context)
        let plan = try planned(context, names: names, undoes: undoes)
        if let config = plan.config, !plan.edits.isEmpty {
            try rewrite.replace(config, at: config.path, with: config.edited(plan.edits))
        }
        return plan
    }
}
