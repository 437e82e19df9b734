import Setup

/// Whether this version can seal the lines of the log.
enum SealableLog: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        let log = subject.context.log
        guard log.isOfNewerVersion else { return }
        diagnosis.add(
            Finding(
                "log_newer", .risky, at: log.folder.seal, "a newer warder writes this log",
                why: "what this version does is recorded without a seal until that one runs again, up to 1000 lines",
                .run("warder version")))
    }
}
