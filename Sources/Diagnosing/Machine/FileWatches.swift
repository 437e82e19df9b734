import Linux

/// Whether this user has inotify instances and watches left.
enum FileWatches: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let resource = exhaustedWatches(at: "/") else { return }
        let name = resource == .instances ? "max_user_instances" : "max_user_watches"
        diagnosis.add(
            Finding(
                "inotify_used_up", .risky, at: "/proc/sys/fs/inotify/\(name)",
                "this user has no inotify \(resource == .instances ? "instances" : "watches") left",
                why: "warder mfa --watch polls for new questions twice a second",
                .run(
                    "sudo sysctl fs.inotify.\(name)=$(($(cat /proc/sys/fs/inotify/\(name)) * 2))")))
    }
}
