import Text

extension Diagnosis {
    /// The diagnosis for people, at most 80 columns wide but for commands and places, which are to be copied.
    ///
    /// - Parameters:
    ///   - home: the user's home folder, shown as `~` in places.
    ///   - isColoured: for a terminal that shows colours.
    package func text(home: String?, isColoured: Bool) -> Shown {
        var text: Shown = ""
        for finding in sorted {
            text += finding.text(home: home, isColoured: isColoured) + "\n"
        }
        for remark in remarks {
            let place = remark.place.map { shownPath($0, home: home) + ": " } ?? ""
            text += block("note: \(place)\(remark.what)", indent: 0, hanging: 6)
        }
        if !remarks.isEmpty { text += "\n" }
        let count = fixes.count
        let offer: Shown =
            count == 0 ? "" : "; warder doctor --fix can fix \(count == 1 ? "one" : "\(count)") (it asks first)"
        return text + "\(summary)" + offer + "\n"
    }

    /// How many findings of each gravity, on one line.
    package var summary: String {
        guard !findings.isEmpty else { return "no problems found" }
        let counts = Finding.Gravity.allCases.compactMap { gravity -> String? in
            let count = findings.filter { $0.gravity == gravity }.count
            return count == 0 ? nil : "\(count) \(gravity.rawValue)"
        }
        return "\(findings.count == 1 ? "1 finding" : "\(findings.count) findings"): "
            + counts.joined(separator: ", ")
    }
}

extension Finding {
    fileprivate func text(home: String?, isColoured: Bool) -> Shown {
        let head: Shown = isColoured ? "\u{1b}[\(gravity.colour)m\(gravity.rawValue)\u{1b}[0m" : "\(gravity.rawValue)"
        let place: Shown = place.map { "  \(shownPath($0, home: home))" } ?? ""
        let command: Shown = isColoured ? "\u{1b}[1m\(remedy.command)\u{1b}[0m" : "\(remedy.command)"
        return head + place + "\n" + block(what, indent: 2) + block(why, indent: 2) + "  $ " + command + "\n"
    }
}

extension Finding.Gravity {
    /// As SGR (ECMA-48, 8.3.117).
    fileprivate var colour: String {
        switch self {
        case .exposed: "1;31"
        case .broken: "31"
        case .risky: "33"
        }
    }
}

private func block(_ text: String, indent: Int, hanging: Int = 0) -> Shown {
    wrapped(printable(text), width: 80, indent: indent, hanging: hanging).reduce("") { $0 + "\($1)\n" }
}
