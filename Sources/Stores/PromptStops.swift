import Failures
import Linux

/// How Ctrl-Z at a prompt of one command is followed.
///
/// A process that stops in the middle of a prompt keeps its locks, and others wait for them until it goes on. So where a
/// piece of work can be begun anew, it runs in `resuming`: there the prompt ends by itself, `Failure.stopped` passes
/// through all that holds a lock and lets go of it, and the process stops where it holds nothing. When it goes on, it
/// begins the work anew, for others may have done it meanwhile. Elsewhere the process stops within the prompt.
///
/// A command has one, in its `Keys`, which lends it to the store. Only `resuming` sets it. `VaultStore` reads it, for what
/// it asks: `cancellation`. Codes and consent are asked for within `resuming` alone, and need not.
package final class PromptStops {
    private var canBeginAnew = false

    /// Does `work`, and begins it anew after each stop at one of its prompts. Within another `resuming` it leaves that to
    /// the outer one, which holds less.
    ///
    /// - Parameter release: lets go of what outlives the work and others wait for.
    func resuming<R: ~Copyable>(
        release: () -> Void = {}, _ work: () throws(Failure) -> R
    ) throws(Failure) -> R {
        guard !canBeginAnew else { return try work() }
        canBeginAnew = true
        defer { canBeginAnew = false }
        while true {
            do throws(Failure) { return try work() } catch {
                guard error.cause == .stopped else { throw error }
                release()
                stopThisProcess()
            }
        }
    }

    /// What ends a prompt that is shown now.
    ///
    /// - Parameter isNeedless: the answer is not needed any more; nil where it always is.
    func cancellation(where isNeedless: (() -> Bool)? = nil) -> PromptCancellation {
        PromptCancellation(unwinds: canBeginAnew, where: isNeedless)
    }
}
