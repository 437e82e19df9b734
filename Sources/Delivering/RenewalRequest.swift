import Issuing
import Sessions

/// Which credentials a server gives, in the words of the commands that warder starts for it.
package struct RenewalRequest {
    package let profile: String
    /// They are renewed when less is left, in seconds, if they live long enough.
    let margin: Int64
    package let mayPrompt: Bool
    package let narrowing: Narrowing

    /// Puts a request together.
    package init(
        profile: String, margin: Int64, mayPrompt: Bool, narrowing: Narrowing
    ) {
        self.profile = profile
        self.margin = margin
        self.mayPrompt = mayPrompt
        self.narrowing = narrowing
    }

    /// What they must have left.
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
    ///   - mayPrompt: false for one that nobody waits for.
    ///   - folder: where it is to go on from; nil to stay where the server is.
    func renewing(mayPrompt: Bool, in folder: String?) -> [String] {
        ["warder", Self.renewalCommand] + (folder.map { ["--folder=" + $0] } ?? [])
            + options(mayPrompt: mayPrompt && self.mayPrompt)
    }

    private func options(mayPrompt: Bool) -> [String] {
        var words = ["--margin", String(margin)]
        if !mayPrompt { words.append("--no-prompt") }
        return words + identity
    }

    /// Whose credentials, and how far they reach.
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
