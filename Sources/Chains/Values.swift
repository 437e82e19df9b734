import Profiles

extension Setting {
    /// `true` or `false`, case-insensitively.
    func asBool(_ key: String) throws(ChainError) -> Bool {
        switch value.lowercased() {
        case "true": true
        case "false": false
        default: throw .badValue(key: key, .notASwitch, origin)
        }
    }

    /// A switch among warder's settings: also accepts `on` and `off`.
    func asSwitch(_ key: String) throws(ChainError) -> Bool {
        switch value.lowercased() {
        case "on", "true", "yes": true
        case "off", "false", "no": false
        default: throw .badValue(key: key, .notASwitch, origin)
        }
    }

    /// Whole seconds, within `bounds`.
    func asSeconds(_ key: String, _ bounds: ClosedRange<Int>) throws(ChainError) -> Seconds {
        guard let seconds = Int(value) else {
            let length = value.utf8.last.flatMap(Self.unit) == nil ? nil : Self.length(value)
            guard let length, bounds.contains(length) else { throw .badValue(key: key, .notANumber, origin) }
            throw .badValue(key: key, .notInSeconds(length), origin)
        }
        guard bounds.contains(seconds) else { throw .badValue(key: key, .outOfRange(bounds), origin) }
        return Seconds(value: seconds, origin: origin)
    }

    /// Seconds, or a number of hours or minutes such as `12h` or `90m`; within `bounds`, in seconds.
    func asDuration(_ key: String, _ bounds: ClosedRange<Int>) throws(ChainError) -> Int {
        guard let seconds = Self.length(value) else { throw .badValue(key: key, .notADuration, origin) }
        guard bounds.contains(seconds) else {
            let isNumber = value.utf8.last.flatMap(Self.unit) == nil
            throw .badValue(key: key, isNumber ? .unitMissing(seconds, bounds) : .outOfRange(bounds), origin)
        }
        return seconds
    }

    /// The seconds in `12h`, `90m`, `45s` or a bare number; `Int.max` if there are more.
    private static func length(_ text: String) -> Int? {
        let unit = text.utf8.last.flatMap(unit)
        guard let number = Int(unit == nil ? text[...] : text.dropLast()), number >= 0 else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        return overflow ? .max : seconds
    }

    private static func unit(_ letter: UInt8) -> Int? {
        switch letter {
        case UInt8(ascii: "h"): 3600
        case UInt8(ascii: "m"): 60
        case UInt8(ascii: "s"): 1
        default: nil
        }
    }

    /// The items between commas and white space.
    func asList() -> [Setting] {
        let separators: [UInt8] = [0x2C, 0x20, 0x09, 0x0A]
        return value.utf8.split { separators.contains($0) }
            .map { Setting(value: String(Substring($0)), origin: origin) }
    }

    /// `key=value,key=value`, as aws-vault writes it; white space around keys and values is ignored.
    func asTags(_ key: String) throws(ChainError) -> [SessionTag] {
        var tags: [SessionTag] = []
        if value.isEmpty { return tags }
        for pair in value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else {
                throw .badValue(key: key, .notTags, origin)
            }
            tags.append(SessionTag(key: trimmed(pair[..<equals]), value: trimmed(pair[pair.index(after: equals)...])))
        }
        return tags
    }

    /// The items between commas, without surrounding white space.
    func asTagKeys() -> [String] {
        value.utf8.split(separator: UInt8(ascii: ",")).map(trimmed)
    }
}

private func trimmed(_ text: Substring.UTF8View) -> String {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A }
    var rest = text.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return String(Substring(rest))
}
