/// All checks, in the order in which their findings are shown.
enum Checks {
    static var offline: [any Check.Type] { [ReadableFiles.self, AskedBySDKs.self] }
}
