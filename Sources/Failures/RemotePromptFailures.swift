import RemotePrompts

extension Failure {
    /// The processes that wait cannot be found.
    package init(_ error: RemotePromptError) {
        switch error {
        case .noRuntimeFolder:
            self.init(
                .other, "there is no runtime folder, so no process can wait there",
                hint: "set XDG_RUNTIME_DIR as it is for the process that waits")
        case .folder(let error): self.init(error, "the folder of those who wait")
        case .watching(let error): self.init(error, "the folder of those who wait")
        }
    }
}
