import Chains
import Linux
import Text
import Transport

/// What sends requests another way than AWS's own: nothing to mend, and good to know.
enum NetworkSettings: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        let environment = subject.context.environment
        if let proxy = ProxyInForce(for: nil, environment: { environment[$0] }) {
            diagnosis.add(Remark("proxy", at: proxy.variable, "requests go through the proxy \(proxy.address)"))
        }
        if let bundle = environment.nonEmpty("AWS_CA_BUNDLE") {
            if fileExists(bundle) {
                diagnosis.add(
                    Remark("ca_bundle", at: "AWS_CA_BUNDLE", "only certificates from \(bundle) are trusted"))
            } else {
                diagnosis.add(absent(bundle))
            }
        }
        for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"] {
            guard let url = environment.nonEmpty(name) else { continue }
            diagnosis.add(Remark("endpoint", at: name, "requests go to \(withoutUser(url))"))
        }
        guard let profiles = try? subject.profiles.get() else { return }
        for name in subject.names {
            guard let bundle = try? profiles.profile(name)?.setting("ca_bundle") else { continue }
            diagnosis.add(
                Remark(
                    "ca_bundle", at: bundle.origin.place,
                    "only certificates from \(bundle.value) are trusted, for \(name)"))
        }
    }

    /// What `--online` would find.
    private static func absent(_ bundle: String) -> Finding {
        Finding(
            "ca_bundle_unusable", .broken, at: "AWS_CA_BUNDLE",
            "there is no CA bundle \(printable(bundle, limit: 400))",
            why: "warder and SDKs cannot verify any server, so every request fails", .run("unset AWS_CA_BUNDLE"))
    }

    /// The address without a user and a password.
    private static func withoutUser(_ url: String) -> String {
        let address = ProxyInForce(for: nil) { $0 == "https_proxy" ? url : nil }?.address ?? url
        // A query may hold a signature.
        return String(Substring(address.utf8.prefix { $0 != UInt8(ascii: "?") }))
    }
}
