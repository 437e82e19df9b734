/// What Ctrl-Z at a prompt of one command does.
final class PromptStops {
    /// It unwinds the command to where nothing is locked, which stops there and begins anew; else the process stops in the
    /// middle of the prompt.
    var unwind = false
}
