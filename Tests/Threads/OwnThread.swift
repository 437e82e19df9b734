import Testing

/// Runs a test that waits (for a child, a server or a deadline) on a thread of its own.
///
/// Swift runs tests on one thread per processor, and a test that waits blocks that thread: on two processors, two
/// waiting tests stop the whole suite.
public struct OwnThread: SuiteTrait, TestTrait, TestScoping {
    /// The scope is the whole suite, so that a serialized suite does not return to Swift's threads between its tests.
    public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? self : nil }

    /// Runs a test or a suite on the waiting threads.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(WaitingThreads.shared) { try await function() }
    }
}

extension Trait where Self == OwnThread {
    /// Marks tests that wait, so that they do not block the threads of those that compute.
    public static var waits: Self { Self() }
}
