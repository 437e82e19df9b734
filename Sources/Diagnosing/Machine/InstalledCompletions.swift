import Linux
import Secrets
import Setup
import Text

/// Completions of another version of warder.
enum InstalledCompletions: Check {
    /// What stands before the version, as `completions/generate.py` writes it.
    private static let stamp = Array("# of warder ".utf8)

    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        for path in places(subject.context).filter(isPlainFile) {
            guard let text = startUpText(path), let version = text.withUnsafeBytes(version) else { continue }
            guard !version.isSame(as: Version.current) else { continue }
            diagnosis.add(
                Finding(
                    "completions_old", .risky, at: path,
                    "these completions are for "
                        + "\(version.isEmpty ? "an older warder" : "warder " + printable(version, limit: 20))",
                    why: "Tab may offer what warder \(Version.current) lacks, or miss what it has",
                    .run(asOwner(ofFolder: folder(ofPath: path) ?? "/", "rm \(shellWord(path))"))))
        }
    }

    /// Where shells look for them by themselves.
    private static func places(_ context: Context) -> [String] {
        let environment = context.environment
        let shares =
            [environment.dataFolder].compactMap { $0 }
            + (environment.nonEmpty("XDG_DATA_DIRS") ?? "/usr/local/share:/usr/share").utf8
            .split(separator: UInt8(ascii: ":")).map { String(Substring($0)) }
        let inShare = [
            "bash-completion/completions/warder", "zsh/site-functions/_warder", "zsh/vendor-completions/_warder",
            "fish/vendor_completions.d/warder.fish", "warder/completions/warder.nu",
        ]
        return shares.flatMap { share in inShare.map { "\(share)/\($0)" } }
            + [environment.configFolder].compactMap { $0.map { $0 + "/fish/completions/warder.fish" } }
    }

    /// The version in the stamp; empty for completions from before there was one, nil for what is not warder's.
    private static func version(_ bytes: UnsafeRawBufferPointer) -> String? {
        for line in bytes.split(separator: 0x0a) where line.starts(with: stamp) {
            return String(decoding: line.dropFirst(stamp.count), as: UTF8.self)
        }
        let generated = "written by completions/generate.py".utf8
        let isOurs = bytes.split(separator: 0x0a).contains { line in
            line.starts(with: "# BEGIN: ".utf8) && line.dropFirst(9).elementsEqual(generated)
        }
        return isOurs ? "" : nil
    }
}
