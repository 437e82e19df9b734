import Chains
import Linux
import Secrets
import Sessions
import Setup

// What a failure depends on besides the session's identity: a process whose circumstances differ may succeed, so the
// failure is not shared with it.

extension Issuer {
    func circumstances(for audience: SharedFailure.Audience) -> SecretBytes {
        switch audience {
        case .alike, .alikeAndLater: circumstancesOfRequests
        case .waiting, .waitingAndLater: circumstancesOfQuestions
        }
    }

    /// The variables, files, key and network that requests are made with.
    private var circumstancesOfRequests: SecretBytes {
        var text = keys.context.world.variables(isOfRequests)
        var paths = ProfileLoading(keys.context).paths
        paths += [keys.context.paths.settings, keys.context.paths.vault, keys.context.paths.store]
        paths += [sessionMaker.caBundle, sessionMaker.source.file].compactMap { $0.map(keys.context.expanded) }
        if let home = keys.context.environment.nonEmpty("HOME") { paths.append(home + "/.aws/sso/cache") }
        paths += ["/etc/ssl/certs", "/etc/ssl/certs/ca-certificates.crt", "/etc/hosts", "/etc/resolv.conf"]
        for path in paths { text.append(fileFingerprint(path) + "\n") }
        text.append(networkFingerprint() + "\n")
        // The Secret Service has no file that shows that a key was replaced.
        let index = (try? keys.index()) ?? nil
        if let name = sessionMaker.keyName, let key = index?.first(where: { $0.name == name }) {
            text.append("\(key.accessKeyID) \(key.createdAt)\n")
        }
        return text
    }

    /// Where the user is prompted.
    private var circumstancesOfQuestions: SecretBytes {
        let context = keys.context
        var text = context.world.variables { name in
            ["DISPLAY", "WAYLAND_DISPLAY"].contains { name.elementsEqual($0.utf8) }
        }
        text.append(
            "\(context.mayPrompt) \(context.isHelper) \(terminalFingerprint()) \(fileFingerprint(context.paths.settings))\n"
        )
        return text
    }
}

/// Whether a variable may affect a request, or a program that makes one.
private func isOfRequests(_ name: UnsafeRawBufferPointer) -> Bool {
    func isAnyOf(_ names: [String]) -> Bool { names.contains { name.elementsEqual($0.utf8) } }
    if isAnyOf(["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]) { return false }
    if isAnyOf(["PATH", "LOCALDOMAIN", "RES_OPTIONS", "HOSTALIASES", "WARDER_NO_PROMPT"]) { return true }
    if ["AWS_", "SSL_", "OPENSSL_", "GNUTLS_", "LD_"].contains(where: { name.starts(with: $0.utf8) }) { return true }
    return ["_proxy", "_PROXY"].contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) }
}
