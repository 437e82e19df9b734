import Failures
import Linux
import Prompt
import RemotePrompts

/// Why nobody gave an answer, and how programs failed that were to give one.
func promptTables(_ o: String) -> [Table] {
    let system = SystemError(call: "read", path: "/dev/tty", code: 5)
    return [
        Table(
            [.none, .background, .dismissed, .timedOut, .tooLong, .stopped, .needless, .system(system)]
                as [TerminalError]
        ) { Failure($0, askingFor: "a code of " + o) }, Table(pinentryErrors(o)) { Failure($0, askingFor: "a code") },
        Table(passphraseErrors(o)) { Failure($0) },
        Table("PromptError, of a code", promptErrors(o).map { ($0.0, prompt($0.1, isCode: true)) }),
        Table("PromptError, of a yes", promptErrors(o).map { ($0.0, prompt($0.1, isCode: false)) }),
        Table(
            [
                .command(.notStarted(program: o, code: 2)), .command(.timedOut(program: o)),
                .command(.failed(program: o, code: 1)), .notACode, .commandGaveNoCode(said: ""),
                .commandGaveNoCode(said: o),
            ] as [CodeError]
        ) { Failure($0, device: "arn:aws:iam::123456789012:mfa/ann") },
        Table(childErrors(o)) { Failure($0, "mfa_process", bare) },
        Table(
            [.noRuntimeFolder, .folder(.notAFile(path: "/v/" + o)), .watching(system)] as [RemotePromptError]
        ) { Failure($0) },
    ]
}

private func prompt(_ error: PromptError, isCode: Bool) -> Failure {
    Failure(
        error, askingFor: isCode ? "a code of ann" : "a yes to the use of prod", profile: "prod", isCode: isCode,
        atTerminal: error == .nowhere(["no display"]))
}

private func promptErrors(_ o: String) -> [(String, PromptError)] {
    [
        ("nowhere", .nowhere([])), ("nowhere", .nowhere(["no terminal", "no pinentry " + o])),
        ("nowhere", .nowhere(["no display"])), ("dismissed", .dismissed), ("timedOut", .timedOut),
        ("stopped", .stopped),
    ]
}

private func pinentryErrors(_ o: String) -> [PinentryError] {
    [
        .notFound(name: o), .child(.failed(program: "pinentry", code: 1)), .dismissed, .timedOut, .noDisplay,
        .unusable(reason: "It says \(o)."), .tooLong, .different, .stopped, .needless,
    ]
}

private func passphraseErrors(_ o: String) -> [PassphraseError] {
    [
        .notAllowed, .terminal(.none), .pinentry(.dismissed), .command(.failed(program: o, code: 1)),
        .credential(.notAFile(path: "/v/" + o)), .unreadableDescriptor(variable: "WARDER_PASSPHRASE_FD", value: o),
        .empty, .commandGaveNone(said: ""), .commandGaveNone(said: o), .different, .stopped, .needless,
    ]
}

private func childErrors(_ o: String) -> [ChildError] {
    [
        .notStarted(program: o, code: 2), .failed(program: o, code: 1), .failed(program: o, code: 3, said: o),
        .failed(program: "code-for ann", code: 127), .failed(program: "/bin/sh -c x", code: 127, said: o),
        .failed(program: o, code: 126), .killed(program: o, signal: 9), .killed(program: o, signal: 15, said: o),
        .timedOut(program: o), .timedOut(program: o, said: o), .tooMuchOutput(program: o, limit: 64),
    ]
}
