import Failures
import Text

/// This machine's clock against AWS's.
enum AgreeingClocks: OnlineCheck {
    static func run(_ subject: OnlineSubject, _ diagnosis: inout Diagnosis) {
        let offsets = subject.probes.compactMap { probe in
            probe.clockOffset.map { (seconds: $0, isAWS: !probe.target.endpoint.isCustom) }
        }
        guard let offset = Self.offset(offsets) else { return }
        let other = offsets.contains(where: \.isAWS) ? "AWS's" : "the endpoint's"
        guard let gravity = Self.gravity(offset) else {
            let bound = max(1, offset.magnitude)
            diagnosis.add(Remark("clock", "this machine's clock is within \(bound) s of \(other)"))
            return
        }
        diagnosis.add(
            Finding(
                "clock_off", gravity, "this machine's clock is \(spoken(clockOffset: offset, from: other))",
                why: gravity == .broken
                    ? "signed requests are refused, and programs misjudge when sessions end"
                    : "one-time codes made on this machine are refused, and past five minutes all signed requests",
                .run("timedatectl set-ntp true")))
    }

    /// Of what endpoints say, the least: a server that agrees with this machine shows that it is the others that are off.
    /// AWS's own endpoints come before others.
    static func offset(_ offsets: [(seconds: Int64, isAWS: Bool)]) -> Int64? {
        let known = offsets.filter(\.isAWS)
        return (known.isEmpty ? offsets : known).map(\.seconds).min { $0.magnitude < $1.magnitude }
    }

    /// - Parameter offset: in seconds. An answer takes a few, and its date is in whole ones.
    static func gravity(_ offset: Int64) -> Finding.Gravity? {
        switch offset.magnitude {
        // AWS allows a signature five minutes (AWS General Reference, "Signature Version 4", "Timestamp").
        case 301...: .broken
        // A code lasts as long (RFC 6238 section 5.2).
        case 30...300: .risky
        default: nil
        }
    }
}
