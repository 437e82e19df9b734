import Failures
import JSON
import Setup
import Times

extension Explanation {
    /// The chain as JSON, for programs.
    package var json: JSONValue {
        var fields: [(String, JSONValue)] = [
            ("profile", .string(profile)), ("steps", .array(steps.map { $0.json(isLocked: isLocked) })),
            (
                "endpoint",
                endpoint.map {
                    .object([("url", .string($0.url.text)), ("signing_region", .string($0.signingRegion))])
                } ?? .null
            ),
            ("fails", .optional(obstacle)), ("locked", .bool(isLocked)), ("prompts", .bool(!prompts.isEmpty)),
        ]
        // Most machines have no rules.
        if !rules.isEmpty { fields.append(("rules", .array(rules.map(\.json)))) }
        return .object(fields + [("sdks", sdks.json)])
    }

    /// The same for a profile that cannot be resolved.
    package static func json(_ failure: Failure, profile: String) -> JSONValue {
        .object([
            ("profile", .string(profile)),
            (
                "error",
                .object([
                    ("code", .string(failure.fault ?? "exit_\(failure.code.rawValue)")),
                    ("message", .string(failure.message)),
                    ("origin", .optional(failure.origin)),
                ])
            ),
        ])
    }
}

extension Policy.Effect {
    fileprivate var json: JSONValue {
        .object([
            ("name", .string(line.name)), ("value", .string(line.value)), ("origin", .string(line.origin.place)),
            ("effect", .string(text)),
        ])
    }
}

extension Explanation.Step {
    fileprivate func json(isLocked: Bool) -> JSONValue {
        var values: [(String, JSONValue)] = []
        var origins: [(String, JSONValue)] = []
        for parameter in parameters {
            values.append((parameter.key, .string(parameter.value)))
            if let origin = parameter.origin {
                origins.append((parameter.key, .string("\(origin.place)")))
            }
        }
        return .object([
            ("kind", .string(kind)), ("profile", .string(profile)), ("parameters", .object(values)),
            ("origin", .object(origins)), ("cached_until", .optional(cachedUntil.map { UnixTime($0).iso8601 })),
            ("next", .string(next(isLocked: isLocked))),
        ])
    }

    /// What the next `process` does about the step; while the cache is locked, that is unknown.
    private func next(isLocked: Bool) -> String {
        guard isNeeded else { return "nothing" }
        guard isCacheable else { return "read" }
        return isLocked ? "unknown" : "request"
    }
}
