import Issuing
import Linux
import Profiles
import Setup
import Text
import Times

extension Explanation {
    /// The chain as a tree for people, from the source to the last role.
    package func text(home: String?, now: Int64) -> Shown {
        func place(_ origin: Origin?) -> String {
            guard let origin else { return "" }
            return shownPath(origin.place, home: home)
        }
        var text: Shown = "\(profile)\n"
        for (index, step) in steps.enumerated() {
            let isLast = index == steps.count - 1
            text += "\(isLast ? "└─" : "├─") \(step.title)\n"
            let bar = isLast ? "      " : "│     "
            let width = step.parameters.map { $0.key.count + $0.shown.count }.max() ?? 0
            for parameter in step.parameters {
                let line = "\(parameter.key) = \(parameter.shown)"
                let gap = String(repeating: " ", count: width + 5 - parameter.key.count - parameter.shown.count)
                text += "\(bar)\(line)\(parameter.origin == nil ? "" : gap + place(parameter.origin))\n"
            }
            text += "\(bar)\(state(step, now))\n"
        }
        if let endpoint {
            text += "endpoint: \(endpoint.url.text), signed for \(endpoint.signingRegion)"
            text += "\(endpointOrigin.map { " (\(place($0)))" } ?? "")\n"
        }
        if clockOffset != 0 { text += "clock: this machine's is \(spoken(clockOffset: clockOffset))\n" }
        for rule in rules {
            text += "rule: \(rule.line.name) = \(rule.line.value) (\(place(rule.line.origin))): \(rule.text)\n"
        }
        text += "next: \(obstacle.map { "fails: " + $0 } ?? outlook)\n"
        return text + "sdks: \(abridged(sdks.text(place: place)))\n" as Shown
    }

    /// What is known about a step's credentials.
    private func state(_ step: Step, _ now: Int64) -> String {
        if let end = step.cachedUntil {
            let left = spoken(seconds: end - now)
            return step.isNeeded ? "cached, but for \(left) only: it will be renewed" : "cached for \(left)"
        }
        if !step.isCacheable { return step.isNeeded ? "read when it is needed" : "not needed now" }
        if isLocked { return "locked: what is cached cannot be seen" }
        return step.isNeeded ? "not cached" : "not cached, and not needed now"
    }

    /// What the next `process` does.
    private var outlook: String {
        let requests = steps.filter { $0.isNeeded && $0.isCacheable }.count
        let asks = prompts.isEmpty ? "no prompt" : "asks for " + prompts.joined(separator: " and ")
        switch requests {
        case 0: return (steps.contains { $0.isCacheable } ? "answered from the cache, " : "read as it is, ") + asks
        case _ where isLocked: return lockedOutlook(requests)
        default: return Self.counted(requests) + ", " + asks
        }
    }

    /// What the next `process` does if the cache cannot be read: first what is certain, then what depends on the cache.
    private func lockedOutlook(_ requests: Int) -> String {
        let codes = prompts.filter { $0 == Self.code }
        let certain = prompts.filter { $0 != Self.code }
        let opening =
            prompts.isEmpty
            ? "no prompt; "
            : certain.isEmpty ? "" : "asks for " + certain.joined(separator: " and ") + "; then, "
        let work = (["at most " + Self.counted(requests)] + codes).joined(separator: " and ")
        let doubt = doubt.map { "; fails where nothing is cached: " + $0 } ?? ""
        return opening + "if no session is cached, " + work + " (warder unlock shows what is cached)" + doubt
    }

    private static func counted(_ requests: Int) -> String { requests == 1 ? "one request" : "\(requests) requests" }
}

extension ChainParameter {
    /// The value on one line, shortened if it is long.
    fileprivate var shown: String {
        let line = printable(value)
        return line.count <= 72 ? line : String(line.prefix(71)) + "…"
    }
}
