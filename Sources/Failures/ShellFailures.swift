import Shells

// What a shell cannot express, in the user's words.

extension Failure {
    package init(_ error: ShellError) {
        switch error {
        case .controlCharacter(let variable):
            self.init(
                .other, "the value of \(variable) holds a control character, which no shell carries safely",
                hint: "use warder exec, which needs no quoting")
        case .notUnicode(let variable):
            self.init(
                .other, "the value of \(variable) is not UTF-8, and whoever reads it here would change it",
                hint: "use warder exec, which changes nothing")
        case .unreadable(let variable, let format):
            self.init(
                .other, "the value of \(variable) holds what not every reader of \(format) takes as it is",
                hint: "use --format json, or warder exec")
        }
    }
}
