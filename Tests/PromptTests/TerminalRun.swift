import Foundation
import Linux
import Secrets
import Servers

/// What `terminal.py` tells of a run of `PromptRunner`.
struct Run: Decodable {
    let screen: String
    /// What it printed.
    let output: String
    /// The signal that ended it; 0 for none.
    let signal: Int
    /// The terminal's settings are as they were.
    let sane: Bool
    /// What was typed and is left for the shell, half lines too.
    let left: String

    /// The first line of what it printed.
    var answer: String { String(output.prefix { $0 != "\n" }) }
    /// It has printed that every child was waited for.
    var hasNoChildren: Bool { output.hasSuffix("no children\n") }
    /// How long the losers took to go after the answer, in milliseconds.
    var gone: Int? {
        output.split(separator: "\n").first { $0.hasPrefix("gone after ") }
            .flatMap { Int($0.split(separator: " ")[2]) }
    }
}

/// Where the program runs, as in `terminal.py`.
enum Place: String { case front, back, leader, none }

/// What is done to it.
enum Step {
    case see(String)
    case type(String)
    case signal(String)
    /// A command of the shell's.
    case run(String)
    /// One that is run until it succeeds.
    case await(String)
}

/// What is there before it starts.
struct Scene {
    /// Typed already.
    var ahead = ""
    /// The terminal is in raw mode.
    var isRaw = false
    /// There is an X server.
    var hasDisplay = false
}

/// Runs `PromptRunner` in a terminal of its own, or without one.
func run(
    _ arguments: [String], _ place: Place, _ steps: [Step] = [], _ variables: [String: String] = [:],
    _ scene: Scene = Scene()
) throws -> Run {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "terminal.py").path
    let words = steps.map { step in
        switch step {
        case .see(let text): ["see", text]
        case .type(let text): ["type", text]
        case .signal(let name): ["signal", name]
        case .run(let command): ["run", command]
        case .await(let command): ["await", command]
        }
    }
    let order: [String: Any] = [
        "command": [asking] + arguments, "variables": variables, "place": place.rawValue, "steps": words,
        "ahead": scene.ahead, "raw": scene.isRaw, "display": scene.hasDisplay,
    ]
    let json = String(decoding: try JSONSerialization.data(withJSONObject: order), as: UTF8.self)
    let quoted = json.replacingOccurrences(of: "'", with: "'\\''")
    let told = try output(
        ofShellCommand: "\(python) \(script) '\(quoted)'", withheld: [], limit: 200_000,
        until: .after(milliseconds: 280_000))
    return try JSONDecoder().decode(Run.self, from: Data(text(told).utf8))
}

/// `PromptRunner` stands beside the program that runs the tests.
private let asking = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "PromptRunner").path
