/// What ends a question that nobody has answered yet, besides its deadline.
public struct PromptCancellation {
    /// Ctrl-Z ends the question and is the caller's to follow (`stopThisProcess`), once it holds nothing that others
    /// wait for; else this process stops in the middle of it.
    public let unwinds: Bool
    private let isNeedless: (() -> Bool)?

    /// - Parameters:
    ///   - unwinds: Ctrl-Z ends the question.
    ///   - isNeedless: looked at twice a second: the answer is not needed any more; nil where it always is.
    public init(unwinds: Bool = false, where isNeedless: (() -> Bool)? = nil) {
        self.unwinds = unwinds
        self.isNeedless = isNeedless
    }

    /// The answer is not needed any more.
    var isDue: Bool { isNeedless?() == true }

    /// How long to wait in one go, in milliseconds as poll(2) takes them; -1 for ever.
    func slice(until deadline: Deadline?) -> Int32 {
        guard isNeedless != nil else { return deadline.map { Int32(clamping: $0.remaining) } ?? -1 }
        return Int32(clamping: min(500, deadline?.remaining ?? 500))
    }
}
