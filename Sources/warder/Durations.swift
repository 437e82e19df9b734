import Times

/// A length of time within `range`, in seconds.
///
/// - Parameters:
///   - what: what it is, as `a time to be unlocked for`.
///   - wrong: makes a failure of a message and a hint.
func seconds(
    ofDuration text: String, in range: ClosedRange<Int>, _ what: String, hint: String,
    _ wrong: (String, String) -> Failure
) throws(Failure) -> Int {
    let time: Int
    do throws(DurationError) { time = try seconds(ofDuration: text) } catch {
        switch error {
        case .noUnit:
            throw wrong("\(text) has no unit", lengths(of: text, in: range).map { "write \($0)" } ?? hint)
        case .malformed: throw wrong("\(text) is not \(what)", hint)
        }
    }
    guard range.contains(time) else { throw wrong("\(text) is not \(what)", hint) }
    return time
}

/// What a number alone may mean within `range`, in seconds: `8h, 8m or 8s`. Nil where it can mean nothing.
///
/// Hours come first where they fit: they are what people unlock for.
func lengths(of number: String, in range: ClosedRange<Int>) -> String? {
    var fitting = ["s", "m", "h"].map { number + $0 }.filter { length in
        (try? seconds(ofDuration: length)).map(range.contains) == true
    }
    if fitting.last?.last == "h" { fitting.reverse() }
    guard let last = fitting.popLast() else { return nil }
    return fitting.isEmpty ? last : fitting.joined(separator: ", ") + " or " + last
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
