/// Why a text is not a duration.
package enum DurationError: Error, Equatable, Sendable {
    /// Only a number: a user who writes `8` may mean hours, minutes or seconds.
    case noUnit
    /// Any other invalid text.
    case malformed
}

/// The seconds of a duration as people write it: `8h`, `90m`, `45s`, `1d`, `1h30m`, or `0`.
package func seconds(ofDuration text: String) throws(DurationError) -> Int {
    var total = 0
    var number: Int?
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let longer = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
            guard longer <= 1_000_000_000 else { throw .malformed }
            number = longer
        default:
            guard let said = number, let unit = unit(byte), total <= 1_000_000_000 else { throw .malformed }
            total += said * unit
            number = nil
        }
    }
    switch number {
    case nil where !text.isEmpty: return total
    case 0 where total == 0: return 0
    case .some where text.utf8.allSatisfy({ (48...57).contains($0) }): throw .noUnit
    default: throw .malformed
    }
}

private func unit(_ letter: UInt8) -> Int? {
    switch letter {
    case UInt8(ascii: "d"): 86_400
    case UInt8(ascii: "h"): 3600
    case UInt8(ascii: "m"): 60
    case UInt8(ascii: "s"): 1
    default: nil
    }
}
