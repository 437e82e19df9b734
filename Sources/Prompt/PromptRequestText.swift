import Linux
import Text

/// How many characters of a name a question shows.
let nameLimit = 200

/// How a request reads. Names come from files and from other processes, and may be made to deceive.
extension PromptRequest {
    /// One line for a terminal, ending where the user types: `warder: MFA code for prod (arn:…), wanted by make in ~:
    /// `.
    var line: String {
        let reason = note.map { printable($0, limit: nameLimit) + "; " } ?? ""
        let profile = printable(profile, limit: nameLimit)
        switch kind {
        case .code:
            let device = device.map { " (\(printable($0, limit: nameLimit)))" } ?? ""
            let caller = caller.map { ", wanted by \(printable($0, limit: nameLimit))" } ?? ""
            return "warder: \(reason)MFA code for \(profile)\(device)\(caller): "
        case .confirmation:
            guard let caller else { return "warder: \(reason)may \(profile) be used? [y/N] " }
            return "warder: \(reason)may \(printable(caller, limit: nameLimit)) use \(profile)? [y/N] "
        }
    }

    /// The title of a window.
    var title: String { kind == .code ? "warder: MFA code" : "warder: may it be used?" }

    /// The text of a window.
    ///
    /// Its first line never holds text from outside: Qt decides by that line whether the text is markup.
    var text: String {
        var lines = [kind == .code ? "warder needs an MFA code." : "May these credentials be used?", ""]
        lines.append("profile: " + printable(profile, limit: nameLimit))
        if let device { lines.append("device: " + printable(device, limit: nameLimit)) }
        if let caller { lines.append("wanted by: " + printable(caller, limit: nameLimit)) }
        return lines.joined(separator: "\n")
    }

    /// The same request, asked for the first time.
    var withoutNote: PromptRequest { PromptRequest(kind, profile: profile, device: device, caller: caller) }

    /// The reply to an answer of the wrong kind.
    var slip: String { kind == .code ? "six digits, please" : "yes or no, please" }
}

/// A reason to wait, with the seconds left: `that code was used already; the next one in 17 s`.
func note(_ note: String, until moment: Deadline?) -> String {
    guard let moment, !moment.hasPassed else { return note }
    return "\(note); the next one in \(moment.seconds) s"
}

extension Deadline {
    /// The seconds left, rounded up.
    var seconds: Int64 { (remaining + 999) / 1000 }
}
