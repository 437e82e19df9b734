import ArgumentParser
import Failures
import Setup

/// The options of every command.
struct CommonOptions: ParsableArguments {
    @Flag(name: .customLong("no-prompt"), help: "Never ask; WARDER_NO_PROMPT=1 does the same.")
    var noPrompt = false

    func context() throws(Failure) -> Context { try Context(noPrompt: noPrompt) }
}
