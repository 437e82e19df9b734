import Linux
import Text

/// Characters of a name that are shown in a question.
let nameLimit = 200

/// How an enquiry reads. Names come from files and from other processes, and may be made to deceive.
extension PromptRequest {
    /// One line for a terminal, ready for the answer: `warder: MFA code for prod (arn:…), wanted by make in ~: `.
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

    /// Lines for a window.
    ///
    /// The first never holds text from outside: Qt decides by it whether it shows text or markup.
    var text: String {
        var lines = [kind == .code ? "warder needs an MFA code." : "May these credentials be used?", ""]
        lines.append("profile: " + printable(profile, limit: nameLimit))
        if let device { lines.append("device: " + printable(device, limit: nameLimit)) }
        if let caller { lines.append("wanted by: " + printable(caller, limit: nameLimit)) }
        return lines.joined(separator: "\n")
    }

    /// The same, asked for the first time.
    var withoutNote: PromptRequest { PromptRequest(kind, profile: profile, device: device, caller: caller) }

    /// What is said to an answer of the wrong kind.
    var slip: String { kind == .code ? "six digits, please" : "yes or no, please" }
}

/// A reason to wait, with the seconds that are left: `that code was used already; the next one in 17 s`.
func note(_ note: String, until moment: Deadline?) -> String {
    guard let moment, !moment.hasPassed else { return note }
    return "\(note); the next one in \(moment.seconds) s"
}

extension Deadline {
    /// Seconds that are left, the begun one too.
    var seconds: Int64 { (remaining + 999) / 1000 }
}
