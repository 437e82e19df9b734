import Failures
import STS
import Secrets
import Setup
import Text
import Times
import Transport

/// Whether the endpoints of STS answer, and how fast.
enum ReachableEndpoints: OnlineCheck {
    static func run(_ subject: OnlineSubject, _ diagnosis: inout Diagnosis) {
        var untried: [String] = []
        for target in subject.profiles.flatMap(\.targets) {
            guard !subject.probes.contains(where: { $0.target.isSame(as: target) }) else { continue }
            let hasHung = subject.probes.contains { $0.hasHung }
            let limit = min(hasHung ? EndpointProbe.hurriedLimit : EndpointProbe.limit, subject.time.remaining)
            guard limit >= EndpointProbe.hurriedLimit else {
                untried.append(target.endpoint.url.host)
                continue
            }
            let probe = EndpointProbe(target, subject.context, subject.time, limit: limit)
            subject.probes.append(probe)
            report(probe, subject.context, &diagnosis)
        }
        if !untried.isEmpty {
            diagnosis.add(
                Remark("endpoint_unchecked", "there was no time left to try \(untried.joined(separator: ", "))"))
        }
    }

    private static func report(_ probe: EndpointProbe, _ context: Context, _ diagnosis: inout Diagnosis) {
        let url = probe.target.endpoint.url
        switch probe.outcome {
        case .answered(let milliseconds):
            diagnosis.add(
                Remark(
                    "endpoint_answers", at: probe.target.origin?.place,
                    "\(url.hostHeader) answered in \(milliseconds) ms", milliseconds: milliseconds))
        case .other(let status): diagnosis.add(Finding(foreignAnswer: status, probe.target))
        case .failed(let error): diagnosis.add(Finding(error, probe.target, context.environment))
        }
    }
}

/// One request to an endpoint, without a signature: AWS refuses it, and so shows that it is there.
struct EndpointProbe {
    /// Milliseconds for an answer: as long as warder gives a connection.
    static let limit: Int64 = 3_000
    /// The same once another endpoint has hung.
    static let hurriedLimit: Int64 = 1_500

    enum Outcome {
        /// After so many milliseconds.
        case answered(milliseconds: Int64)
        /// With something that is not STS's.
        case other(status: Int)
        case failed(TransportError)
    }

    let target: EndpointTarget
    let outcome: Outcome
    /// The endpoint's time minus this machine's, in seconds; nil if it sent no date.
    let clockOffset: Int64?

    init(_ target: EndpointTarget, _ context: Context, _ time: OnlineTime, limit: Int64) {
        self.target = target
        let request = HTTPRequest(
            method: "POST", url: target.endpoint.url,
            headers: [Header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: SecretBytes("Action=GetCallerIdentity&Version=2011-06-15"), timeout: Int(limit))
        let timed: Timed<HTTPResponse>
        do throws(TransportError) {
            timed = try time.measured { () throws(TransportError) in
                try context.world.sender(target.caBundle).send(request)
            }
        } catch {
            (outcome, clockOffset) = (.failed(error), nil)
            return
        }
        let now = context.now
        clockOffset = timed.result.date.flatMap { UnixTime(httpDate: $0) }.map { $0.seconds - now }
        let isForeign = isWebPageOrJSON(timed.result.body)
        let status = timed.result.status
        // A server that stumbles over a request without a signature is there.
        outcome = isForeign && status != 500 ? .other(status: status) : .answered(milliseconds: timed.milliseconds)
    }

    var hasAnswered: Bool { if case .answered = outcome { true } else { false } }

    var hasHung: Bool { if case .failed(.timedOut) = outcome { true } else { false } }
}

/// What a proxy, a sign-in page or another service answers; STS answers in XML.
private func isWebPageOrJSON(_ body: borrowing SecretBytes) -> Bool {
    let start = (0..<body.count).first { body[$0] > 32 } ?? body.count
    let opening = String(decoding: (start..<min(start + 14, body.count)).map { body[$0] }, as: UTF8.self).lowercased()
    return ["{", "[", "<html", "<!doctype html"].contains { opening.begins(with: $0) }
}
