extension UnixTime {
    /// Parses an ISO 8601 time with an offset from UTC, to whole seconds.
    ///
    /// A date by month (`2026-11-21`), week (`2026-W47-6`) or day of the year (`2026-325`); `T`, `t` or a space; a time
    /// of day, whose seconds and minutes may be omitted, and whose last part may have a fraction after `.` or `,`; then
    /// `Z`, `z`, or an offset such as `+02:00` or `+02`. All of it may also lack the separators:
    /// `20261121T074657+0200`.
    public init?(iso8601 text: some StringProtocol) {
        var reader = Reader(Array(text.utf8)[...])
        guard let day = reader.date(), reader.take("Tt ") != nil, let time = reader.time(),
            let offset = reader.offset(), reader.rest.isEmpty
        else { return nil }
        self = day + (time - offset)
    }
}

/// Parses the parts of a time from left to right.
private struct Reader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) { rest = text }

    /// The first second of the day.
    mutating func date() -> UnixTime? {
        guard let year = number(4) else { return nil }
        let isExtended = take("-") != nil
        if take("W") != nil {
            guard let week = number(2), !isExtended || take("-") != nil, let day = number(1) else { return nil }
            return Self.day(day, ofWeek: week, year)
        }
        if rest.prefix(while: isDigit).count == 3 { return number(3).flatMap { Self.day($0, year) } }
        guard let month = number(2), !isExtended || take("-") != nil, let day = number(2) else { return nil }
        return UnixTime(year: year, month: month, day: day, hour: 0, minute: 0, second: 0)
    }

    private static func day(_ day: Int, _ year: Int) -> UnixTime? {
        guard let first = UnixTime(year: year, month: 1, day: 1, hour: 0, minute: 0, second: 0), day >= 1 else {
            return nil
        }
        let found = first + Int64(day - 1) * daySeconds
        return found.fields.year == year ? found : nil
    }

    /// A week begins on Monday, and week 1 contains 4 January.
    private static func day(_ day: Int, ofWeek week: Int, _ year: Int) -> UnixTime? {
        guard (1...7).contains(day), (1...53).contains(week),
            let fourth = UnixTime(year: year, month: 1, day: 4, hour: 0, minute: 0, second: 0)
        else { return nil }
        // 1 January 1970 was a Thursday.
        let weekday = ((fourth.seconds / daySeconds + 3) % 7 + 7) % 7
        return fourth + (Int64((week - 1) * 7 + day - 1) - weekday) * daySeconds
    }

    /// Seconds since the day began; 24:00 is the first second of the next day.
    mutating func time() -> Int64? {
        let start = rest
        guard let hour = number(2) else { return nil }
        var (minute, second, unit) = (0, 0, 3600)
        let isExtended = take(":") != nil
        if isExtended || hasDigit {
            guard let said = number(2) else { return nil }
            (minute, unit) = (said, 60)
            if isExtended ? take(":") != nil : hasDigit {
                guard let said = number(2) else { return nil }
                (second, unit) = (said, 1)
            }
        }
        guard let fraction = fraction(of: unit) else { return nil }
        if hour == 24 {
            let behind = start[..<rest.startIndex].dropFirst(2)
            return behind.contains { isDigit($0) && $0 != UInt8(ascii: "0") } ? nil : daySeconds
        }
        guard let time = UnixTime(year: 1970, month: 1, day: 1, hour: hour, minute: minute, second: second) else {
            return nil
        }
        return time.seconds + fraction
    }

    /// A fraction of `unit` seconds, truncated to whole seconds; 0 if there is none.
    private mutating func fraction(of unit: Int) -> Int64? {
        guard take(".,") != nil else { return 0 }
        let digits = rest.prefix(while: isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest[digits.endIndex...]
        var (seconds, scale) = (0, 1)
        for digit in digits.prefix(9) {
            seconds = seconds * 10 + Int(digit - UInt8(ascii: "0"))
            scale *= 10
        }
        return Int64(seconds * unit / scale)
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int64? {
        if take("Zz") != nil { return 0 }
        guard let sign = take("+-"), let hours = number(2), hours < 24 else { return nil }
        var minutes = 0
        if take(":") != nil || !rest.isEmpty {
            guard let said = number(2), said < 60 else { return nil }
            minutes = said
        }
        let size = Int64(hours * 3600 + minutes * 60)
        return sign == UInt8(ascii: "-") ? -size : size
    }

    private var hasDigit: Bool { rest.first.map(isDigit) == true }

    /// A number of exactly so many digits.
    private mutating func number(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
        rest = rest[digits.endIndex...]
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// The next byte, if it is one of `bytes`.
    mutating func take(_ bytes: StaticString) -> UInt8? {
        guard let first = rest.first else { return nil }
        for index in 0..<bytes.utf8CodeUnitCount where bytes.utf8Start[index] == first {
            rest = rest.dropFirst()
            return first
        }
        return nil
    }
}

private let daySeconds: Int64 = 86_400

private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
