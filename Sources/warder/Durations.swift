/// A length of time as people write it: `8h`, `90m`, `45s`, `1d`, `1h30m`, or a number of seconds.
func seconds(ofDuration text: String) -> Int? {
    if let seconds = Int(text), seconds >= 0 { return seconds }
    let units: [Character: Int] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
    var total = 0
    var digits = ""
    for character in text {
        if character.isASCII, character.isNumber {
            digits.append(character)
        } else {
            guard let unit = units[character], let number = Int(digits), number <= 1_000_000 else { return nil }
            total += number * unit
            digits = ""
        }
    }
    return digits.isEmpty && !text.isEmpty ? total : nil
}

/// A length of time for people, in its two largest units: `7h 12m`, `45s`.
func spoken(seconds: Int64) -> String {
    let units: [(Int64, String)] = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")]
    var parts: [String] = []
    var rest = max(0, seconds)
    for (size, name) in units where rest >= size && parts.count < 2 {
        parts.append("\(rest / size)\(name)")
        rest %= size
    }
    return parts.isEmpty ? "0s" : parts.joined(separator: " ")
}

/// How far this machine's clock is from AWS's, for people: `365d ahead of AWS's`.
///
/// - Parameter offset: AWS's time less this machine's, in seconds.
func spoken(clockOffset offset: Int64) -> String {
    "\(spoken(seconds: Int64(clamping: offset.magnitude))) \(offset < 0 ? "ahead of" : "behind") AWS's"
}
