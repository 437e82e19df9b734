extension UnixTime {
    /// `YYYY-MM-DDTHH:MM:SSZ`, the only form of an expiration that every AWS SDK reads.
    public var iso8601: String {
        let f = fields
        return "\(digits(f.year, 4))-\(digits(f.month, 2))-\(digits(f.day, 2))T"
            + "\(digits(f.hour, 2)):\(digits(f.minute, 2)):\(digits(f.second, 2))Z"
    }

    /// `YYYYMMDDTHHMMSSZ`, the form of `X-Amz-Date` (AWS General Reference, "Elements of an AWS API request
    /// signature"); its first eight characters are the date of a credential scope.
    public var iso8601Basic: String {
        let f = fields
        return "\(digits(f.year, 4))\(digits(f.month, 2))\(digits(f.day, 2))T"
            + "\(digits(f.hour, 2))\(digits(f.minute, 2))\(digits(f.second, 2))Z"
    }

    /// Parses the preferred form of RFC 9110 section 5.6.7, `Sat, 21 Nov 2026 07:46:57 GMT`.
    public init?(httpDate text: some StringProtocol) {
        let words = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])),
            let day = number(Array(words[1].utf8)[...]), let year = number(Array(words[3].utf8)[...])
        else { return nil }
        let clock = Array(words[4].utf8)
        guard clock.count == 8, clock[2] == UInt8(ascii: ":"), clock[5] == UInt8(ascii: ":"),
            let hour = number(clock[0..<2]), let minute = number(clock[3..<5]),
            let second = number(clock[6..<8])
        else { return nil }
        self.init(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
    }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

private func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard !bytes.isEmpty, bytes.count <= 9, bytes.allSatisfy(isDigit) else { return nil }
    return bytes.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}

private func digits(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
