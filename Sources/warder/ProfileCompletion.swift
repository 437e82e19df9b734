import Setup

/// The names of all profiles, for completion in a shell; empty if the files cannot be read.
@Sendable func completeProfiles(_ arguments: [String], _ index: Int, _ word: String) -> [String] {
    guard let context = try? Context(noPrompt: true) else { return [] }
    return (try? ProfileLoading(context).profiles().profileNames) ?? []
}
