import Issuing
import Sessions

/// Which credentials a server provides, as arguments of the commands that warder starts for it.
package struct RenewalRequest {
    package let profile: String
    /// The credentials are renewed when less time is left, in seconds, if they live long enough.
    let margin: Int64
    package let mayPrompt: Bool
    package let narrowing: Narrowing

    /// Creates a request.
    package init(
        profile: String, margin: Int64, mayPrompt: Bool, narrowing: Narrowing
    ) {
        self.profile = profile
        self.margin = margin
        self.mayPrompt = mayPrompt
        self.narrowing = narrowing
    }

    /// The time that the credentials must have left.
    package var freshness: Freshness { margin > Freshness.ordinaryMargin ? .longer(margin) : .ordinary }

    /// The hidden command that serves.
    package static let serveCommand = "serve"
    /// The hidden command that renews for a server.
    package static let renewalCommand = "renew-served"

    /// The arguments of the server.
    var serving: [String] { ["warder", Self.serveCommand] + options(mayPrompt: mayPrompt) }

    /// The arguments of a renewal.
    ///
    /// - Parameters:
    ///   - mayPrompt: false if no client waits for the renewal.
    ///   - folder: the folder to continue in; nil for the server's current one.
    func renewing(mayPrompt: Bool, in folder: String?) -> [String] {
        ["warder", Self.renewalCommand] + (folder.map { ["--folder=" + $0] } ?? [])
            + options(mayPrompt: mayPrompt && self.mayPrompt)
    }

    private func options(mayPrompt: Bool) -> [String] {
        var words = ["--margin", String(margin)]
        if !mayPrompt { words.append("--no-prompt") }
        return words + identity
    }

    /// Which credentials, and how they are narrowed.
    var identity: [String] {
        let narrowed: [String] =
            switch narrowing {
            case .none: []
            case .readOnly: ["--read-only"]
            case .policy(let path): ["--policy=" + path]
            }
        return narrowed + ["--", profile]
    }
}
