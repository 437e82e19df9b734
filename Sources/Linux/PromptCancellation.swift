/// What ends an unanswered question, besides its deadline.
public struct PromptCancellation {
    /// Ctrl-Z ends the question, and the caller stops the process (`stopThisProcess`) once it holds nothing that others
    /// wait for; otherwise this process stops in the middle of the question.
    public let unwinds: Bool
    private let isNeedless: (() -> Bool)?

    /// - Parameters:
    ///   - unwinds: Ctrl-Z ends the question.
    ///   - isNeedless: called twice a second; true once the answer is no longer needed. Nil if it always is.
    public init(unwinds: Bool = false, where isNeedless: (() -> Bool)? = nil) {
        self.unwinds = unwinds
        self.isNeedless = isNeedless
    }

    /// Whether the answer is no longer needed.
    var isDue: Bool { isNeedless?() == true }

    /// How long to wait at a time, in milliseconds as poll(2) takes them; -1 for no limit.
    func slice(until deadline: Deadline?) -> Int32 {
        guard isNeedless != nil else { return deadline.map { Int32(clamping: $0.remaining) } ?? -1 }
        return Int32(clamping: min(500, deadline?.remaining ?? 500))
    }
}
